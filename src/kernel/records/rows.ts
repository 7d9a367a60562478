import { fieldAccess } from '../access/access.ts';
import { maskedValue } from '../access/mask.ts';
import { identifier, join, raw, sql } from '../database/sql.ts';
import { linkFiles } from '../files/files.ts';
import { columnsOf, type FieldModel, isStored, type ObjectModel, tableOf } from '../object/model.ts';
import { visibility } from '../query/compilation.ts';
import { type Door, scopeOf, type Unit } from './door.ts';
import type { Draft } from './draft.ts';

type Writing = Door & { unit: Unit };

/** Parameters of one statement; PostgreSQL takes 65,535. A batch of 500 records of 100 columns fits. */
const MAX_PARAMETERS = 60_000;

/** Fields whose columns an insert or update writes. */
export function writtenFields(object: ObjectModel): FieldModel[] {
  return [...object.fields.values()].filter(
    (field) => isStored(field) && !field.derived && !isStamp(field) && field.type.storage === 'columns',
  );
}

/** Inserts drafts of one object, many rows a statement. */
export async function insertRows(door: Writing, object: ObjectModel, drafts: readonly Draft[]): Promise<void> {
  const { unit, principal, workspace } = door;
  const shape = shapeOf(workspace.schema, object);
  const stamps = stampsFor(unit.at, principal.userId);
  const valuesOf = (draft: Draft) => {
    const { createdAt, createdBy, updatedAt, updatedBy } = stamps(draft);
    const values: unknown[] = [draft.id, createdAt, createdBy, updatedAt, updatedBy];
    for (const field of shape.fields) pushValues(values, field, draft.after[field.name]);
    if (object.searched.length > 0) values.push(searchText(object, draft.after));
    return values;
  };
  if (drafts.length === 1) {
    const [draft] = drafts as [Draft];
    writeOne(door, object, draft, shape.insert, valuesOf(draft), { ...stamps(draft), version: 1, deletedAt: null });
  } else {
    const perStatement = Math.max(1, Math.floor(MAX_PARAMETERS / shape.names.length));
    for (let start = 0; start < drafts.length; start += perStatement) {
      const rows = drafts
        .slice(start, start + perStatement)
        .map((draft) => sql`(${join(valuesOf(draft).map((value) => sql`${value}`))})`);
      await unit.connection.execute(sql`${raw(shape.head)}${join(rows)}`);
    }
  }
  await writeLinks(door, object, drafts);
}

/** When and by whom a new record was made and last changed. */
export interface Stamps {
  readonly createdAt: string;
  readonly createdBy: string | null;
  readonly updatedAt: string;
  readonly updatedBy: string | null;
}

/** Now, by whoever acts; a trusted writer may say of a record that it is older, or of somebody else. */
export function stampsFor(moment: Date, by: string | null): (draft: Draft) => Stamps {
  const at = moment.toISOString();
  const now: Stamps = { createdAt: at, createdBy: by, updatedAt: at, updatedBy: by };
  return ({ after }) => {
    if (after.createdAt === undefined && after.createdBy === undefined) return now;
    const { createdAt, createdBy, updatedAt, updatedBy } = after as Partial<Stamps>;
    const made = { createdAt: createdAt ?? at, createdBy: createdBy ?? by };
    return { ...made, updatedAt: updatedAt ?? made.createdAt, updatedBy: updatedBy ?? made.createdBy };
  };
}

