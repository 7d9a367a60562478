import { identifier, join, raw, sql } from '../database/sql.ts';
import { type ObjectModel, tableOf } from '../object/model.ts';
import { uniqueFields } from '../schema/snapshot.ts';
import type { Door, Unit } from './door.ts';

/** A live record as it is going to be. */
interface Coming {
  readonly id: string;
  readonly after: Readonly<Record<string, unknown>>;
  /** Fields that change; all when left out. */
  readonly changed?: ReadonlySet<string>;
}

/**
 * Which of these would take a unique value that another live record, or one before it in the list, has. The index would
 * refuse them as well, but that ends the whole transaction.
 *
 * @returns by id, the field that is taken
 */
export async function findCollisions(
  door: Door & { unit: Unit },
  object: ObjectModel,
  rows: readonly Coming[],
): Promise<Map<string, string>> {
  const taken = new Map<string, string>();
  for (const names of uniqueFields(object).values()) {
    const fields = names.map((name) => object.fields.get(name)!);
    if (fields.some((field) => field.derived)) continue;
    const concerned = rows.filter(
      ({ after, changed }) =>
        names.every((name) => (after[name] ?? null) !== null) && (!changed || names.some((name) => changed.has(name))),
    );
    if (concerned.length === 0) continue;
    const keys = concerned.map(({ after }) =>
      fields.map((field) => String(field.type.write(after[field.name], field.definition)[0])),
    );
    const seen = new Set<string>();
    keys.forEach((key, index) => {
      const text = JSON.stringify(key).toLowerCase();
      if (seen.has(text)) taken.set(concerned[index]!.id, names[0]!);
      seen.add(text);
    });
    const sameKey = fields.map((field, index) => {
      const [column] = field.columns;
      const name = `t.${identifier(column!.name)}`;
      const isText = column!.type === 'text' && field.target === null;
      return raw(isText ? `lower(${name}) = lower(w.k${index})` : `${name} = w.k${index}::${column!.type}`);
    });
    const found = await door.unit.connection.run(sql`
      select distinct w.id::text from unnest(${concerned.map(({ id }) => id)}::uuid[], ${join(
        fields.map((_, index) => sql`${keys.map((key) => key[index])}::text[]`),
      )}) w(id, ${raw(fields.map((_, index) => `k${index}`).join(', '))})
      join ${raw(tableOf(door.workspace.schema, object))} t on t.deleted_at is null and t.id <> w.id and ${join(sameKey, ' and ')}`);
    for (const [id] of found) taken.set(id as string, names[0]!);
  }
  return taken;
}
