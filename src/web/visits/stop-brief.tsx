import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, formatNearDate, today } from '#kernel/fields/web/format.ts';
import { useDefinitions } from '../api/definitions.ts';
import type { RecordShape } from '../api/types.ts';
import { isEmpty } from '../fields.ts';
import { FieldValue } from '../ui/field-value.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import style from './visits.module.css';
import { briefQuery } from './visits-query.ts';

/** On a phone nobody scrolls past these before they ring the bell. */
const SHOWN = 3;

/** Whom one meets, what waits, what was said last. */
export function StopBrief({ account }: { account: string }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const contacts = useDefinitions().get('contact');
  const { data, isPending } = useQuery(briefQuery(account));
  if (isPending) return <SkeletonLines lines={4} />;
  if (!data) return <p className={style.quiet}>{t('visits.noBrief')}</p>;
  const now = today(timeZone);
  const phones = contacts?.fields.find(({ name }) => name === 'phones');
  const people = (data.people as RecordShape[]).slice(0, SHOWN);
  const tasks = (data.tasks as RecordShape[]).slice(0, SHOWN);
  const said = (data.interactions as RecordShape[]).slice(0, SHOWN);
  const pinned = (data.notes as RecordShape[]).filter((one) => one.pinned === true).slice(0, SHOWN);
  return (
    <div className={style.brief}>
      {people.length > 0 ? (
        <ul aria-label={t('visits.people')}>
          {people.map((one) => {
            const person = one.expanded?.contact as (RecordShape & { title?: string }) | undefined;
            return (
              <li key={one.id}>
                <span>
                  <strong>{person?.title ?? '—'}</strong>
                  {person?.jobTitle ? <span className={style.quiet}> · {String(person.jobTitle)}</span> : null}
                </span>
                {phones && person && !isEmpty(person.phones) ? <FieldValue field={phones} record={person} /> : null}
              </li>
            );
          })}
        </ul>
      ) : null}
      {tasks.length > 0 ? (
        <ul aria-label={t('visits.waits')}>
          {tasks.map((task) => (
            <li key={task.id}>
              <span>{String(task.subject)}</span>
              {task.dueOn ? (
                <span className={style.quiet} data-far={String(task.dueOn) < now}>
                  {formatNearDate(String(task.dueOn), language, now)}
                </span>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      {pinned.length > 0 ? (
        <ul aria-label={t('visits.pinned')}>
          {pinned.map((one) => (
            <li key={one.id}>{String(one.subject ?? '')}</li>
          ))}
        </ul>
      ) : null}
      {said.length > 0 ? (
        <ul aria-label={t('visits.said')}>
          {said.map((one) => (
            <li key={one.id}>
              <span className={style.words}>{String(one.subject ?? one.body ?? t('list.untitled'))}</span>
              <span className={style.quiet}>{formatDate(String(one.at).slice(0, 10), language)}</span>
            </li>
          ))}
        </ul>
      ) : null}
      <Link to="/o/$object/$id/brief" params={{ object: 'account', id: account }} className={style.link}>
        {t('visits.wholeBrief')}
      </Link>
    </div>
  );
}
