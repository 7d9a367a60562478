import type { Connection } from '../database/connection.ts';
import { identifier, raw, sql } from '../database/sql.ts';
import type { EventRow } from '../events/event.ts';
import { tableOf } from '../object/model.ts';
import type { EventReader } from '../object/module.ts';
import type { Door, Unit, Workspace } from '../records/door.ts';

/** Shorter words are like too many others, longer ones are no words. */
const SHORTEST = 4;
const LONGEST = 40;
/** Of a note as long as a book, the first words are enough. */
const MOST_OF_A_TEXT = 20_000;
/** From this length on two errors are forgiven. */
const LONG = 8;
const MOST_CANDIDATES = 200;
/** A word of 20 letters has 200 keys without two of them; of still longer ones one error is looked for. */
const VERY_LONG = 20;

/**
 * Keeps the words that records are found by. A word stays while its last record is in the trash: it does no harm, what is
 * found by it is looked up with the rights of whoever asks. It goes when that is purged (`forgetWords`).
 */
export const searchWordsReader: EventReader = {
  name: 'search-words',
  objects: ({ model }) =>
    [...model.objects.values()].flatMap(({ name, searched }) => (searched.length > 0 ? name : [])),
  canWait: true,
  async run(events, { door, connection, schema }) {
    // Words that were known may be forgotten.
    if (events.some(({ operation }) => operation === 'purge' || operation === 'erase')) knownIn(door.workspace).clear();
    for (const [name, ofObject] of Map.groupBy(events, ({ object }) => object)) {
      const object = door.workspace.model.objects.get(name);
      if (!object || object.searched.length === 0) continue;
      const fields = new Set(object.searched.map((field) => field.name));
      const ids = [...new Set(ofObject.filter((event) => hasNewWords(event, fields)).map(({ record }) => record))];
      if (ids.length === 0) continue;
      const rows = await connection.run(sql`
        select left(search_text, ${MOST_OF_A_TEXT}) from ${raw(tableOf(schema, object))} where id = any(${ids}::uuid[]) and search_text is not null`);
      const words = new Set<string>();
      // Of one text after the other: of all as one text it took twice as long.
      for (const [text] of rows) for (const word of wordsOf(text as string)) words.add(word);
      await addWords(connection, schema, words, knownIn(door.workspace));
    }
  },
};

function hasNewWords({ operation, changes }: EventRow, fields: ReadonlySet<string>): boolean {
  return returning.has(operation) || Object.keys(changes ?? {}).some((field) => fields.has(field));
}

const returning: ReadonlySet<string> = new Set(['create', 'restore', 'unmerge']);

/** Words of a folded text. */
export function wordsOf(text: string): Set<string> {
  const words = new Set<string>();
  const add = (word: string) => {
    if (word.length >= SHORTEST && word.length <= LONGEST) words.add(word);
  };
  for (const word of text.split(NO_LETTERS)) {
    if (BEYOND_ASCII.test(word)) for (const part of word.split(/[^\p{L}]+/u)) add(part);
    else add(word);
  }
  return words;
}

/**
 * What of ASCII is no letter. Whether each letter is one in all of Unicode is asked of the other words alone: of a mail with a
 * dash that took 0.05 ms, and takes 0.02.
 */
