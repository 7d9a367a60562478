import { isAllowed, isShown } from '../access/access.ts';
import { eraseEventData } from '../audit/seal.ts';
import { identifier, raw, sql } from '../database/sql.ts';
import type { PendingEvent } from '../events/event.ts';
import { foldText } from '../fields/clean.ts';
import { type FieldModel, type ObjectModel, objectOf, tableOf } from '../object/model.ts';
import type { RuleContext } from '../object/rules.ts';
import { Problem } from '../problems/problem.ts';
import { forgetWords } from '../search/words.ts';
import { findCollisions } from './collisions.ts';
import { type Door, envOf, type Unit } from './door.ts';
import { openRecords } from './open.ts';
import { lockRows } from './pipeline.ts';
import { searchText } from './rows.ts';
import { staleProblems } from './stale.ts';

type Writing = Door & { unit: Unit };

/** A family deeper than this is removed in several steps by whoever means it. */
const MAX_CASCADE = 10_000;

/**
 * To the trash. Records that point here with `restrict` forbid it, with `cascade` they go along in the same change set,
 * with `clear` they keep pointing until the record is purged (so that restoring brings everything back).
 *
 * @returns per record the problem that stopped it, or null
 */
export async function removeRecords(
  door: Writing,
  object: ObjectModel,
  targets: readonly { id: string; version?: number }[],
): Promise<(Problem | null)[]> {
  if (!isAllowed(door.principal, object.name, 'delete')) throw new Problem('access.denied');
  const rows = await lockRows(
    door,
    object,
    targets.map(({ id }) => id),
    'delete',
  );
  const stale = await staleProblems(
    door,
    object,
    targets.flatMap(({ id, version }) => {
      const record = rows.get(id);
      return record && version !== undefined && version !== record.version ? [{ record, version }] : [];
    }),
  );
  const blocked = await blockedBy(door, object, [...rows.keys()]);
  const problems: (Problem | null)[] = [];
  const gone: string[] = [];
  for (const { id } of targets) {
    const record = rows.get(id);
    if (!record) problems.push(new Problem('record.not-found', { object: object.name, id }));
    else if (stale.has(id)) problems.push(stale.get(id)!);
    else if (blocked.has(id))
      problems.push(new Problem('record.in-use', { object: object.name, heldBy: blocked.get(id) }));
    else {
      await applyRemoveRules(door, object, record);
      problems.push(null);
      gone.push(id);
    }
  }
  await moveToTrash(door, object, gone);
  return problems;
}

/**
 * Back from the trash, together with what went along with it in the same change set. What was merged is a record of its
 * own again.
 */
export async function restoreRecords(
  door: Writing,
  object: ObjectModel,
  ids: readonly string[],
  operation: 'restore' | 'unmerge' = 'restore',
): Promise<(Problem | null)[]> {
  if (!isAllowed(door.principal, object.name, 'delete')) throw new Problem('access.denied');
  const rows = await lockRows(door, object, ids, 'delete', true);
  const taken = await findCollisions(
    door,
    object,
    [...rows.values()].map((row) => ({ id: row.id, after: row })),
  );
  const back = ids.filter((id) => rows.has(id) && !taken.has(id));
  if (back.length > 0) {
    const companions = await removedTogether(door, back);
    const survivors = await forgetMerges(door, back);
    for (const [survivor, merged] of Map.groupBy(back, (id) => survivors.get(id) ?? null)) {
      await setDeleted(door, object, merged, null, operation, survivor ? { mergedInto: [survivor, null] } : null);
    }
    for (const [name, others] of companions) {
      const companion = door.workspace.model.objects.get(name);
      if (companion) await setDeleted(door, companion, others, null);
    }
  }
  return ids.map((id) => {
    if (!rows.has(id)) return new Problem('record.not-deleted', { object: object.name, id });
    const field = taken.get(id);
    return field === undefined ? null : new Problem('record.invalid', {}, [{ field, code: 'field.not-unique' }]);
  });
}

