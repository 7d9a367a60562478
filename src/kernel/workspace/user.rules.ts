import { defineRules } from '../object/rules.ts';
import { user } from './user.object.ts';

export const userRules = defineRules(user, {
  /** Days and times are computed in this zone with every request. */
  beforeSave({ after, changed, refuse }) {
    if (changed('timeZone') && after.timeZone && !isTimeZone(after.timeZone))
      refuse('timeZone', 'user.not-a-time-zone');
  },
});

/** An IANA name. An offset like `+03:00` means the opposite to PostgreSQL. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
