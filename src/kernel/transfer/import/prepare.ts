import { randomBytes } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { v7 } from 'uuid';
import { isAllowed } from '../../access/access.ts';
import { findCandidatesOfMany } from '../../duplicates/candidates.ts';
import type { ObjectModel } from '../../object/model.ts';
import type { RuleContext } from '../../object/module.ts';
import { copyLine } from '../../records/copy.ts';
import type { Door } from '../../records/door.ts';
import { envOf } from '../../records/door.ts';
import { type Draft, draftOf } from '../../records/draft.ts';
import { applyRules } from '../../records/pipeline.ts';
import { writtenFields } from '../../records/rows.ts';
import { type CellError, type CompiledColumns, type RowInput, settleEntries } from './columns.ts';
import { type Found, foldKey, keyText, lookUp } from './look-up.ts';
import type { LaterLink, NewTarget, ReferenceResolver } from './references.ts';
import type { ImportSettings } from './settings.ts';
import { isLabelled } from './targets.ts';

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
  leftOut: CellError[];
  later: LaterLink[];
  isDuplicate: boolean;
  /** Its record is of an earlier row that a trial did not write. */
  isAhead: boolean;
  /** The draft of a new record, once the rules have seen it. */
  draft: Draft | null;
  /** Rows further down of the same batch that are about the same record: their values came over this one's. */
  joined: Item[];
}

/** Neighbouring rows, ready to be written in one transaction. */
export interface Batch {
  items: Item[];
  create: NewTarget[];
  /** Drafts as COPY wants them. */
  lines: Map<Draft, string>;
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

/** Rows between two breaths: the connection that writes the batch before is served meanwhile. */
const SLICE = 100;

/**
 * Reads rows into drafts: cells are parsed and normalised, references and keys looked up in one statement each, rules
 * applied. It writes nothing, so that it can go on while the batch before is being written.
 */
export async function prepareBatch(door: Door, preparation: Preparation, rows: readonly SourceRow[]): Promise<Batch> {
  const { object, settings, columns, resolver } = preparation;
  const lists = [...object.fields.values()].filter(isLabelled).map(({ name }) => name);
  const inputs: RowInput[] = [];
  for (const [index, row] of rows.entries()) {
    if (index % SLICE === SLICE - 1) await breathe();
    const input = columns.read(row.cells);
    settleEntries(input.values, lists);
    inputs.push(input);
  }
  const { create, later } = await resolver.resolve(inputs);
  const items = rows.map((row, index): Item => {
    const input = inputs[index] as RowInput;
    return {
      ...row,
      kind: 'create',
      id: '',
      values: input.values,
      errors: input.errors,
      leftOut: [],
      later: later.get(input) ?? [],
      isDuplicate: false,
      isAhead: false,
      draft: null,
      joined: [],
    };
  });
  if (settings.options.leaveOutBadCells) for (const item of items) leaveOutBadCells(item, object, settings);
  await decide(door, preparation, items);
  const batch: Batch = { items, create, lines: new Map(), end: rows.at(-1)?.row ?? 0 };
  await draftItems(door, preparation, batch);
  return batch;
}

/** An error of a cell that nothing depends on becomes a remark. */
function leaveOutBadCells(item: Item, object: ObjectModel, settings: ImportSettings): void {
  const isNeeded = ({ field }: CellError) => isNeededIn(object, settings, field);
  item.leftOut.push(...item.errors.filter((error) => !isNeeded(error)));
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
  const itemKeys = keysOf(door, object, keys, items);
  const found = await findKeys(door, object, itemKeys);
  const nextId = idsFor(items.length);
  for (const [index, item] of items.entries()) {
    if (item.errors.length > 0) {
      item.kind = 'refuse';
      continue;
    }
    const texts = itemKeys[index] as RowKey[];
    const first = texts.map(({ key }) => own.get(key)).find(Boolean);
    const ahead = texts.map(({ key }) => inFlight.get(key)).find(Boolean);
    const inFile = first?.id ?? ahead;
    const matches = texts.flatMap(({ key }) => found.get(key) ?? []);
    const ambiguous = matches.find((match): match is { count: number } => 'count' in match && match.count > 1);
    const ids = new Set(matches.flatMap((match) => ('id' in match ? [match.id] : [])));
    const known = inFile ?? [...ids][0];
    if (!inFile && (ambiguous || ids.size > 1)) {
      item.kind = 'refuse';
      item.errors.push({
        field: keys[0] as string,
        code: 'import.key-ambiguous',
        params: { count: ambiguous?.count ?? ids.size },
      });
    } else if (known === undefined) startRecord(item, settings, texts.length > 0, keys);
    else continueRecord(item, settings, known);
    if (item.kind === 'create' && item.id === '')
      item.id = typeof item.values.id === 'string' ? item.values.id : nextId();
    if (item.kind === 'create' || item.kind === 'update') {
      item.isAhead = preparation.isTrial && item.kind === 'update' && first === undefined && ahead !== undefined;
      if (item.kind === 'update' && first) join(first, item);
      for (const { key } of texts) if (!own.has(key)) own.set(key, item);
    }
  }
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
  const joined = new Set(items.flatMap((item) => item.joined));
  const byId = new Map<string, Item>();
  for (const item of items) {
    if (item.kind !== 'update' || joined.has(item)) continue;
    const first = byId.get(item.id);
    if (!first) byId.set(item.id, item);
    else {
      join(first, item);
      first.joined.push(...item.joined.splice(0));
    }
  }
}

/** The later row's values come over the earlier one's, and both are written as one. */
function join(first: Item, item: Item): void {
  Object.assign(first.values, item.values);
  first.joined.push(item);
  first.later.push(...item.later);
  item.later = [];
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
    for (const [text, found] of await lookUp(door, object.fields.get(name)!, [...byText.keys()])) {
      result.set(byText.get(text) as string, found);
    }
  }
  return result;
}