/** Out of the trash for good. History keeps that it happened, not what it held. */
export async function purgeRecord(door: Writing, object: ObjectModel, id: string): Promise<void> {
  if (!isAllowed(door.principal, object.name, 'delete')) throw new Problem('access.denied');
  const rows = await lockRows(door, object, [id], 'delete', true);
  const record = rows.get(id);
  if (!record) throw new Problem('record.not-deleted', { object: object.name, id });
  const events = raw(`${identifier(door.workspace.schema)}.event`);
  const told = await door.unit.connection.run(
    sql`select changes::text from ${events} where record_id = ${id}::uuid and changes is not null`,
  );
  await door.unit.connection
    .execute(sql`delete from ${raw(tableOf(door.workspace.schema, object))} where id = ${id}::uuid`)
    .catch((error: unknown) => {
      // Before PostgreSQL 18 "restrict" was told as any foreign key (23503).
      const isInUse = ['23001', '23503'].includes((error as { code?: string }).code ?? '');
      throw isInUse ? new Problem('record.in-use', { object: object.name }) : error;
    });
  await eraseEventData(
    door.unit.connection,
    door.workspace.schema,
    door.unit.changeSet,
    sql`e.record_id = ${id}::uuid`,
  );
  await forgetMerges(door, [id]);
  // Also those it was found by before it was changed.
  const before = told.map(([changes]) => foldText(changes as string));
  await forgetWords(door, [searchText(object, record) ?? '', ...before].join(' '));
  door.unit.pending.push({
    object: object.name,
    record: id,
    operation: 'purge',
    version: record.version + 1,
    changes: null,
  });
}

/** With all that goes along; nobody is asked. */
export async function moveToTrash(
  door: Writing,
  object: ObjectModel,
  ids: readonly string[],
  depth = 0,
): Promise<void> {
  if (ids.length === 0) return;
  if (depth > 20) throw new Problem('bulk.too-many', { max: MAX_CASCADE });
  for (const field of pointingHere(object, 'cascade')) {
    const child = objectOf(door.workspace.model, field.object);
    const rows = await door.unit.connection.run(sql`
      select id::text from ${raw(tableOf(door.workspace.schema, child))}
      where ${raw(identifier(field.columns[0]!.name))} = any(${ids}::uuid[]) and deleted_at is null limit ${raw(String(MAX_CASCADE + 1))}`);
    if (rows.length > MAX_CASCADE) throw new Problem('bulk.too-many', { max: MAX_CASCADE });
    await moveToTrash(
      door,
      child,
      rows.map(([id]) => id as string),
      depth + 1,
    );
  }
  await setDeleted(door, object, ids, door.unit.at);
}

/** Into the trash or out of it, with an event that says how and why. */
export async function setDeleted(
  door: Writing,
  object: ObjectModel,
  ids: readonly string[],
  at: Date | null,
  operation: 'remove' | 'merge' | 'restore' | 'unmerge' = at ? 'remove' : 'restore',
  changes: PendingEvent['changes'] = null,
): Promise<void> {
  const rows = await door.unit.connection.run(sql`
    update ${raw(tableOf(door.workspace.schema, object))} t
    set deleted_at = ${at?.toISOString() ?? null}::timestamptz, updated_at = ${door.unit.at.toISOString()}::timestamptz,
        updated_by_id = ${door.principal.userId}::uuid, version = t.version + 1
    where t.id = any(${ids}::uuid[]) and t.deleted_at is ${raw(at ? 'null' : 'not null')}
    returning t.id::text, t.version`);
  for (const [id, version] of rows) {
    door.unit.pending.push({
      object: object.name,
      record: id as string,
      operation,
      version: version as number,
      changes,
    });
  }
}

/** @returns where each that was merged had gone */
async function forgetMerges(door: Writing, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await door.unit.connection.run(sql`
    delete from ${raw(identifier(door.workspace.schema))}.merged_record where record_id = any(${ids}::uuid[])
    returning record_id::text, survivor_id::text`);
  return new Map(rows as [string, string][]);
}

/** Live records that stand in the way of a removal. */
interface Holder {
  readonly object: string;
  /** By which they point to it. */
  readonly field: string;
  readonly count: number;
  /** The first of those that whoever asks may see. */
  readonly records: { id: string; title: string }[];
}