/** Updates drafts, one statement for all that change the same fields. */
export async function updateRows(door: Writing, object: ObjectModel, drafts: readonly Draft[]): Promise<void> {
  const { unit, principal, workspace } = door;
  const bySet = Map.groupBy(drafts, (draft) => [...draft.changed].sort().join(','));
  const at = unit.at.toISOString();
  for (const [changed, group] of bySet) {
    const { fields, names, types, searches, update } = updateShapeOf(workspace.schema, object, changed, group[0]!);
    const valuesOf = (draft: Draft) => {
      const values: unknown[] = [];
      for (const field of fields) pushValues(values, field, draft.after[field.name]);
      if (searches) values.push(searchText(object, draft.after));
      return values;
    };
    if (group.length === 1) {
      const [draft] = group as [Draft];
      const stamps = { version: (draft.before!.version as number) + 1 };
      writeOne(door, object, draft, update, [draft.id, at, principal.userId, ...valuesOf(draft)], stamps);
      continue;
    }
    const table = raw(tableOf(workspace.schema, object));
    const perStatement = Math.max(1, Math.floor(MAX_PARAMETERS / (names.length + 1)));
    for (let start = 0; start < group.length; start += perStatement) {
      const rows = group.slice(start, start + perStatement).map((draft) => {
        const cells = valuesOf(draft).map((value, index) => sql`${value}${raw(`::${types[index]}`)}`);
        return sql`(${join([sql`${draft.id}::uuid`, ...cells])})`;
      });
      const sets = names.map((name) => raw(`${name} = v.${name}`));
      const stamps = sql`updated_at = ${at}::timestamptz, updated_by_id = ${principal.userId}::uuid, version = r.version + 1`;
      await unit.connection.execute(
        sql`update ${table} r set ${join([...sets, stamps])} from (values ${join(rows)}) v(id${raw(names.map((name) => `, ${name}`).join(''))}) where r.id = v.id`,
      );
    }
  }
  await writeLinks(door, object, drafts);
  await linkFiles(door, object, drafts);
}

/** The words by which a record is found. */
export function searchText(object: ObjectModel, values: Readonly<Record<string, unknown>>): string | null {
  let text: string | null = null;
  for (const { name, type, definition } of object.searched) {
    const value = values[name] ?? null;
    if (value === null || !type.words) continue;
    for (const word of type.words(value, definition)) text = text === null ? word : `${text} ${word}`;
  }
  return text;
}

/**
 * Writes one record and keeps what it became, which spares the one who asked for it a second look: the draft has the values
 * as they are read again, only what PostgreSQL generates is asked for. Not where more is known only at the end of the
 * transaction (derived fields) or needs another table (links).
 */
function writeOne(
  door: Writing,
  object: ObjectModel,
  draft: Draft,
  text: string,
  values: readonly unknown[],
  stamps: Readonly<Record<string, unknown>>,
): void {
  const { generated, isWhole } = shapeOf(door.workspace.schema, object);
  const answer = door.unit.connection.later(text, values);
  if (!isWhole || visibility(scopeOf(door), object, 'read', 'r') !== 'all') return;
  draft.written = async () => recordOf(door, object, draft, generated, (await answer())[0] ?? [], stamps);
}

/** A record as it was written. @param row what PostgreSQL generated */
function recordOf(
  door: Writing,
  object: ObjectModel,
  draft: Draft,
  generated: readonly FieldModel[],
  row: readonly unknown[],
  stamps: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const settled: Record<string, unknown> = {
    id: draft.id,
    updatedAt: door.unit.at.toISOString(),
    updatedBy: door.principal.userId,
    ...stamps,
  };
  let start = 0;
  for (const { name, columns, type, definition } of generated) {
    const end = start + columns.length;
    settled[name] = type.read(row.slice(start, end), definition);
    start = end;
  }
  const written: Record<string, unknown> = { id: draft.id, version: settled.version };
  for (const [name, field] of object.fields) {
    const access = fieldAccess(door.principal, object.name, name);
    if (access === 'hidden') continue;
    const value = (name in settled ? settled[name] : draft.after[name]) ?? null;
    written[name] = access === 'masked' ? maskedValue(field, value) : value;
  }
  return written;
}

/** How records of an object are written, put together once: its 33 columns took as long as the driver with all of them. */
interface Shape {
  readonly fields: readonly FieldModel[];
  /** Quoted. */
  readonly names: readonly string[];
  /** Of an insert of any number of rows. */
  readonly head: string;
  readonly insert: string;
  readonly updates: Map<string, UpdateShape>;
  readonly generated: readonly FieldModel[];
  readonly returning: string;
  /** Whether a draft and what PostgreSQL generates are all of a record. */
  readonly isWhole: boolean;
}

interface UpdateShape {
  readonly fields: readonly FieldModel[];
  /** Columns that change, quoted, and their types. */
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly searches: boolean;
  /** `$1` the id, `$2` the time, `$3` the user, then the columns. */
  readonly update: string;
}

