import { isDeepStrictEqual } from 'node:util';
import { isWritable, type Model, objectOf } from '../object/model.ts';
import type { ConfiguredRecords } from '../object/module.ts';
import { Problem } from '../problems/problem.ts';
import type { Records } from '../records/records.ts';

/**
 * A record as a file says it: its values by field, without those that are empty. Ids are of one workspace only; people and
 * other configured records are named by their keys: `{ "$user": ["rasa@example.com"] }`, `{ "$stage": ["Sales", "Won"] }`.
 */
export type WrittenRecord = Readonly<Record<string, unknown>>;

/** Object → its configured records. */
export type WrittenRecords = Readonly<Record<string, readonly WrittenRecord[]>>;

/** What makes the records of one workspace those of another, each by its key. */
export type RecordChange =
  | { readonly kind: 'addRecord'; readonly object: string; readonly name: string; readonly values: WrittenRecord }
  | {
      readonly kind: 'changeRecord';
      readonly object: string;
      readonly name: string;
      readonly id: string;
      /** A merge-patch. */
      readonly changes: WrittenRecord;
    }
  | { readonly kind: 'removeRecord'; readonly object: string; readonly name: string; readonly id: string };

/** The configured records of a workspace, and by what ids its people and they are known in it. */
export interface OwnRecords {
  readonly of: ReadonlyMap<string, readonly { readonly id: string; readonly values: WrittenRecord }[]>;
  readonly ids: ReadonlyMap<string, string>;
}

type Key = readonly string[];

const PAGE = 500;

export async function readOwnRecords(
  records: Records,
  model: Model,
  configured: readonly ConfiguredRecords[],
): Promise<OwnRecords> {
  const names = new Map<string, object>();
  const ids = new Map<string, string>();
  const remember = (object: string, id: string, key: Key) => {
    names.set(id, { [`$${object}`]: key });
    ids.set(nameOf(object, key), id);
  };
  for (const { id, email } of await all(records, 'user', ['email'])) remember('user', id, [String(email)]);
  const of = new Map<string, { id: string; values: WrittenRecord }[]>();
  for (const { object, key, filter } of configured) {
    const fields = fieldsOf(model, object, configured);
    const own = (await all(records, object, fields, filter)).map((record) => {
      const values = Object.fromEntries(
        fields.flatMap((field) => (isEmpty(record[field]) ? [] : [[field, written(record[field], names)]])),
      );
      remember(object, record.id, keyOf(values, key));
      return { id: record.id, values };
    });
    of.set(object, inOrder(own, key));
  }
  return { of, ids };
}

/** @returns removals first, so that a name is free again; what others refer to comes before them */
export function compareRecords(
  configured: readonly ConfiguredRecords[],
  own: OwnRecords,
  wanted: WrittenRecords,
): RecordChange[] {
  const removals: RecordChange[] = [];
  const rest: RecordChange[] = [];
  for (const { object, key, othersStay } of configured) {
    if (!wanted[object]) continue;
    const left = Map.groupBy(own.of.get(object) ?? [], ({ values }) => nameOf(object, keyOf(values, key)));
    const known = wanted[object].map((values) => ({ values: withoutStrangers(values, own.ids) }));
    for (const { values } of inOrder(known, key)) {
      const name = keyOf(values, key).join(' / ');
      // Two with one key are told apart by their order alone.
      const same = left.get(nameOf(object, keyOf(values, key)))?.shift();
      if (!same) rest.push({ kind: 'addRecord', object, name, values });
      else {
        const changes = patchOf(same.values, values);
        if (changes) rest.push({ kind: 'changeRecord', object, name, id: same.id, changes });
      }
    }
    if (othersStay) continue;
    const gone = [...left.values()].flat();
    removals.unshift(
      ...gone.map(({ id, values }): RecordChange => {
        return { kind: 'removeRecord', object, name: keyOf(values, key).join(' / '), id };
      }),
    );
  }
  return [...removals, ...rest];
}

/** Does what can be done of it, in the transaction of `records`. @returns what cannot be, with the reason */
export async function applyRecordChanges(
  records: Records,
  configured: readonly ConfiguredRecords[],
  own: OwnRecords,
  changes: readonly RecordChange[],
): Promise<{ change: RecordChange; problem: Problem }[]> {
  const ids = new Map(own.ids);
  const refused: { change: RecordChange; problem: Problem }[] = [];
  for (const change of changes) {
    try {
      if (change.kind === 'removeRecord') await records.remove(change.object, change.id);
      else if (change.kind === 'changeRecord')
        await records.update(change.object, change.id, here(change.changes, ids) as WrittenRecord);
      else {
        const { id } = await records.create(change.object, here(change.values, ids) as WrittenRecord);
        const { key } = configured.find(({ object }) => object === change.object)!;
        ids.set(nameOf(change.object, keyOf(change.values, key)), id);
      }
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      refused.push({ change, problem });
    }
  }
  return refused;
}

