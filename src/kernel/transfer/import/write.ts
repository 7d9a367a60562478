import { setImmediate as breathe } from 'node:timers/promises';
import { identifier, join, raw, type Sql, sql } from '../../database/sql.ts';
import { type ObjectModel, tableOf } from '../../object/model.ts';
import type { RuleContext } from '../../object/rules.ts';
import { Problem } from '../../problems/problem.ts';
import { copyLines, copyRows } from '../../records/copy.ts';
import { type Door, envOf, type Unit } from '../../records/door.ts';
import type { Draft } from '../../records/draft.ts';
import { openRecords } from '../../records/open.ts';
import { createDrafts, rulesOf, saveDrafts, updateDrafts } from '../../records/pipeline.ts';
import type { Records } from '../../records/records.ts';
import { inUnit } from '../../records/unit.ts';
import { uniqueFields } from '../../schema/snapshot.ts';
import type { CellError } from './columns.ts';
import { type Batch, type Item, joinedOf, type Preparation } from './prepare.ts';
import type { LaterLink, NewTarget } from './references.ts';
import { type ImportCounts, importTable, insertErrors, json, noCounts, type RowError } from './store.ts';

type Writing = Door & { unit: Unit };

/** What a batch did, row by row. */
export interface Written {
  counts: ImportCounts;
  errors: RowError[];
}

export interface BatchOptions {
  changeSet: string;
  importId: string;
  /** In the batch's transaction, before anything is written: may refuse it. */
  before(door: Writing): Promise<void>;
  /** In the same transaction, after the rows: notes how far it came. */
  after(door: Writing, written: Written, end: number): Promise<void>;
  /** Does everything but leaves no trace. */
  isTrial?: boolean;
}

/**
 * Writes a batch in one transaction: rows, links, numbers, what is derived from them, their events, the rows that were
 * refused, and how far the import came. When the database refuses what the checks let pass (somebody else wrote the same
 * key a moment ago), the batch is halved until the row is alone, which is then refused by itself.
 */
export async function writeBatch(
  door: Door,
  preparation: Preparation,
  batch: Batch,
  options: BatchOptions,
): Promise<void> {
  try {
    await writeOnce(door, preparation, batch, options);
  } catch (error) {
    if (!isAboutRows(error)) throw error;
    const { items } = batch;
    if (items.length === 1) {
      const [item] = items as [Item];
      item.kind = 'refuse';
      item.errors = errorsOf(error, preparation);
      await writeOnce(door, preparation, batch, options);
      return;
    }
    const middle = Math.ceil(items.length / 2);
    const first = items.slice(0, middle);
    const halves: Batch[] = [
      { ...batch, items: first, end: (first.at(-1) as Item).row },
      { ...batch, items: items.slice(middle), create: [] },
    ];
    for (const half of halves) {
      // Drafts were changed on the way: errors of the failed attempt stay true, everything else begins anew.
      for (const { draft, errors } of half.items) if (draft && errors.length === 0) draft.errors.length = 0;
      await writeBatch(door, preparation, half, options);
    }
  }
}

class Trial extends Error {}

async function writeOnce(door: Door, preparation: Preparation, batch: Batch, options: BatchOptions): Promise<void> {
  try {
    await inUnit(door, { changeSet: options.changeSet, at: batch.copy?.at }, async (inside) => {
      // Thousands of rows are made ready between two statements; on a busy machine that may take longer than 5 s.
      await inside.unit.connection.run("set local idle_in_transaction_session_timeout = '60s'");
      await options.before(inside);
      const refusedTargets = await createTargets(inside, batch.create);
      const written = await writeItems(inside, preparation, batch, refusedTargets, options);
      await options.after(inside, written, batch.end);
      if (options.isTrial) throw new Trial();
    });
  } catch (error) {
    if (!(error instanceof Trial)) throw error;
  }
}

