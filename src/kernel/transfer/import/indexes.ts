import type pg from 'pg';
import { identifier, raw, sql } from '../../database/sql.ts';
import type { Door } from '../../records/door.ts';
import { withLocks } from '../../schema/apply.ts';
import type { Preparation } from './prepare.ts';
import { importTable, updateImport } from './store.ts';

/** Rows from which it pays to take indexes away: building them again takes a second at least. */
const WORTHWHILE = 50_000;
/** With as many records, people walk through lists of them while more come in: those indexes stay, only search does without. */
const IN_USE = 10_000;

/**
 * Takes away the indexes of a table that nothing of this import needs, when more rows come in than there are: building
 * them once at the end costs a third of keeping them up row by row. Their definitions are noted in the import itself, in
 * the same transaction, so that whoever ends it, now or after a crash, builds them again. Meanwhile search is slower, and
 * the lists of a table that was nearly empty.
 */
export async function takeIndexesAway(
  door: Door,
  preparation: Preparation,
  importId: string,
  expected: number,
): Promise<string[]> {
  const { object, keys, rulesAsk } = preparation;
  const { workspace } = door;
  if (expected < WORTHWHILE || rulesAsk || isCounted(preparation, door)) return [];
  const table = `${identifier(workspace.schema)}.${identifier(object.table)}`;
  const hasMoreThan = async (count: number): Promise<unknown> => {
    const [row] = await workspace.database.run(
      sql`select exists (select 1 from ${raw(table)} offset ${raw(String(count))} limit 1)`,
    );
    return row?.[0];
  };
  if (await hasMoreThan(expected)) return [];
  const isInUse = await hasMoreThan(IN_USE);
  const needed = new Set(
    [
      ...keys,
      ...preparation.columns.references
        .filter(({ field }) => field.target === object.name)
        .map(({ by }) => by ?? object.title.name),
    ].flatMap((name) => (object.fields.get(name)?.columns ?? []).map((column) => column.name)),
  );
  return withLocks(() =>
    workspace.database.transaction(async (connection) => {
      await connection.run(`set local lock_timeout = '2s'`);
      const rows = (await connection.run(
        sql`select c.relname, pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indexrelid
            where i.indrelid = to_regclass(${table}) and not i.indisunique and i.indisvalid order by c.relname`,
      )) as [string, string][];
      const away = rows.filter(
        ([, definition]) =>
          (!isInUse || definition.includes(' USING gin ')) &&
          ![...needed].some((column) =>
            new RegExp(`\\b${column}\\b`).test(definition.slice(definition.indexOf(' USING '))),
          ),
      );
      for (const [name] of away) await connection.run(`drop index ${identifier(workspace.schema)}.${identifier(name)}`);
      const definitions = away.map(([, definition]) =>
        definition.replace(/^CREATE INDEX /, 'CREATE INDEX IF NOT EXISTS '),
      );
      await updateImport(connection, workspace.schema, importId, { indexes: definitions });
      return definitions;
    }),
  );
}

/** Roll-ups of parents count these rows, by the index of the reference. */
function isCounted({ object }: Preparation, door: Door): boolean {
  for (const other of door.workspace.model.objects.values()) {
    for (const field of other.fields.values())
      if (field.derived?.kind === 'rollup' && field.derived.from === object.name) return true;
  }
  return false;
}

/** Two at a time: a machine with fewer cores gains nothing from more. */
const AT_ONCE = 2;

/** Builds what was taken away. Each index leaves the list when it stands, so that this can be called again after a crash. */
export async function bringIndexesBack(
  { workspace }: Door,
  importId: string,
  definitions: readonly string[],
  onProgress: (done: number) => void,
): Promise<void> {
  if (definitions.length === 0) return;
  const { database, schema } = workspace;
  // The dearest first: the search words, then the lists.
  const waiting = [...definitions].sort((a, b) => cost(b) - cost(a));
  let done = 0;
  const build = async (): Promise<void> => {
    const client: pg.Client = await database.dedicated();
    try {
      await client.query(`set maintenance_work_mem = '256MB'`);
      for (let definition = waiting.shift(); definition !== undefined; definition = waiting.shift()) {
        await client.query(definition);
        const text = JSON.stringify([definition]);
        await database.execute(sql`
          update ${importTable(schema)} set updated_at = now(), indexes = (select coalesce(jsonb_agg(d), '[]') from jsonb_array_elements(indexes) d where not ${text}::jsonb @> jsonb_build_array(d))
          where id = ${importId}::uuid`);
        onProgress(++done);
      }
    } finally {
      await client.end().catch(() => {});
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, build));
}

function cost(definition: string): number {
  return (definition.includes('gin_trgm_ops') ? 2 : 0) + (definition.includes('USING gin') ? 1 : 0);
}
