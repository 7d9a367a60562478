import { writeCalendar } from '#kernel/calendar/ics.ts';
import type { Connection } from '#kernel/database/connection.ts';
import { sql } from '#kernel/database/sql.ts';
import { addJob, endJob, type JobDefinition } from '#kernel/jobs/jobs.ts';
import { readMailServer } from '#kernel/mail/mail-server.ts';
import type { Door, Workspace } from '#kernel/records/door.ts';
import { openRecords } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { inUnit } from '#kernel/records/unit.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { interaction, participant } from '#modules/channels/index.ts';
import {
  askedOf,
  type BookingTimes,
  booking,
  bookingPage,
  fairest,
  freeSlots,
  type Question,
  settleStranger,
  tellAnswer,
  titleOf,
} from '#modules/forms/index.ts';
import { type BookingNews, followMeeting } from './follow-meeting.ts';
import { addLetter, type OutgoingLetter } from './mail.ts';
import { programFor } from './public-pages.ts';
import type { Runtime } from './runtime.ts';
import { readSigned, signText } from './signed-text.ts';

/** What a visitor wants, once they have chosen. */
export interface WantedBooking {
  readonly page: string;
  readonly at: Date;
  readonly minutes: number;
  readonly name: string;
  readonly email: string;
  readonly language: string;
  readonly timeZone: string;
  readonly answers: Readonly<Record<string, unknown>>;
  readonly key: string;
}

/** What a link of a letter, or the page after a booking, is good for: that, and nothing else. */
export type BookingLink = 'show' | 'move' | 'cancel';

const MINUTE_MS = 60_000;
/** A page that was just sent is read again for a while. */
const SHOWN_MS = 24 * 3600 * 1_000;

/**
 * Books a time that is still free. Of all who choose the same one at the same moment the first gets it.
 * @returns the booking, and whether this made it; null when the time was taken meanwhile
 * @throws Problem when a rule refuses a record
 */
export async function book(
  runtime: Runtime,
  workspaceId: string,
  wanted: WantedBooking,
): Promise<{ id: string; isNew: boolean } | null> {
  const workspace = await runtime.workspace(workspaceId);
  return alone(workspace, async (inside) => {
    const records = openRecords(inside);
    const known = await records.find(booking, { key: wanted.key }, { fields: [] });
    if (known) return { id: known.id, isNew: false };
    const page = await records.read(bookingPage, wanted.page);
    const slot = await slotAt(workspace, records, page, wanted.at, wanted.minutes);
    if (page.state !== 'open' || !slot) return null;
    const hosts = page.mode === 'together' ? slot.hosts : [await fairest(records, page.id, slot.hosts)];
    const language = workspace.settings.language;
    const asked = askedOf(workspace, (page.questions ?? []) as unknown as readonly Question[], language);
    const valuesOf = (object: string) =>
      Object.fromEntries(
        asked.flatMap((one) =>
          one.object === object && wanted.answers[one.key] !== undefined ? [[one.field, wanted.answers[one.key]]] : [],
        ),
      );
    const settled = await settleStranger(inside, {
      ...{ name: wanted.name, email: wanted.email, phone: null, language: wanted.language, makesAccount: false },
      contact: { ...namesIn(wanted.name), ...valuesOf('contact'), emails: [{ value: wanted.email, label: null }] },
      account: valuesOf('account'),
      owner: hosts[0]!,
    });
    const title = titleOf(page, language);
    const body = asked
      .flatMap((one) => {
        const told = tellAnswer(one, wanted.answers[one.key], language);
        return told === '' ? [] : [`${one.label}: ${told}`];
      })
      .join('\n');
    const meeting = await records.create(interaction, {
      ...{ channel: 'meeting', direction: 'in', state: 'planned', at: wanted.at.toISOString() },
      ...{ subject: `${title} · ${wanted.name}`.slice(0, 255), body: body || null, duration: wanted.minutes * 60 },
      ...{ contact: settled.contact, account: settled.account, place: page.place, owner: hosts[0]! },
    });
    const attending = [
      { name: wanted.name, address: wanted.email, contact: settled.contact },
      ...hosts.map((user) => ({ user })),
    ];
    for (const one of attending)
      await records.create(participant, { ...one, interaction: meeting.id, role: 'attendee', owner: hosts[0]! });
    const made = await records.create(booking, {
      ...{ name: wanted.name, page: page.id, interaction: meeting.id, contact: settled.contact, hosts: [...hosts] },
      ...{ at: wanted.at.toISOString(), minutes: wanted.minutes, email: wanted.email, language: wanted.language },
      ...{ timeZone: wanted.timeZone, answers: wanted.answers, key: wanted.key, owner: hosts[0]! },
      suggestions: settled.suggestions.length > 0 ? settled.suggestions : null,
    });
    await tell(runtime, inside, made.id, 'bookingMade');
    return { id: made.id, isNew: true };
  });
}