function keysOf(door: Door, object: ObjectModel, names: readonly string[], items: readonly Item[]): RowKey[][] {
  const env = envOf(door);
  const fields = names.flatMap((name) => object.fields.get(name) ?? []);
  return items.map(({ values }) =>
    fields.flatMap((field) => {
      const value = values[field.name] ?? null;
      if (value === null) return [];
      const entries = Array.isArray(value) ? value.map((entry: { value?: unknown }) => entry.value ?? entry) : [value];
      return entries.flatMap((entry): RowKey[] => {
        const text = keyText(env, field, String(entry));
        return text === null ? [] : [{ key: `${field.name}\u0000${foldKey(text)}`, field: field.name, text }];
      });
    }),
  );
}

/** Ids in the order of the rows, with one draw of random bytes for all of them: one each costs 8 µs. */
function idsFor(count: number): () => string {
  const bytes = randomBytes(count * 16);
  const msecs = Date.now();
  let n = 0;
  return () => {
    const random = bytes.subarray(n * 16, n * 16 + 16);
    return v7({ random, msecs, seq: (n++ << 4) | (random[6]! & 15) });
  };
}

const asksDoor = Symbol('a rule asks the door');

/** Drafts of the new records, seen by the rules unless those ask the door. */
async function draftItems(door: Door, preparation: Preparation, batch: Batch): Promise<void> {
  const { object, settings } = preparation;
  const joined = new Set(batch.items.flatMap((item) => item.joined));
  const creates = batch.items.filter((item) => item.kind === 'create' && !joined.has(item));
  const { now, userId, timeZone } = envOf(door);
  const context: RuleContext = {
    get records(): never {
      throw asksDoor;
    },
    ...{ now, userId, timeZone },
  };
  for (const [index, item] of creates.entries()) {
    if (index % SLICE === SLICE - 1) await breathe();
    item.draft = makeDraft(door, object, item, settings);
    if (preparation.rulesAsk) continue;
    try {
      await applyRules(door, object, item.draft, context);
    } catch (error) {
      if (error !== asksDoor) throw error;
      preparation.rulesAsk = true;
      for (const other of creates.slice(0, index + 1)) other.draft = makeDraft(door, object, other, settings);
    }
  }
  if (preparation.rulesAsk) return;
  const fields = writtenFields(object);
  for (const [index, { draft }] of creates.entries()) {
    if (index % SLICE === SLICE - 1) await breathe();
    if (draft && draft.errors.length === 0) batch.lines.set(draft, copyLine(object, fields, draft));
  }
}

function makeDraft(door: Door, object: ObjectModel, item: Item, settings: ImportSettings): Draft {
  const draft = draftOf(door, object, item.id, null, item.values, false);
  if (!settings.options.leaveOutBadCells || draft.errors.length === 0) return draft;
  const spare = draft.errors.filter(({ field }) => !isNeededIn(object, settings, field));
  if (spare.length === 0) return draft;
  item.leftOut.push(...spare);
  const values = { ...item.values };
  for (const { field } of spare) delete values[field];
  return draftOf(door, object, item.id, null, values, false);
}
