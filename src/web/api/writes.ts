import { type ChecklistItem, mergeChecklists } from '#kernel/fields/checklist/format.ts';
import { keptIn } from '../offline/kept-files.ts';
import { isMadeHere, mayWait, queueChange, queueCreate } from '../offline/offline.ts';
import { asSeen } from '../offline/outbox.ts';
import { dropCached, patchCached, refreshObject } from './cache.ts';
import { del, patch, post } from './client.ts';
import { isProblem } from './problem.ts';
import { queryClient, readRecord } from './queries.ts';
import type { BulkResult, Definition, Filter, RecordShape, Undone } from './types.ts';

/**
 * Saves changes to one record: shown at once, put back when refused. A stale version is no refusal as long as the
 * fields are still what their writer saw; otherwise the problem `record.stale` reaches the caller.
 * @throws ApiProblem
 */
export async function saveRecord(
  definition: Definition,
  record: RecordShape,
  changes: Record<string, unknown>,
): Promise<RecordShape> {
  const { name } = definition;
  if (keptIn(changes).length > 0 || isMadeHere(name, record.id)) return queueChange(definition, record, changes);
  const putBack = patchCached(name, record.id, (shown) => ({ ...shown, ...changes }));
  const send = (version: number) => patch<RecordShape>(`/records/${name}/${record.id}`, asSeen(changes, version));
  try {
    const saved = await send(record.version).catch((problem: unknown) => {
      const current = isProblem(problem, 'record.stale')
        ? (problem.body.current as RecordShape | undefined)
        : undefined;
      if (!current) throw problem;
      const merged = { ...changes, ...mergedLists(definition, record, current, changes) };
      const clash = Object.entries(changes).some(
        ([field, mine]) => merged[field] === mine && ![record[field], mine].some(isValue(current[field])),
      );
      if (clash) throw problem;
      changes = merged;
      return send(current.version);
    });
    patchCached(name, record.id, (shown) => ({
      ...shown,
      ...saved,
      expanded: { ...shown.expanded, ...saved.expanded },
    }));
    void afterWrite(definition, record.id);
    return saved;
  } catch (error) {
    putBack();
    // Written while nobody can be reached: kept here, shown, and sent later.
    if (isProblem(error, 'offline')) return queueChange(definition, record, changes);
    throw error;
  }
}

/** Lists that others ticked too: what each made of them. */
function mergedLists(
  definition: Definition,
  record: RecordShape,
  current: RecordShape,
  changes: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const lists = definition.fields.filter(({ name, type }) => type === 'checklist' && name in changes);
  const of = (source: Readonly<Record<string, unknown>>, name: string) =>
    (source[name] ?? null) as ChecklistItem[] | null;
  return Object.fromEntries(
    lists.map(({ name }) => [name, mergeChecklists(of(record, name), of(changes, name), of(current, name))]),
  );
}

function isValue(value: unknown): (other: unknown) => boolean {
  return (other) => JSON.stringify(other ?? null) === JSON.stringify(value ?? null);
}

/** @returns the record; without an id of the server's when it waits for the network (notes, tasks, comments, interactions) */
export async function createRecord(
  definition: Definition,
  values: Record<string, unknown>,
  idempotencyKey?: string,
): Promise<RecordShape> {
  let record: RecordShape;
  try {
    record = await post<RecordShape>(`/records/${definition.name}`, values, { idempotencyKey });
  } catch (error) {
    if (!isProblem(error, 'offline') || !mayWait(definition.name)) throw error;
    return queueCreate(definition, values, idempotencyKey);
  }
  refreshObject(definition.name);
  for (const field of definition.fields) refreshHolder(field.options?.to);
  return record;
}

/** To the trash. @returns the change set that takes it back */
export async function removeRecord(definition: Definition, id: string): Promise<string> {
  const putBack = dropCached(definition.name, new Set([id]));
  try {
    const { changeSet } = await del<{ changeSet: string }>(`/records/${definition.name}/${id}`);
    refreshObject(definition.name, ['count', 'aggregate']);
    void queryClient.invalidateQueries({ queryKey: ['records', definition.name, 'record', id] });
    return changeSet;
  } catch (error) {
    putBack();
    throw error;
  }
}

export type BulkTarget = { ids: readonly string[] } | { filter: Filter };

export async function bulk(definition: Definition, body: Record<string, unknown>): Promise<BulkResult> {
  const result = await post<BulkResult>(`/records/${definition.name}/bulk`, body);
  refreshObject(definition.name);
  return result;
}

export async function undoChange(definition: Definition, changeSet: string): Promise<Undone> {
  const result = await post<Undone>(`/changes/${changeSet}/undo`);
  void queryClient.invalidateQueries({ queryKey: ['records', definition.name] });
  return result;
}

/** Titles of references and what rules and formulas changed beside the field: the record as it is now. */
async function afterWrite(definition: Definition, id: string): Promise<void> {
  refreshObject(definition.name, ['aggregate', 'history']);
  const fresh = await readRecord(definition, id).catch(() => null);
  if (fresh)
    patchCached(definition.name, id, (shown) => (fresh.version >= shown.version ? { ...shown, ...fresh } : shown));
}

function refreshHolder(object: unknown): void {
  if (typeof object === 'string') refreshObject(object, ['record', 'aggregate']);
}
