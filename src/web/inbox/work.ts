import i18next from 'i18next';
import { dropCached, refreshObject } from '../api/cache.ts';
import { patch, post } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import type { BulkResult, Definition, RecordShape } from '../api/types.ts';
import { bulk, undoChange } from '../api/writes.ts';
import { showProblem, showUndo, showWarning } from '../ui/toast.tsx';

/** Changes conversations at once on the screen, tells what was done, and keeps the way back. */
export async function changeConversations(
  definition: Definition,
  records: readonly RecordShape[],
  changes: Record<string, unknown>,
  { message, leaves }: { message: string; leaves: boolean },
): Promise<boolean> {
  const ids = records.map(({ id }) => id);
  const putBack = leaves ? dropCached(definition.name, new Set(ids)) : () => {};
  try {
    const [only] = records;
    // One record needs no right to change many.
    const undo = records.length === 1 ? await changeOne(only!, changes) : await changeMany(definition, ids, changes);
    refreshConversations();
    showUndo(message, () => undo().then(refreshConversations));
    return true;
  } catch (error) {
    putBack();
    showProblem(error);
    return false;
  }
}

/** What is shown of conversations and of what was said in them is asked again. */
export function refreshConversations(): void {
  refreshObject('conversation', ['list', 'count', 'record']);
  refreshObject('interaction', ['list']);
}

/** Runs an action that tells its change set, and offers to take it back. */
export async function runUndoable<Result extends { changeSet: string }>(
  definition: Definition,
  path: string,
  body: unknown,
  message: string,
): Promise<Result | null> {
  try {
    const result = await post<Result>(path, body);
    refreshConversations();
    showUndo(message, () => undoChange(definition, result.changeSet).then(refreshConversations));
    return result;
  } catch (error) {
    showProblem(error);
    return null;
  }
}

async function changeOne(record: RecordShape, changes: Record<string, unknown>) {
  const path = `/records/conversation/${record.id}`;
  await patch(path, changes);
  const before = Object.fromEntries(Object.keys(changes).map((name) => [name, record[name] ?? null]));
  return () => patch<unknown>(path, before);
}

async function changeMany(definition: Definition, ids: readonly string[], changes: Record<string, unknown>) {
  const result: BulkResult = await bulk(definition, { update: { ids, changes } });
  if (result.succeeded === 0) throw new Error('nothing changed');
  if (result.failed > 0) showWarning(i18next.t('inbox.someNot', { count: result.failed }));
  return () => undoChange(definition, result.changeSet) as Promise<unknown>;
}

/** Counts and folders follow what others do; a burst is asked for once. */
export function countsChanged(): void {
  void queryClient.invalidateQueries({ queryKey: ['records', 'conversation', 'count'] });
}
