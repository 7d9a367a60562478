import { defineRules } from '#kernel/object/rules.ts';
import { savedView } from './saved-view.object.ts';

export const savedViewRules = defineRules(savedView, {
  async beforeSave({ before, after, changed, set, refuse, context }) {
    if (before && changed('object')) refuse('object', 'field.read-only');
    // A view without an owner would be nobody's to change.
    if (!after.owner && context.userId) set('owner', context.userId);
    // What opens first opens for everybody.
    if (after.isDefault && after.sharing !== 'everyone') set('sharing', 'everyone');
    if (!after.isDefault || !changed('isDefault')) return;
    const others = await context.records.list('savedView', {
      filter: { object: { is: after.object }, isDefault: true },
      fields: ['id'],
      limit: 50,
    });
    for (const other of others.items)
      if (other.id !== after.id) await context.records.update('savedView', other.id as string, { isDefault: false });
  },
});
