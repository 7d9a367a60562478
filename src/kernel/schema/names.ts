import { createHash } from 'node:crypto';

/** PostgreSQL cuts identifiers at 63 bytes; Citus appends up to 13 characters to the names of shards. */
const LONGEST_NAME = 50;

/** A name as it is, or its beginning with a mark of the whole when it is too long. */
export function shortName(name: string): string {
  if (name.length <= LONGEST_NAME) return name;
  return `${name.slice(0, LONGEST_NAME - 9)}_${createHash('sha1').update(name).digest('hex').slice(0, 8)}`;
}

/**
 * Names of indexes and constraints. Tables, indexes and constraints share one name space in a schema; `__` between the
 * table and what follows keeps `a_b` + `c` and `a` + `b_c` apart, and the prefix keeps them apart from link tables.
 */
export function primaryKeyName(table: string): string {
  return shortName(`pk_${table}`);
}

export function indexName(table: string, purpose: string): string {
  return shortName(`ix_${table}__${purpose}`);
}

export function uniqueName(table: string, purpose: string): string {
  return shortName(`uq_${table}__${purpose}`);
}

export function foreignKeyName(table: string, column: string): string {
  return shortName(`fk_${table}__${column}`);
}
