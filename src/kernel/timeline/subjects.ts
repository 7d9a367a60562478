import { isAllowed, isShown, type Principal } from '../access/access.ts';
import { and, or, raw, type Sql, sql } from '../database/sql.ts';
import { columnsOf, type FieldModel, type Model, type ObjectModel, objectOf, tableOf } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { type QueryScope, visibility } from '../query/compilation.ts';
import { seenTitle } from '../query/selection.ts';
import { connectionOf, type Door, scopeOf } from '../records/door.ts';
import { mergedInto } from '../records/merged.ts';
import { type Reach, reaches, type Subject } from './shapes.ts';

export interface Subjects {
  readonly root: Subject;
  /** By object name; the first one is the root's. */
  readonly byObject: ReadonlyMap<string, readonly Subject[]>;
  /** Records that were merged into the root: what happened to them happened to it. */
  readonly merged: readonly string[];
  /** There are more than are told of. */
  readonly isCut: boolean;
}

/** Of each object. A page looks each one up in every source: a thousand of them cost 10 ms. */
const MOST = 500;
/** Holdings of holdings. What lies deeper is a mistake, and a circle ends anyway: nobody is taken twice. */
const DEEPEST = 10;

/** Whom a timeline is about, as far as the reader may see them. @throws Problem `record.not-found` */
export async function subjectsOf(door: Door, object: ObjectModel, id: string, reach: Reach): Promise<Subjects> {
  const scope = scopeOf(door);
  const [root] = await seen(door, scope, object, sql`r."id" = ${id}::uuid`, 1);
  if (!root) throw new Problem('record.not-found', { object: object.name, id });
  const merged = await mergedInto(door, id);
  let isCut = false;
  const take = async (of: ObjectModel, field: FieldModel, ids: readonly string[]) => {
    const [column] = columnsOf(field, 'r', scope.schema);
    const found = await seen(
      door,
      scope,
      of,
      sql`${raw(`r."deleted_at" is null and ${column}`)} = any(${ids}::uuid[])`,
    );
    if (found.length > MOST) isCut = true;
    return found.slice(0, MOST);
  };

  const same = new Map([[id, root]]);
  const above = reach === 'hierarchy' ? hierarchyOf(scope, object) : undefined;
  let level = [id];
  for (let depth = 0; above && level.length > 0 && depth < DEEPEST; depth++) {
    const below = (await take(object, above, level)).filter((one) => !same.has(one.id));
    for (const one of below) if (same.size < MOST) same.set(one.id, one);
    if (same.size >= MOST) isCut = true;
    level = below.map((one) => one.id);
  }
  const byObject = new Map<string, Subject[]>([[object.name, [...same.values()]]]);
  if (reach !== 'own') {
    for (const [part, fields] of partsOf(scope, object)) {
      const found = new Map<string, Subject>();
      for (const field of fields) for (const one of await take(part, field, [...same.keys()])) found.set(one.id, one);
      if (found.size > 0) byObject.set(part.name, [...found.values()]);
    }
    for (const field of namedBy(scope, object)) {
      const [column] = columnsOf(field, 'o', scope.schema);
      const own = sql`(select ${raw(column!)} from ${raw(tableOf(scope.schema, object))} o where o."id" = ${id}::uuid)`;
      const named = await seen(door, scope, objectOf(scope.model, field.target!), sql`r."id" = ${own}`, 1);
      if (named.length === 0) continue;
      byObject.set(field.target!, named);
      break;
    }
  }
  return { root, byObject, merged, isCut };
}

type Reader = { model: Model; principal: Principal };

/** How much further the timeline of an object can reach, for a reader. */
export function reachesOf(scope: Reader, object: ObjectModel): Reach[] {
  return reaches.filter(
    (reach) =>
      reach === 'own' ||
      (reach === 'parts' && partsOf(scope, object).length + namedBy(scope, object).length > 0) ||
      (reach === 'hierarchy' && hierarchyOf(scope, object) !== undefined),
  );
}

/** Objects whose records belong to one of this, and the references that say so. */
function partsOf(scope: Reader, object: ObjectModel): [ObjectModel, FieldModel[]][] {
  return [...scope.model.objects.values()].flatMap((part): [ObjectModel, FieldModel[]][] => {
    const fields = (part.definition.timelineTo ?? []).flatMap((name) => part.fields.get(name) ?? []);
    const leading = fields.filter(
      (field) => field.target === object.name && isShown(scope.principal, part.name, field.name),
    );
    return leading.length > 0 && isAllowed(scope.principal, part.name, 'read') ? [[part, leading]] : [];
  });
}

/** References to those whose timeline is that of a record of this, too. */
function namedBy({ principal }: Reader, object: ObjectModel): FieldModel[] {
  const fields = (object.definition.timelineOf ?? []).flatMap((name) => object.fields.get(name) ?? []);
  return fields.filter(
    ({ name, target }) => target && isShown(principal, object.name, name) && isAllowed(principal, target, 'read'),
  );
}

/** The reference by which records of one object lie below one another. */
function hierarchyOf(scope: Reader, object: ObjectModel): FieldModel | undefined {
  const field = [...object.fields.values()].find((one) => one.target === object.name && isAcyclic(one));
  return field && isShown(scope.principal, object.name, field.name) ? field : undefined;
}

function isAcyclic({ definition }: FieldModel): boolean {
  return (definition as { acyclic?: boolean }).acyclic === true;
}

/** Records as the reader sees them, those that changed last first; one more than are wanted tells that there are more. */
async function seen(
  door: Door,
  scope: QueryScope,
  object: ObjectModel,
  condition: Sql,
  most = MOST + 1,
): Promise<Subject[]> {
  const rights = visibility(scope, object, 'read', 'r');
  const rows = await connectionOf(door).run(
    sql`select r."id"::text, ${raw(seenTitle(scope, object, 'r'))} from ${raw(tableOf(scope.schema, object))} r
      where ${and(rights === 'all' ? [condition] : [condition, or(rights)])}
      order by r."updated_at" desc, r."id" desc limit ${raw(String(most))}`,
  );
  return (rows as [string, string | null][]).map(([id, title]) => ({ object: object.name, id, title }));
}
