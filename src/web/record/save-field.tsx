import i18next from 'i18next';
import { lazy } from 'react';
import { refreshObject } from '../api/cache.ts';
import { isProblem } from '../api/problem.ts';
import { queryClient, readRecord } from '../api/queries.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { saveRecord, undoChange } from '../api/writes.ts';
import { askScope, refreshMeetings, saveSeries } from '../meetings/series.tsx';
import { isWaiting } from '../offline/offline.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { rememberUndo, showUndo } from '../ui/toast.tsx';

const ConflictDialog = lazy(() =>
  import('./conflict-dialog.tsx').then((loaded) => ({ default: loaded.ConflictDialog })),
);
const MissingFields = lazy(() => import('./missing-fields.tsx').then((loaded) => ({ default: loaded.MissingFields })));

/**
 * Saves a person's changes to a record and deals with what may stand in the way: somebody else's change to the same
 * field is shown to choose from; other fields that a rule wants first are asked for; of a meeting that repeats, which ones are meant. Ctrl+Z takes
 * it back.
 * @param told what was done, where "saved" does not say it
 * @returns null when the person gave it up in such a dialog
 * @throws ApiProblem for what is wrong with the changed fields themselves
 */
export async function saveChanges(
  definition: Definition,
  record: RecordShape,
  changes: Record<string, unknown>,
  told?: string,
): Promise<RecordShape | null> {
  const scope = await askScope(definition, record, Object.keys(changes));
  if (scope === null) return null;
  if (scope !== 'this') {
    const changeSet = await saveSeries(definition, record, scope, { ...changes, version: record.version });
    showUndo(told ?? i18next.t('toast.saved'), () =>
      undoChange(definition, changeSet).then(() => refreshMeetings(definition)),
    );
    return readRecord(definition, record.id);
  }
  const before = Object.fromEntries(Object.keys(changes).map((field) => [field, record[field] ?? null]));
  const saved = await attempt(definition, record, changes);
  if (saved) {
    const undo = async () => {
      // It began a series: what was made with it goes, and it stands alone again.
      if (saved.series && 'repeats' in changes && record.repeats === null) {
        await saveSeries(definition, saved, 'following', { repeats: null });
        return;
      }
      const now = queryClient.getQueryData<RecordShape>(['records', definition.name, 'record', record.id]);
      await saveRecord(definition, { ...saved, version: Math.max(saved.version, now?.version ?? 0) }, before);
      refreshObject(definition.name);
    };
    const waits = isWaiting(definition.name, record.id) ? i18next.t('offline.queued') : undefined;
    if (told) showUndo(waits ? `${told}. ${waits}` : told, undo);
    else rememberUndo(undo, waits);
  }
  return saved;
}

async function attempt(
  definition: Definition,
  record: RecordShape,
  changes: Record<string, unknown>,
): Promise<RecordShape | null> {
  try {
    return await saveRecord(definition, record, changes);
  } catch (error) {
    if (isProblem(error, 'record.stale') && error.body.current) {
      const current = error.body.current as RecordShape;
      const chosen = await openDialog<Record<string, unknown>>((done) => (
        <ConflictDialog definition={definition} current={current} seen={record} mine={changes} onClose={done} />
      ));
      if (!chosen) return null;
      return Object.keys(chosen).length === 0 ? current : attempt(definition, current, chosen);
    }
    if (isProblem(error, 'record.invalid')) {
      const asked = error.errors.filter(
        (one) => !(one.field in changes) && definition.fields.some((field) => field.name === one.field),
      );
      if (asked.length > 0 && asked.length === error.errors.length) {
        const given = await openDialog<Record<string, unknown>>((done) => (
          <MissingFields definition={definition} record={record} errors={asked} onClose={done} />
        ));
        return given ? attempt(definition, record, { ...changes, ...given }) : null;
      }
    }
    throw error;
  }
}
