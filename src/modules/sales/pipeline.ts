import type { RecordOf } from '#kernel/object/definition.ts';
import type { Records } from '#kernel/records/records.ts';
import { pipeline } from './pipeline.object.ts';
import { stage } from './stage.object.ts';

type Stage = RecordOf<typeof stage>;

/** Where an opportunity begins: in the given pipeline, or in the first one in use. */
export async function firstOpenStage(records: Records, pipelineId: string | null): Promise<Stage | null> {
  const id = pipelineId ?? (await firstPipeline(records));
  return id === null ? null : firstStage(records, id, 'open');
}

/** The first stage of a kind, by position. */
export async function firstStage(
  records: Records,
  pipelineId: string,
  kind: 'open' | 'won' | 'lost',
): Promise<Stage | null> {
  const { items } = await records.list(stage, { filter: { pipeline: pipelineId, kind }, sort: ['position'], limit: 1 });
  return items[0] ?? null;
}

async function firstPipeline(records: Records): Promise<string | null> {
  const { items } = await records.list(pipeline, {
    filter: { active: true },
    sort: ['position'],
    limit: 1,
    fields: ['id'],
  });
  return items[0]?.id ?? null;
}
