import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, makeWorkerUtils, type Runner, run } from 'graphile-worker';
import { v7 as uuid } from 'uuid';
import type { Connection } from '../database/connection.ts';
import type { Database } from '../database/pool.ts';
import { raw, sql } from '../database/sql.ts';
import { translator } from '../i18n/translate.ts';
import { Problem } from '../problems/problem.ts';

/**
 * Work that outlives a request. A job has a row in `platform.job_progress` that people watch, and an entry in the queue
 * (graphile-worker, in its own schema) that a worker process takes; both are written in one transaction.
 */
export interface JobDefinition<Payload = Record<string, unknown>> {
  /** Unique; `kind` of the progress row. */
  kind: string;
  /** Tries before it counts as failed. What it does must survive being begun again. */
  attempts?: number;
  run(payload: Payload, job: RunningJob): Promise<unknown>;
}

export interface RunningJob {
  readonly id: string;
  readonly workspaceId: string;
  readonly createdBy: string | null;
  /** Shown to people; written at most every 250 ms. */
  progress(done: number, total?: number, message?: string): void;
  /** Aborted when the process is asked to stop: end soon, the job is begun again elsewhere. */
  readonly signal: AbortSignal;
}

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface JobProgress {
  id: string;
  workspaceId: string;
  /** The user who asked for it; null for the program itself. */
  createdBy: string | null;
  kind: string;
  state: JobState;
  done: number;
  total: number | null;
  /** What it is at; once it failed, the code of the problem. */
  message: string | null;
  result: unknown;
  createdAt: string;
  updatedAt: string;
}

/** Other processes hear here that a job moved, with its id. */
export const JOB_CHANNEL = 'tendero_job';

const PROGRESS_EVERY_MS = 250;
/** A running job says so this often, whether or not it has progress to tell … */
const BEAT_MS = 5_000;
/** … and after this long without a word its process is gone. The queue by itself waits four hours. */
const ABANDONED = '30 seconds';
const LOOK_EVERY_MS = 15_000;
const BEGIN_AGAIN_MS = 5_000;
const TASK = 'tendero';
/** Times a job is begun whose process is killed. Being asked to stop does not count. */
const MOST_ATTEMPTS = 5;
/** What goes wrong is told by `onError` and in the job's row. */
const silent = new Logger(() => () => {});

/** Makes or upgrades the queue's schema. */
export async function prepareJobs(database: Database): Promise<void> {
  const utils = await makeWorkerUtils({ pgPool: database.pool, logger: silent });
  try {
    await utils.migrate();
  } finally {
    await utils.release();
  }
}

export interface NewJob {
  workspaceId: string;
  kind: string;
  payload: Record<string, unknown>;
  createdBy: string | null;
  runAt?: Date;
  /** A job of the same key that still waits is replaced. */
  key?: string;
}

/** @returns id of the job */
export function queueJob(database: Database, job: NewJob): Promise<string> {
  return database.transaction((connection) => addJob(connection, job));
}

/** Queues a job in the transaction of a connection: it exists when, and only when, that commits. */
export async function addJob(connection: Connection, job: NewJob): Promise<string> {
  const id = uuid();
  const payload = JSON.stringify({ ...job.payload, $job: id });
  await connection.execute(sql`
    insert into platform.job_progress (id, workspace_id, kind, state, payload, created_by_id, created_at, updated_at)
    values (${id}::uuid, ${job.workspaceId}::uuid, ${job.kind}, 'queued', ${payload}::jsonb, ${job.createdBy}::uuid, now(), now())`);
  await enqueue(connection, payload, job);
  return id;
}

async function enqueue(connection: Connection, payload: string, { runAt, key }: Partial<NewJob>): Promise<void> {
  await connection.run(sql`
    select graphile_worker.add_job(${TASK}, ${payload}::json, run_at => ${runAt?.toISOString() ?? null}::timestamptz, max_attempts => ${MOST_ATTEMPTS}, job_key => ${key ?? null})`);
}

/** The newest jobs of a workspace, without those of one kind when told. */
export async function listJobs(database: Database, workspaceId: string, limit: number): Promise<JobProgress[]> {
  const rows = await database.run(sql`
    select ${columns} from platform.job_progress where workspace_id = ${workspaceId}::uuid
    order by created_at desc, id desc limit ${raw(String(limit))}`);
  return rows.map(progressOf);
}

/** Begins a failed or stopped job once more. @throws Problem `job.not-found`, `job.state` */
export async function retryJob(database: Database, workspaceId: string, id: string): Promise<void> {
  await database.transaction(async (connection) => {
    const [row] = await connection.run(sql`
      update platform.job_progress set state = 'queued', message = null, result = null, done = 0, total = null, updated_at = now()
      where id = ${id}::uuid and workspace_id = ${workspaceId}::uuid and state in ('failed', 'cancelled') and payload is not null
      returning payload::text`);
    if (!row) throw await notSo(connection, workspaceId, id);
    await enqueue(connection, row[0] as string, {});
  });
  await announce(database, id);
}

