import { isDeepStrictEqual } from 'node:util';
import { fieldAccess, isAllowed, type Principal, type Role } from '../access/access.ts';
import { identifier, join, raw, type Sql, sql } from '../database/sql.ts';
import { foldSql, foldText } from '../fields/clean.ts';
import { type FieldModel, isWritable, type ObjectModel, tableOf } from '../object/model.ts';
import type { Move } from '../object/rules.ts';
import { type FieldError, Problem } from '../problems/problem.ts';
import { findCollisions } from './collisions.ts';
import { type Door, envOf, type Unit } from './door.ts';
import { type Draft, refuse } from './draft.ts';
import { exactDraft, writeExactly } from './exact.ts';
import { survivorsOf } from './merged.ts';
import { openRecords } from './open.ts';
import { lockRows, updateDrafts, within } from './pipeline.ts';
import type { MergeOutcome, MergeRequest } from './records.ts';
import { applyRemoveRules, moveToTrash, setDeleted } from './trash.ts';

type Writing = Door & { unit: Unit };
type Row = Record<string, unknown> & { id: string; version: number };

const MOST_OTHERS = 20;
/** One transaction, with all its events in memory. */
const MOST_MOVED = 100_000;
/** Rows that are read and written at once. */
const PIECE = 2_000;

/**
 * Makes one record of several, in one change set:
 *
 *   1 rights and locks   2 the survivor's place in hierarchies   3 whatever points to the others points to the survivor
 *   4 the others go to the trash   5 the survivor gets its values
 *
 * In this order nothing is in the way of the next: no circle arises, no reference forbids the removal, and no unique value
 * is taken. Taken back in the opposite order (`unmerge.ts`) the same holds.
 *
 * @throws Problem `record.not-found`, `record.merged`, `access.denied`, `request.invalid`, `record.invalid`, `bulk.too-many`
 */
export async function mergeRecords(door: Writing, object: ObjectModel, request: MergeRequest): Promise<MergeOutcome> {
  // 1 rights and locks
  const { survivor, others, fields } = checkRequest(door, object, request);
  const records = await lockAll(door, object, survivor, others);
  const rows = [survivor, ...others].map((id) => records.get(id)!);
  const mover: Writing = { ...door, trusted: true, principal: withAllRights(door.principal) };

  // 2 the survivor's place in hierarchies
  const parents = await parentsOf(mover, object, rows, fields);
  const placed = Object.entries(parents).filter(([name, parent]) => parent !== rows[0]![name]);
  if (placed.length > 0) await writeExactly(mover, object, [exactDraft(rows[0]!, Object.fromEntries(placed))]);

  // 3 whatever points to the others points to the survivor
  const outcome = { moved: 0, dropped: 0 };
  for (const child of door.workspace.model.objects.values()) {
    const { moved, dropped } = await moveChildren(mover, object, child, survivor, others);
    outcome.moved += moved;
    outcome.dropped += dropped;
    if (outcome.moved > MOST_MOVED) throw new Problem('bulk.too-many', { max: MOST_MOVED });
  }

  // 4 the others go to the trash
  for (const id of others) await applyRemoveRules(mover, object, records.get(id)!);
  await setDeleted(mover, object, others, door.unit.at, 'merge', { mergedInto: [null, survivor] });
  await door.unit.connection.execute(sql`
    insert into ${raw(identifier(door.workspace.schema))}.merged_record (record_id, object, survivor_id, change_set)
    select id, ${object.name}, ${survivor}::uuid, ${door.unit.changeSet}::uuid from unnest(${others}::uuid[]) id`);

  // 5 the survivor gets its values
  await updateSurvivor(mover, object, rows, fields, Object.keys(parents));
  return outcome;
}

/** The rights were checked on what is merged; what points to it follows, whoever may see it. */
export function withAllRights(principal: Principal): Principal {
  return { ...principal, roles: [mergeRole] };
}

const mergeRole: Role = {
  name: 'merge',
  grants: { '*': { create: 'all', read: 'all', update: 'all', delete: 'all' } },
};

