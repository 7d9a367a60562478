import { Skeleton } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, formatDateTime, formatNumber } from '#kernel/fields/web/format.ts';
import type { GlancePart } from '#kernel/object/glance-part.ts';
import { get } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { fieldParts } from '../fields.ts';
import style from './glance.module.css';
import { followChanges } from './timeline-query.ts';

interface Told {
  name: string;
  label: string;
  tone: 'good' | 'warn' | 'bad' | null;
  parts: GlancePart[];
}

/** What to know of a record before anything else, as the modules tell it. */
export function Glance({ object, id }: { object: string; id: string }) {
  const { t } = useTranslation();
  const { data, isPending } = useQuery(glanceQuery(object, id));
  useEffect(followChanges, []);
  if (isPending)
    return (
      <div className={style.glance} aria-hidden>
        {[1, 2, 3, 4, 5].map((key) => (
          <Skeleton key={key} height={32} width={120} />
        ))}
      </div>
    );
  if (!data || data.length === 0) return null;
  return (
    <section aria-label={t('record.glance')}>
      <dl className={style.glance} tabIndex={0}>
        {data.map(({ name, label, tone, parts }) => (
          <div key={name} data-tone={tone ?? undefined}>
            <dt>{label}</dt>
            <dd>
              {parts.map((part, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: parts have no name, and come anew together
                <Part key={index} part={part} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Part({ part }: { part: GlancePart }) {
  const { language, timeZone } = useFieldEnvironment();
  const definitions = useDefinitions();
  if ('record' in part)
    return (
      <Link to="/o/$object/$id" params={{ object: part.record.object, id: part.record.id }}>
        <bdi>{part.record.title}</bdi>
      </Link>
    );
  if ('option' in part) {
    const { object, field: name, value } = part.option;
    const field = definitions.get(object)?.fields.find((one) => one.name === name);
    if (!field) return null;
    const { Cell } = fieldParts(field.type);
    return <Cell value={value} field={field} />;
  }
  if ('money' in part) {
    const { amount, currency } = part.money;
    const options = { style: 'currency', currency, maximumFractionDigits: 0 } as const;
    return <b>{new Intl.NumberFormat(language, options).format(amount)}</b>;
  }
  if ('at' in part) {
    const isDay = part.at.length === 10;
    const full = isDay ? formatDate(part.at, language) : formatDateTime(part.at, language, timeZone);
    return (
      <time dateTime={part.at} title={full}>
        {isDay ? full : formatDateTime(part.at, language, timeZone, { dateStyle: 'medium' })}
      </time>
    );
  }
  return 'word' in part ? (
    <span>{part.word}</span>
  ) : (
    <span className={style.count}>{formatNumber(part.count, language)}</span>
  );
}

/** Among the timelines, so that what happens is told here, too. */
function glanceQuery(object: string, id: string) {
  return queryOptions({
    queryKey: ['timeline', object, id, 'glance'],
    staleTime: 0,
    queryFn: ({ signal }) => get<{ items: Told[] }>(`/glance/${object}/${id}`, undefined, signal),
    select: ({ items }) => items,
  });
}
