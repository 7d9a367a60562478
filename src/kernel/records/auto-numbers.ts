import { identifier, raw, sql } from '../database/sql.ts';
import { foldText } from '../fields/clean.ts';
import { type ObjectModel, tableOf } from '../object/model.ts';
import type { Door, Unit } from './door.ts';
import type { Draft } from './draft.ts';

/**
 * Gives new records their human numbers (case 1042) from the counter row of their series, after the rows are written so
 * that the counter is locked for the rest of the transaction only.
 */
export async function assignNumbers(
  door: Door & { unit: Unit },
  object: ObjectModel,
  drafts: readonly Draft[],
): Promise<void> {
  const schema = identifier(door.workspace.schema);
  for (const field of object.fields.values()) {
    if (field.type.name !== 'autoNumber') continue;
    const column = identifier(field.columns[0]!.name);
    const {
      prefix = '',
      digits = 1,
      search,
    } = field.definition as { prefix?: string; digits?: number; search?: unknown };
    // Found by its number with and without prefix and zeros, as `words` of the type says.
    const words = search
      ? sql`, search_text = concat_ws(' ', t.search_text, ${foldText(prefix)}::text || lpad(n.number::text, greatest(${digits}::int, length(n.number::text)), '0'), n.number::text)`
      : raw('');
    const rows = await door.unit.connection.run(sql`
      with counter as (
        insert into ${raw(schema)}.counter (name, value) values (${`number:${object.name}.${field.name}`}, ${drafts.length}::bigint)
        on conflict (name) do update set value = counter.value + excluded.value returning value
      )
      update ${raw(tableOf(door.workspace.schema, object))} t
      set ${raw(column)} = n.number${words}
      from (select d.id, counter.value - ${drafts.length}::bigint + d.n as number
            from counter, unnest(${drafts.map((draft) => draft.id)}::uuid[]) with ordinality d(id, n)) n
      where t.id = n.id returning t.id::text, t.${raw(column)}`);
    const numbers = new Map(rows as [string, unknown][]);
    for (const draft of drafts) draft.after[field.name] = field.type.read([numbers.get(draft.id)], field.definition);
  }
}