const NO_LETTERS = /[\0-@[-`{-\x7f]+/;
const BEYOND_ASCII = /[^\0-\x7f]/;

/** @param known words found there before: nearly all of the next records' are among them */
export async function addWords(
  connection: Connection,
  schema: string,
  words: Iterable<string>,
  known: Set<string> = new Set(),
): Promise<void> {
  const all = [...words].filter((word) => !known.has(word)).sort();
  for (let start = 0; start < all.length; start += 5_000) {
    const some = all.slice(start, start + 5_000);
    const rows = await connection.run(sql`
      select w.word from unnest(${some.map(hash)}::integer[], ${some}::text[]) w(key, word)
      where not exists (select 1 from ${table(schema)} s where s.key = w.key and s.word = w.word)`);
    const missing = new Set(rows.map(([word]) => word as string));
    // Not those that are written now: the transaction may yet fail.
    if (known.size < MOST_KNOWN) for (const word of some) if (!missing.has(word)) known.add(word);
    const added = [...missing].flatMap((word) => keysOf(word).map((key) => ({ key, word })));
    if (added.length === 0) continue;
    await connection.execute(sql`
      insert into ${table(schema)} (key, word)
      select * from unnest(${added.map(({ key }) => key)}::integer[], ${added.map(({ word }) => word)}::text[])
      on conflict do nothing`);
  }
}

/** Newest records that are looked through first: a word of every five-hundredth is met there, and the index need not list its records. */
const NEWEST = 2_000;

/**
 * Forgets the words of a record that was purged a moment ago, unless another one has them, on its own or within a longer one.
 * It takes 1 to 5 ms for each word that is rare, in the transaction of the purge.
 */
export async function forgetWords({ unit, workspace }: Door & { unit: Unit }, text: string): Promise<void> {
  let words = [...wordsOf(text.slice(0, MOST_OF_A_TEXT))];
  for (const object of workspace.model.objects.values()) {
    if (object.searched.length === 0) continue;
    const rows = raw(`${tableOf(workspace.schema, object)} where deleted_at is null`);
    const newest = sql`select from (select search_text from ${rows} order by id desc limit ${raw(String(NEWEST))}) t where strpos(search_text, word) > 0`;
    const any = sql`select from ${rows} and search_text like '%' || word || '%'`;
    for (const having of [newest, any]) {
      if (words.length === 0) return;
      const gone = await unit.connection.run(
        sql`select word from unnest(${words}::text[]) word where not exists (${having})`,
      );
      words = gone.map(([word]) => word as string);
    }
  }
  const kept = words.flatMap((word) => keysOf(word).map((key) => ({ key, word })));
  await unit.connection.execute(sql`
    delete from ${table(workspace.schema)} s
    using unnest(${kept.map(({ key }) => key)}::integer[], ${kept.map(({ word }) => word)}::text[]) w(key, word)
    where s.key = w.key and s.word = w.word`);
}

const MOST_KNOWN = 50_000;
const knownWords = new WeakMap<Workspace, Set<string>>();

function knownIn(workspace: Workspace): Set<string> {
  const known = knownWords.get(workspace) ?? new Set<string>();
  knownWords.set(workspace, known);
  return known;
}

/**
 * The words nearest to one that is mistyped, nearest first: one letter more, less or other, or two that changed places; of
 * eight letters and more also two such errors, mostly. Only itself when it is known.
 *
 * @see Garbe's symmetric deletes (SymSpell): two words that differ by one error are the same without one letter each
 */
export async function nearWords(connection: Connection, schema: string, typed: string): Promise<string[]> {
  if (!/^\p{L}+$/u.test(typed) || typed.length < SHORTEST || typed.length > LONGEST) return [];
  const isLong = typed.length >= LONG;
  const rows = await connection.run(sql`
    select distinct word from ${table(schema)} where key = any(${keysOf(typed, isLong && typed.length <= VERY_LONG)}::integer[]) limit ${raw(String(MOST_CANDIDATES))}`);
  const near = rows.flatMap(([row]) => {
    const word = row as string;
    const errors = errorsBetween(typed, word);
    // People rarely mistype the first letter.
    return errors <= (isLong ? 2 : 1) ? [{ word, rank: errors + (word[0] === typed[0] ? 0 : 0.5) }] : [];
  });
  if (near.some(({ word }) => word === typed)) return [typed];
  return near.sort((a, b) => a.rank - b.rank || (a.word < b.word ? -1 : 1)).map(({ word }) => word);
}

/** Of the word itself, and of what is left of it without each of its letters; `twice`: also without each two. */
function keysOf(word: string, twice = false): number[] {
  const shorter = withoutOne(word);
  return [...new Set([word, ...shorter, ...(twice ? shorter.flatMap(withoutOne) : [])].map(hash))];
}

function withoutOne(word: string): string[] {
  const letters = [...word];
  return letters.map((_, at) => letters.toSpliced(at, 1).join(''));
}

/** FNV-1a, 32 bits: what else has the same key is sorted out by its letters. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value | 0;
}

/** Letters to add, leave out, replace or swap with their neighbour (optimal string alignment). */
export function errorsBetween(one: string, other: string): number {
  const [a, b] = [[...one], [...other]];
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(Math.min(replaced, last[j]! + 1, next[j - 1]! + 1, isSwapped ? before[j - 2]! + 1 : replaced));
    }
    before = last;
    last = next;
  }
  return last[b.length]!;
}

function table(schema: string) {
  return raw(`${identifier(schema)}.search_word`);
}
