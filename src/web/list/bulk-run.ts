import { refreshObject } from '../api/cache.ts';
import { post } from '../api/client.ts';
import { type Holding, isProblem } from '../api/problem.ts';
import { readPage } from '../api/queries.ts';
import type { BulkResult, Definition, Filter, RecordShape } from '../api/types.ts';

/** Which records: those that are marked, or all that a filter finds. */
export type BulkTarget = { ids: readonly string[] } | { filter: Filter };

interface FailedRow {
  id: string;
  reason: string;
  /** What needs a record that was to be deleted. */
  heldBy?: readonly Holding[];
}

export interface BulkOutcome {
  succeeded: number;
  failed: readonly FailedRow[];
  /** Newest last; taken back in the opposite order. */
  changeSets: readonly string[];
  /** Ended by the person before all was done. */
  stopped: boolean;
}

/** One request's worth: a quarter of a second of work, so that progress is seen and stopping is soon. */
const CHUNK = 500;
/** Requests for single records at once. */
const LANES = 4;

type Chunk = (ids: readonly string[], tell: (done: number) => void) => Promise<Omit<BulkOutcome, 'stopped'>>;

/** Works through the records in chunks. What was refused is gathered, the rest goes on; a lost connection ends it. */
export async function runBulk(
  definition: Definition,
  target: BulkTarget,
  work: Chunk,
  { signal, onProgress }: { signal: AbortSignal; onProgress(done: number): void },
): Promise<BulkOutcome> {
  let succeeded = 0;
  let done = 0;
  const failed: FailedRow[] = [];
  const changeSets: string[] = [];
  try {
    for await (const ids of chunksOf(definition.name, target)) {
      if (signal.aborted) return { succeeded, failed, changeSets, stopped: true };
      const before = done;
      const outcome = await work(ids, (count) => onProgress(before + count));
      done += ids.length;
      succeeded += outcome.succeeded;
      failed.push(...outcome.failed);
      changeSets.push(...outcome.changeSets);
      onProgress(done);
    }
    return { succeeded, failed, changeSets, stopped: false };
  } catch (error) {
    // What was done before stays done and can be undone; with nothing done there is only the problem to tell.
    if (succeeded === 0) throw error;
    return { succeeded, failed, changeSets, stopped: true };
  } finally {
    refreshObject(definition.name);
  }
}

/** The same changes, or the same fate, for all of a chunk. */
export function bulkVerb(definition: Definition, verb: 'update' | 'delete', changes?: Record<string, unknown>): Chunk {
  return async (ids) => outcomeOf(ids, await send(definition, { [verb]: { ids, ...(changes ? { changes } : {}) } }));
}

/** Adds and takes away tags; the others stay. */
export function retag(definition: Definition, field: string, add: readonly string[], remove: readonly string[]): Chunk {
  return async (ids) => {
    const page = await readPage(definition.name, { filter: { id: { in: ids } }, fields: [field], limit: CHUNK });
    const changed = page.items.flatMap((record) => {
      const tags = (record[field] as string[] | null) ?? [];
      const next = retagged(tags, add, remove);
      const same = next.length === tags.length && next.every((tag, index) => tag === tags[index]);
      return same ? [] : [{ id: record.id, version: record.version, changes: { [field]: next } }];
    });
    if (changed.length === 0) return { succeeded: page.items.length, failed: [], changeSets: [] };
    const outcome = outcomeOf(
      changed.map(({ id }) => id),
      await send(definition, { updateEach: changed }),
    );
    return { ...outcome, succeeded: outcome.succeeded + page.items.length - changed.length };
  };
}

export function retagged(tags: readonly string[], add: readonly string[], remove: readonly string[]): string[] {
  const fold = (tag: string) => tag.toLocaleLowerCase();
  const gone = new Set(remove.map(fold));
  const kept = tags.filter((tag) => !gone.has(fold(tag)));
  const known = new Set(kept.map(fold));
  return [...kept, ...add.filter((tag) => !known.has(fold(tag)))];
}

/** A verb of the object, on one record after the other. */
export function actionOnEach(definition: Definition, action: string, input: Record<string, unknown>): Chunk {
  return async (ids, tell) => {
    const failed: FailedRow[] = [];
    let next = 0;
    let done = 0;
    const lane = async () => {
      while (next < ids.length) {
        const id = ids[next++]!;
        try {
          await post(`/records/${definition.name}/${id}/actions/${action}`, input);
        } catch (error) {
          if (!isProblem(error) || error.status === 0 || error.status === 401) throw error;
          failed.push({ id, reason: error.message });
        }
        tell(++done);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return { succeeded: ids.length - failed.length, failed, changeSets: [] };
  };
}

/** Takes back what was done, the last first. */
export async function undoAll(definition: Definition, changeSets: readonly string[]): Promise<void> {
  for (const changeSet of changeSets.toReversed()) await post(`/changes/${changeSet}/undo`);
  refreshObject(definition.name);
}

function send(definition: Definition, body: Record<string, unknown>): Promise<BulkResult> {
  return post<BulkResult>(`/records/${definition.name}/bulk`, body);
}

function outcomeOf(ids: readonly string[], result: BulkResult): Omit<BulkOutcome, 'stopped'> {
  const failed = result.results.flatMap(({ index, id, problem }) => {
    if (!problem) return [];
    const words = problem.errors?.map((error) => error.message).join(' ');
    const reason = words || problem.detail || problem.title || problem.code;
    return [{ id: id ?? ids[index] ?? '', reason, heldBy: problem.heldBy }];
  });
  return { succeeded: result.succeeded, failed, changeSets: result.succeeded > 0 ? [result.changeSet] : [] };
}

/** Ids in chunks; those of a filter by keyset, in the order they were made, whatever the work does to them. */
async function* chunksOf(object: string, target: BulkTarget): AsyncGenerator<readonly string[]> {
  if ('ids' in target) {
    for (let start = 0; start < target.ids.length; start += CHUNK) yield target.ids.slice(start, start + CHUNK);
    return;
  }
  let cursor: string | undefined;
  do {
    const page = await readPage(object, {
      filter: target.filter,
      fields: ['id'],
      sort: ['createdAt'],
      limit: CHUNK,
      cursor,
    });
    const ids = page.items.map((record: RecordShape) => record.id);
    if (ids.length > 0) yield ids;
    cursor = page.next ?? undefined;
  } while (cursor);
}