/** Stops a job that waits or runs; one that runs ends at its next pause. @throws Problem `job.not-found`, `job.state` */
export async function cancelJob(database: Database, workspaceId: string, id: string): Promise<void> {
  await database.transaction(async (connection) => {
    const stopped = await connection.execute(sql`
      update platform.job_progress set state = 'cancelled', updated_at = now()
      where id = ${id}::uuid and workspace_id = ${workspaceId}::uuid and state in ('queued', 'running')`);
    if (stopped === 0) throw await notSo(connection, workspaceId, id);
    await connection.run(sql`
      select graphile_worker.complete_jobs(array_agg(j.id)) from graphile_worker._private_jobs j
      where j.locked_at is null and j.payload->>'$job' = ${id} having count(*) > 0`);
  });
  await announce(database, id);
}

async function notSo(connection: Connection, workspaceId: string, id: string): Promise<Problem> {
  const found = await connection.run(
    sql`select 1 from platform.job_progress where id = ${id}::uuid and workspace_id = ${workspaceId}::uuid`,
  );
  return new Problem(found.length === 0 ? 'job.not-found' : 'job.state');
}

export async function readJob(database: Database, workspaceId: string, id: string): Promise<JobProgress | null> {
  const job = await readJobById(database, id);
  return job?.workspaceId === workspaceId ? job : null;
}

/**
 * Ends a running job in the transaction of what it does, which so is done once: a job that is begun again, as its process was
 * killed a moment later, or that two take, finds it ended.
 * @returns whether it was still to do
 */
export async function endJob(connection: Connection, id: string, result: unknown): Promise<boolean> {
  const ended = await connection.execute(sql`
    update platform.job_progress set state = 'done', result = ${JSON.stringify(result)}::jsonb, updated_at = now()
    where id = ${id}::uuid and state in ('queued', 'running')`);
  return ended > 0;
}

/** For the program itself; whoever shows it to somebody checks the workspace. */
export async function readJobById(database: Database, id: string): Promise<JobProgress | null> {
  const [row] = await database.run(sql`select ${columns} from platform.job_progress where id = ${id}::uuid`);
  return row ? progressOf(row) : null;
}

const columns = raw(
  'id::text, workspace_id::text, created_by_id::text, kind, state, done, total, message, result, created_at, updated_at',
);

function progressOf(row: readonly unknown[]): JobProgress {
  const [jobId, workspaceId, createdBy, kind, state, done, total, message, result, createdAt, updatedAt] = row;
  return {
    id: jobId,
    workspaceId,
    createdBy,
    kind,
    state,
    done,
    total,
    message,
    result,
    createdAt,
    updatedAt,
  } as JobProgress;
}

/** A job as people are told of it: why it failed in their language. */
export type ToldJob = Omit<JobProgress, 'workspaceId' | 'createdBy'>;

export function tellJob(
  { workspaceId: _workspaceId, createdBy: _createdBy, ...job }: JobProgress,
  language: string,
): ToldJob {
  return job.state === 'failed' ? { ...job, message: translator(language)(`problem.${job.message}.title`) } : job;
}

