import { setImmediate as breathe } from 'node:timers/promises';
import { isAllowed } from '../../access/access.ts';
import { findCandidatesOfMany } from '../../duplicates/candidates.ts';
import type { ObjectModel } from '../../object/model.ts';
import type { RuleContext } from '../../object/rules.ts';
import { type CopyLines, copyLines } from '../../records/copy.ts';
import type { Door } from '../../records/door.ts';
import { envOf } from '../../records/door.ts';
import type { Draft } from '../../records/draft.ts';
import { newDrafts } from '../../records/new-drafts.ts';
import { newId } from '../../records/new-id.ts';
import { rulesOf } from '../../records/pipeline.ts';
import type { CellError, CompiledColumns, RowInput } from './columns.ts';
import { type Found, foldKey, lookUpKeys } from './look-up.ts';
import type { LaterLink, NewTarget, ReferenceResolver } from './references.ts';
import type { ImportSettings } from './settings.ts';

/** A row of the file. */
export interface SourceRow {
  /** From 1. */
  row: number;
  line: number;
  cells: readonly string[];
}

/** What is to be done with one row. */
export interface Item extends SourceRow {
  kind: 'create' | 'update' | 'skip' | 'refuse';
  /** The record it becomes or changes. */
  id: string;
  values: Record<string, unknown>;
  errors: CellError[];
  /** Cells that were left out; the row is imported all the same. */
  leftOut: readonly CellError[];
  later: readonly LaterLink[];
  isDuplicate: boolean;
  /** Its record is of an earlier row that a trial did not write. */
  isAhead: boolean;
  /** The draft of a new record, once the rules have seen it. */
  draft: Draft | null;
  /** Rows further down of the same batch that are about the same record: their values came over this one's. */
  joined: readonly Item[];
}

/** Neighbouring rows, ready to be written in one transaction. */
export interface Batch {
  items: Item[];
  create: NewTarget[];
  /** Drafts as COPY wants them; none while rules have yet to see them. */
  copy: CopyLines | null;
  /** Data rows of the file dealt with when this is written. */
  end: number;
}

export interface Preparation {
  readonly object: ObjectModel;
  readonly settings: ImportSettings;
  readonly keys: readonly string[];
  readonly columns: CompiledColumns;
  readonly resolver: ReferenceResolver;
  /** Key → record of rows that may not be in the table yet: of the batch that is being written. */
  inFlight: Map<string, string>;
  /** Nothing is written, so the keys of all rows have to be remembered. */
  readonly isTrial: boolean;
  /** Some rule asks the door for records: it has to be applied inside the transaction. */
  rulesAsk: boolean;
}

/** Rows between two breaths, 1 to 2 ms: the connection that writes the batch before, and everybody else, is served meanwhile. */
const SLICE = 100;

/**
 * Reads rows into drafts: cells are parsed and normalised, references and keys looked up in one statement each, rules
 * applied. It writes nothing, so that it can go on while the batch before is being written.
 */
export async function prepareBatch(door: Door, preparation: Preparation, rows: readonly SourceRow[]): Promise<Batch> {
  const { object, settings, columns, resolver } = preparation;
  const inputs: RowInput[] = [];
  await inSlices(rows, ({ cells }) => inputs.push(columns.read(cells)));
  const { create, later } = await resolver.resolve(inputs);
  const env = envOf(door);
  const items: Item[] = [];
  await inSlices(rows, ({ row, line, cells }, index) => {
    const input = inputs[index] as RowInput;
    columns.normalise(input, env);
    const { values, errors } = input;
    const links = later.get(input) ?? NONE;
    const nothing = { leftOut: NONE, later: links, isDuplicate: false, isAhead: false, draft: null, joined: NONE };
    items.push({ row, line, cells, kind: 'create', id: '', values, errors, ...nothing });
  });
  if (settings.options.leaveOutBadCells) for (const item of items) leaveOutBadCells(item, object, settings);
  await decide(door, preparation, items);
  const copy = await draftItems(door, preparation, items);
  return { items, create, copy, end: rows.at(-1)?.row ?? 0 };
}

const NONE: readonly never[] = [];
const NOTHING: Record<string, unknown> = Object.freeze({});