function checkRequest(door: Writing, object: ObjectModel, { survivor, others, fields = {} }: MergeRequest) {
  // Users have identities and sessions outside the workspace, and stamps on every record.
  if (object.name === 'user') throw new Problem('merge.impossible', { object: object.name });
  for (const operation of ['update', 'delete', 'merge'] as const) {
    if (!isAllowed(door.principal, object.name, operation)) throw new Problem('access.denied');
  }
  const errors: FieldError[] = [];
  const unique = [...new Set(others)];
  if (unique.length === 0) errors.push({ field: 'others', code: 'field.required' });
  if (unique.length > MOST_OTHERS)
    errors.push({ field: 'others', code: 'field.too-many', params: { max: MOST_OTHERS } });
  if (unique.includes(survivor)) errors.push({ field: 'others', code: 'merge.with-itself' });
  for (const [name, id] of Object.entries(fields)) {
    const field = object.fields.get(name);
    const access = fieldAccess(door.principal, object.name, name);
    if (!field || access === 'hidden') errors.push({ field: `fields.${name}`, code: 'field.unknown' });
    else if (!isWritable(field) || access !== 'write')
      errors.push({ field: `fields.${name}`, code: 'field.read-only' });
    else if (id !== survivor && !unique.includes(id)) errors.push({ field: `fields.${name}`, code: 'merge.not-among' });
  }
  if (errors.length > 0) throw new Problem('request.invalid', {}, errors);
  return { survivor, others: unique, fields };
}

/** In one order for everybody, so that two who merge the same records meet in a queue and not in a deadlock. */
async function lockAll(
  door: Writing,
  object: ObjectModel,
  survivor: string,
  others: readonly string[],
): Promise<Map<string, Row>> {
  await lockInOrder(door, object, [survivor, ...others]);
  const rows = new Map<string, Row>();
  for (const id of [survivor, ...others]) {
    const found = await lockRows(door, object, [id], id === survivor ? 'update' : 'delete');
    const row = found.get(id);
    if (!row) throw await notThere(door, object, id);
    if (!(await within(door, object, 'merge', [id])).has(id)) throw new Problem('access.denied');
    rows.set(id, row);
  }
  return rows;
}

export async function lockInOrder(door: Writing, object: ObjectModel, ids: readonly string[]): Promise<void> {
  await door.unit.connection.run(
    sql`select 1 from ${raw(tableOf(door.workspace.schema, object))} t where t.id = any(${ids}::uuid[]) order by t.id for update`,
  );
}

/** Says where a merged record went to whoever may see it there. */
export async function notThere(door: Door, object: ObjectModel, id: string): Promise<Problem> {
  const survivor = (await survivorsOf(door, [id])).get(id);
  const isVisible =
    survivor !== undefined && (await openRecords(door).find(object.name, { id: survivor }, { fields: [] })) !== null;
  return isVisible
    ? new Problem('record.merged', { object: object.name, id, mergedInto: survivor })
    : new Problem('record.not-found', { object: object.name, id });
}

async function moveChildren(
  door: Writing,
  object: ObjectModel,
  child: ObjectModel,
  survivor: string,
  others: readonly string[],
) {
  const pointing = object.referencedBy.filter((field) => field.object === child.name && !field.system);
  const { target } = child.definition;
  const ids = await pointingTo(door, object, child, pointing, survivor, others);
  const isGone = new Set(others);
  const moved = (value: unknown) => (isGone.has(value as string) ? survivor : value);
  let dropped = 0;
  for (let start = 0; start < ids.length; start += PIECE) {
    const rows = await lockRows(door, child, ids.slice(start, start + PIECE), 'update', 'any');
    const drafts = [...rows.values()].map((row) => {
      const changes: Record<string, unknown> = {};
      for (const { name, link } of pointing) {
        if (link) changes[name] = [...new Set((row[name] as string[]).map(moved))];
        else changes[name] = moved(row[name]);
      }
      if (target && row[target.object] === object.name) changes[target.id] = moved(row[target.id]);
      return exactDraft(
        row,
        Object.fromEntries(Object.entries(changes).filter(([name, value]) => !isDeepStrictEqual(value, row[name]))),
      );
    });
    dropped += await settle(door, child, drafts);
  }
  return { moved: ids.length, dropped };
}