/** Takes jobs from the queue until stopped. */
export async function runJobs(
  database: Database,
  jobs: readonly JobDefinition[],
  onError: (error: unknown) => void,
): Promise<{ stop(): Promise<void> }> {
  const byKind = new Map(jobs.map((job) => [job.kind, job]));
  const stopping = new AbortController();
  await lookAround(database);
  const looking = setInterval(() => lookAround(database).catch(onError), LOOK_EVERY_MS);
  const begin = () =>
    run({
      pgPool: database.pool,
      concurrency: 2,
      noHandleSignals: true,
      logger: silent,
      crontab: '',
      taskList: {
        [TASK]: async (payload) => {
          const { $job: id, ...rest } = payload as { $job: string };
          await runOne(database, byKind, id, rest, stopping.signal, onError);
        },
      },
      // Without a delay, however short, the outcome of a job is written once, and a failure of that ends the process.
      preset: { worker: { pollInterval: 5_000, completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    });
  let runner: Runner = await begin();
  const keep = async (): Promise<void> => {
    for (;;) {
      // Asked to stop while it was beginning.
      if (stopping.signal.aborted) await runner.stop().catch(() => {});
      await runner.promise.catch(onError);
      // It gives up when the database was away for a minute.
      await sleep(BEGIN_AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      runner = await begin().catch((error) => {
        onError(error);
        return runner;
      });
    }
  };
  const keeping = keep();
  return {
    async stop() {
      stopping.abort();
      clearInterval(looking);
      // It may have given up a moment ago.
      await runner.stop().catch(() => {});
      await keeping;
    },
  };
}

async function lookAround(database: Database): Promise<void> {
  await freeAbandoned(database);
  await endHopeless(database);
}

/** Gives back to the queue what killed processes had taken from it, to be begun again. */
async function freeAbandoned(database: Database): Promise<void> {
  await database.run(sql`
    select graphile_worker.force_unlock_workers(array_agg(j.locked_by))
    from graphile_worker._private_jobs j join platform.job_progress p on p.id = (j.payload->>'$job')::uuid
    where j.locked_at < now() - ${ABANDONED}::interval and p.updated_at < now() - ${ABANDONED}::interval
    having count(*) > 0`);
}

/** Of a job that nobody will begin again, people hear that it failed: each time it was begun its process was killed. */
async function endHopeless(database: Database): Promise<void> {
  await database.run(sql`
    select graphile_worker.complete_jobs(array_agg(id)) from graphile_worker._private_jobs
    where attempts >= max_attempts and locked_at is null having count(*) > 0`);
  const ended = await database.run(sql`
    update platform.job_progress p set state = 'failed', updated_at = now(),
      message = case p.state when 'running' then 'job.interrupted' else 'job.replaced' end
    where p.state in ('queued', 'running') and p.updated_at < now() - ${ABANDONED}::interval
      and not exists (select from graphile_worker._private_jobs j where (j.payload->>'$job')::uuid = p.id)
    returning p.id::text`);
  for (const [id] of ended) await announce(database, id as string);
}

async function runOne(
  database: Database,
  jobs: ReadonlyMap<string, JobDefinition>,
  id: string,
  payload: Record<string, unknown>,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  const [row] = await database.run(
    sql`update platform.job_progress set state = 'running', updated_at = now() where id = ${id}::uuid and state in ('queued', 'running')
        returning kind, workspace_id::text, created_by_id::text`,
  );
  if (!row) return;
  const [kind, workspaceId, createdBy] = row as [string, string, string | null];
  const job = jobs.get(kind);
  const { progress, settle } = progressWriter(database, id);
  const cancelling = new AbortController();
  const beat = setInterval(() => {
    database
      .run(sql`update platform.job_progress set updated_at = now() where id = ${id}::uuid returning state`)
      .then(([now]) => now?.[0] === 'cancelled' && cancelling.abort())
      .catch(() => {});
  }, BEAT_MS);
  try {
    if (!job) throw new Error(`No job of kind ${kind}`);
    const result = await job.run(payload, {
      id,
      workspaceId,
      createdBy,
      progress,
      signal: AbortSignal.any([signal, cancelling.signal]),
    });
    await settle();
    await database.execute(
      sql`update platform.job_progress set state = 'done', result = ${JSON.stringify(result ?? null)}::jsonb, updated_at = now() where id = ${id}::uuid and state = 'running'`,
    );
  } catch (error) {
    await settle();
    if (cancelling.signal.aborted) return;
    if (signal.aborted) await forgetAttempt(database, id);
    // Asked to stop, or the database went away: stays `running`, and whoever takes it next begins it again.
    if (signal.aborted || (error instanceof Problem && error.code === 'database.unavailable')) throw error;
    onError(error);
    const message = error instanceof Problem ? error.code : 'internal';
    await database.execute(
      sql`update platform.job_progress set state = 'failed', message = ${message}, updated_at = now() where id = ${id}::uuid and state = 'running'`,
    );
  } finally {
    clearInterval(beat);
    await announce(database, id);
  }
}

/** A long job outlives any number of restarts. */
async function forgetAttempt(database: Database, id: string): Promise<void> {
  await database
    .run(
      sql`update graphile_worker._private_jobs set attempts = greatest(attempts - 1, 0) where payload->>'$job' = ${id}`,
    )
    .catch(() => {});
}

function progressWriter(database: Database, id: string) {
  let latest: [number, number | undefined, string | undefined] | null = null;
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;
  const write = () => {
    timer = null;
    if (!latest) return;
    const [done, total, message] = latest;
    latest = null;
    writing = writing
      .then(async () => {
        await database.execute(
          sql`update platform.job_progress set done = ${done}::bigint, total = coalesce(${total ?? null}::bigint, total), message = coalesce(${message ?? null}, message), updated_at = now() where id = ${id}::uuid`,
        );
        await announce(database, id);
      })
      // Progress is a courtesy; the job itself says when the database is gone.
      .catch(() => {});
  };
  return {
    progress(done: number, total?: number, message?: string) {
      latest = [done, total ?? latest?.[1], message ?? latest?.[2]];
      timer ??= setTimeout(write, PROGRESS_EVERY_MS);
    },
    async settle() {
      if (timer) clearTimeout(timer);
      write();
      await writing;
    },
  };
}

async function announce(database: Database, id: string): Promise<void> {
  await database.run(sql`select pg_notify(${JOB_CHANNEL}, ${id})`).catch(() => {});
}
