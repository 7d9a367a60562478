import type { Records } from '#kernel/records/records.ts';
import { pipeline, stage } from '#modules/sales/index.ts';
import { makeStandardRoles } from '../standard-roles.ts';
import { type DemoOptions, type DemoStage, demoCompany } from './company.ts';
import { makeExamplePlaybooks } from './playbooks.ts';

export interface DemoProgress {
  done: number;
  total: number;
}

/** Long enough to be fast, short enough to show that something happens. */
const batchSize = 500;

/**
 * Loads the demo company through the door, into the pipeline that the workspace has. Begun again, it brings in what is
 * missing.
 * @param records of the program itself: nobody else may say that a record is older
 * @throws when a record is refused: the demo is ours and has to be right
 */
export async function loadDemo(
  records: Records,
  options: Omit<DemoOptions, 'stages'> & { onProgress?(progress: DemoProgress): void },
): Promise<DemoProgress> {
  const parts = [...demoCompany({ ...options, stages: await stagesOf(records) })];
  const progress = { done: 0, total: parts.reduce((sum, part) => sum + part.records.length, 0) };
  for (const { object, records: part } of parts) {
    // So that the stream tells what happened first before what came later.
    const rows = part.toSorted((one, other) => String(one.createdAt).localeCompare(String(other.createdAt)));
    for (let start = 0; start < rows.length; start += batchSize) {
      const batch = rows.slice(start, start + batchSize);
      const missing = await withoutThere(records, object, batch);
      const { failed, results } = await records.createMany(object, missing);
      const refused = results.find((row) => row.problem);
      if (refused)
        throw new Error(`${failed} of ${object} were refused, the first with ${JSON.stringify(refused.problem)}`);
      progress.done += batch.length;
      options.onProgress?.({ ...progress });
    }
  }
  await arrangePeople(records, options);
  await makeExamplePlaybooks(records, options.language ?? 'en');
  return progress;
}

/** Heads of an office are managers, the others sell; whoever looks around is a head and keeps the rights they have. */
async function arrangePeople(
  records: Records,
  { language = 'en', you }: Pick<DemoOptions, 'language' | 'you'>,
): Promise<void> {
  const roles = await makeStandardRoles(records, language);
  const { items } = await records.list('user', {
    filter: { teams: { empty: false } },
    fields: ['teams', 'manager', 'roles'],
  });
  const heads = new Set(items.map(({ manager }) => manager));
  for (const { id, roles: given } of items) {
    if (id !== you?.id && (given as string[]).length === 0)
      await records.update('user', id, { roles: [heads.has(id) ? roles.manager : roles.representative] });
  }
  const below = items.find(({ manager }) => manager === you?.id);
  if (you && below) await records.update('user', you.id, { teams: below.teams });
}

/** Those that an earlier load, killed on its way, did not bring in. */
async function withoutThere<R extends { id?: unknown }>(
  records: Records,
  object: string,
  batch: readonly R[],
): Promise<R[]> {
  const ids = batch.flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
  const there = await records.list(object, { filter: { id: { in: ids } }, fields: [], limit: batchSize });
  const known = new Set(there.items.map(({ id }) => id));
  return batch.filter(({ id }) => !known.has(id as string));
}

async function stagesOf(records: Records): Promise<DemoStage[]> {
  const pipelines = await records.list(pipeline, { filter: { active: true }, sort: ['position'], limit: 1 });
  const first = pipelines.items[0];
  if (!first) throw new Error('The demo company needs a pipeline');
  const { items } = await records.list(stage, { filter: { pipeline: first.id }, sort: ['position'], limit: 200 });
  return items.map(({ id, pipeline, kind }) => ({ id, pipeline, kind: kind as DemoStage['kind'] }));
}