async function inSlices<T>(list: readonly T[], work: (one: T, index: number) => unknown): Promise<void> {
  for (let index = 0; index < list.length; index++) {
    if (index % SLICE === SLICE - 1) await breathe();
    work(list[index] as T, index);
  }
}

/** An error of a cell that nothing depends on becomes a remark. */
function leaveOutBadCells(item: Item, object: ObjectModel, settings: ImportSettings): void {
  const isNeeded = ({ field }: CellError) => isNeededIn(object, settings, field);
  item.leftOut = item.errors.filter((error) => !isNeeded(error));
  item.errors = item.errors.filter(isNeeded);
}

/** A required field with a default does without a cell. */
function isNeededIn(object: ObjectModel, settings: ImportSettings, field: string): boolean {
  const definition = object.fields.get(field)?.definition;
  return (definition?.required === true && definition.default === undefined) || settings.key.includes(field);
}

/** Settles for every row whether its record is there already, in the table or in the file. */
async function decide(door: Door, preparation: Preparation, items: Item[]): Promise<void> {
  const { object, settings, keys, inFlight } = preparation;
  const own = new Map<string, Item>();
  const itemKeys = keysOf(object, keys, items);
  const found = await findKeys(door, object, itemKeys);
  await inSlices(items, (item, index) => {
    if (item.errors.length > 0) {
      item.kind = 'refuse';
      return;
    }
    const texts = itemKeys[index] as RowKey[];
    let first: Item | undefined;
    let ahead: string | undefined;
    let count = 0;
    let id: string | undefined;
    let several: Set<string> | undefined;
    for (const { key } of texts) {
      first ??= own.get(key);
      ahead ??= inFlight.get(key);
      const match = found.get(key);
      if (match && 'id' in match) {
        id ??= match.id;
        if (match.id !== id) several = (several ?? new Set([id])).add(match.id);
      } else if (match) count = Math.max(count, match.count);
    }
    const inFile = first?.id ?? ahead;
    const known = inFile ?? id;
    if (!inFile && (count > 1 || several)) {
      item.kind = 'refuse';
      item.errors.push({
        field: keys[0] as string,
        code: 'import.key-ambiguous',
        params: { count: count > 1 ? count : several!.size },
      });
    } else if (known === undefined) startRecord(item, settings, texts.length > 0, keys);
    else continueRecord(item, settings, known);
    if (item.kind === 'create' && item.id === '')
      item.id = typeof item.values.id === 'string' ? item.values.id : newId();
    if (item.kind === 'create' || item.kind === 'update') {
      item.isAhead = preparation.isTrial && item.kind === 'update' && first === undefined && ahead !== undefined;
      if (item.kind === 'update' && first) join(first, item);
      for (const { key } of texts) if (!own.has(key)) own.set(key, item);
    }
  });
  await findAlike(door, preparation, items);
  joinUpdates(items);
  const next = preparation.isTrial ? inFlight : new Map<string, string>();
  for (const [key, { id }] of own) next.set(key, id);
  // The batch before the one that is being written is committed by now.
  preparation.inFlight = next;
}

function startRecord(item: Item, settings: ImportSettings, hasKey: boolean, keys: readonly string[]): void {
  if (settings.mode !== 'update') return;
  item.kind = 'refuse';
  item.errors.push({ field: keys[0] as string, code: hasKey ? 'import.no-match' : 'import.key-empty' });
}

function continueRecord(item: Item, settings: ImportSettings, id: string): void {
  item.isDuplicate = settings.mode === 'create';
  item.id = id;
  if (settings.mode !== 'create' || settings.duplicates === 'update') item.kind = 'update';
  else if (settings.duplicates === 'skip') item.kind = 'skip';
  else item.id = '';
}

/** Without a key, rows that are certainly of a known record are duplicates too; what is only likely goes to the queue of pairs. */
async function findAlike(door: Door, { object, settings }: Preparation, items: readonly Item[]): Promise<void> {
  const { mode, key, duplicates } = settings;
  const asks = mode === 'create' && key.length === 0 && (duplicates === 'skip' || duplicates === 'update');
  if (!asks || !door.workspace.duplicates.has(object.name) || !isAllowed(door.principal, object.name, 'read')) return;
  const created = items.filter((item) => item.kind === 'create');
  const candidates = await findCandidatesOfMany(
    door,
    object.name,
    created.map(({ values }) => values),
  );
  for (const [index, item] of created.entries()) {
    const same = candidates[index]?.find(({ certainty }) => certainty === 'certain');
    if (same) continueRecord(item, settings, same.id);
  }
}

