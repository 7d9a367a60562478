import { randomUUID } from 'node:crypto';
import { asSystem } from '#kernel/access/access.ts';
import { openCalendar } from '#kernel/calendar/caldav.ts';
import {
  CalendarLeaseLost,
  type ConnectedCalendar,
  calendarsOf,
  holdCalendar,
  leaveCalendar,
  objectsOf,
  passwordOf,
  takeCalendar,
} from '#kernel/calendar/calendar-state.ts';
import { lastPosition } from '#kernel/events/position.ts';
import { asFault, MailFault } from '#kernel/mail/imap/fault.ts';
import { waitAfter } from '#kernel/mail/imap/watch.ts';
import { networkGuard } from '#kernel/net/guard.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { inTransaction, recordsFor } from '#kernel/records/open.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { readyWorkspaces } from '#kernel/workspace/workspace.ts';
import { readIn } from './calendar-in.ts';
import { writeOut } from './calendar-out.ts';
import { isDue, type Round } from './calendar-round.ts';
import { every } from './rounds.ts';
import type { Runtime } from './runtime.ts';

/** How often a calendar is asked whether something is new. */
const EVERY_MS = 60_000;
/** Finds calendars whose time has come. */
const SWEEP_MS = 5_000;
const AT_ONCE = 4;
const VIA = 'calendar';

const program = asSystem('a meeting is with whom it is, whatever the owner of the calendar may see of them');

/** Keeps every connected calendar in step. Whatever goes wrong is noted, told, and tried again. */
export function keepCalendars(
  runtime: Runtime,
  onError: (error: unknown) => void,
  { everyMs = EVERY_MS, sweepMs = SWEEP_MS }: { everyMs?: number; sweepMs?: number } = {},
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const sweep = async (): Promise<void> => {
    for (const id of await readyWorkspaces(runtime.database)) {
      const workspace = await runtime.workspace(id);
      while (running.size < AT_ONCE && !stopping.signal.aborted) {
        const runner = randomUUID();
        const calendar = await takeCalendar(runtime.database, workspace.schema, runner);
        if (calendar === null) break;
        const round = syncTaken(runtime, workspace, calendar, runner, everyMs)
          .catch(onError)
          .then(() => void running.delete(round));
        running.add(round);
      }
    }
  };
  const sweeping = every(sweepMs, sweep, onError);
  return {
    async stop() {
      stopping.abort();
      await sweeping.stop();
      await Promise.all(running);
    },
  };
}

/** One round of one calendar, by whoever takes it; for tests and *Try now*. @returns false when another process has it */
export async function syncCalendar(runtime: Runtime, workspace: Workspace, id: string): Promise<boolean> {
  const runner = randomUUID();
  const taken = await takeCalendar(runtime.database, workspace.schema, runner);
  if (taken === null) return false;
  await syncTaken(runtime, workspace, taken, runner, EVERY_MS);
  return taken === id;
}

async function syncTaken(
  runtime: Runtime,
  workspace: Workspace,
  id: string,
  runner: string,
  everyMs: number,
): Promise<void> {
  const { database } = runtime;
  const { schema } = workspace;
  const [connected] = await calendarsOf(database, schema, { id });
  try {
    const end = await round(runtime, workspace, connected!, runner);
    await leaveCalendar(database, schema, id, runner, everyMs, end);
  } catch (error) {
    if (error instanceof CalendarLeaseLost) return;
    const fault = asFault(error);
    const wait = waitAfter(fault, connected!.attempts);
    const told =
      fault instanceof MailFault ? { fault: fault.code, detail: fault.detail } : { fault: 'other', detail: fault.name };
    await leaveCalendar(database, schema, id, runner, wait, told);
    if (!(fault instanceof MailFault)) throw error;
  }
}

async function round(
  runtime: Runtime,
  workspace: Workspace,
  connected: ConnectedCalendar,
  runner: string,
): Promise<{ tag: string | null; position: number } | null> {
  const { database, schema } = workspace;
  const records = recordsFor(workspace, program, VIA);
  const { id, user, address, calendar, username } = connected;
  const owner = await records.find('user', { id: user, active: true }, { fields: ['timeZone', 'email'] });
  if (!owner) return null;
  const password = await passwordOf(database, schema, await openSecrets(runtime.dataFolder), id);
  const open = openCalendar(networkGuard(), { url: address, username, password }, calendar);
  const ours: Round = {
    ...{ workspace, records, connected, open, timeZone: String(owner.timeZone) },
    ...{ owner: String(owner.email), now: new Date() },
    keep: (work) =>
      inTransaction(workspace, program, VIA, async (inside, connection) => {
        await holdCalendar(connection, schema, id, runner);
        return work(inside, connection);
      }),
  };
  const position = await lastPosition(database, schema);
  const tag = await open.tag();
  const due = (await objectsOf(database, schema, id)).some(
    ({ againAt, etag }) => isDue(againAt, ours.now) || etag === '',
  );
  if (tag === null || tag !== connected.tag || due) await readIn(ours);
  if (position > connected.position || connected.position === 0 || due) await writeOut(ours);
  // What was written changed the tag: the next round reads what the server made of it.
  return { tag, position };
}
