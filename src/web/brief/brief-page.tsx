import { Button } from '@mantine/core';
import IconArrowLeft from '@tabler/icons-react/dist/esm/icons/IconArrowLeft.mjs';
import IconPinned from '@tabler/icons-react/dist/esm/icons/IconPinned.mjs';
import IconPrinter from '@tabler/icons-react/dist/esm/icons/IconPrinter.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, formatDateTime, formatMoney, today } from '#kernel/fields/web/format.ts';
import type { Brief } from '#modules/teamwork/brief.ts';
import { get } from '../api/client.ts';
import { useDefinition, useDefinitions } from '../api/definitions.ts';
import type { RecordShape } from '../api/types.ts';
import { isEmpty, titleOf } from '../fields.ts';
import { hasOwnSubject } from '../record/own-subject.ts';
import { ScreenSkeleton } from '../shell/route-boundary.tsx';
import { FieldValue } from '../ui/field-value.tsx';
import { ErrorState } from '../ui/state.tsx';
import style from './brief.module.css';

/** All that somebody has to know before they call in a colleague's place, on one page of paper. */
export function BriefPage() {
  const { t } = useTranslation();
  const { object, id } = useParams({ from: '/app/o/$object/$id/brief' });
  const definition = useDefinition(object);
  const { language, timeZone } = useFieldEnvironment();
  const [now] = useState(() => new Date().toISOString());
  const query = useQuery({
    queryKey: ['records', object, 'brief', id],
    staleTime: 0,
    queryFn: ({ signal }) => get<Brief>(`/briefs/${object}/${id}`, undefined, signal),
  });
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <ScreenSkeleton />;
  const brief = query.data;
  const account = brief.account as RecordShape;
  const title = titleOf(definition, account, t('list.untitled'));
  const owner = expandedTitle(account, 'owner');
  return (
    <div className={style.page}>
      <title>{`${t('brief.of', { title })} · Tendero`}</title>
      <header className={style.tools} data-no-print>
        <Link to="/o/$object/$id" params={{ object, id }} className={style.back}>
          <IconArrowLeft size={15} aria-hidden />
          {title}
        </Link>
        <Button leftSection={<IconPrinter size={14} />} onClick={() => window.print()}>
          {t('brief.print')}
        </Button>
      </header>
      <article className={style.sheet}>
        <p className={style.over}>{t('brief.title')}</p>
        <h1>{title}</h1>
        <p className={style.quiet}>
          {owner ? `${t('brief.owner', { name: owner })} · ` : ''}
          {t('brief.printed', { when: formatDateTime(now, language, timeZone) })}
        </p>
        <NextStep task={brief.nextStep as RecordShape | null} />
        <People people={brief.people as RecordShape[]} />
        <Opportunities items={brief.opportunities as RecordShape[]} />
        <Tasks items={brief.tasks as RecordShape[]} />
        <Interactions items={brief.interactions as RecordShape[]} />
        <Notes items={brief.notes as RecordShape[]} />
        <Involved brief={brief} id={id} />
      </article>
    </div>
  );
}

function NextStep({ task }: { task: RecordShape | null }) {
  const { t } = useTranslation();
  return (
    <section className={style.next} aria-label={t('brief.next')}>
      <h2>{t('brief.next')}</h2>
      {task ? <Task task={task} /> : <p className={style.quiet}>{t('brief.noNext')}</p>}
    </section>
  );
}

function People({ people }: { people: RecordShape[] }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const [role, contact] = [definitions.get('accountContact'), definitions.get('contact')];
  const fieldOf = (name: string) => contact?.fields.find((field) => field.name === name);
  return (
    <Part title={t('brief.people')} isEmpty={people.length === 0}>
      {people.map((one) => {
        const person = one.expanded?.contact as (RecordShape & { title?: string }) | undefined;
        const roleField = role?.fields.find(({ name }) => name === 'role');
        return (
          <li key={one.id} className={style.person}>
            <div>
              {person ? <RecordLink object="contact" id={person.id} title={person.title} /> : '—'}
              {person?.jobTitle ? <span className={style.small}>{String(person.jobTitle)}</span> : null}
            </div>
            <div>
              {roleField && !isEmpty(one.role) ? <FieldValue field={roleField} record={one} /> : null}
              {one.comment ? <span className={style.small}>{String(one.comment)}</span> : null}
            </div>
            <div className={style.points}>
              {['phones', 'emails'].map((name) => {
                const field = fieldOf(name);
                return field && person && !isEmpty(person[name]) ? (
                  <FieldValue key={name} field={field} record={person} />
                ) : null;
              })}
            </div>
          </li>
        );
      })}
    </Part>
  );
}

function Opportunities({ items }: { items: RecordShape[] }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  return (
    <Part title={t('brief.opportunities')} isEmpty={items.length === 0}>
      {items.map((one) => (
        <li key={one.id}>
          <div className={style.row}>
            <RecordLink object="opportunity" id={one.id} title={one.name} />
            <b>{one.amount ? formatMoney(one.amount as { amount: number; currency: string }, language) : null}</b>
          </div>
          <span className={style.small}>
            {words(
              expandedTitle(one, 'stage'),
              one.closeOn ? t('brief.closes', { day: formatDate(String(one.closeOn), language) }) : null,
              expandedTitle(one, 'owner'),
            )}
          </span>
          {one.nextStep ? <p>{String(one.nextStep)}</p> : null}
        </li>
      ))}
    </Part>
  );
}

