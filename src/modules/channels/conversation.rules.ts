import type { RecordOf } from '#kernel/object/definition.ts';
import { defineRules, type Save } from '#kernel/object/rules.ts';
import { conversation } from './conversation.object.ts';
import { interaction } from './interaction.object.ts';

export const conversationRules = defineRules(conversation, {
  async beforeSave(save) {
    const { after, changed, set, refuse, context } = save;
    await relink(save);
    if (after.status !== 'snoozed') {
      if (after.snoozedUntil !== null) set('snoozedUntil', null);
      return;
    }
    if (after.snoozedUntil === null) refuse('snoozedUntil', 'field.required');
    else if ((changed('snoozedUntil') || changed('status')) && new Date(after.snoozedUntil) <= context.now)
      refuse('snoozedUntil', 'conversation.snoozed-in-past');
  },
});

/** Whose a thread is, its messages are: they stand on that customer's timeline. */
async function relink({ before, after, changed, context }: Save<RecordOf<typeof conversation>>): Promise<void> {
  if (before === null) return;
  for (const field of ['account', 'contact', 'opportunity'] as const) {
    if (!changed(field)) continue;
    // That one of several writers is known now does not make the others the same person; only somebody says so.
    if (field === 'contact' && context.userId === null) continue;
    const filter = { conversation: after.id, [field]: before[field] };
    await context.records.updateMany(interaction, { filter }, { [field]: after[field] });
  }
}