/** Moves a booking to another time with the same people. @returns false when that was taken meanwhile, or it is over */
export function moveBooking(runtime: Runtime, workspace: Workspace, known: KnownBooking, at: Date): Promise<boolean> {
  return alone(workspace, async (inside) => {
    const records = openRecords(inside);
    const booked = await stillBooked(records, known);
    if (!booked) return false;
    const page = await records.read(bookingPage, booked.page);
    const slot = await slotAt(workspace, records, withHosts(page, booked.hosts), at, booked.minutes, booked);
    if (!slot) return false;
    await records.update(interaction, booked.interaction!, { at: at.toISOString() });
    await records.update(booking, booked.id, { at: at.toISOString(), sequence: booked.sequence + 1 });
    await tell(runtime, inside, booked.id, 'bookingMoved');
    return true;
  });
}

/** @returns false when it is over already */
export function cancelBooking(runtime: Runtime, workspace: Workspace, known: KnownBooking): Promise<boolean> {
  return alone(workspace, async (inside) => {
    const records = openRecords(inside);
    const booked = await stillBooked(records, known);
    if (!booked) return false;
    await records.update(interaction, booked.interaction!, { state: 'cancelled' });
    await records.update(booking, booked.id, { state: 'cancelled', sequence: booked.sequence + 1 });
    await tell(runtime, inside, booked.id, 'bookingCancelled');
    return true;
  });
}

/** The times to which a booking can be moved are those of its own hosts, together. */
export function withHosts<Page extends BookingTimes>(page: Page, hosts: readonly string[] | null): Page {
  return { ...page, hosts, mode: 'together' };
}

export interface KnownBooking {
  readonly workspaceId: string;
  readonly id: string;
  readonly sequence: number;
}

export async function bookingLink(
  runtime: Runtime,
  { workspaceId, id, sequence }: KnownBooking,
  what: BookingLink,
  until: number,
): Promise<string> {
  const secrets = await openSecrets(runtime.dataFolder);
  return signText(secrets, `booking ${what}`, `${workspaceId}.${id}.${sequence}`, until);
}

/** For a page that was just sent. */
export function shownUntil(now = Date.now()): number {
  return now + SHOWN_MS;
}

/** Which booking a link is good for; null for one that was made for something else, or is too old. */
export async function readBookingLink(runtime: Runtime, what: BookingLink, link: string): Promise<KnownBooking | null> {
  const value = readSigned(await openSecrets(runtime.dataFolder), `booking ${what}`, link);
  const [workspaceId, id, sequence] = value?.split('.') ?? [];
  return workspaceId && id ? { workspaceId, id, sequence: Number(sequence) } : null;
}

/**
 * Reminds the visitor once, unless the meeting was moved or cancelled meanwhile, by them or in somebody's calendar; and lets a booking
 * follow its meeting.
 */
export function bookingJob(runtime: Runtime): JobDefinition {
  return {
    kind: 'booking',
    async run(payload, { id: job, workspaceId }) {
      const { id, sequence, follows, by = null } = payload as unknown as BookingPayload;
      return alone(await runtime.workspace(workspaceId), async (inside) => {
        const records = openRecords(inside);
        if (follows) {
          const kind = await followMeeting(records, id);
          const told = (await endJob(inside.unit.connection, job, { told: kind })) && kind !== null;
          if (told) await tell(runtime, inside, id, kind, by);
          return { told: told ? kind : null };
        }
        const booked = await stillBooked(records, { workspaceId, id, sequence });
        const meeting = booked?.interaction ? await records.find(interaction, { id: booked.interaction }) : null;
        const isToCome = meeting?.state === 'planned' && meeting.at === booked?.at && new Date(meeting.at) > new Date();
        const sent = (await endJob(inside.unit.connection, job, { sent: isToCome })) && isToCome;
        if (sent) await tell(runtime, inside, id, 'bookingSoon');
        return { sent };
      });
    },
  };
}

interface BookingPayload {
  readonly id: string;
  readonly sequence: number;
  /** Whether the meeting is another one by now than what was booked; `by` is who made it so. */
  readonly follows?: boolean;
  readonly by?: string | null;
}

const waiting = new Map<string, Promise<unknown>>();

/**
 * One booking of a company at a time: in this process by a queue, so that those who wait hold no connection, between processes by a
 * lock that ends with the transaction.
 */
async function alone<T>(workspace: Workspace, work: (inside: Inside) => Promise<T>): Promise<T> {
  const before = waiting.get(workspace.id) ?? Promise.resolve();
  const mine = before.then(() =>
    inUnit(doorOf(workspace), {}, async (inside) => {
      await inside.unit.connection.run(
        sql`select pg_advisory_xact_lock(hashtextextended(${`${workspace.id} bookings`}, 0))`,
      );
      return work(inside);
    }),
  );
  const settled = mine.catch(() => {});
  waiting.set(workspace.id, settled);
  void settled.then(() => {
    if (waiting.get(workspace.id) === settled) waiting.delete(workspace.id);
  });
  return mine;
}

