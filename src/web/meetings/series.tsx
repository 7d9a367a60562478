import { lazy } from 'react';
import { refreshObject } from '../api/cache.ts';
import { post } from '../api/client.ts';
import { queryClient, readRecord } from '../api/queries.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { removeRecord } from '../api/writes.ts';
import { withWords } from '../i18n/room-words.ts';
import { openDialog } from '../ui/dialogs.tsx';
import type { SeriesScope } from './series-dialog.tsx';

const SeriesDialog = lazy(() =>
  withWords('meetings', import('./series-dialog.tsx')).then((loaded) => ({ default: loaded.SeriesDialog })),
);

/** What the meetings of a series have in common: a change of it may mean all of them. */
const common: ReadonlySet<string> = new Set([
  ...['subject', 'at', 'duration', 'place', 'repeats', 'channel', 'account', 'contact', 'opportunity', 'owner'],
]);

/**
 * Asks which meetings a change or a deletion means, where the record is one of a series.
 * @param fields that change; null for a deletion
 * @returns null when the person gives it up
 */
export async function askScope(
  definition: Definition,
  record: RecordShape,
  fields: readonly string[] | null,
): Promise<SeriesScope | null> {
  if (definition.name !== 'interaction' || (fields && !fields.some((name) => common.has(name)))) return 'this';
  if (!(await isOfSeries(definition, record))) return 'this';
  return openDialog<SeriesScope>((done) => (
    <SeriesDialog kind={fields === null ? 'remove' : fields.includes('repeats') ? 'rule' : 'change'} onClose={done} />
  ));
}

/** Changes a meeting with those that follow, or with all. @returns the change set that takes it back */
export async function saveSeries(
  definition: Definition,
  record: RecordShape,
  scope: 'following' | 'all',
  changes: Record<string, unknown> | null,
): Promise<string> {
  const { changeSet } = await post<{ changeSet: string }>(`/meetings/${record.id}/series`, { scope, changes });
  refreshMeetings(definition);
  return changeSet;
}

/** To the trash, the meeting alone or more of its series. @returns the change set that takes it back; null when given up */
export async function removeAsked(definition: Definition, record: RecordShape): Promise<string | null> {
  const scope = await askScope(definition, record, null);
  if (scope === null) return null;
  return scope === 'this' ? removeRecord(definition, record.id) : saveSeries(definition, record, scope, null);
}

export function refreshMeetings(definition: Definition): void {
  refreshObject(definition.name);
  void queryClient.invalidateQueries({ queryKey: ['records', definition.name] });
}

/** A list shows some fields only; without a network it is one meeting. */
async function isOfSeries(definition: Definition, record: RecordShape): Promise<boolean> {
  if (record.series !== undefined) return record.series !== null;
  const whole = await readRecord(definition, record.id).catch(() => null);
  return Boolean(whole?.series);
}
