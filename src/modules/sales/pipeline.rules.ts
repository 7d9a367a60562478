import { defineRules } from '#kernel/object/module.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { opportunity } from './opportunity.object.ts';
import { pipeline } from './pipeline.object.ts';
import { stage } from './stage.object.ts';

export const pipelineRules = defineRules(pipeline, {
  async beforeRemove({ id }, { records }) {
    const { value: count } = await records.count(opportunity, { pipeline: id });
    if (count > 0) throw new Problem('pipeline.in-use', { count });
  },
});

export const stageRules = defineRules(stage, {
  /** Opportunities carry what followed from their stage (dates, forecast), so the stage they stand in keeps its meaning. */
  async beforeSave({ before, changed, refuse, context: { records } }) {
    if (!before || !(changed('kind') || changed('pipeline'))) return;
    const { value: count } = await records.count(opportunity, { stage: before.id });
    if (count === 0) return;
    if (changed('kind')) refuse('kind', 'stage.not-empty', { count });
    if (changed('pipeline')) refuse('pipeline', 'stage.not-empty', { count });
  },
  async beforeRemove({ id }, { records }) {
    const { value: count } = await records.count(opportunity, { stage: id });
    if (count > 0) throw new Problem('stage.in-use', { count });
  },
});