/** @returns the names of those that could not be made, by id */
async function createTargets(door: Writing, targets: readonly NewTarget[]): Promise<Map<string, string>> {
  const refused = new Map<string, string>();
  const nameOf = (id: string) =>
    String(Object.values(targets.find((target) => target.id === id)?.values ?? {})[0] ?? '');
  for (const [object, group] of Map.groupBy(targets, (target) => target.object)) {
    const drafts = await createDrafts(
      door,
      object,
      group.map(({ id, values }) => ({ id, ...values })),
    );
    for (const draft of drafts) if (draft.errors.length > 0) refused.set(draft.id, nameOf(draft.id));
  }
  return refused;
}

async function writeItems(
  door: Writing,
  preparation: Preparation,
  batch: Batch,
  refused: ReadonlyMap<string, string>,
  options: BatchOptions,
): Promise<Written> {
  const { object } = preparation;
  const joined = joinedOf(batch.items);
  const own = batch.items.filter((item) => !joined.has(item));
  const creates = own.filter((item) => item.kind === 'create' && item.draft);
  const updates = own.filter((item) => item.kind === 'update' && !item.isAhead);
  const counts = { ...noCounts };

  const drafts = creates.map((item) => item.draft as Draft);
  if (preparation.rulesAsk) {
    const context = remembering(door);
    const applyRules = rulesOf(door, object, context);
    for (const draft of drafts) await applyRules(draft);
  }
  if (refused.size > 0) {
    for (const draft of drafts) {
      for (const [name, value] of Object.entries(draft.after)) {
        if (typeof value === 'string' && refused.has(value))
          draft.errors.push({ field: name, code: 'import.reference-missing', params: { text: refused.get(value) } });
      }
    }
  }
  await checkUnique(door, object, drafts);
  await saveDrafts(
    door,
    object,
    drafts,
    options.isTrial
      ? async () => {}
      : async (inside, of, good) =>
          copyRows(inside, of, good, batch.copy ?? (await copyLines(inside, of, good, inside.unit.at))),
  );
  for (const item of creates) {
    const { errors } = item.draft as Draft;
    if (errors.length > 0) refuseItem(item, errors, preparation);
    else counts.created++;
  }

  if (updates.length > 0) {
    const changes = updates.map(({ id, values: { id: _id, ...changes } }) => ({ id, changes }));
    const results = await updateDrafts(door, object.name, changes);
    await breathe();
    for (const [index, result] of results.entries()) {
      const item = updates[index] as Item;
      const errors = result instanceof Problem ? errorsOf(result, preparation) : result.errors;
      if (errors.length > 0) refuseItem(item, errors, preparation);
      else if (result instanceof Problem || result.changed.size > 0) counts.updated++;
      else counts.skipped++;
    }
  }

  const errors: RowError[] = [];
  for (const item of batch.items) {
    if (item.isDuplicate) counts.duplicates++;
    if (item.kind === 'skip') counts.skipped++;
    else if (item.kind === 'refuse') {
      counts.failed++;
      errors.push({ ...placeOf(item), errors: item.errors, kept: false });
    } else {
      if (joined.has(item) || item.isAhead) counts.updated++;
      if (item.leftOut.length > 0) errors.push({ ...placeOf(item), errors: item.leftOut, kept: true });
    }
  }
  await insertErrors(door.unit.connection, door.workspace.schema, options.importId, errors);
  await insertLinks(door, options.importId, batch.items);
  return { counts, errors };
}

function placeOf({ row, line, cells }: Item) {
  return { row, line, cells };
}

/** With the rows that were joined to it. */
function refuseItem(item: Item, errors: readonly CellError[], preparation: Preparation): void {
  for (const one of [item, ...item.joined]) {
    one.kind = 'refuse';
    one.errors = errors.map((error) => withColumn(error, preparation));
  }
}

export function errorsOf(error: unknown, preparation: Preparation): CellError[] {
  const problem = error as Problem;
  if (problem.errors.length === 0)
    return [{ field: '', code: `problem.${problem.code}.title`, params: problem.params }];
  return problem.errors.map((one) => withColumn(one, preparation));
}

function withColumn(error: CellError, { columns }: Preparation): CellError {
  const column = error.column ?? columns.columnOf.get(error.field.split('.')[0] as string);
  return column === undefined ? error : { ...error, column };
}

