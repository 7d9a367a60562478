import { createHash, randomBytes } from 'node:crypto';
import type { Connection } from '../database/connection.ts';
import { identifier, raw, type Sql, sql } from '../database/sql.ts';
import type { Workspace } from '../records/door.ts';
import type { Secrets } from '../workspace/secrets.ts';

/**
 * The stream of events is sealed in pieces, by a reader that is some seconds behind: writing records costs nothing more.
 *
 *   data hash = SHA-256(salt, changes and note)   leaf = SHA-256(what happened to what, when and by whom; data hash)
 *   hash of a piece = SHA-256(hash of the piece before, its number and positions, its leaves), signed with the data folder's key
 *
 * An event whose data are erased loses its salt with them. Its data hash stays, from which nothing can be guessed without
 * the salt, so the chain still fits.
 *
 * @see Crosby, Wallach: Efficient Data Structures for Tamper-Evident Logging (2009)
 */
export interface SealedPiece {
  readonly number: number;
  readonly first: number;
  readonly last: number;
  readonly salts: Buffer;
  readonly leaves: Buffer;
  readonly hash: Buffer;
  readonly signature: Buffer;
}

/** An event as it is sealed: numbers and texts as the database writes them. */
export interface SealableEvent {
  readonly position: number;
  readonly meta: readonly unknown[];
  readonly data: readonly [changes: string | null, note: string | null];
}

export const SALT = 16;
export const LEAF = 32;
export const SEAL_PURPOSE = 'event seal';
/** Name of the row by which sealing and erasing take turns. */
const CURSOR = 'seal';
/** About 100 KB of salts and leaves in a row. */
const MOST_IN_PIECE = 2_000;
/** Events that are in memory at a time: those of long mails take 10 KB each. */
const READ_AT_ONCE = 200;

/**
 * Seals what was appended since the last time. Of several processes one does it, the others go home.
 * @returns how many events were sealed
 */
export async function sealEvents(workspace: Workspace, secrets: Secrets): Promise<number> {
  for (let sealed = 0; ; ) {
    const count = await workspace.database.transaction((connection) => sealPiece(connection, workspace, secrets));
    sealed += count;
    if (count < MOST_IN_PIECE) return sealed;
  }
}

async function sealPiece(connection: Connection, workspace: Workspace, secrets: Secrets): Promise<number> {
  const at = schemaOf(workspace.schema);
  await connection.execute(sql`insert into ${at}.reader (name) values (${CURSOR}) on conflict do nothing`);
  const [cursor] = await connection.run(sql`
    select r.position, c.value from ${at}.reader r, ${at}.counter c
    where r.name = ${CURSOR} and c.name = 'event' for update of r skip locked`);
  if (!cursor) return 0;
  const [from, newest] = cursor as [number, number];
  const upTo = Math.min(newest, from + MOST_IN_PIECE);
  const [salts, leaves]: [Buffer[], Buffer[]] = [[], []];
  let [first, last] = [0, 0];
  for (let after = from; after < upTo; after += READ_AT_ONCE) {
    const events = await readEvents(connection, workspace.schema, after, Math.min(upTo, after + READ_AT_ONCE));
    const theirs = randomBytes(SALT * events.length);
    salts.push(theirs);
    for (const [index, { position, meta, data }] of events.entries()) {
      leaves.push(leafOf(meta, dataHash(saltAt(theirs, index), data)));
      first ||= position;
      last = position;
    }
  }
  if (leaves.length === 0) return 0;
  const [before] = await connection.run(sql`select number, hash from ${at}.event_seal order by number desc limit 1`);
  const number = ((before?.[0] as number | undefined) ?? 0) + 1;
  const previous = (before?.[1] as Buffer | undefined) ?? beginningOf(workspace.id);
  const hash = pieceHash(previous, { number, first, last, leaves: Buffer.concat(leaves) });
  await connection.execute(sql`
    insert into ${at}.event_seal (number, first_position, last_position, salts, leaves, hash, signature, sealed_at)
    values (${number}::bigint, ${first}::bigint, ${last}::bigint, ${Buffer.concat(salts)}::bytea, ${Buffer.concat(leaves)}::bytea, ${hash}::bytea,
      ${secrets.sign(hash, SEAL_PURPOSE)}::bytea, now())`);
  await connection.execute(sql`update ${at}.reader set position = ${last}::bigint where name = ${CURSOR}`);
  return leaves.length;
}

/**
 * Takes changes and notes out of the events that a condition on `e` finds, at most so many. What was sealed keeps its place
 * in the chain; `changeSet` is that of an event that tells of the erasure, in the same transaction.
 * @returns how many events lost something
 */
