import type { Connection } from '../database/connection.ts';
import { identifier, join, raw, type Sql, sql } from '../database/sql.ts';
import { foldSql, foldText } from '../fields/clean.ts';
import { type FieldModel, type Model, type ObjectModel, objectOf, tableOf } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';

/** One transaction, with all its events in memory. */
const MOST = 50_000;

/** Records of one person: ids by object, in the order they were found. The person's own record is the first. */
export type Belongings = ReadonlyMap<string, readonly string[]>;

/**
 * What is about somebody: their record and those merged into it, what goes when it goes (`onDelete: 'cascade'`), what says
 * that it is about them (a reference with `personal: true`, a comment's or attachment's target), and so on from there. Also
 * what is in the trash. Other records that point to them, such as a colleague whose manager they are, are not.
 * @throws Problem `bulk.too-many`
 */
export async function belongingsOf(
  connection: Connection,
  { model, schema }: { model: Model; schema: string },
  object: ObjectModel,
  id: string,
): Promise<Belongings> {
  const found = new Map<string, Set<string>>();
  const add = (name: string, ids: readonly string[]): string[] => {
    const known = found.get(name) ?? new Set();
    found.set(name, known);
    const fresh = ids.filter((one) => !known.has(one));
    for (const one of fresh) known.add(one);
    return fresh;
  };
  const merged = await connection.run(sql`
    with recursive m(id) as (select ${id}::uuid union
      select r.record_id from ${raw(identifier(schema))}.merged_record r join m on r.survivor_id = m.id)
    select id::text from m where id <> ${id}::uuid`);
  const waiting: [string, string[]][] = [
    [object.name, add(object.name, [id, ...merged.map(([one]) => one as string)])],
  ];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, ids] = next;
    if (ids.length === 0) continue;
    const parent = objectOf(model, name);
    for (const child of model.objects.values()) {
      const fresh = add(child.name, await pointingTo(connection, schema, parent, child, ids));
      if (fresh.length > 0) waiting.push([child.name, fresh]);
    }
    if ([...found.values()].reduce((sum, { size }) => sum + size, 0) > MOST)
      throw new Problem('bulk.too-many', { max: MOST });
  }
  return new Map([...found].filter(([, ids]) => ids.size > 0).map(([name, ids]) => [name, [...ids]]));
}

async function pointingTo(
  connection: Connection,
  schema: string,
  parent: ObjectModel,
  child: ObjectModel,
  ids: readonly string[],
): Promise<string[]> {
  const table = raw(tableOf(schema, child));
  const parts: Sql[] = parent.referencedBy
    .filter((field) => field.object === child.name && isOf(field))
    .map((field) =>
      field.link
        ? sql`select from_id from ${raw(`${identifier(schema)}.${identifier(field.link)}`)} where to_id = any(${ids}::uuid[])`
        : sql`select id from ${table} where ${raw(identifier(field.columns[0]!.name))} = any(${ids}::uuid[])`,
    );
  const { target } = child.definition;
  if (target) {
    const column = (name: string) => identifier(child.fields.get(name)!.columns[0]!.name);
    // Indexes of texts are folded. Two halves, because they leave the trash out.
    for (const half of ['null', 'not null']) {
      parts.push(sql`select id from ${table} where ${raw(foldSql(column(target.id)))} = any(${ids}::text[])
        and ${raw(foldSql(column(target.object)))} = ${foldText(parent.name)} and ${raw(column(target.object))} = ${parent.name}
        and deleted_at is ${raw(half)}`);
    }
  }
  if (parts.length === 0) return [];
  const rows = await connection.run(sql`
    select p.id::text from (${join(parts, ' union ')}) p(id) order by p.id limit ${raw(String(MOST + 1))}`);
  return rows.map(([one]) => one as string);
}

/** Whether what points by this field is about the one it points to. */
function isOf(field: FieldModel): boolean {
  const { personal, onDelete } = field.definition as { personal?: boolean; onDelete?: string };
  return !field.system && (personal === true || onDelete === 'cascade');
}
