import { createHash, randomBytes } from 'node:crypto';
import type { Principal } from '#kernel/access/access.ts';
import type { Connection } from '#kernel/database/connection.ts';
import { identifier, raw, type Sql, sql } from '#kernel/database/sql.ts';
import { lastPosition } from '#kernel/events/position.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Filter } from '#kernel/query/filter.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { inTransaction, recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { readPreferenceOf } from '#kernel/workspace/preferences.ts';
import { EVERY } from '#modules/teamwork/index.ts';
import { changedFields, fieldsOfCard, fieldsOnCard, readCard, writeContactCard } from './contact-card.ts';
import type { BookChoice } from './identity/key-scope.ts';

/** A device with an address book, and whoever holds it. */
export interface Book {
  readonly workspace: Workspace;
  readonly principal: Principal;
  /** What the device is told apart by. */
  readonly device: string;
  readonly choice: BookChoice;
}

/** A contact as the address book of a device has it. */
export interface BookEntry {
  /** The last part of its address. */
  readonly name: string;
  readonly contact: string;
  readonly etag: string;
}

export interface BookCard extends BookEntry {
  readonly text: string;
  readonly mayChange: boolean;
  readonly mayDelete: boolean;
}

/** A phone with more has no use of them; the newest are taken. */
const MOST_CARDS = 10_000;
const PAGE = 500;
/** Ids in one condition. */
const AT_ONCE = 500;
const MOST_MARKED = 2_000;
const LONGEST_NAME = 200;

const VIA = 'carddav';
const BOOK = 'address_book';
const CARD = 'address_book_card';
const NAME = 'address_card_name';

/**
 * What is in the book now, and what changed since a device asked last. Whatever the reason (somebody changed, deleted, shared,
 * followed, lost a right), what is no longer to be seen is told as gone: what the device was told is kept, and compared. While
 * the event stream stands still, nothing is compared.
 *
 * @param since the token of the last answer; null for everything
 * @returns null when the token is none of ours: the device has to begin anew
 */
export async function readBook(
  book: Book,
  since: string | null = null,
): Promise<{ token: string; entries: BookEntry[]; gone: string[] } | null> {
  const { workspace } = book;
  const { database, schema } = workspace;
  const marked = book.choice === 'followed' ? await markedBy(book) : [];
  const basis = createHash('sha256')
    .update(JSON.stringify([book.choice, marked]))
    .digest('base64url');
  const position = await lastPosition(database, schema);
  const known = await stateOf(database, schema, book.device);
  let state = known;
  if (!known || known.position < position || known.basis !== basis) {
    const now = await entriesOf(book, marked);
    state = await database.transaction((connection) => compare(connection, schema, book, { now, position, basis }));
  }
  const from = since === null ? -1 : generationIn(since, state!.nonce);
  if (from === null || from > state!.generation) return null;
  const rows = await database.run(sql`
    select name, contact_id::text, etag, gone from ${tableOf(schema, CARD)}
    where book = ${book.device} and generation > ${from}::bigint ${since === null ? sql`and not gone` : raw('')} order by name`);
  const all = rows.map(([name, contact, etag, gone]) => ({ name, contact, etag, gone })) as (BookEntry & {
    gone: boolean;
  })[];
  return {
    token: `urn:tendero:book:${state!.nonce}:${state!.generation}`,
    entries: all.filter((one) => !one.gone),
    gone: all.filter((one) => one.gone).map(({ name }) => name),
  };
}

