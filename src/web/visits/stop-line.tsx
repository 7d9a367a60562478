import { useTranslation } from 'react-i18next';
import { type Geo, metresBetween } from '#kernel/fields/geo/format.ts';
import { Chip } from '#kernel/fields/web/chip.tsx';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime, formatDuration } from '#kernel/fields/web/format.ts';
import type { RecordShape } from '../api/types.ts';
import { formatWay } from './format-way.ts';
import { whereaboutsOf } from './places.ts';
import style from './visits.module.css';

/** One stop of the round, on two lines; a tap opens it. */
export function StopLine({
  visit,
  title,
  account,
  index,
  before,
  isOpen,
  onToggle,
}: {
  visit: RecordShape;
  title: string;
  account: RecordShape | undefined;
  index: number;
  /** Where one comes from. */
  before: Geo | null;
  isOpen: boolean;
  onToggle(): void;
}) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const { place, isExact, address } = whereaboutsOf(account, language);
  const time = (moment: unknown) => formatDateTime(String(moment), language, timeZone, { timeStyle: 'short' });
  const isThere = Boolean(visit.arrivedAt) && !visit.leftAt;
  const isDone = visit.state === 'done' || Boolean(visit.leftAt);
  return (
    <button type="button" className={style.stop} aria-expanded={isOpen} onClick={onToggle}>
      <span className={style.number} data-done={isDone} data-here={isThere} aria-hidden>
        {index + 1}
      </span>
      <span className={style.what}>
        <strong>{title}</strong>
        <span className={style.quiet}>
          {[visit.subject && !visit.body ? String(visit.subject) : null, address].filter(Boolean).join(' · ') ||
            t('visits.noAddress')}
        </span>
      </span>
      <span className={style.how}>
        {isThere ? (
          <Chip tone="teal">{t('visits.since', { time: time(visit.arrivedAt) })}</Chip>
        ) : isDone && visit.arrivedAt ? (
          <span className={style.quiet}>
            {time(visit.arrivedAt)}
            {visit.leftAt ? `–${time(visit.leftAt)}` : ''}
            {typeof visit.duration === 'number'
              ? ` · ${formatDuration(Math.round(visit.duration / 60) * 60, language)}`
              : ''}
          </span>
        ) : isDone ? (
          <Chip tone="green">{t('visits.done')}</Chip>
        ) : visit.state === 'missed' ? (
          <Chip tone="orange">{t('visits.missed')}</Chip>
        ) : before && place ? (
          <span className={style.quiet}>
            {isExact ? '' : '≈ '}
            {formatWay(metresBetween(before, place), language)}
          </span>
        ) : null}
      </span>
    </button>
  );
}
