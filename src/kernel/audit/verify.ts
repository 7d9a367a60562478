import type { Connection } from '../database/connection.ts';
import { sql } from '../database/sql.ts';
import { lastPosition } from '../events/position.ts';
import type { Workspace } from '../records/door.ts';
import type { Secrets } from '../workspace/secrets.ts';
import {
  beginningOf,
  dataHash,
  LEAF,
  leafOf,
  pieceHash,
  readEvents,
  SALT,
  SEAL_PURPOSE,
  type SealedPiece,
  saltAt,
  schemaOf,
} from './seal.ts';

/** Whether the stream of events is as it was written. */
export interface Verification {
  /** All of them, and those not sealed yet: written within the last seconds, of which only the order can be checked. */
  readonly events: number;
  readonly unsealed: number;
  readonly pieces: number;
  /** Events whose data were erased in a way that the stream tells of. */
  readonly erased: number;
  /** Number and hash of the last piece. Written down elsewhere, it proves later that the end was not cut off. */
  readonly head: string | null;
  /** Null when everything fits. */
  readonly fault: Fault | null;
}

export interface Fault {
  /** The first event that does not fit. */
  readonly position: number;
  /**
   * `changed`: not what was sealed; `missing`; `added`: a second one at this position; `erased`: without its data, and no event
   * tells of that; `seal`: the piece that begins here does not fit the one before; `signature`: it was not sealed with
   * this key; `head`: the chain does not hold the piece that was expected.
   */
  readonly reason: 'changed' | 'missing' | 'added' | 'erased' | 'seal' | 'signature' | 'head';
}

interface Options {
  /** A head that was written down: `12:6e0f…`. */
  readonly expected?: string | undefined;
  progress?(done: number, total: number): void;
  readonly signal?: AbortSignal;
}

/** Goes through all events while everybody works: 15 µs of the program for each, a million in 15 s. */
export async function verifyEvents(
  workspace: Workspace,
  secrets: Secrets,
  { expected, progress, signal }: Options = {},
): Promise<Verification> {
  const total = await lastPosition(workspace.database, workspace.schema);
  let previous = { number: 0, last: 0, hash: beginningOf(workspace.id) };
  let erased = 0;
  let isExpected = expected === undefined;
  const result = (fault: Fault | null, events = total): Verification => ({
    events,
    unsealed: Math.max(0, events - previous.last),
    pieces: previous.number,
    erased,
    head: previous.number > 0 ? headOf(previous) : null,
    fault,
  });
  for (;;) {
    signal?.throwIfAborted();
    const outcome = await inOneMoment(workspace, (connection) => verifyPiece(connection, workspace, secrets, previous));
    if (outcome === 'end') break;
    if ('reason' in outcome) return result(outcome);
    previous = outcome.piece;
    erased += outcome.erased;
    isExpected ||= headOf(previous) === expected;
    progress?.(previous.last, total);
  }
  if (!isExpected) return result({ position: previous.last + 1, reason: 'head' });
  const end = await inOneMoment(workspace, (connection) => verifyEnd(connection, workspace.schema, previous.last));
  return result(end.fault, end.events);
}

function headOf({ number, hash }: { number: number; hash: Buffer }): string {
  return `${number}:${hash.toString('hex')}`;
}

async function verifyPiece(
  connection: Connection,
  workspace: Workspace,
  secrets: Secrets,
  previous: { number: number; last: number; hash: Buffer },
): Promise<'end' | Fault | { piece: SealedPiece; erased: number }> {
  const at = schemaOf(workspace.schema);
  const [row] = await connection.run(sql`
    select number, first_position, last_position, salts, leaves, hash, signature from ${at}.event_seal
    where number > ${previous.number}::bigint order by number limit 1`);
  if (!row) return 'end';
  const [number, first, last, salts, leaves, hash, signature] = row;
  const piece = { number, first, last, salts, leaves, hash, signature } as SealedPiece;
  const position = previous.last + 1;
  const count = piece.last - piece.first + 1;
  if (
    piece.number !== previous.number + 1 ||
    piece.first !== position ||
    count < 1 ||
    piece.salts.length !== count * SALT ||
    piece.leaves.length !== count * LEAF ||
    !pieceHash(previous.hash, piece).equals(piece.hash)
  )
    return { position, reason: 'seal' };
  if (!secrets.sign(piece.hash, SEAL_PURPOSE).equals(piece.signature)) return { position, reason: 'signature' };

  const erasures = new Map(
    (
      await connection.run(sql`
        select e.position, e.data_hash, exists (select from ${at}.event t where t.change_set = e.change_set and t.operation in ('erase', 'purge', 'expire'))
        from ${at}.event_erasure e where e.position between ${piece.first}::bigint and ${piece.last}::bigint`)
    ).map(([of, data, isTold]) => [of as number, { data: data as Buffer, isTold: isTold as boolean }]),
  );
  const events = await readEvents(connection, workspace.schema, piece.first - 1, piece.last);
  for (let index = 0; index < count; index++) {
    const expected = piece.first + index;
    const event = events[index];
    if (!event || event.position > expected) return { position: expected, reason: 'missing' };
    if (event.position < expected) return { position: event.position, reason: 'added' };
    const erasure = erasures.get(expected);
    if (erasure && !erasure.isTold) return { position: expected, reason: 'erased' };
    if (erasure && (event.data[0] !== null || event.data[1] !== null)) return { position: expected, reason: 'changed' };
    const data = erasure?.data ?? dataHash(saltAt(piece.salts, index), event.data);
    if (!leafOf(event.meta, data).equals(piece.leaves.subarray(index * LEAF, (index + 1) * LEAF)))
      return { position: expected, reason: events[index + 1]?.position === expected ? 'added' : 'changed' };
  }
  if (events.length > count) return { position: events[count]!.position, reason: 'added' };
  return { piece, erased: erasures.size };
}

/** After the last seal there may be neither a gap nor a position twice, up to where the counter stands. */
async function verifyEnd(
  connection: Connection,
  schema: string,
  last: number,
): Promise<{ events: number; fault: Fault | null }> {
  const at = schemaOf(schema);
  const [row] = await connection.run(sql`
    select c.value, (select count(*) from ${at}.event e where e.position > ${last}::bigint),
      (select min(o.position) from (select position, ${last}::bigint + row_number() over (order by position) as due
        from ${at}.event where position > ${last}::bigint) o where o.position <> o.due and o.position < o.due),
      (select min(o.due) from (select position, ${last}::bigint + row_number() over (order by position) as due
        from ${at}.event where position > ${last}::bigint) o where o.position > o.due)
    from ${at}.counter c where c.name = 'event'`);
  const [events, count, added, missing] = row as [number, number, number | null, number | null];
  const fault = (): Fault | null => {
    if (added !== null && (missing === null || added < missing)) return { position: added, reason: 'added' };
    if (missing !== null) return { position: missing, reason: 'missing' };
    if (events < last + count) return { position: events + 1, reason: 'added' };
    if (events > last + count) return { position: last + count + 1, reason: 'missing' };
    return null;
  };
  return { events, fault: fault() };
}

/** What is read together is of one moment, also while data are being erased. */
function inOneMoment<T>(workspace: Workspace, work: (connection: Connection) => Promise<T>): Promise<T> {
  return workspace.database.transaction(async (connection) => {
    await connection.run('set transaction isolation level repeatable read, read only');
    return work(connection);
  });
}