async function insertLinks({ unit, workspace }: Writing, importId: string, items: readonly Item[]): Promise<void> {
  const links: { item: Item; link: LaterLink }[] = [];
  for (const item of items) {
    if (item.kind === 'create' || item.kind === 'update') for (const link of item.later) links.push({ item, link });
  }
  if (links.length === 0) return;
  await unit.connection.execute(sql`
    insert into ${importTable(workspace.schema, 'import_link')} (import_id, row, line, record_id, field, found_by, value, cells)
    select ${importId}::uuid, l.* from unnest(${links.map(({ item }) => item.row)}::bigint[], ${links.map(({ item }) => item.line)}::bigint[],
      ${links.map(({ item }) => item.id)}::uuid[], ${links.map(({ link }) => link.field)}::text[], ${links.map(({ link }) => link.by)}::text[],
      ${links.map(({ link }) => link.text)}::text[], ${links.map(({ item }) => json(item.cells))}::jsonb[]) l
    on conflict do nothing`);
}

/**
 * Rules that ask the door mostly ask the same (the stages of a pipeline) for every row: answers are remembered for the
 * batch, until a rule writes.
 */
function remembering(door: Writing): RuleContext {
  const { now, userId, timeZone } = envOf(door);
  const records = openRecords(door);
  const known = new Map<string, Promise<unknown>>();
  const remembered = new Proxy(records, {
    get(target, name: keyof Records) {
      const method = target[name] as (...args: unknown[]) => Promise<unknown>;
      if (name !== 'read' && name !== 'find' && name !== 'list') {
        return (...args: unknown[]) => {
          known.clear();
          return method.apply(target, args);
        };
      }
      return (object: unknown, ...args: unknown[]) => {
        const objectName = typeof object === 'string' ? object : (object as { name: string }).name;
        const key = JSON.stringify([name, objectName, ...args]);
        const answer = known.get(key) ?? method.call(target, object, ...args);
        known.set(key, answer);
        return answer;
      };
    },
  });
  return { records: remembered, now, userId, timeZone };
}

/** Two rows of a batch, or a row and a record, with one unique key: found before the database has to refuse them all. */
async function checkUnique(door: Writing, object: ObjectModel, drafts: readonly Draft[]): Promise<void> {
  for (const names of uniqueFields(object).values()) {
    const fields = names.map((name) => object.fields.get(name)!);
    const isText = fields.map((field) => field.columns[0]!.type === 'text' && field.target === null);
    const seen = new Set<string>();
    const asked: { draft: Draft; values: unknown[] }[] = [];
    for (const draft of drafts) {
      const values = fields.map((field, index) => {
        const value = draft.after[field.name] ?? null;
        const [first] = value === null ? [null] : field.type.write(value, field.definition);
        return isText[index] && typeof first === 'string' ? first.toLowerCase() : first;
      });
      if (draft.errors.length > 0 || values.includes(null)) continue;
      const key = JSON.stringify(values);
      if (seen.has(key)) draft.errors.push({ field: names.at(-1)!, code: 'import.twice-in-file' });
      else asked.push({ draft, values });
      seen.add(key);
    }
    if (asked.length === 0) continue;
    const conditions: Sql[] = fields.map((field, index) => {
      const column = `t.${identifier(field.columns[0]!.name)}`;
      return raw(`${isText[index] ? `lower(${column})` : column} = u.c${index}`);
    });
    const lists = fields.map(
      (field, index) => sql`${asked.map(({ values }) => values[index])}${raw(`::${field.columns[0]!.type}[]`)}`,
    );
    const rows = await door.unit.connection.run(sql`
      select u.n from unnest(${join(lists)}) with ordinality u(${raw([...fields.map((_, index) => `c${index}`), 'n'].join(', '))})
      join ${raw(tableOf(door.workspace.schema, object))} t on ${join(conditions, ' and ')} where t.deleted_at is null`);
    for (const [n] of rows)
      asked[(n as number) - 1]!.draft.errors.push({ field: names.at(-1)!, code: 'field.not-unique' });
  }
}

/** A refusal of some row, not of the whole import or of the machine. */
function isAboutRows(error: unknown): boolean {
  return error instanceof Problem && !/^(database|session|import|object|query|internal)\b/.test(error.code);
}
