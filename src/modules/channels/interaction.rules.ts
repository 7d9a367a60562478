import { beginning } from '#kernel/fields/clean.ts';
import { defineRules } from '#kernel/object/rules.ts';
import { contact } from '#modules/customers/index.ts';
import { interaction } from './interaction.object.ts';

/** A line of a list has room for about this many letters. */
const SUBJECT_LENGTH = 80;
/** What somebody logs as done may lie this far ahead: a clock that is fast, a meeting that ended early. */
const AHEAD_MS = 3_600_000;
/** Seconds. A fair takes days; a month is a slip of the pen. */
const LONGEST_S = 30 * 24 * 3600;

export const interactionRules = defineRules(interaction, {
  async beforeSave({ before, after, changed, set, refuse, context }) {
    if (!after.subject && after.body) set('subject', beginning(after.body, SUBJECT_LENGTH));
    const isAhead = new Date(after.at).getTime() > context.now.getTime() + AHEAD_MS;
    // Whoever enters a meeting of tomorrow plans it.
    if (isAhead && after.state === 'done') {
      if (before === null) set('state', 'planned');
      else refuse('state', 'interaction.not-yet');
    }
    if (after.duration !== null && after.duration > LONGEST_S) refuse('duration', 'interaction.too-long');
    if (changed('contact') && after.contact && !after.account) {
      const person = await context.records.find(contact, { id: after.contact }, { fields: ['account'] });
      if (person?.account) set('account', person.account);
    }
  },
});