export async function eraseEventData(
  connection: Connection,
  schema: string,
  changeSet: string,
  condition: Sql,
  limit = 100_000,
): Promise<number> {
  const at = schemaOf(schema);
  // Until the commit nothing is sealed: an event is sealed with its data or without.
  await connection.execute(sql`insert into ${at}.reader (name) values (${CURSOR}) on conflict do nothing`);
  const [cursor] = await connection.run(sql`select position from ${at}.reader where name = ${CURSOR} for update`);
  const sealedUpTo = cursor![0] as number;
  const rows = (await connection.run(sql`
    select e.position, e.changes::text, e.note from ${at}.event e
    where (e.changes is not null or e.note is not null) and ${condition} order by e.position limit ${limit}`)) as [
    number,
    string | null,
    string | null,
  ][];
  if (rows.length === 0) return 0;
  const sealed = rows.filter(([position]) => position <= sealedUpTo);
  for (let start = 0; start < sealed.length; start += MOST_IN_PIECE)
    await unsalt(connection, at, changeSet, sealed.slice(start, start + MOST_IN_PIECE));
  await connection.execute(sql`
    update ${at}.event e set changes = null, note = null
    where e.position = any(${rows.map(([position]) => position)}::bigint[]) and (e.changes is not null or e.note is not null)`);
  return rows.length;
}

async function unsalt(
  connection: Connection,
  at: Sql,
  changeSet: string,
  rows: readonly [number, string | null, string | null][],
): Promise<void> {
  const positions = rows.map(([position]) => position);
  const pieces = (await connection.run(sql`
    select s.number, s.first_position, s.salts from ${at}.event_seal s
    where s.last_position >= ${positions[0]}::bigint and s.first_position <= ${positions.at(-1)}::bigint
      and exists (select from unnest(${positions}::bigint[]) p where p between s.first_position and s.last_position)`)) as [
    number,
    number,
    Buffer,
  ][];
  const hashes: Buffer[] = [];
  const erased: number[] = [];
  for (const [number, first, salts] of pieces) {
    for (const [position, ...data] of rows) {
      const index = position - first;
      if (index < 0 || (index + 1) * SALT > salts.length) continue;
      const salt = saltAt(salts, index);
      erased.push(position);
      hashes.push(dataHash(salt, data));
      salt.fill(0);
    }
    await connection.execute(sql`update ${at}.event_seal set salts = ${salts}::bytea where number = ${number}::bigint`);
  }
  await connection.execute(sql`
    insert into ${at}.event_erasure (position, data_hash, change_set)
    select p, decode(h, 'hex'), ${changeSet}::uuid from unnest(${erased}::bigint[], ${hashes.map((hash) => hash.toString('hex'))}::text[]) u(p, h)
    on conflict (position) do nothing`);
}

/** Events after a position and up to another, in their order. */
export async function readEvents(
  connection: Connection,
  schema: string,
  after: number,
  upTo: number,
): Promise<SealableEvent[]> {
  const rows = await connection.run(sql`
    select position, (extract(epoch from at) * 1000000)::bigint::text, change_set::text, object, record_id::text, operation, version,
      actor_id::text, via, changes::text, note
    from ${schemaOf(schema)}.event where position > ${after}::bigint and position <= ${upTo}::bigint order by position`);
  return rows.map((row) => ({
    position: row[0] as number,
    meta: row.slice(0, 9),
    data: [row[9] as string | null, row[10] as string | null],
  }));
}

export function dataHash(salt: Uint8Array, data: SealableEvent['data']): Buffer {
  return createHash('sha256').update(salt).update(JSON.stringify(data)).digest();
}

export function leafOf(meta: SealableEvent['meta'], data: Uint8Array): Buffer {
  return createHash('sha256').update(data).update(JSON.stringify(meta)).digest();
}

export function saltAt(salts: Buffer, index: number): Buffer {
  return salts.subarray(index * SALT, (index + 1) * SALT);
}

/** What the first piece is chained to: the chain of one workspace does not fit another. */
export function beginningOf(workspaceId: string): Buffer {
  return createHash('sha256').update(`tendero events of ${workspaceId}`).digest();
}

export function pieceHash(
  previous: Uint8Array,
  { number, first, last, leaves }: Pick<SealedPiece, 'number' | 'first' | 'last' | 'leaves'>,
): Buffer {
  return createHash('sha256')
    .update(previous)
    .update(JSON.stringify([number, first, last]))
    .update(leaves)
    .digest();
}

export function schemaOf(schema: string): Sql {
  return raw(identifier(schema));
}
