import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '#kernel/database/listen.ts';
import { identifier, raw, sql } from '#kernel/database/sql.ts';
import { duplicateReaders } from '#kernel/duplicates/readers.ts';
import { EVENT_CHANNEL } from '#kernel/events/event.ts';
import { catchUp, countRecordsReader, readersBehind } from '#kernel/events/readers.ts';
import { webhookReader } from '#kernel/events/webhooks.ts';
import { fileReader } from '#kernel/files/files.ts';
import { runJobs } from '#kernel/jobs/jobs.ts';
import type { EventReader } from '#kernel/object/module.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { searchWordsReader } from '#kernel/search/words.ts';
import { readyWorkspaces } from '#kernel/workspace/workspace.ts';
import { sealAll } from './audit.ts';
import { keepCalendars } from './calendars.ts';
import { keepDeliveries } from './deliveries.ts';
import { lineOf } from './exit-codes.ts';
import { keepHouse } from './housekeeping.ts';
import { takeUpImports } from './imports.ts';
import { keepInvitationsSent } from './invitations.ts';
import { jobsOf } from './jobs.ts';
import { withoutValues } from './log-text.ts';
import { keepMailboxes } from './mailboxes.ts';
import { layAllAhead } from './meeting-series.ts';
import { keepOutbox } from './outbox.ts';
import { remindAll } from './reminders.ts';
import { every } from './rounds.ts';
import type { Runtime } from './runtime.ts';
import { wakeAllSnoozed } from './snoozed.ts';

/** A workspace's readers run at most this often: a burst of writes costs them one transaction, not one each. */
const PAUSE_MS = 100;
/** After many events they rest for a millisecond each: where thousands come, more come, and half a second of them costs as one. */
const LONGEST_PAUSE_MS = 500;
/** Finds what no notice told of, and readers that wait after a failure. */
const SWEEP_MS = 5_000;
/** Looks for imports whose process was killed. */
const ABANDONED_MS = 20_000;
/** What was written within it can still be changed without a trace by whoever reaches the tables. */
const SEAL_MS = 10_000;
/** What is put off until a moment comes back within it. */
const SNOOZED_MS = 30_000;
/** A reminder is late by no more. */
const REMINDERS_MS = 15_000;
/** Meetings of a series come into sight within it, half a year ahead. */
const SERIES_MS = 3600 * 1_000;
const DAY_MS = 24 * 3600 * 1_000;
/** Of the pool's eight connections; requests need the others. */
const WORKSPACES_AT_ONCE = 2;

/**
 * The worker: takes jobs from the queue, keeps the readers of the event stream at its end, and tidies up daily. Several
 * processes may do this on one database.
 */
export async function runBackground(
  runtime: Runtime,
  report: (line: string) => void,
): Promise<{ stop(): Promise<void> }> {
  const onError = reporter(report);
  const jobs = await runJobs(runtime.database, jobsOf(runtime), onError);
  const deliveries = keepDeliveries(runtime, onError);
  const readers = keepReaders(runtime, onError, deliveries.wake);
  const imports = every(ABANDONED_MS, () => takeUpImports(runtime), onError);
  const seals = every(SEAL_MS, () => sealAll(runtime), onError);
  const snoozed = every(SNOOZED_MS, () => wakeAllSnoozed(runtime), onError);
  const reminders = every(REMINDERS_MS, () => remindAll(runtime), onError);
  const series = every(SERIES_MS, () => layAllAhead(runtime), onError);
  const mailboxes = keepMailboxes(runtime, onError);
  const outbox = keepOutbox(runtime, onError);
  const calendars = keepCalendars(runtime, onError);
  const invitations = keepInvitationsSent(runtime, onError);
  const house = every(DAY_MS, () => keepHouse(runtime), onError);
  return {
    async stop() {
      const all = [
        jobs,
        readers,
        deliveries,
        imports,
        seals,
        snoozed,
        reminders,
        series,
        mailboxes,
        outbox,
        calendars,
        invitations,
        house,
      ];
      await Promise.all(all.map((one) => one.stop()));
    },
  };
}

/** Runs the readers of every workspace that has news: one run at a time for each workspace, `onRead` after it. */
export function keepReaders(
  runtime: Runtime,
  onError: (error: unknown) => void,
  onRead: (workspaceId: string) => void = () => {},
): { stop(): Promise<void> } {
  const { database, commits } = runtime;
  const readers: readonly EventReader[] = [
    countRecordsReader,
    searchWordsReader,
    ...duplicateReaders,
    webhookReader,
    fileReader,
    ...runtime.modules.flatMap((module) => module.readers ?? []),
  ];
  const waiting = new Set<string>();
  const running = new Map<string, Promise<void>>();
  let stopped = false;

  const wake = (id: string): void => {
    if (stopped) return;
    waiting.add(id);
    startNext();
  };
  const startNext = (): void => {
    for (const id of waiting) {
      if (running.size >= WORKSPACES_AT_ONCE) return;
      if (running.has(id)) continue;
      waiting.delete(id);
      const run = readNews(id)
        .catch(onError)
        .finally(() => {
          running.delete(id);
          if (!stopped) startNext();
        });
      running.set(id, run);
    }
  };
  const readNews = async (id: string): Promise<void> => {
    const workspace = await runtime.workspace(id);
    let most = 0;
    for (const reader of await behind(workspace)) {
      if (stopped) return;
      most = Math.max(most, await catchUp(workspace, reader));
    }
    onRead(id);
    const pause = Math.min(Math.max(most, PAUSE_MS), LONGEST_PAUSE_MS);
    if (!stopped && (waiting.has(id) || pause > PAUSE_MS)) await sleep(pause);
  };
  const behind = async (workspace: Workspace): Promise<readonly EventReader[]> => {
    const wanted = await readersBehind(workspace, readers);
    if (!wanted.some(({ canWait }) => canWait)) return wanted;
    // A run gives a sign of life every five seconds.
    const [importing] = await database.run(sql`
      select 1 from ${raw(identifier(workspace.schema))}.import where state = 'running' and updated_at > now() - interval '30 seconds' limit 1`);
    return importing ? wanted.filter(({ canWait }) => !canWait) : wanted;
  };

  const onCommit = ({ id }: { id: string }): void => wake(id);
  commits.on('commit', onCommit);
  const listening = listen(database, EVENT_CHANNEL, wake);
  const sweeping = every(
    SWEEP_MS,
    async () => {
      for (const id of await readyWorkspaces(database)) wake(id);
    },
    onError,
  );
  return {
    async stop() {
      stopped = true;
      commits.off('commit', onCommit);
      await Promise.all([sweeping.stop(), listening.stop(), ...running.values()]);
    },
  };
}

/** While the database is away, everything fails in the same way each second: it is said once a minute. */
function reporter(report: (line: string) => void): (error: unknown) => void {
  const said = new Map<string, number>();
  return (error) => {
    const line = withoutValues(lineOf(error));
    if (Date.now() < (said.get(line) ?? 0) + 60_000) return;
    if (said.size > 100) said.clear();
    said.set(line, Date.now());
    report(`In the background: ${line}`);
  };
}