function Tasks({ items }: { items: RecordShape[] }) {
  const { t } = useTranslation();
  return (
    <Part title={t('brief.tasks')} isEmpty={items.length === 0}>
      {items.map((one) => (
        <li key={one.id}>
          <Task task={one} />
        </li>
      ))}
    </Part>
  );
}

function Task({ task }: { task: RecordShape }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const isLate = Boolean(task.dueOn) && String(task.dueOn) < today(timeZone);
  return (
    <div className={style.row}>
      <RecordLink object="task" id={task.id} title={task.subject} />
      <span className={style.small} data-late={isLate}>
        {words(
          task.dueOn ? t('brief.due', { day: formatDate(String(task.dueOn), language) }) : null,
          expandedTitle(task, 'owner'),
        )}
      </span>
    </div>
  );
}

function Interactions({ items }: { items: RecordShape[] }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const fields = useDefinitions().get('interaction')?.fields ?? [];
  const shown = (one: RecordShape, name: string) => {
    const field = fields.find((each) => each.name === name);
    return field && !isEmpty(one[name]) ? <FieldValue field={field} record={one} /> : null;
  };
  return (
    <Part title={t('brief.interactions')} isEmpty={items.length === 0}>
      {items.map((one) => (
        <li key={one.id}>
          <span className={style.row}>
            {shown(one, 'channel')} {shown(one, 'outcome')}
            <span className={style.small}>
              {words(
                formatDateTime(String(one.at), language, timeZone),
                expandedTitle(one, 'owner'),
                expandedTitle(one, 'contact'),
              )}
            </span>
          </span>
          {hasOwnSubject(one) ? <RecordLink object="interaction" id={one.id} title={one.subject} /> : null}
          {shown(one, 'body')}
        </li>
      ))}
    </Part>
  );
}

function Notes({ items }: { items: RecordShape[] }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const body = useDefinitions()
    .get('note')
    ?.fields.find(({ name }) => name === 'body');
  return (
    <Part title={t('brief.notes')} isEmpty={items.length === 0}>
      {items.map((one) => (
        <li key={one.id}>
          <span className={style.small}>
            {one.pinned === true ? (
              <span className={style.pinned}>
                <IconPinned size={13} aria-hidden />
                {t('brief.pinned')}
              </span>
            ) : null}
            {words(
              formatDateTime(String(one.createdAt), language, timeZone),
              expandedTitle(one, 'createdBy'),
              expandedTitle(one, 'contact'),
            )}
          </span>
          {body && !isEmpty(one.body) ? <FieldValue field={body} record={one} /> : null}
        </li>
      ))}
    </Part>
  );
}

/** With whom it is shared, and what it is to others. */
function Involved({ brief, id }: { brief: Brief; id: string }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const definitions = useDefinitions();
  const shares = brief.shares as RecordShape[];
  const relationships = brief.relationships as RecordShape[];
  const optionOf = (object: string, name: string, value: unknown) => {
    const options = definitions.get(object)?.fields.find((field) => field.name === name)?.options?.options;
    return ((options ?? []) as { value: string; label: string }[]).find((one) => one.value === value)?.label;
  };
  return (
    <Part title={t('brief.involved')} isEmpty={shares.length + relationships.length === 0}>
      {shares.map((one) => (
        <li key={one.id} className={style.row}>
          <span>{expandedTitle(one, 'user') ?? expandedTitle(one, 'team') ?? '—'}</span>
          <span className={style.small}>
            {words(
              one.purpose ? String(one.purpose) : null,
              optionOf('share', 'level', one.level),
              one.until ? t('absence.until', { day: formatDate(String(one.until), language) }) : null,
            )}
          </span>
        </li>
      ))}
      {relationships.map((one) => {
        // Read from the first to the second: whose page this is stands where it stands.
        const ends = (['fromAccount', 'fromContact', 'toAccount', 'toContact'] as const).flatMap((end) =>
          one[end] ? [{ end, id: String(one[end]), title: expandedTitle(one, end) }] : [],
        );
        return (
          <li key={one.id}>
            {ends.map((end, index) => (
              <span key={end.end}>
                {index > 0 ? ` ${(optionOf('relationship', 'kind', one.kind) ?? '–').toLocaleLowerCase()} ` : ''}
                {end.id === id ? (
                  end.title
                ) : (
                  <RecordLink
                    object={end.end.endsWith('Account') ? 'account' : 'contact'}
                    id={end.id}
                    title={end.title}
                  />
                )}
              </span>
            ))}
            {one.comment ? <span className={style.small}>{String(one.comment)}</span> : null}
          </li>
        );
      })}
    </Part>
  );
}

function Part({ title, isEmpty: nothing, children }: { title: string; isEmpty: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <section className={style.part} aria-label={title}>
      <h2>{title}</h2>
      {nothing ? <p className={style.quiet}>{t('brief.none')}</p> : <ul>{children}</ul>}
    </section>
  );
}

function RecordLink({ object, id, title }: { object: string; id: string; title: unknown }) {
  const { t } = useTranslation();
  return (
    <Link to="/o/$object/$id" params={{ object, id }} className={style.link}>
      {title ? String(title) : t('list.untitled')}
    </Link>
  );
}

function expandedTitle(record: RecordShape, field: string): string | null {
  return (record.expanded?.[field] as { title?: string } | null | undefined)?.title ?? null;
}

function words(...parts: (string | null | undefined)[]): string {
  return parts.filter(Boolean).join(' · ');
}
