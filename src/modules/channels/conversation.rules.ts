import { defineRules } from '#kernel/object/rules.ts';
import { conversation } from './conversation.object.ts';

export const conversationRules = defineRules(conversation, {
  beforeSave({ after, changed, set, refuse, context }) {
    if (after.status !== 'snoozed') {
      if (after.snoozedUntil !== null) set('snoozedUntil', null);
      return;
    }
    if (after.snoozedUntil === null) refuse('snoozedUntil', 'field.required');
    else if ((changed('snoozedUntil') || changed('status')) && new Date(after.snoozedUntil) <= context.now)
      refuse('snoozedUntil', 'conversation.snoozed-in-past');
  },
});