/** Records of one object that point to any of these, also those in the trash: restored, they belong to the survivor. */
async function pointingTo(
  door: Writing,
  object: ObjectModel,
  child: ObjectModel,
  pointing: readonly FieldModel[],
  survivor: string,
  others: readonly string[],
): Promise<string[]> {
  const schema = identifier(door.workspace.schema);
  const table = raw(tableOf(door.workspace.schema, child));
  const parts: Sql[] = pointing.map((field) =>
    field.link
      ? sql`select from_id from ${raw(`${schema}.${identifier(field.link)}`)} where to_id = any(${others}::uuid[])`
      : sql`select id from ${table} where ${raw(identifier(field.columns[0]!.name))} = any(${others}::uuid[])`,
  );
  const { target } = child.definition;
  if (target) {
    const column = (name: string) => identifier(child.fields.get(name)!.columns[0]!.name);
    // Indexes of texts are folded. Two halves, because they leave the trash out.
    for (const half of ['null', 'not null']) {
      parts.push(sql`select id from ${table} where ${raw(foldSql(column(target.id)))} = any(${others}::text[])
        and ${raw(foldSql(column(target.object)))} = ${foldText(object.name)} and ${raw(column(target.object))} = ${object.name}
        and deleted_at is ${raw(half)}`);
    }
  }
  if (parts.length === 0) return [];
  // What is merged keeps pointing where it did: the survivor's own references are settled with its values.
  const except = child === object ? [survivor, ...others] : [];
  const rows = await door.unit.connection.run(sql`
    select p.id::text from (${join(parts, ' union ')}) p(id) where p.id <> all(${except}::uuid[])
    order by p.id limit ${raw(String(MOST_MOVED + 1))}`);
  if (rows.length > MOST_MOVED) throw new Problem('bulk.too-many', { max: MOST_MOVED });
  return rows.map(([id]) => id as string);
}

/**
 * Writes records on their way to the survivor, and drops those that would say there what another one says already.
 * @returns how many were dropped
 */
async function settle(door: Writing, child: ObjectModel, drafts: readonly Draft[]): Promise<number> {
  const isLive = (draft: Draft) => draft.before!.deletedAt === null;
  const rules = (door.workspace.rules.get(child.name) ?? []).filter((rule) => rule.beforeMove);
  // A rule looks at what moved before, so where there is one each goes alone.
  const batches = rules.length > 0 ? drafts.map((draft) => [draft]) : [drafts];
  let dropped = 0;
  for (const batch of batches) {
    const drop = new Set<string>();
    for (const draft of batch) {
      if (!isLive(draft)) continue;
      for (const rule of rules) await rule.beforeMove!(moveOf(door, draft, () => drop.add(draft.id)));
    }
    const live = batch.filter((draft) => isLive(draft) && !drop.has(draft.id));
    for (const id of (await findCollisions(door, child, live)).keys()) drop.add(id);
    await moveToTrash(door, child, [...drop]);
    await writeExactly(
      door,
      child,
      batch.filter((draft) => draft.changed.size > 0 && !drop.has(draft.id)),
    );
    dropped += drop.size;
  }
  return dropped;
}

function moveOf(door: Writing, draft: Draft, drop: () => void): Move {
  const env = envOf(door);
  return {
    before: draft.before!,
    after: draft.after,
    set(field, value) {
      draft.after[field] = value;
      if (isDeepStrictEqual(value, draft.before![field])) draft.changed.delete(field);
      else draft.changed.add(field);
    },
    drop,
    context: { records: openRecords(door), now: env.now, userId: env.userId, timeZone: env.timeZone },
  };
}

/**
 * The values of the survivor, by its rules like any change. What came without being chosen and is refused stays as the
 * survivor had it; what was chosen and is refused ends the merge.
 */
