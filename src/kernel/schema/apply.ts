import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../database/connection.ts';
import type { Database } from '../database/pool.ts';
import { Problem } from '../problems/problem.ts';
import type { Step } from './plan.ts';
import type { Snapshot } from './table.ts';

/** Work on a workspace's tables that takes more than one transaction, kept in `platform.workspace` until it is done. */
export interface Journal {
  readonly purpose: 'upgrade' | 'change';
  readonly steps: readonly Step[];
  /** What the tables look like at the end. */
  readonly to: Snapshot;
  /** Definitions that come into force at the end; null when they are as before. */
  readonly overlay: OverlayVersion | null;
}

export interface OverlayVersion {
  readonly document: unknown;
  readonly changedBy: string | null;
}

export interface ApplyProgress {
  readonly done: number;
  readonly total: number;
  /** What comes next. */
  readonly description: string;
}

export interface ApplyOptions {
  onProgress?: (progress: ApplyProgress) => void;
  /** Runs at the end, in a transaction of its own: what makes the new tables official and takes the journal away. */
  finish: (connection: Connection, journal: Journal) => Promise<void>;
}

/** A statement waits this long for a lock; meanwhile everybody else waits behind it. */
const LOCK_TIMEOUT = '2s';
/** With growing pauses between them: 40 s altogether. */
const LOCK_ATTEMPTS = 10;

/**
 * Runs the steps of a schema that was made in the caller's transaction. In one call, which is a quarter faster than 180:
 * nobody waits for these tables, nothing has to be repeated, and no record can refuse a step.
 */
export async function createTables(connection: Connection, steps: readonly Step[]): Promise<void> {
  await connection.run(steps.map((step) => step.sql).join(';\n'));
}

/** Runs steps within the caller's transaction. @throws Problem when the records that exist do not allow a step */
export async function runSteps(connection: Connection, steps: readonly Step[]): Promise<void> {
  await connection.run(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
  for (const step of steps) await runStep(connection, step);
}

/** Repeats work that failed because a lock was not to be had. @throws Problem `database.busy` */
export async function withLocks<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
      if (attempt === LOCK_ATTEMPTS) throw new Problem('database.busy');
      await sleep(attempt * 400);
    }
  }
}

/**
 * Runs work that only one of all programs may do at a time; the others wait. They ask again and again: a statement that
 * waits for an advisory lock holds a snapshot, for whose end an index that is built concurrently would wait for ever.
 */
export async function exclusively<T>(db: Database, name: string, work: () => Promise<T>): Promise<T> {
  const client = await db.dedicated();
  try {
    for (;;) {
      const { rows } = await client.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as taken', [
        `tendero ${name}`,
      ]);
      if (rows[0].taken) return await work();
      await sleep(100);
    }
  } finally {
    await client.end();
  }
}

/**
 * Runs a workspace's journal from where it stands to its end: one transaction for each step, together with the note that
 * it is done. Killed in between, the next call continues. Returns at once when there is no journal.
 */
export async function runJournal(db: Database, workspaceId: string, options: ApplyOptions): Promise<void> {
  const [row] = await db.run('select journal, journal_done from platform.workspace where id = $1', [workspaceId]);
  if (!row?.[0]) return;
  const journal = row[0] as Journal;
  const total = journal.steps.length;
  for (let done = row[1] as number; done < total; done++) {
    const step = journal.steps[done]!;
    options.onProgress?.({ done, total, description: step.description });
    if (!step.transactional) await buildIndex(db, step);
    await withLocks(() =>
      db.transaction(async (connection) => {
        await noteDone(connection, workspaceId, done);
        if (step.transactional) await runSteps(connection, [step]);
      }),
    );
  }
  await db.transaction((connection) => options.finish(connection, journal));
}

/** Takes the workspace for a piece of work. @throws Problem `database.busy` when another one is under way */
export async function startJournal(connection: Connection, workspaceId: string, journal: Journal): Promise<void> {
  const taken = await connection.execute(
    `update platform.workspace set state = $2, journal = $3, journal_done = 0 where id = $1 and journal is null`,
    [workspaceId, journal.purpose === 'upgrade' ? 'upgrading' : 'changing', JSON.stringify(journal)],
  );
  if (taken === 0) throw new Problem('database.busy');
}

/** Two processes that continue the same journal meet here: the second waits, then finds the step done. */
async function noteDone(connection: Connection, workspaceId: string, done: number): Promise<void> {
  const noted = await connection.execute(
    'update platform.workspace set journal_done = $2 + 1 where id = $1 and journal is not null and journal_done = $2',
    [workspaceId, done],
  );
  if (noted === 0) throw new Problem('database.busy');
}

/** An index that was being built when the program or the database was killed is there, but invalid. */
async function buildIndex(db: Database, step: Step): Promise<void> {
  const [, name, schema] = /if not exists "((?:[^"]|"")+)" on "((?:[^"]|"")+)"\./.exec(step.sql) ?? [];
  if (name === undefined || schema === undefined) throw new Error(`Not an index: ${step.sql}`);
  const [row] = await db.run('select indisvalid from pg_index where indexrelid = to_regclass($1)', [
    `"${schema}"."${name}"`,
  ]);
  if (row?.[0] === false) await db.run(`drop index concurrently if exists "${schema}"."${name}"`);
  await runStep(db, step);
}

async function runStep(connection: Connection, step: Step): Promise<void> {
  try {
    await connection.run(step.sql);
  } catch (error) {
    const { code } = error as { code?: string };
    const refusal = code === undefined ? undefined : refusals[code];
    if (refusal === undefined) throw error;
    const field = /column "?([^"\s]+)"?/.exec(step.sql)?.[1] ?? step.table;
    throw new Problem('object.invalid', { object: step.table }, [
      { field, code: refusal, params: { step: step.description } },
    ]);
  }
}

const LOCK_NOT_AVAILABLE = '55P03';

/** What the records that exist can have against a stricter definition, by SQLSTATE. */
const refusals: Readonly<Record<string, string>> = {
  '23502': 'field.has-empty',
  '23514': 'field.has-empty',
  '23505': 'field.has-duplicates',
  '23503': 'field.target-missing',
  '54000': 'field.index-too-long',
};
