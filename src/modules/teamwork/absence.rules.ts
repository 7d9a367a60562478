import { defineRules } from '#kernel/object/rules.ts';
import { absence } from './absence.object.ts';
import { awayBetween, isCircle } from './standing-in.ts';

export const absenceRules = defineRules(absence, {
  async beforeSave({ before, after, changed, set, refuse, context: { records } }) {
    if (!after.user || !after.from || !after.until) return;
    if (before && changed('user')) refuse('user', 'field.read-only');
    const person = await records.read('user', after.user, { fields: ['name', 'manager'] });
    if (after.name !== person.name) set('name', person.name);
    if (!after.delegate) {
      if (person.manager) set('delegate', person.manager);
      else refuse('delegate', 'absence.nobody');
    }
    if (after.until < after.from) refuse('until', 'absence.ends-before');
    if (!after.delegate || after.until < after.from) return;
    if (after.delegate === after.user) {
      refuse('delegate', 'absence.oneself');
      return;
    }
    const delegate = await records.find('user', { id: after.delegate, active: true }, { fields: [] });
    if (!delegate) refuse('delegate', 'absence.not-there');
    const others = (await awayBetween(records, after.from, after.until)).filter(({ id }) => id !== before?.id);
    if (others.some(({ user }) => user === after.user)) refuse('from', 'absence.overlaps');
    if (isCircle({ user: after.user, delegate: after.delegate }, others)) refuse('delegate', 'absence.circle');
  },
});