/** Two rows about one record that is there already are one change of it. */
function joinUpdates(items: readonly Item[]): void {
  const joined = joinedOf(items);
  const byId = new Map<string, Item>();
  for (const item of items) {
    if (item.kind !== 'update' || joined.has(item)) continue;
    const first = byId.get(item.id);
    if (!first) byId.set(item.id, item);
    else {
      join(first, item);
      first.joined = [...first.joined, ...item.joined];
      item.joined = NONE;
    }
  }
}

/** Rows that are written as part of an earlier one. */
export function joinedOf(items: readonly Item[]): Set<Item> {
  const joined = new Set<Item>();
  for (const item of items) for (const one of item.joined) joined.add(one);
  return joined;
}

/** The later row's values come over the earlier one's, and both are written as one. */
function join(first: Item, item: Item): void {
  Object.assign(first.values, item.values);
  first.joined = [...first.joined, item];
  first.later = [...first.later, ...item.later];
  item.later = NONE;
}

/** A value by which a row's record may be found. */
interface RowKey {
  /** The same for the same key. */
  key: string;
  field: string;
  text: string;
}

async function findKeys(
  door: Door,
  object: ObjectModel,
  keys: readonly (readonly RowKey[])[],
): Promise<Map<string, Found>> {
  const result = new Map<string, Found>();
  for (const [name, group] of Map.groupBy(keys.flat(), ({ field }) => field)) {
    const byText = new Map(group.map(({ key, text }) => [text, key]));
    for (const [text, found] of await lookUpKeys(door, object.fields.get(name)!, [...byText.keys()])) {
      result.set(byText.get(text) as string, found);
    }
  }
  return result;
}

function keysOf(object: ObjectModel, names: readonly string[], items: readonly Item[]): RowKey[][] {
  const fields = names.flatMap((name) => object.fields.get(name)?.name ?? []);
  return items.map(({ values }) => {
    const keys: RowKey[] = [];
    for (const field of fields) {
      const value = values[field] ?? null;
      if (value === null) continue;
      for (const entry of Array.isArray(value) ? value : [value]) {
        const text = String((entry as { value?: unknown }).value ?? entry);
        keys.push({ key: `${field}\u0000${foldKey(text)}`, field, text });
      }
    }
    return keys;
  });
}

const asksDoor = Symbol('a rule asks the door');

/**
 * Drafts of the new records, seen by the rules unless those ask the door.
 * @returns them as COPY wants them; null when rules have yet to see them
 */
async function draftItems(door: Door, preparation: Preparation, items: readonly Item[]): Promise<CopyLines | null> {
  const { object } = preparation;
  const joined = joinedOf(items);
  const creates = items.filter((item) => item.kind === 'create' && !joined.has(item));
  const draftOf = newDrafts(door, object);
  const { now, userId, timeZone } = envOf(door);
  const context: RuleContext = {
    get records(): never {
      throw asksDoor;
    },
    ...{ now, userId, timeZone },
  };
  const applyRules = rulesOf(door, object, context);
  for (let index = 0; index < creates.length; index++) {
    if (index % SLICE === SLICE - 1) await breathe();
    const item = creates[index] as Item;
    item.draft = draftOf(item.id, item.values);
    if (preparation.rulesAsk) continue;
    try {
      const waiting = applyRules(item.draft);
      if (waiting) await waiting;
    } catch (error) {
      if (error !== asksDoor) throw error;
      preparation.rulesAsk = true;
      for (const other of creates.slice(0, index + 1)) other.draft = draftOf(other.id, other.values);
    }
  }
  if (preparation.rulesAsk) return null;
  // What the cells gave stands in the drafts by now, and would be kept alive beside them until the batch is written.
  for (const item of creates) item.values = NOTHING;
  const good = creates.flatMap(({ draft }) => (draft && draft.errors.length === 0 ? [draft] : []));
  return copyLines(door, object, good, now);
}
