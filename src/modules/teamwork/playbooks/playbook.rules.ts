import { defineRules } from '#kernel/object/rules.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { playbook } from './playbook.object.ts';

export const playbookRules = defineRules(playbook, {
  async beforeSave({ after, changed, set, refuse, context }) {
    if (after.starts === 'stage' && after.about !== 'opportunity') refuse('starts', 'playbook.stage-of-sales-only');
    if (after.starts === 'byHand' && after.filter !== null) set('filter', null);
    if (after.filter === null || !(changed('filter') || changed('about'))) return;
    try {
      await context.records.list(after.about, { filter: after.filter as never, fields: ['id'], limit: 1 });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refuse('filter', 'playbook.not-a-filter');
    }
  },
});
