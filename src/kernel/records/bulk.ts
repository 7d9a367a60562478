import { and, or, raw, sql } from '../database/sql.ts';
import type { ObjectModel } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { begin, from, visibility } from '../query/compilation.ts';
import { matching } from '../query/page.ts';
import { connectionOf, type Door, scopeOf, type Unit } from './door.ts';
import { type Draft, refuse } from './draft.ts';
import { newId } from './new-id.ts';
import { type Change, createDrafts, updateDrafts } from './pipeline.ts';
import type { BulkOptions, BulkResult, BulkRow, BulkTarget } from './records.ts';
import { inUnit } from './unit.ts';

/** Rows of one transaction: long enough to be fast, short enough not to keep other writers waiting. */
const BATCH = 500;
const MAX_TARGETS = 100_000;
const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Outcome = { id: string | null; problem?: Problem | null };
type Work<Row> = (door: Door & { unit: Unit }, batch: readonly Row[]) => Promise<Outcome[]>;

/**
 * Works through rows in batches of one transaction each, all in one change set. A row that is refused does not stop the
 * others: what the checks refuse is left out of its batch; when only the database finds it (two rows with one unique
 * key), the batch is done again row by row. With `atomic` everything is one transaction and the first refusal ends it.
 */
export async function bulk<Row>(
  door: Door,
  rows: readonly Row[],
  options: BulkOptions,
  work: Work<Row>,
): Promise<BulkResult> {
  const changeSet = options.changeSet ?? door.unit?.changeSet ?? door.changeSet ?? newId();
  const results: BulkRow[] = [];
  const record = (start: number, outcomes: readonly Outcome[]) => {
    outcomes.forEach(({ id, problem }, index) => {
      results.push({
        index: start + index,
        id,
        ...(problem ? { problem: { code: problem.code, params: problem.params, errors: problem.errors } } : {}),
      });
    });
  };
  const unitOptions = { ...options, changeSet };
  if (options.atomic || door.unit) {
    await inUnit(door, unitOptions, async (inside) => {
      for (let start = 0; start < rows.length; start += BATCH) {
        const outcomes = await work(inside, rows.slice(start, start + BATCH));
        outcomes.forEach(({ problem }, index) => {
          if (problem && options.atomic) throw atRow(problem, start + index);
        });
        record(start, outcomes);
      }
    });
  } else {
    let current = door;
    let version = door.workspace.rightsVersion();
    for (let start = 0; start < rows.length; start += BATCH) {
      const batch = rows.slice(start, start + BATCH);
      // Whose rights change while they change 100,000 records goes on with those that are left.
      if (door.workspace.rightsVersion() !== version) {
        version = door.workspace.rightsVersion();
        current = { ...door, principal: await door.workspace.renewed(door.principal) };
      }
      try {
        record(start, await inUnit(current, unitOptions, (inside) => work(inside, batch)));
      } catch (error) {
        if (!(error instanceof Problem) || !isAboutRows(error)) throw error;
        for (let index = 0; index < batch.length; index++)
          record(start + index, await alone(current, unitOptions, batch[index]!, work));
      }
    }
  }
  const failed = results.filter((row) => row.problem).length;
  return { changeSet, succeeded: results.length - failed, failed, results };
}

export async function createBatch(
  door: Door & { unit: Unit },
  object: ObjectModel,
  inputs: readonly unknown[],
  trusted: boolean,
): Promise<Outcome[]> {
  return (await createDrafts(door, object.name, inputs, trusted)).map(outcomeOf);
}

export async function updateBatch(
  door: Door & { unit: Unit },
  object: ObjectModel,
  changes: readonly Change[],
  trusted: boolean,
): Promise<Outcome[]> {
  const results = await updateDrafts(door, object.name, changes, trusted);
  return results.map((result, index) =>
    result instanceof Problem ? { id: changes[index]!.id, problem: result } : outcomeOf(result),
  );
}

/** Ids a bulk request is about. @throws Problem `bulk.too-many` */
export async function idsOf(door: Door, object: ObjectModel, target: BulkTarget): Promise<string[]> {
  if ('ids' in target) {
    if (target.ids.length > MAX_TARGETS) throw new Problem('bulk.too-many', { max: MAX_TARGETS });
    return [...new Set(target.ids)];
  }
  const scope = scopeOf(door);
  const compilation = begin(scope, object);
  const conditions = matching(compilation, { filter: target.filter });
  const rights = visibility(scope, object, 'read', 'r');
  if (rights !== 'all') conditions.push(or(rights));
  const rows = await connectionOf(door).run(
    sql`select r.id::text from ${from(compilation)} where ${and(conditions)} order by r.id limit ${raw(String(MAX_TARGETS + 1))}`,
  );
  if (rows.length > MAX_TARGETS) throw new Problem('bulk.too-many', { max: MAX_TARGETS });
  return rows.map(([id]) => id as string);
}

async function alone<Row>(door: Door, options: BulkOptions, row: Row, work: Work<Row>): Promise<Outcome[]> {
  try {
    return await inUnit(door, options, (inside) => work(inside, [row]));
  } catch (error) {
    if (!(error instanceof Problem) || !isAboutRows(error)) throw error;
    // A client's new record may have anything for an id.
    const id = typeof row === 'string' ? row : (row as { id?: unknown }).id;
    return [{ id: typeof id === 'string' && isUuid.test(id) ? id : null, problem: error }];
  }
}

function outcomeOf(draft: Draft): Outcome {
  return draft.errors.length > 0 ? { id: draft.before ? draft.id : null, problem: refuse(draft) } : { id: draft.id };
}

/** A refusal of some row, not of the whole request. */
function isAboutRows(problem: Problem): boolean {
  return problem.code.startsWith('record.') || !/^(access|database|session|object|query|internal)\b/.test(problem.code);
}

function atRow(problem: Problem, index: number): Problem {
  return new Problem(
    problem.code,
    { ...problem.params, index },
    problem.errors.map((error) => ({ ...error, field: `${index}.${error.field}` })),
  );
}
