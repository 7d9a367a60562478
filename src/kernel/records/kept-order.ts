import { identifier, raw, type Sql, sql, statement } from '../database/sql.ts';
import type { ObjectModel } from '../object/model.ts';
import type { PageStatement } from '../query/page.ts';
import { type Dependence, farOf, toldSince } from './dependence.ts';
import { connectionOf, type Door } from './door.ts';
import { shelfByModel } from './shelf.ts';

/**
 * Pages for whoever sees a small part of many records by what stands elsewhere (the owners of accounts, shares): no index has
 * what they see in the order that they ask for, and a page of 50 took 4 to 8 ms of CPU where it now takes 1.
 *
 * A list that is asked for again is kept: the ids of all its records in their order, 16 bytes each, with the position in the
 * event stream that it is of. A page is read by the ids of its part of the list and of all records with later events, which
 * its statement finds and sorts as they are now. Rights and filter stand in that statement too: what is kept says where to
 * look and never what may be seen, so that what is taken away is gone with the next page. What concerns others than the
 * records it happened to (a share, another owner of an account) has the whole list found anew.
 *
 * @param otherwise finds the page without anything kept
 * @param keepFrom milliseconds that `otherwise` has to take for the list to be kept
 */
export async function keptPage(
  door: Door,
  object: ObjectModel,
  page: PageStatement,
  otherwise: () => Promise<unknown[][]>,
  keepFrom = KEEP_FROM_MS,
): Promise<KeptPage> {
  const { ids, compilation } = page.order(MOST_IDS + 1);
  const { text, values } = statement(ids);
  const key = JSON.stringify([door.workspace.id, text, values]);
  const shelf = shelfOf(door.workspace.model);
  const { asked, order } = shelf.get(key) ?? { asked: 0, order: null };
  const isWanted = order === null && asked >= ASKED_BEFORE;
  const known = isWanted ? await found(door, ids, farOf(door, object, compilation)) : order;
  const answer = known && (await pageOf(door, object, page, known));
  if (answer) {
    shelf.put(key, { asked, order: answer.order });
    return answer;
  }
  const started = performance.now();
  const rows = await otherwise();
  if (known) shelf.put(key, { asked: 0, order: null });
  else if (isWanted) shelf.put(key, { asked: -NOT_FOR_A_WHILE, order: null });
  else if (performance.now() - started >= keepFrom) shelf.put(key, { asked: asked + 1, order: null });
  return { rows, length: null };
}

/** Rows of a page, and how many the whole list has where that is known. */
interface KeptPage {
  readonly rows: readonly (readonly unknown[])[];
  readonly length: number | null;
}

/** Cheaper pages are found as fast as they are read by their ids. */
const KEEP_FROM_MS = 1;
/** To find a whole list takes as long as five pages of it. */
const ASKED_BEFORE = 2;
/** Askings after which a list that could not be kept is tried again. */
const NOT_FOR_A_WHILE = 500;
/** Five in a hundred of a million. */
const MOST_IDS = 50_000;
const BYTES_OF_ID = 16;
/** All that is kept for a model: 8 MB of ids, or some thousands of lists that are not kept yet. */
const MOST_BYTES = 8_000_000;
const BYTES_OF_SQL = 2_000;
/** Records with later events that each page reads besides: from here on the list is found anew. */
const MOST_TOUCHED = 200;
/** Events of anything since, from which on it is found anew: going through them takes 0.4 µs each. */
const MOST_EVENTS = 20_000;
/** Somebody may write between the page and the look at what happened since. */
const ATTEMPTS = 5;

/** A list as it was at a position of the event stream, but for the touched records, of which only that is known. */
interface Order {
  readonly position: number;
  readonly ids: Buffer;
  readonly touched: ReadonlySet<string>;
  readonly far: Dependence['far'];
}

const shelfOf = shelfByModel<{ readonly asked: number; readonly order: Order | null }>(
  MOST_BYTES,
  ({ order }) => BYTES_OF_SQL + (order?.ids.length ?? 0),
);

/** Null when it cannot be kept. */
async function found(door: Door, list: Sql, far: Dependence['far'] | null): Promise<Order | null> {
  if (!far) return null;
  const [row] = await connectionOf(door).run(
    sql`select (${positionOf(door)}), (select string_agg(uuid_send(l.id), ''::bytea) from (${list}) l)`,
  );
  const [position, ids] = row as [number, Buffer | null];
  if (ids && ids.length > MOST_IDS * BYTES_OF_ID) return null;
  return { position, ids: ids ?? Buffer.alloc(0), touched: new Set(), far };
}

/** Null when the list has to be found anew. */
async function pageOf(
  door: Door,
  object: ObjectModel,
  page: PageStatement,
  known: Order,
): Promise<(KeptPage & { order: Order }) | null> {
  let order = known;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const part = partOf(order, page);
    if (!part) return null;
    const rows = await connectionOf(door).run(page.among([...part, ...order.touched], positionOf(door)));
    const position = (rows[0] ?? (await connectionOf(door).run(positionOf(door)))[0])!.at(-1) as number;
    const passed = position - order.position;
    if (passed < 0 || passed > MOST_EVENTS) return null;
    const told = passed === 0 ? [] : await toldSince(door, object, order.far, order.position, position);
    if (!told) return null;
    const touched = new Set([...order.touched, ...told.map(([, id]) => id)]);
    if (touched.size > MOST_TOUCHED) return null;
    const isOfNow = touched.size === order.touched.size;
    order = { ...order, position, touched };
    if (isOfNow) return { rows, length: touched.size === 0 ? order.ids.length / BYTES_OF_ID : null, order };
  }
  return null;
}

/** Ids of the untouched records of the page and of one behind it. Null when its cursor was made of none of them. */
function partOf({ ids, touched }: Order, { cursorGiven, cursorId, backward, limit }: PageStatement): string[] | null {
  const step = backward ? -BYTES_OF_ID : BYTES_OF_ID;
  let at = backward ? ids.length - BYTES_OF_ID : 0;
  if (cursorGiven) {
    if (cursorId === null || touched.has(cursorId)) return null;
    const place = placeOf(ids, cursorId);
    if (place < 0) return null;
    at = place + step;
  }
  const part: string[] = [];
  for (; at >= 0 && at < ids.length && part.length <= limit; at += step) {
    const id = idAt(ids, at);
    if (!touched.has(id)) part.push(id);
  }
  return part;
}

function placeOf(ids: Buffer, id: string): number {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
  if (bytes.length !== BYTES_OF_ID) return -1;
  let at = ids.indexOf(bytes);
  while (at >= 0 && at % BYTES_OF_ID !== 0) at = ids.indexOf(bytes, at + 1);
  return at;
}

function idAt(ids: Buffer, at: number): string {
  const hex = ids.toString('hex', at, at + BYTES_OF_ID);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function positionOf(door: Door): Sql {
  return sql`select value from ${raw(identifier(door.workspace.schema))}.counter where name = 'event'`;
}