/** Cards by their names; those that are not there, or not for this reader, are left out. */
export async function readCardsNamed(
  book: Book,
  names: readonly string[],
  version: '3.0' | '4.0' = '3.0',
): Promise<ReadonlyMap<string, BookCard>> {
  const found = new Map<string, BookCard>();
  const marked = book.choice === 'followed' ? await markedBy(book) : [];
  const records = doorOf(book);
  const given = await namesOf(book);
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const wanted = new Map<string, string>();
    for (const name of names.slice(at, at + AT_ONCE)) {
      const id = given.byName.get(name)?.contact ?? idIn(name);
      if (id) wanted.set(id, name);
    }
    const ids = [...wanted.keys()];
    const rows = await listed(book, { and: [{ id: { in: ids } }, filterOf(book, marked)] });
    const [mayChange, mayDelete] = [
      await records.allowed('contact', 'update', ids),
      await records.allowed('contact', 'delete', ids),
    ];
    for (const row of rows) {
      const own = given.byContact.get(row.id);
      const name = own?.name ?? `${row.id}.vcf`;
      // A card has one name: by another one it is not there.
      if (name !== wanted.get(row.id)) continue;
      const uid = own?.uid ?? row.id;
      // The tag is that of the card as most programs read it, whichever one asks.
      const usual = await writeContactCard(book.workspace, row, uid, '3.0');
      found.set(name, {
        ...{ name, contact: row.id, etag: etagOf(usual) },
        text: version === '3.0' ? usual : await writeContactCard(book.workspace, row, uid, version),
        ...{ mayChange: mayChange.has(row.id), mayDelete: mayDelete.has(row.id) },
      });
    }
  }
  return found;
}

export interface Conditions {
  /** The tags of which one has to be that of the card; `*`: any. */
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/**
 * Keeps a card that a device wrote: a new contact, or the fields that it says differently.
 * @returns whether it is new; null when the conditions do not hold
 * @throws Problem of the door; `request.invalid` for what is no card; TransferError
 */
export async function putCard(
  book: Book,
  name: string,
  content: Uint8Array,
  conditions: Conditions,
): Promise<{ isNew: boolean } | null> {
  if (name.length > LONGEST_NAME || !/^[^\p{Cc}/\\]+$/u.test(name))
    throw new Problem('request.invalid', {}, [{ field: 'name', code: 'field.invalid' }]);
  const card = await readCard(content);
  if (!card) throw new Problem('request.invalid', {}, [{ field: 'card', code: 'field.invalid' }]);
  const { country } = book.workspace.settings;
  const after = fieldsOfCard(card, country);
  const existing = (await readCardsNamed(book, [name])).get(name);
  if (!holds(conditions, existing?.etag)) return null;
  const before = existing ? fieldsOfCard((await readCard(Buffer.from(existing.text)))!, country) : null;
  const { organisation, ...changes }: Record<string, unknown> = changedFields(before, after);
  const records = doorOf(book);
  if (organisation !== undefined) {
    const account = organisation === null ? null : await accountNamed(records, organisation as string);
    if (account !== undefined) changes.account = account;
    else changes.description = [after.description, `ORG: ${organisation}`].filter(Boolean).join('\n');
  }
  if (existing) {
    if (Object.keys(changes).length > 0) await records.update('contact', existing.contact, changes);
    return { isNew: false };
  }
  const uid = (card.uid ?? '').slice(0, LONGEST_NAME) || name.replace(/\.vcf$/i, '');
  const { workspace, principal } = book;
  await inTransaction(workspace, principal, VIA, async (inside, connection) => {
    const created = await inside.create('contact', changes as never);
    await connection.execute(sql`
      insert into ${tableOf(workspace.schema, NAME)} (user_id, name, uid, contact_id)
      values (${principal.userId}::uuid, ${name}, ${uid}, ${created.id}::uuid)
      on conflict (user_id, name) do update set uid = excluded.uid, contact_id = excluded.contact_id`);
  });
  return { isNew: true };
}

/** To the trash. @returns null when the condition does not hold, undefined when there is no such card */
export async function removeCard(book: Book, name: string, conditions: Conditions): Promise<true | null | undefined> {
  const existing = (await readCardsNamed(book, [name])).get(name);
  if (!existing) return undefined;
  if (!holds(conditions, existing.etag)) return null;
  await doorOf(book).remove('contact', existing.contact);
  return true;
}

/** What devices whose key was revoked were told. @param device as `Book` has it */
export async function forgetBook(connection: Connection, schema: string, device: string): Promise<void> {
  for (const table of [BOOK, CARD])
    await connection.execute(sql`delete from ${tableOf(schema, table)} where book = ${device}`);
}

function doorOf({ workspace, principal }: Book): Records {
  return recordsFor(workspace, principal, VIA);
}

async function entriesOf(book: Book, marked: readonly string[]): Promise<BookEntry[]> {
  const { byContact } = await namesOf(book);
  const entries: BookEntry[] = [];
  for (const row of await listed(book, filterOf(book, marked), MOST_CARDS)) {
    const own = byContact.get(row.id);
    const text = await writeContactCard(book.workspace, row, own?.uid ?? row.id, '3.0');
    entries.push({ name: own?.name ?? `${row.id}.vcf`, contact: row.id, etag: etagOf(text) });
  }
  return entries;
}

type Row = Record<string, unknown> & { id: string };

async function listed(book: Book, filter: Filter, most = AT_ONCE): Promise<Row[]> {
  const records = doorOf(book);
  const fields = fieldsOnCard(book.workspace, book.principal);
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = await records.list('contact', {
      ...{ filter, fields, sort: ['-id'], limit: PAGE },
      expand: fields.includes('account') ? ['account'] : [],
      ...(cursor ? { cursor } : {}),
    });
    rows.push(...(page.items as Row[]));
    cursor = page.next ?? undefined;
  } while (cursor && rows.length < most);
  return rows.slice(0, most);
}

