import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from './environment.tsx';
import { formatNearDate, today } from './format.ts';

/** `away until 27 Nov`, of somebody who is away today. */
export function useAway(user: string | null): string | null {
  const { t } = useTranslation();
  const { awayUntil, language, timeZone } = useFieldEnvironment();
  const until = user ? awayUntil(user) : null;
  return until && t('field.awayUntil', { day: formatNearDate(until, language, today(timeZone)) });
}
