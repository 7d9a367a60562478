import IconCalendarOff from '@tabler/icons-react/dist/esm/icons/IconCalendarOff.mjs';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate } from '#kernel/fields/web/format.ts';
import { EmptyState } from '../ui/state.tsx';
import style from './calendar.module.css';
import { addDays } from './days.ts';
import { EntryChip } from './entry.tsx';
import type { CalendarParts } from './parts.ts';

/** The days ahead on which there is something, one under the other. */
export function Agenda({ parts, from, days }: { parts: CalendarParts; from: string; days: number }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const shown = Array.from({ length: days }, (_, index) => addDays(from, index)).filter(
    (day) => parts.entries.get(day)?.length,
  );
  if (shown.length === 0)
    return (
      <EmptyState
        icon={<IconCalendarOff size={22} />}
        title={t('calendar.none')}
        text={t('calendar.noneText', { count: days })}
      />
    );
  return (
    <div className={style.agenda}>
      {shown.map((day) => (
        <section key={day} className={style.agendaDay} data-today={day === parts.today}>
          <h3>
            {day === parts.today ? `${t('calendar.today')} · ` : ''}
            {formatDate(day, language, { weekday: 'long', day: 'numeric', month: 'long' })}
            <span className="tabular">{parts.counts.get(day) ?? parts.entries.get(day)!.length}</span>
          </h3>
          {parts.entries.get(day)!.map((entry) => (
            <EntryChip key={entry.record.id} parts={parts} entry={entry} large />
          ))}
        </section>
      ))}
    </div>
  );
}
