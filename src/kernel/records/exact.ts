import { raw, sql } from '../database/sql.ts';
import { type ObjectModel, objectOf, tableOf } from '../object/model.ts';
import { findCollisions } from './collisions.ts';
import type { Door, Unit } from './door.ts';
import type { Draft } from './draft.ts';
import { checkCircles } from './references.ts';
import { updateRows } from './rows.ts';

type Writing = Door & { unit: Unit };

/**
 * A change of values that the record, or another one, had before: taken as they are, without defaults, rules and
 * normalisation, because what was once accepted comes back exactly.
 */
export function exactDraft(
  before: Record<string, unknown> & { id: string },
  changes: Readonly<Record<string, unknown>>,
): Draft {
  return {
    id: before.id,
    before,
    after: { ...before, ...changes },
    changed: new Set(Object.keys(changes)),
    errors: [],
  };
}

/** Errors for what the world no longer allows: a record that was purged, a circle, a unique value that is taken. */
export async function checkExact(door: Writing, object: ObjectModel, drafts: readonly Draft[]): Promise<void> {
  for (const field of object.fields.values()) {
    if (field.target === null) continue;
    const pointing = drafts.filter((draft) => draft.changed.has(field.name) && draft.after[field.name]);
    if (pointing.length === 0) continue;
    const idsOf = (draft: Draft) => [draft.after[field.name] as string | string[]].flat();
    const table = raw(tableOf(door.workspace.schema, objectOf(door.workspace.model, field.target)));
    const wanted = [...new Set(pointing.flatMap(idsOf))];
    const rows = await door.unit.connection.run(sql`select id::text from ${table} where id = any(${wanted}::uuid[])`);
    const found = new Set(rows.map(([id]) => id));
    for (const draft of pointing) {
      if (idsOf(draft).some((id) => !found.has(id)))
        draft.errors.push({ field: field.name, code: 'field.unknown-reference' });
    }
  }
  await checkCircles(door, object, drafts);
  const live = drafts.filter((draft) => draft.before!.deletedAt === null);
  const taken = await findCollisions(door, object, live);
  for (const draft of live) {
    const field = taken.get(draft.id);
    if (field) draft.errors.push({ field, code: 'field.not-unique' });
  }
}

export async function writeExactly(door: Writing, object: ObjectModel, drafts: readonly Draft[]): Promise<void> {
  if (drafts.length === 0) return;
  await updateRows(door, object, drafts);
  for (const draft of drafts) {
    door.unit.pending.push({
      object: object.name,
      record: draft.id,
      operation: 'update',
      version: (draft.before!.version as number) + 1,
      changes: Object.fromEntries(
        [...draft.changed].map((name) => [name, [draft.before![name] ?? null, draft.after[name] ?? null]]),
      ),
    });
  }
}
