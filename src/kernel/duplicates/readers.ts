import type { EventRow } from '../events/event.ts';
import type { DuplicateMatching } from '../object/duplicate-matching.ts';
import { objectOf } from '../object/model.ts';
import type { EventReader } from '../object/module.ts';
import type { Door, Workspace } from '../records/door.ts';
import { readVisible } from './candidates.ts';
import { KEYS_READER, writeKeys } from './keys.ts';
import { forgetRecords, noteMerge, reviewRecords } from './pairs.ts';

/**
 * Keep the index of keys, and the queue of pairs, behind the stream of events. Two, because keys are ten times faster: after
 * a large import the check before a save is seconds or a minute behind, the queue longer. During it both rest: they take
 * five times as long for a record as the import itself, in the same process.
 */
export const duplicateReaders: readonly EventReader[] = [
  {
    name: KEYS_READER,
    objects: matched,
    canWait: true,
    async run(events, { door }) {
      for (const { matching, ids } of touched(door, events)) {
        const seen = await readVisible(door, objectOf(door.workspace.model, matching.object), matching, ids);
        const records = ids.map((id) => ({ id, keys: seen.get(id)?.prepared.keys ?? [] }));
        await writeKeys(door.unit!.connection, door.workspace.schema, records);
      }
    },
  },
  {
    name: 'duplicate-pairs',
    objects: matched,
    canWait: true,
    async run(events, { door }) {
      for (const { record, operation, changes, at, actor } of events) {
        if (operation === 'merge') await noteMerge(door, record, changes?.mergedInto?.[1] as string, at, actor);
        if (operation === 'unmerge' || operation === 'restore') await noteMerge(door, record, null, at, actor);
      }
      const purged = events.filter(({ operation }) => operation === 'purge').map(({ record }) => record);
      if (purged.length > 0) await forgetRecords(door, purged, 'purge');
      for (const { matching, ids } of touched(door, events)) await review(door, matching, ids, 'all');
    },
  },
];

function matched({ duplicates }: Workspace): readonly string[] {
  return [...duplicates.keys()];
}

/** Reviews records of one object by id; those in the trash leave the queue. */
export async function review(
  door: Door,
  matching: DuplicateMatching,
  ids: readonly string[],
  side: 'all' | 'before',
): Promise<number> {
  const seen = await readVisible(door, objectOf(door.workspace.model, matching.object), matching, ids);
  const gone = ids.filter((id) => !seen.has(id));
  if (gone.length > 0) await forgetRecords(door, gone, 'trash');
  const records = ids.flatMap((id) => {
    const prepared = seen.get(id)?.prepared;
    return prepared ? [{ ...prepared, id }] : [];
  });
  return reviewRecords(door, matching, records, side);
}

/** Records of which something changed that a matching reads, by object. */
function touched(door: Door, events: readonly EventRow[]): { matching: DuplicateMatching; ids: string[] }[] {
  return [...Map.groupBy(events, ({ object }) => object)].flatMap(([object, ofObject]) => {
    const matching = door.workspace.duplicates.get(object);
    if (!matching || !door.workspace.model.objects.has(object)) return [];
    const fields = new Set(matching.fields.map((path) => path.split('.')[0]!));
    const isTouching = ({ operation, changes }: EventRow) =>
      operation !== 'derive' && (operation !== 'update' || Object.keys(changes ?? {}).some((name) => fields.has(name)));
    const ids = [...new Set(ofObject.filter(isTouching).map(({ record }) => record))].sort();
    return ids.length > 0 ? [{ matching, ids }] : [];
  });
}
