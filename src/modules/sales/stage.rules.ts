import { defineRules } from '#kernel/object/rules.ts';
import { opportunity } from './opportunity.object.ts';
import { stage } from './stage.object.ts';

export const stageRules = defineRules(stage, {
  /** Opportunities carry what followed from their stage (dates, forecast), so the stage they stand in keeps its meaning. */
  async beforeSave({ before, changed, refuse, context: { records } }) {
    if (!before || !(changed('kind') || changed('pipeline'))) return;
    const { value: count } = await records.count(opportunity, { stage: before.id });
    if (count === 0) return;
    if (changed('kind')) refuse('kind', 'stage.not-empty', { count });
    if (changed('pipeline')) refuse('pipeline', 'stage.not-empty', { count });
  },
});
