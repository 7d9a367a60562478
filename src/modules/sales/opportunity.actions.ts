import { Type } from 'typebox';
import { defineAction } from '#kernel/object/action.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Records } from '#kernel/records/records.ts';
import { lostReasons, opportunity } from './opportunity.object.ts';
import { firstStage } from './pipeline.ts';
import { stage } from './stage.object.ts';

const note = Type.Optional(Type.String({ maxLength: 4000, 'x-field': 'lostNote' }));

export const winOpportunity = defineAction(opportunity, {
  name: 'win',
  icon: 'trophy',
  input: Type.Object(
    { closeOn: Type.Optional(Type.String({ format: 'date', 'x-field': 'closeOn' })) },
    { additionalProperties: false },
  ),
  isAvailable: (record) => record.wonAt === null && record.lostAt === null,
  async run({ records, record, input }) {
    const { id } = await closedStage(records, record.pipeline, 'won');
    return records.update(opportunity, record.id, { stage: id, ...input });
  },
});

export const loseOpportunity = defineAction(opportunity, {
  name: 'lose',
  icon: 'thumb-down',
  input: Type.Object(
    {
      reason: Type.Enum(
        lostReasons.map(({ value }) => value),
        { 'x-field': 'lostReason' },
      ),
      note,
    },
    { additionalProperties: false },
  ),
  isAvailable: (record) => record.wonAt === null && record.lostAt === null,
  async run({ records, record, input }) {
    const { id } = await closedStage(records, record.pipeline, 'lost');
    const changes = { stage: id, lostReason: input.reason, lostNote: input.note ?? null };
    return records.update(opportunity, record.id, changes, { note: input.note });
  },
});

export const reopenOpportunity = defineAction(opportunity, {
  name: 'reopen',
  icon: 'rotate-clockwise',
  input: Type.Object({}, { additionalProperties: false }),
  isAvailable: (record) => record.wonAt !== null || record.lostAt !== null,
  async run({ records, record }) {
    const stageId =
      (await lastOpenStage(records, record.id, record.pipeline)) ??
      (await firstStage(records, record.pipeline, 'open'))?.id;
    if (!stageId) throw new Problem('pipeline.no-stage', { kind: 'open' });
    // The day it closed says nothing about the day it will close.
    return records.update(opportunity, record.id, { stage: stageId, closeOn: null });
  },
});

async function closedStage(records: Records, pipelineId: string, kind: 'won' | 'lost') {
  const found = await firstStage(records, pipelineId, kind);
  if (!found) throw new Problem('pipeline.no-stage', { kind });
  return found;
}

/** The stage it stood in before it was closed, while that is still an open stage of the same pipeline. */
async function lastOpenStage(records: Records, id: string, pipelineId: string): Promise<string | null> {
  const moves = (await records.history(opportunity, id, { limit: 100 })).flatMap((event) => event.changes?.stage ?? []);
  const earlier = moves.filter((stageId): stageId is string => typeof stageId === 'string');
  if (earlier.length === 0) return null;
  const open = await records.list(stage, {
    filter: { pipeline: pipelineId, kind: 'open' },
    limit: 200,
    fields: ['id'],
  });
  return earlier.find((stageId) => open.items.some((one) => one.id === stageId)) ?? null;
}