const MOST_UPDATES = 200;
const shapes = new WeakMap<ObjectModel, Map<string, Shape>>();

function shapeOf(schema: string, object: ObjectModel): Shape {
  const known = shapes.get(object) ?? new Map<string, Shape>();
  shapes.set(object, known);
  const shape = known.get(schema) ?? compileShape(schema, object);
  known.set(schema, shape);
  return shape;
}

function compileShape(schema: string, object: ObjectModel): Shape {
  const all = [...object.fields.values()];
  const fields = writtenFields(object);
  const generated = all.filter((field) => field.derived?.kind === 'generated');
  const names = [
    ...['id', 'created_at', 'created_by_id', 'updated_at', 'updated_by_id'],
    ...fields.flatMap((field) => field.columns.map((column) => column.name)),
    ...(object.searched.length > 0 ? ['search_text'] : []),
  ].map(identifier);
  const columns = generated.flatMap((field) => columnsOf(field, 'r', schema));
  const returning = columns.length > 0 ? ` returning ${columns.join(', ')}` : '';
  const head = `insert into ${tableOf(schema, object)} as r (${names.join(', ')}) values `;
  return {
    fields,
    names,
    head,
    insert: `${head}(${names.map((_, index) => `$${index + 1}`).join(', ')})${returning}`,
    updates: new Map(),
    generated,
    returning,
    isWhole: all.every(
      (field) => !field.link && field.type.name !== 'autoNumber' && (!field.derived || generated.includes(field)),
    ),
  };
}

/** @param changed names of the fields that the draft changes, in order */
function updateShapeOf(schema: string, object: ObjectModel, changed: string, draft: Draft): UpdateShape {
  const { fields: all, updates, returning } = shapeOf(schema, object);
  const known = updates.get(changed);
  if (known) return known;
  const fields = all.filter((field) => draft.changed.has(field.name));
  const searches = fields.some((field) => object.searched.includes(field));
  const columns = [
    ...fields.flatMap((field) => field.columns),
    ...(searches ? [{ name: 'search_text', type: 'text' }] : []),
  ];
  const names = columns.map(({ name }) => identifier(name));
  const types = columns.map(({ type }) => type);
  const sets = names.map((name, index) => `${name} = $${index + 4}::${types[index]}, `).join('');
  const update = `update ${tableOf(schema, object)} r set ${sets}updated_at = $2::timestamptz, updated_by_id = $3::uuid, version = r.version + 1 where r.id = $1::uuid${returning}`;
  const shape = { fields, names, types, searches, update };
  if (updates.size >= MOST_UPDATES) updates.clear();
  updates.set(changed, shape);
  return shape;
}

function pushValues(values: unknown[], field: FieldModel, value: unknown): void {
  if (value === null || value === undefined)
    for (let index = 0; index < field.columns.length; index++) values.push(null);
  else for (const part of field.type.write(value, field.definition)) values.push(part);
}

/** The records that `references` fields of drafts point to. */
export async function writeLinks(door: Writing, object: ObjectModel, drafts: readonly Draft[]): Promise<void> {
  for (const field of object.fields.values()) {
    if (!field.link) continue;
    const changed = drafts.filter((draft) => draft.changed.has(field.name));
    if (changed.length === 0) continue;
    const table = raw(`${identifier(door.workspace.schema)}.${identifier(field.link)}`);
    const had = changed.filter((draft) => draft.before !== null).map((draft) => draft.id);
    if (had.length > 0)
      await door.unit.connection.execute(sql`delete from ${table} where from_id = any(${had}::uuid[])`);
    const pairs = changed.flatMap((draft) =>
      ((draft.after[field.name] as string[] | null) ?? []).map((to, index) => [draft.id, to, index] as const),
    );
    if (pairs.length === 0) continue;
    await door.unit.connection.execute(sql`insert into ${table} (from_id, to_id, position)
      select * from unnest(${pairs.map(([from]) => from)}::uuid[], ${pairs.map(([, to]) => to)}::uuid[], ${pairs.map(([, , index]) => index)}::int[])`);
  }
}

/** Written by the statement itself, not from the draft. */
function isStamp(field: FieldModel): boolean {
  return field.system && field.name !== 'owner';
}
