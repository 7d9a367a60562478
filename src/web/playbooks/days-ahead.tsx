import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DayPicker } from '#kernel/fields/web/date-picker.tsx';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate, today } from '#kernel/fields/web/format.ts';
import { post } from '../api/client.ts';
import type { StepDraft } from './playbook-draft.ts';
import style from './playbooks.module.css';

interface Days {
  on: string;
  days: string[];
  holidays: { on: string; name: string }[];
}

const words = { weekday: 'short', day: 'numeric', month: 'short' } as const;

/** The real days of the tasks if the playbook were started on one: what the company's week and its holidays make of them. */
export function DaysAhead({ steps }: { steps: readonly StepDraft[] }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const present = today(timeZone);
  const [start, setStart] = useState<string | null>(present);
  const on = start ?? present;
  const asked = useDeferredValue(
    JSON.stringify(
      steps.map(({ values }) => ({
        days: Math.min(365, Math.max(0, Math.round(Number(values.days) || 0))),
        after: values.after === 'previous' ? 'previous' : 'start',
      })),
    ),
  );
  const query = useQuery({
    queryKey: ['playbooks', 'days', on, asked],
    enabled: steps.length > 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => post<Days>('/playbooks/days', { on, steps: JSON.parse(asked) }, { signal }),
  });
  const lines = steps
    .map((step, index) => ({ step, index, day: query.data?.days[index] }))
    .filter(({ day }) => day !== undefined)
    .toSorted((a, b) => (a.day! < b.day! ? -1 : a.day! > b.day! ? 1 : a.index - b.index));
  return (
    <section className={style.ahead} aria-label={t('playbooks.ahead')}>
      <h3>{t('playbooks.ahead')}</h3>
      <div className={style.start}>
        <label htmlFor="playbook-start">{t('playbooks.startedOn')}</label>
        <DayPicker
          id="playbook-start"
          field={{ name: 'start', type: 'date', label: t('playbooks.startedOn') }}
          value={start}
          onChange={setStart}
        />
      </div>
      {steps.length === 0 ? <p className={style.quiet}>{t('playbooks.noDays')}</p> : null}
      <ol className={style.days}>
        {lines.map(({ step, day, index }) => (
          <li key={step.key}>
            <time dateTime={day} className={style.day}>
              {formatDate(day!, language, words)}
            </time>
            <span className={style.task}>
              <bdi>{String(step.values.subject || t('playbooks.newStep'))}</bdi>
              {step.values.after === 'previous' && index > 0 ? (
                <span className={style.quiet}>{t('playbooks.ifDone', { number: index })}</span>
              ) : null}
            </span>
          </li>
        ))}
      </ol>
      {steps.length > 0 ? <p className={style.quiet}>{t('playbooks.leftOut')}</p> : null}
      {query.data?.holidays.length ? (
        <ul className={style.holidays}>
          {query.data.holidays.map((one) => (
            <li key={one.on}>
              {formatDate(one.on, language, words)} – <bdi>{one.name || t('playbooks.holiday')}</bdi>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
