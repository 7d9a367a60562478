import type { RecordOf } from '#kernel/object/definition.ts';
import { defineRules, type RuleContext, type Save } from '#kernel/object/rules.ts';
import { opportunity } from './opportunity.object.ts';
import { opportunityContact } from './opportunity-contact.object.ts';
import { firstOpenStage } from './pipeline.ts';
import { stage } from './stage.object.ts';

type Opportunity = RecordOf<typeof opportunity>;
type Stage = RecordOf<typeof stage>;

export const opportunityRules = defineRules(opportunity, {
  async beforeSave(save) {
    if (save.before && !save.changed('stage') && !save.changed('pipeline')) return;
    const entered = await settleStage(save);
    if (entered) enterStage(save, entered);
  },
});

export const opportunityContactRules = defineRules(opportunityContact, {
  /** One main contact per opportunity. */
  async beforeSave({ before, after, changed, context: { records } }) {
    if (!after.primary || !changed('primary')) return;
    const others = { opportunity: after.opportunity, primary: true, ...(before && { id: { isNot: before.id } }) };
    await records.updateMany(opportunityContact, { filter: others }, { primary: false });
  },
});

/** Finds the stage, fills in what was left out (the pipeline of a stage, the first stage of a pipeline), refuses a mismatch. */
async function settleStage({ before, after, changed, set, refuse, context }: Save<Opportunity>): Promise<Stage | null> {
  const isPipelineChosen = changed('pipeline') && Boolean(after.pipeline);
  const isStageChosen = changed('stage') && Boolean(after.stage);
  if (!isStageChosen && (!before || isPipelineChosen)) {
    const first = await firstOpenStage(context.records, after.pipeline);
    if (!first) return null;
    set('pipeline', first.pipeline);
    set('stage', first.id);
    return first;
  }
  if (!after.stage) return null;
  // A stage that does not exist is refused by the door, as any reference is.
  const chosen = await context.records.find(stage, { id: after.stage });
  if (!chosen) return null;
  if (!after.pipeline) set('pipeline', chosen.pipeline);
  else if (chosen.pipeline !== after.pipeline) {
    refuse('stage', 'opportunity.stage-of-other-pipeline');
    return null;
  }
  return chosen;
}

/** What follows from a stage, unless the same save tells otherwise. */
function enterStage({ before, after, changed, set, refuse, context }: Save<Opportunity>, entered: Stage): void {
  const settle = (field: keyof Opportunity & string, value: unknown) => {
    if (!changed(field) || (after[field] ?? null) === null) set(field, value);
  };
  settle('probability', entered.probability);
  settle('stageSince', context.now.toISOString());
  if (entered.kind === 'open') {
    for (const field of ['wonAt', 'lostAt', 'lostReason', 'lostNote'] as const) set(field, null);
    if (before && (after.forecast === 'closed' || after.forecast === 'omitted')) settle('forecast', 'pipeline');
    return;
  }
  const at = closedAt(after, changed('closeOn'), context);
  settle('closeOn', today(context));
  settle('forecast', entered.kind === 'won' ? 'closed' : 'omitted');
  if (entered.kind === 'won') {
    settle('wonAt', at);
    for (const field of ['lostAt', 'lostReason', 'lostNote'] as const) set(field, null);
  } else {
    settle('lostAt', at);
    set('wonAt', null);
    // Whoever loses a sale says why; one that comes over from another system as lost often has no reason to tell.
    if (before && !after.lostReason) refuse('lostReason', 'field.required');
  }
}

/** Now, or noon of the day that was told when the sale closed earlier, as sales brought over from another system did. */
function closedAt(after: Opportunity, isDayTold: boolean, context: RuleContext): string {
  const isEarlier = isDayTold && Boolean(after.closeOn) && after.closeOn! < today(context);
  return isEarlier ? `${after.closeOn}T12:00:00.000Z` : context.now.toISOString();
}

function today({ now, timeZone }: RuleContext): string {
  return now.toLocaleDateString('sv-SE', { timeZone });
}
