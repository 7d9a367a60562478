import { Button } from '@mantine/core';
import IconArrowLeft from '@tabler/icons-react/dist/esm/icons/IconArrowLeft.mjs';
import IconChecks from '@tabler/icons-react/dist/esm/icons/IconChecks.mjs';
import IconPrinter from '@tabler/icons-react/dist/esm/icons/IconPrinter.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime, formatDays } from '#kernel/fields/web/format.ts';
import type { Happened } from '#modules/teamwork/hand-back.ts';
import { get } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import type { RecordShape } from '../api/types.ts';
import { Actor } from '../record/actor.tsx';
import { ScreenSkeleton } from '../shell/route-boundary.tsx';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import style from './absence.module.css';
import { readAbsence } from './near-absences.ts';

interface Report {
  absence: RecordShape;
  items: Happened[];
  isCut: boolean;
}

/** What the delegate did with somebody's records while they were away, by record. */
export function ReportPage() {
  const { t } = useTranslation();
  const { id } = useParams({ from: '/app/absences/$id/report' });
  const { language, timeZone, userId } = useFieldEnvironment();
  const query = useQuery({
    queryKey: ['records', 'absence', 'report', id],
    staleTime: 0,
    queryFn: ({ signal }) => get<Report>(`/absences/${id}/report`, undefined, signal),
  });
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <ScreenSkeleton />;
  const { items, isCut } = query.data;
  const absence = readAbsence(query.data.absence, timeZone);
  const title = absence.user === userId ? t('absence.page.own') : t('absence.page.title', { name: absence.userName });
  return (
    <div className={style.page}>
      <title>{`${title} · Tendero`}</title>
      <header className={style.tools} data-no-print>
        <Link to="/profile" className={style.back}>
          <IconArrowLeft size={15} aria-hidden />
          {t('absence.page.back')}
        </Link>
        <Button leftSection={<IconPrinter size={14} />} onClick={() => window.print()}>
          {t('absence.page.print')}
        </Button>
      </header>
      <article className={style.sheet}>
        <h1>{title}</h1>
        <p className={style.quiet}>
          {t('absence.page.by', {
            days: formatDays(absence.from, absence.until, language),
            name: absence.delegateName,
          })}
        </p>
        {isCut ? <p className={style.quiet}>{t('absence.page.cut')}</p> : null}
        {items.length === 0 ? (
          <EmptyState
            icon={<IconChecks size={22} />}
            title={t('absence.page.none')}
            text={t('absence.page.noneText', { name: absence.delegateName })}
          />
        ) : null}
        <ul className={style.records}>
          {items.map((item) => (
            <HappenedTo key={`${item.object}/${item.id}`} item={item} timeZone={timeZone} language={language} />
          ))}
        </ul>
      </article>
    </div>
  );
}

function HappenedTo({ item, language, timeZone }: { item: Happened; language: string; timeZone: string }) {
  const { t, i18n } = useTranslation();
  const definition = useDefinitions().get(item.object);
  const labelOf = (name: string) =>
    [...(definition?.fields ?? []), ...(definition?.system ?? [])].find((field) => field.name === name)?.label;
  const said = ({ operation, fields }: Happened['events'][number]) => {
    const labels = fields.flatMap((field) => labelOf(field) ?? []);
    const key = `absence.page.did.${operation}`;
    return i18n.exists(key) && (operation !== 'update' || labels.length > 0)
      ? t(key, { fields: labels.join(', ') })
      : t('absence.page.did.other');
  };
  return (
    <li>
      <h2>
        <ObjectIcon name={definition?.icon ?? 'point'} size={16} />
        <Link to="/o/$object/$id" params={{ object: item.object, id: item.id }}>
          {item.title || t('list.untitled')}
        </Link>
        <small>{definition?.label.one}</small>
      </h2>
      <ul className={style.events}>
        {item.events.map((event) => (
          <li key={`${event.at} ${event.operation} ${event.fields.join()}`}>
            <time dateTime={event.at}>{formatDateTime(event.at, language, timeZone)}</time>
            <span>
              <Actor id={event.actor} /> · {said(event)}
            </span>
          </li>
        ))}
      </ul>
    </li>
  );
}