type Inside = Parameters<Parameters<typeof inUnit<unknown>>[2]>[0];

function doorOf(workspace: Workspace): Door {
  return { workspace, principal: programFor(workspace), via: 'booking', unit: null, trusted: true };
}

async function stillBooked(records: Records, { id, sequence }: KnownBooking) {
  const booked = await records.find(booking, { id });
  return booked?.state === 'booked' && booked.sequence === sequence ? booked : null;
}

async function slotAt(
  workspace: Workspace,
  records: Records,
  page: BookingTimes,
  at: Date,
  minutes: number,
  except?: { id: string; interaction: string | null },
) {
  const until = new Date(at.getTime() + minutes * MINUTE_MS);
  const slots = await freeSlots(workspace, records, page, { minutes, from: at, until, ...(except ? { except } : {}) });
  return slots.find(({ from }) => +from === +at);
}

/** `Monday 23 November 2026, 10:00–10:30 (Europe/Vilnius)` */
export function timeInWords(at: Date, minutes: number, language: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    ...{ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' },
    timeZone,
  });
  return `${format.formatRange(at, new Date(at.getTime() + minutes * MINUTE_MS))} (${timeZone})`;
}

/**
 * The letters of what happened, in its transaction: to the visitor with the appointment, and to whoever they meet.
 * @param by one of those, who did it and knows
 */
async function tell(
  runtime: Runtime,
  inside: Inside,
  id: string,
  kind: BookingNews,
  by: string | null = null,
): Promise<void> {
  const records = openRecords(inside);
  const { workspace } = inside;
  const { connection } = inside.unit;
  const server = await readMailServer(runtime.database, workspace.id);
  const booked = await records.read(booking, id);
  const page = await records.read(bookingPage, booked.page);
  const users = await records.list('user', { filter: { id: { in: [...(booked.hosts ?? [])] } }, limit: 100 });
  const known = { workspaceId: workspace.id, id, sequence: booked.sequence };
  const at = new Date(booked.at);
  const send = (letter: OutgoingLetter) => addLetter(runtime, connection, workspace.id, letter);
  const language = booked.language ?? workspace.settings.language;
  const title = titleOf(page, language);
  const isOver = kind === 'bookingCancelled';
  const names = users.items.map(({ name }) => String(name)).join(', ');
  const calendar = writeCalendar(null, [
    {
      uid: `${booked.interaction}@${server ? new URL(server.site).host : 'tendero'}`,
      start: at,
      end: new Date(at.getTime() + booked.minutes * MINUTE_MS),
      summary: `${title} · ${workspace.name}`,
      ...(page.place ? { location: page.place } : {}),
      state: isOver ? 'cancelled' : 'confirmed',
      changedAt: new Date(),
    },
  ]);
  await send({
    kind,
    to: { name: '', address: booked.email },
    language,
    lines: [
      timeInWords(at, booked.minutes, language, booked.timeZone ?? workspace.settings.timeZone),
      names,
      page.place ?? '',
    ].filter(Boolean),
    ...(isOver
      ? {}
      : {
          path: `/b/move/${await bookingLink(runtime, known, 'move', +at)}`,
          second: `/b/cancel/${await bookingLink(runtime, known, 'cancel', +at)}`,
        }),
    calendar,
    params: { page: title },
  });
  if (kind !== 'bookingSoon') {
    const what = { bookingMade: 'made', bookingMoved: 'moved', bookingCancelled: 'cancelled' }[kind];
    for (const { id: host, name, email, language: own, timeZone } of users.items)
      if (host !== by)
        await send({
          kind: `bookingTold.${what as 'made' | 'moved' | 'cancelled'}`,
          to: { name: String(name), address: String(email) },
          language: String(own),
          lines: [timeInWords(at, booked.minutes, String(own), String(timeZone)), `${booked.name} · ${booked.email}`],
          path: `/o/interaction/${booked.interaction}`,
          params: { page: page.name, who: booked.name },
        });
  }
  if (kind === 'bookingMade' || kind === 'bookingMoved')
    await remind(connection, workspace.id, page.remindHours, known, at);
}

/** The last word is the family's. */
function namesIn(name: string): Record<string, string> {
  const [, first, last] = /^(.+)\s(\S+)$/.exec(name.trim()) ?? [];
  return first && last
    ? { firstName: first.slice(0, 120), lastName: last.slice(0, 120) }
    : { lastName: name.slice(0, 120) };
}

async function remind(
  connection: Connection,
  workspaceId: string,
  hours: number | null,
  { id, sequence }: KnownBooking,
  at: Date,
): Promise<void> {
  const runAt = new Date(at.getTime() - (hours ?? 0) * 60 * MINUTE_MS);
  if (hours === null || runAt <= new Date()) return;
  await addJob(connection, { workspaceId, kind: 'booking', payload: { id, sequence }, createdBy: null, runAt });
}