function filterOf({ choice }: Book, marked: readonly string[]): Filter {
  if (choice === 'all' || marked.includes(EVERY)) return {};
  const own: Filter = { owner: { is: 'me' } };
  return choice === 'own' || marked.length === 0 ? own : { or: [own, { id: { in: [...marked] } }] };
}

/** Contacts that the person follows, or has among their favourites. */
async function markedBy(book: Book): Promise<string[]> {
  const { workspace, principal } = book;
  const { items } = await doorOf(book).list('follow', {
    filter: { user: { is: 'me' }, targetObject: 'contact', muted: false },
    fields: ['targetId'],
    sort: ['-id'],
    limit: PAGE,
  });
  const favourites = (await readPreferenceOf(workspace, [principal.userId!], 'favourites')).get(principal.userId!);
  const ids = [...items.map(({ targetId }) => String(targetId)), ...contactsIn(favourites)];
  return [...new Set(ids)].sort().slice(0, MOST_MARKED);
}

/** As the screens keep them: records, places, and folders of both. */
function contactsIn(favourites: unknown): string[] {
  if (!Array.isArray(favourites)) return [];
  return favourites.flatMap((one: { kind?: unknown; object?: unknown; id?: unknown; items?: unknown } | null) => {
    if (one?.kind === 'folder') return contactsIn(one.items);
    const isContact = one?.kind === 'record' && one.object === 'contact' && typeof one.id === 'string';
    return isContact && idIn(`${one.id}.vcf`) ? [one.id as string] : [];
  });
}

/** What devices called the cards that they made: they look for them there. */
async function namesOf({ workspace, principal }: Book) {
  const rows = await workspace.database.run(sql`
    select name, uid, contact_id::text from ${tableOf(workspace.schema, NAME)} where user_id = ${principal.userId}::uuid`);
  const all = (rows as [string, string, string][]).map(([name, uid, contact]) => ({ name, uid, contact }));
  return {
    byName: new Map(all.map((one) => [one.name, one])),
    byContact: new Map(all.map((one) => [one.contact, one])),
  };
}