/** Records of each kind that are named; of the first so many that are refused at once. */
const MOST_NAMED = 5;
const MOST_EXPLAINED = 20;

/** What forbids the removal of each of these. */
async function blockedBy(door: Writing, object: ObjectModel, ids: readonly string[]): Promise<Map<string, Holder[]>> {
  const blocked = new Map<string, Holder[]>();
  if (ids.length === 0) return blocked;
  for (const field of pointingHere(object, 'restrict')) {
    const child = objectOf(door.workspace.model, field.object);
    const column = raw(identifier(field.columns[0]!.name));
    const rows = (await door.unit.connection.run(sql`
      select ${column}::text, count(*) from ${raw(tableOf(door.workspace.schema, child))}
      where ${column} = any(${ids}::uuid[]) and deleted_at is null group by 1`)) as [string, number][];
    for (const [id, count] of rows) {
      const isExplained = blocked.size < MOST_EXPLAINED || blocked.has(id);
      const records = isExplained ? await pointingTo(door, child, field, id) : [];
      blocked.set(id, [...(blocked.get(id) ?? []), { object: child.name, field: field.name, count, records }]);
    }
  }
  return blocked;
}

async function pointingTo(
  door: Writing,
  child: ObjectModel,
  field: FieldModel,
  id: string,
): Promise<Holder['records']> {
  const isHidden = (name: string) => !isShown(door.principal, child.name, name);
  if (!isAllowed(door.principal, child.name, 'read') || isHidden(field.name) || isHidden(child.title.name)) return [];
  const { name: title } = child.title;
  const query = { filter: { [field.name]: id }, fields: [title], limit: MOST_NAMED };
  const { items } = await openRecords(door).list(child.name, query);
  return items.map((record) => ({ id: record.id, title: String(record[title] ?? '') }));
}

/** What else the change sets that removed these records removed by cascade. */
async function removedTogether(door: Writing, ids: readonly string[]): Promise<Map<string, string[]>> {
  const schema = raw(identifier(door.workspace.schema));
  const rows = await door.unit.connection.run(sql`
    select e.object, e.record_id::text, s.record_id::text
    from ${schema}.event s join ${schema}.event e on e.change_set = s.change_set and e.operation = 'remove' and e.position < s.position
    where s.record_id = any(${ids}::uuid[]) and s.operation = 'remove'
      and s.position = (select max(position) from ${schema}.event l where l.record_id = s.record_id and l.operation = 'remove')`);
  const together = new Map<string, string[]>();
  for (const [object, id, of] of rows as string[][]) {
    if (ids.includes(id!) || !(await pointsTo(door, object!, id!, of!))) continue;
    together.set(object!, [...(together.get(object!) ?? []), id!]);
  }
  return together;
}

/** Only family comes back: a change set may have removed strangers too. */
async function pointsTo(door: Writing, objectName: string, id: string, target: string): Promise<boolean> {
  const object = door.workspace.model.objects.get(objectName);
  const cascading = [...(object?.fields.values() ?? [])].filter(
    (field) => onDelete(field) === 'cascade' && !field.link,
  );
  if (!object || cascading.length === 0) return false;
  const condition = cascading.map((field) => `${identifier(field.columns[0]!.name)} = $2`).join(' or ');
  const rows = await door.unit.connection.run(
    `select 1 from ${tableOf(door.workspace.schema, object)} where id = $1 and (${condition})`,
    [id, target],
  );
  return rows.length > 0;
}

function pointingHere(object: ObjectModel, how: 'restrict' | 'cascade'): FieldModel[] {
  return object.referencedBy.filter((field) => !field.link && !field.system && onDelete(field) === how);
}

function onDelete(field: FieldModel): string {
  return (field.definition as { onDelete?: string }).onDelete ?? 'clear';
}

export async function applyRemoveRules(
  door: Writing,
  object: ObjectModel,
  record: Readonly<Record<string, unknown>>,
): Promise<void> {
  const rules = door.workspace.rules.get(object.name);
  if (!rules) return;
  const env = envOf(door);
  const context: RuleContext = { records: openRecords(door), now: env.now, userId: env.userId, timeZone: env.timeZone };
  for (const rule of rules) await rule.beforeRemove?.(record, context);
}