/** Is it what a file says of a record? Its key has to be whole. */
export function isWrittenRecord(value: unknown, key: Key): value is WrittenRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return key.every((field) => {
    const part = (value as WrittenRecord)[field];
    return typeof part === 'string' || named(part) !== null;
  });
}

/** What people set: neither computed nor of the system, and of what is referred to only what has a key. */
function fieldsOf(model: Model, object: string, configured: readonly ConfiguredRecords[]): string[] {
  const targets = new Set(['user', ...configured.map((one) => one.object)]);
  return [...objectOf(model, object).fields.values()]
    .filter((field) => !field.system && isWritable(field) && field.type.name !== 'file')
    .filter(({ target }) => target === null || targets.has(target))
    .map(({ name }) => name);
}

async function all(
  records: Records,
  object: string,
  fields: readonly string[],
  filter?: ConfiguredRecords['filter'],
): Promise<(Record<string, unknown> & { id: string })[]> {
  const found: (Record<string, unknown> & { id: string })[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Records['list']>> = await records.list(object, {
      ...{ fields: ['id', ...fields], sort: ['id'], limit: PAGE },
      ...(filter ? { filter } : {}),
      ...(cursor ? { cursor } : {}),
    });
    found.push(...(page.items as (Record<string, unknown> & { id: string })[]));
    cursor = page.next;
  } while (cursor !== null);
  return found;
}

/** Ids become names, wherever in a value they are: a view's filter names stages and people. */
function written(value: unknown, names: ReadonlyMap<string, object>): unknown {
  if (typeof value === 'string') return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((one) => written(one, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, written(one, names)]));
}

/** Names become ids again. @throws Problem `record.invalid` for what nothing here is called */
function here(value: unknown, ids: ReadonlyMap<string, string>, field = ''): unknown {
  const name = named(value);
  if (name) {
    const id = ids.get(nameOf(name.object, name.key));
    if (id !== undefined) return id;
    const params = { target: name.key.join(' / ') };
    throw new Problem('record.invalid', {}, [{ field, code: 'configuration.nothing-called-so', params }]);
  }
  if (Array.isArray(value)) return value.map((one) => here(one, ids, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, here(one, ids, field || key)]));
}

/** A list of people is of those who are here: a team is not the same everywhere. */
function withoutStrangers(values: WrittenRecord, ids: ReadonlyMap<string, string>): WrittenRecord {
  return Object.fromEntries(
    Object.entries(values).flatMap(([field, value]) => {
      if (!Array.isArray(value)) return isEmpty(value) ? [] : [[field, value]];
      const known = value.filter((one) => named(one)?.object !== 'user' || ids.has(nameOf('user', named(one)!.key)));
      return known.length > 0 ? [[field, known]] : [];
    }),
  );
}

/** `{ "$stage": ["Sales", "Won"] }` → object and key. */
function named(value: unknown): { object: string; key: Key } | null {
  if (typeof value !== 'object' || value === null) return null;
  const [[name, key] = ['', null], ...more] = Object.entries(value);
  if (more.length > 0 || !name.startsWith('$') || !Array.isArray(key)) return null;
  return key.every((part) => typeof part === 'string') ? { object: name.slice(1), key } : null;
}

function keyOf(values: WrittenRecord, key: Key): Key {
  return key.flatMap((field) => named(values[field])?.key ?? [String(values[field] ?? '')]);
}

function nameOf(object: string, key: Key): string {
  return JSON.stringify([object, ...key]);
}

/** Wherever they were made, the same records stand in the same order. */
function inOrder<Row extends { values: WrittenRecord }>(rows: readonly Row[], key: Key): Row[] {
  const text = ({ values }: Row) => JSON.stringify([keyOf(values, key), values]);
  return rows.toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
}

function patchOf(own: WrittenRecord, wanted: WrittenRecord): WrittenRecord | null {
  const fields = [...new Set([...Object.keys(own), ...Object.keys(wanted)])].filter(
    (field) => !isDeepStrictEqual(own[field], wanted[field]),
  );
  return fields.length > 0 ? Object.fromEntries(fields.map((field) => [field, wanted[field] ?? null])) : null;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}
