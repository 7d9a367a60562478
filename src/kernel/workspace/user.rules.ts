import { defineRules } from '../object/module.ts';
import { user } from './user.object.ts';

export const userRules = defineRules(user, {
  /** Days and times are computed in this zone with every request. */
  beforeSave({ after, changed, refuse }) {
    if (changed('timeZone') && after.timeZone && !isTimeZone(after.timeZone)) refuse('timeZone', 'user.not-a-time-zone');
  },
});

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
