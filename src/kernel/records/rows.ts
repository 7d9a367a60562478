import { linkFiles } from '../files/files.ts';
import { type FieldModel, isStored, type ObjectModel, tableOf } from '../object/model.ts';
import { begin, visibility } from '../query/compilation.ts';
import { select } from '../query/selection.ts';
import { identifier, join, raw, type Sql, sql } from '../query/sql.ts';
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
  const fields = writtenFields(object);
  const at = unit.at.toISOString();
  const names = [
    'id',
    'created_at',
    'created_by_id',
    'updated_at',
    'updated_by_id',
    ...fields.flatMap((field) => field.columns.map((column) => column.name)),
  ];
  const searches = object.searched.length > 0;
  if (searches) names.push('search_text');
  const head = raw(
    `insert into ${tableOf(workspace.schema, object)} as r (${names.map(identifier).join(', ')}) values `,
  );
  const perStatement = Math.max(1, Math.floor(MAX_PARAMETERS / names.length));
  for (let start = 0; start < drafts.length; start += perStatement) {
    const rows = drafts.slice(start, start + perStatement).map((draft) => {
      const values: unknown[] = [draft.id, at, principal.userId, at, principal.userId];
      for (const field of fields) values.push(...columnValues(field, draft.after[field.name]));
      if (searches) values.push(searchText(object, draft.after));
      return sql`(${join(values.map((value) => sql`${value}`))})`;
    });
    if (drafts.length === 1) await writeReturning(door, object, drafts[0]!, sql`${head}${join(rows)}`);
    else await unit.connection.execute(sql`${head}${join(rows)}`);
  }
  await writeLinks(door, object, drafts);
}

/** Updates drafts, one statement for all that change the same fields. */
export async function updateRows(door: Writing, object: ObjectModel, drafts: readonly Draft[]): Promise<void> {
  const { unit, principal, workspace } = door;
  const bySet = Map.groupBy(drafts, (draft) => [...draft.changed].sort().join(','));
  for (const group of bySet.values()) {
    const fields = writtenFields(object).filter((field) => group[0]!.changed.has(field.name));
    const columns = fields.flatMap((field) => field.columns);
    const searches = fields.some((field) => object.searched.includes(field));
    const stamps = sql`updated_at = ${unit.at.toISOString()}::timestamptz, updated_by_id = ${principal.userId}::uuid, version = r.version + 1`;
    const table = raw(tableOf(workspace.schema, object));
    const valuesOf = (draft: Draft) => [
      ...fields.flatMap((field) => columnValues(field, draft.after[field.name])),
      ...(searches ? [searchText(object, draft.after)] : []),
    ];
    const names = [...columns.map((column) => column.name), ...(searches ? ['search_text'] : [])].map(identifier);
    const types = [...columns.map((column) => column.type), ...(searches ? ['text'] : [])];
    if (group.length === 1) {
      const [draft] = group as [Draft];
      const sets = valuesOf(draft).map(
        (value, index) => sql`${raw(names[index]!)} = ${value}${raw(`::${types[index]}`)}`,
      );
      await writeReturning(
        door,
        object,
        draft,
        sql`update ${table} r set ${join([...sets, stamps])} where r.id = ${draft.id}::uuid`,
      );
    } else {
      const perStatement = Math.max(1, Math.floor(MAX_PARAMETERS / (names.length + 1)));
      for (let start = 0; start < group.length; start += perStatement) {
        const rows = group.slice(start, start + perStatement).map((draft) => {
          const cells = valuesOf(draft).map((value, index) => sql`${value}${raw(`::${types[index]}`)}`);
          return sql`(${join([sql`${draft.id}::uuid`, ...cells])})`;
        });
        const sets = names.map((name) => raw(`${name} = v.${name}`));
        await unit.connection.execute(
          sql`update ${table} r set ${join([...sets, stamps])} from (values ${join(rows)}) v(id${raw(names.map((name) => `, ${name}`).join(''))}) where r.id = v.id`,
        );
      }
    }
  }
  await writeLinks(door, object, drafts);
  await linkFiles(door, object, drafts);
}

/** The words by which a record is found. */
export function searchText(object: ObjectModel, values: Readonly<Record<string, unknown>>): string | null {
  const words: string[] = [];
  for (const field of object.searched) {
    const value = values[field.name] ?? null;
    if (value !== null && field.type.words) words.push(...field.type.words(value, field.definition));
  }
  return words.length === 0 ? null : words.join(' ');
}

/**
 * Writes one record and keeps what it became, which spares the one who asked for it a second look. Not where that is only
 * known at the end of the transaction (derived fields) or needs another table (links).
 */
async function writeReturning(door: Writing, object: ObjectModel, draft: Draft, write: Sql): Promise<void> {
  const scope = scopeOf(door);
  const isWhole = [...object.fields.values()].every(
    (field) =>
      !field.link && field.type.name !== 'autoNumber' && (!field.derived || field.derived.kind === 'generated'),
  );
  if (!isWhole || visibility(scope, object, 'read', 'r') !== 'all') {
    await door.unit.connection.execute(write);
    return;
  }
  const selection = select(begin(scope, object), undefined);
  const [row] = await door.unit.connection.run(sql`${write} returning ${selection.columns}`);
  draft.written = selection.read(row!);
}

function columnValues(field: FieldModel, value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return field.columns.map(() => null);
  return field.type.write(value, field.definition);
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
