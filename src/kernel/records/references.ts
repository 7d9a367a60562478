import { among, and, join, or, raw, type Sql, sql } from '../database/sql.ts';
import { type ObjectModel, objectOf, tableOf } from '../object/model.ts';
import { visibility } from '../query/compilation.ts';
import { type Door, scopeOf, type Unit } from './door.ts';
import type { Draft } from './draft.ts';

type Writing = Door & { unit: Unit };

/**
 * Every record that a draft newly points to must exist, be outside the trash and be visible to whoever writes. One
 * statement for all references of all drafts.
 *
 * It is locked as its foreign key would lock it a moment later, so that it cannot go to the trash or into another record
 * before this one is written. Users have no such key: all rows of an import would queue for the same few of them.
 */
export async function checkReferences(door: Writing, object: ObjectModel, drafts: readonly Draft[]): Promise<void> {
  const wanted = new Map<string, Set<string>>();
  const uses: { draft: Draft; field: string; target: string; ids: readonly string[] }[] = [];
  const pointing = [...object.fields.values()].flatMap(({ name, target }) =>
    target === null || name === 'id' ? [] : [{ name, target }],
  );
  for (const draft of drafts) {
    for (const { name, target } of pointing) {
      const value = draft.after[name] ?? null;
      if (value === null || (draft.before !== null && !draft.changed.has(name))) continue;
      // Whoever acts exists.
      if (target === 'user' && value === door.principal.userId) continue;
      const ids = Array.isArray(value) ? (value as string[]) : [value as string];
      const unknown = target === 'user' ? ids.filter((id) => id !== door.principal.userId) : ids;
      if (unknown.length === 0) continue;
      const set = wanted.get(target) ?? new Set();
      for (const id of unknown) set.add(id);
      wanted.set(target, set);
      uses.push({ draft, field: name, target, ids: unknown });
    }
  }
  if (uses.length === 0) return;
  const scope = scopeOf(door);
  const parts: Sql[] = [...wanted].map(([name, ids]) => {
    const target = objectOf(door.workspace.model, name);
    const visible = visibility(scope, target, 'read', 't');
    const conditions = [among('t.id', [...ids]), raw('t.deleted_at is null')];
    if (visible !== 'all') conditions.push(or(visible));
    const lock = raw(name === 'user' ? '' : ' for key share of t');
    // A union of locking statements is refused, one of subqueries is not.
    return sql`select * from (select ${raw(`'${name}'`)}, t.id::text from ${raw(tableOf(door.workspace.schema, target))} t where ${and(conditions)}${lock}) ${raw(`found_${name}`)}`;
  });
  // Records of the same batch are inserted by the same statement.
  const batch = drafts.flatMap((draft) => (draft.before === null ? [`${object.name} ${draft.id}`] : []));
  const found = new Set([
    ...batch,
    ...(await door.unit.connection.run(join(parts, ' union all '))).map(([name, id]) => `${name} ${id}`),
  ]);
  for (const { draft, field, target, ids } of uses) {
    if (ids.some((id) => !found.has(`${target} ${id}`))) draft.errors.push({ field, code: 'field.unknown-reference' });
  }
}

/**
 * A chain of references marked `acyclic` may not come back to where it began. The rows of the chain are locked first, so
 * two people who build half of a circle each meet in a deadlock, and the one that is repeated sees the other's half.
 */
export async function checkCircles(door: Writing, object: ObjectModel, drafts: readonly Draft[]): Promise<void> {
  for (const field of object.fields.values()) {
    if (!(field.definition as { acyclic?: boolean }).acyclic) continue;
    const table = raw(tableOf(door.workspace.schema, object));
    const column = raw(`"${field.columns[0]!.name}"`);
    for (const draft of drafts) {
      const parent = draft.after[field.name] as string | null | undefined;
      if (!parent || !draft.changed.has(field.name)) continue;
      if (parent === draft.id) {
        draft.errors.push({ field: field.name, code: 'field.circle' });
        continue;
      }
      if (draft.before === null) continue;
      const chain = sql`with recursive up(id, depth) as (
          select ${parent}::uuid, 1 union all
          select t.${column}, up.depth + 1 from ${table} t join up on t.id = up.id where t.${column} is not null and up.depth < 200
        ) select id::text from up`;
      const before = (await door.unit.connection.run(chain)).map(([id]) => id as string);
      await door.unit.connection.run(sql`select 1 from ${table} t where t.id = any(${before}::uuid[]) for update`);
      const after = (await door.unit.connection.run(chain)).map(([id]) => id as string);
      if (after.includes(draft.id) || after.length >= 200)
        draft.errors.push({ field: field.name, code: 'field.circle' });
    }
  }
}
