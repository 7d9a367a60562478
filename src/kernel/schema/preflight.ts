import type { Connection } from '../database/connection.ts';
import { identifier } from '../database/sql.ts';
import type { Snapshot } from './table.ts';

/** Why the records that exist do not allow a change. */
export interface Obstacle {
  readonly table: string;
  /** Columns of the field, or the name of the unique index. */
  readonly column?: string;
  readonly index?: string;
  readonly code: 'field.has-empty' | 'field.has-duplicates';
}

/**
 * Asks the records whether they allow the steps between two snapshots, before any of them runs: a column that becomes
 * `not null` needs a value in every row, a unique index no two records alike.
 */
export async function obstacles(
  connection: Connection,
  schema: string,
  from: Snapshot,
  to: Snapshot,
): Promise<Obstacle[]> {
  const found: Obstacle[] = [];
  const exists = async (query: string) => (await connection.run(`select exists (${query})`))[0]![0] as boolean;
  for (const [name, table] of Object.entries(to.tables)) {
    const before = from.tables[name];
    if (!before) continue;
    const on = `${identifier(schema)}.${identifier(name)}`;
    for (const [column, shape] of Object.entries(table.columns)) {
      const was = before.columns[column];
      if (!shape.notNull || was?.notNull || (!was && (shape.fill ?? shape.default ?? shape.generated) !== undefined))
        continue;
      const empty = was ? ` where ${identifier(column)} is null` : '';
      if (await exists(`select from ${on}${empty}`)) found.push({ table: name, column, code: 'field.has-empty' });
    }
    for (const [index, { unique, keys, where }] of Object.entries(table.indexes)) {
      const isNew = JSON.stringify(before.indexes[index]) !== JSON.stringify(table.indexes[index]);
      const columns = keys.join(' ').match(/"(?:[^"]|"")+"/g) ?? [];
      if (!unique || !isNew || columns.some((column) => !before.columns[column.slice(1, -1)])) continue;
      const conditions = [...(where ? [where] : []), ...keys.map((key) => `${key} is not null`)].join(' and ');
      const query = `select from ${on} where ${conditions} group by ${keys.join(', ')} having count(*) > 1`;
      if (await exists(query)) found.push({ table: name, index, code: 'field.has-duplicates' });
    }
  }
  return found;
}