async function updateSurvivor(
  door: Writing,
  object: ObjectModel,
  rows: readonly Row[],
  chosen: Readonly<Record<string, string>>,
  placed: readonly string[],
): Promise<void> {
  const [survivor] = rows as [Row];
  const changes = mergedValues(object, rows, chosen);
  for (const name of placed) delete changes[name];
  for (;;) {
    for (const [name, value] of Object.entries(changes))
      if (isDeepStrictEqual(value, survivor[name])) delete changes[name];
    if (Object.keys(changes).length === 0) return;
    const [result] = await updateDrafts(door, object.name, [{ id: survivor.id, changes }], true);
    if (result instanceof Problem) throw result;
    if (result!.errors.length === 0) return;
    const refused = result!.errors.map(({ field }) => field).filter((field) => field in changes && !(field in chosen));
    if (refused.length === 0) throw refuse(result!);
    for (const field of refused) delete changes[field];
  }
}

function mergedValues(
  object: ObjectModel,
  rows: readonly Row[],
  chosen: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const merging = new Set(rows.map(({ id }) => id));
  const values: Record<string, unknown> = {};
  for (const field of object.fields.values()) {
    const { name } = field;
    const winner = rows.find(({ id }) => id === chosen[name]);
    if (!winner && (!isWritable(field) || field.definition.history === false || (field.system && name !== 'owner')))
      continue;
    const found = (winner ? [winner] : rows)
      .map((row) => withoutItself(row[name], field, object, merging))
      .filter((value) => value !== null);
    // Two weeks added to one another would be the week of neither.
    const isOne = ['json', 'weeklyHours', 'checklist'].includes(field.type.name);
    const isList = found.every((value) => Array.isArray(value)) && !isOne;
    values[name] = isList && found.length > 1 ? unite(found as unknown[][]) : (found[0] ?? null);
  }
  return values;
}

/** A record does not point to itself only because it did to one that it became. */
function withoutItself(value: unknown, field: FieldModel, object: ObjectModel, merging: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) {
    const kept = field.target === object.name ? value.filter((id) => !merging.has(id)) : value;
    return kept.length > 0 ? kept : null;
  }
  return field.target === object.name && merging.has(value as string) ? null : (value ?? null);
}

/** Each entry once, the survivor's first. E-mail addresses and phone numbers are the same whatever their label says. */
function unite(lists: readonly (readonly unknown[])[]): unknown[] {
  const entries = new Map<unknown, unknown>();
  for (const entry of lists.flat()) {
    const { value, id } = (entry ?? {}) as { value?: unknown; id?: unknown };
    const key = value ?? id ?? entry;
    if (!entries.has(key)) entries.set(key, entry);
  }
  return [...entries.values()];
}

/**
 * What stands above the survivor in each hierarchy afterwards: the first of the values of all that does not lead back to
 * one of them. Merged into its own child, a parent leaves the child in its place.
 */
async function parentsOf(
  door: Writing,
  object: ObjectModel,
  rows: readonly Row[],
  chosen: Readonly<Record<string, string>>,
): Promise<Record<string, string | null>> {
  const parents: Record<string, string | null> = {};
  const merging = rows.map(({ id }) => id);
  for (const field of object.fields.values()) {
    if (!(field.definition as { acyclic?: boolean }).acyclic) continue;
    const table = raw(tableOf(door.workspace.schema, object));
    const column = raw(identifier(field.columns[0]!.name));
    parents[field.name] = null;
    const candidates = rows
      .filter(({ id }) => id === (chosen[field.name] ?? id))
      .map((row) => row[field.name] as string | null);
    for (const parent of candidates) {
      if (parent === null) continue;
      const [back] = await door.unit.connection.run(sql`
        with recursive up(id, depth) as (
          select ${parent}::uuid, 1 union all
          select t.${column}, up.depth + 1 from ${table} t join up on t.id = up.id
          where t.${column} is not null and up.depth < 200 and up.id <> all(${merging}::uuid[])
        ) select 1 from up where id = any(${merging}::uuid[]) limit 1`);
      if (!back) {
        parents[field.name] = parent;
        break;
      }
      if (chosen[field.name]) throw new Problem('record.invalid', {}, [{ field: field.name, code: 'field.circle' }]);
    }
  }
  return parents;
}