/** The one account of that name; undefined when there is none, or several. */
async function accountNamed(records: Records, name: string): Promise<string | undefined> {
  try {
    const { items } = await records.list('account', { filter: { name: { is: name } }, fields: [], limit: 2 });
    return items.length === 1 ? items[0]!.id : undefined;
  } catch (error) {
    if (error instanceof Problem && error.code === 'access.denied') return undefined;
    throw error;
  }
}

interface State {
  readonly nonce: string;
  readonly generation: number;
  readonly position: number;
  readonly basis: string;
}

async function stateOf(connection: Connection, schema: string, device: string, lock = raw('')): Promise<State | null> {
  const [row] = await connection.run(sql`
    select nonce, generation, position, basis from ${tableOf(schema, BOOK)} where book = ${device} ${lock}`);
  if (!row) return null;
  const [nonce, generation, position, basis] = row;
  return { nonce, generation: Number(generation), position: Number(position), basis } as State;
}

/** Notes what is new, changed and gone, as a generation of its own when there is any of it. */
async function compare(
  connection: Connection,
  schema: string,
  { device }: Book,
  { now, position, basis }: { now: readonly BookEntry[]; position: number; basis: string },
): Promise<State> {
  const nonce = randomBytes(9).toString('base64url');
  await connection.execute(sql`
    insert into ${tableOf(schema, BOOK)} (book, nonce, generation, position, basis)
    values (${device}, ${nonce}, 0, 0, '') on conflict (book) do nothing`);
  const state = (await stateOf(connection, schema, device, raw('for update')))!;
  // Somebody who asked later was faster.
  if (state.position > position) return state;
  const rows = await connection.run(sql`
    select name, contact_id::text, etag from ${tableOf(schema, CARD)} where book = ${device} and not gone`);
  const before = new Map(
    (rows as [string, string, string][]).map(([name, contact, etag]) => [name, { contact, etag }]),
  );
  const names = new Set(now.map(({ name }) => name));
  const changed = now.filter(({ name, contact, etag }) => {
    const was = before.get(name);
    return was?.etag !== etag || was.contact !== contact;
  });
  const gone = [...before.keys()].filter((name) => !names.has(name));
  const generation = state.generation + (changed.length + gone.length > 0 ? 1 : 0);
  if (changed.length > 0)
    await connection.execute(sql`
      insert into ${tableOf(schema, CARD)} (book, name, contact_id, etag, generation, gone)
      select ${device}, c.name, c.contact::uuid, c.etag, ${generation}::bigint, false
      from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) c (name text, contact text, etag text)
      on conflict (book, name) do update set contact_id = excluded.contact_id, etag = excluded.etag,
        generation = excluded.generation, gone = false`);
  if (gone.length > 0)
    await connection.execute(sql`
      update ${tableOf(schema, CARD)} set gone = true, generation = ${generation}::bigint
      where book = ${device} and name in (select jsonb_array_elements_text(${JSON.stringify(gone)}::jsonb))`);
  await connection.execute(sql`
    update ${tableOf(schema, BOOK)} set generation = ${generation}::bigint, position = ${position}::bigint, basis = ${basis}
    where book = ${device}`);
  return { ...state, generation, position, basis };
}

function generationIn(token: string, nonce: string): number | null {
  const [, of, number] = /^urn:tendero:book:([\w-]{12}):(\d{1,15})$/.exec(token) ?? [];
  return of === nonce ? Number(number) : null;
}

function holds({ ifMatch, ifNoneMatch }: Conditions, etag: string | undefined): boolean {
  const names = (tags: string) => tags.trim() === '*' || tags.split(',').some((tag) => tag.trim() === etag);
  if (ifMatch !== undefined && (etag === undefined || !names(ifMatch))) return false;
  return ifNoneMatch === undefined || etag === undefined || !names(ifNoneMatch);
}

function idIn(name: string): string | null {
  return /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.vcf$/.exec(name)?.[1] ?? null;
}

function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
}

function tableOf(schema: string, name: string): Sql {
  return raw(`${identifier(schema)}.${identifier(name)}`);
}
