import type { Principal } from '#kernel/access/access.ts';
import {
  guestsOf,
  keepGuest,
  type MeetingGuest,
  type MeetingInvitation,
  settleInvitation,
} from '#kernel/calendar/invitation-state.ts';
import type { SeriesEvent } from '#kernel/calendar/series-event.ts';
import type { Connection } from '#kernel/database/connection.ts';
import type { Workspace } from '#kernel/records/door.ts';
import type { Records } from '#kernel/records/records.ts';
import { hashOf, meetingOf, meetingsOf, type Occurrence, participant, type Series } from '#modules/channels/index.ts';
import { seriesEventOf } from './calendar-series.ts';
import { type Invitee, inviteesOf } from './invitees.ts';
import { queueMeetingMail } from './meeting-mail.ts';
import { type MailPerson, notesOn, type Sender } from './outgoing.ts';

/**
 * What somebody knows of a series, as hashes: under `WHOLE` all of it, under a moment the one that would have begun then, where they
 * know something of it that they do not know of the others.
 */
type View = Readonly<Record<string, string>>;

const WHOLE = '';
const OFF = 'off';

interface Telling {
  readonly invitation: MeetingInvitation;
  readonly series: Series;
  /** It was deleted. */
  readonly isGone: boolean;
  readonly sender: Sender;
  readonly from: MailPerson;
  readonly now: Date;
}

/**
 * Tells each guest of a series what they do not know: all of it, or one that became another one. Whoever takes part in some of them
 * only is invited to those.
 * @param program who looks whether somebody may be written to
 */
export async function tellSeries(
  records: Records,
  connection: Connection,
  workspace: Workspace,
  program: Principal,
  { invitation, series, isGone, sender, from, now }: Telling,
): Promise<void> {
  const { schema } = workspace;
  const { interaction: id, organizer, message, user } = invitation;
  const meetings = isGone ? [] : await meetingsOf(records, series.id);
  const ahead = meetings.filter((one) => endOf(one) > now);
  // Of a series that has ended, whoever was in the last of it hears that it goes no further.
  const coming = ahead.length > 0 ? ahead : meetings.slice(-1);
  const invited = await inviteesOf(records, coming, sender, organizer);
  const event = forGuests(seriesEventOf(series, meetings, now), message);
  const told = (invitation.told as { views: Record<string, View> } | null)?.views ?? {};
  const guests = new Map((await guestsOf(connection, schema, id)).map((one) => [one.address, one]));
  const people = new Map([...invited.values()].flatMap((all) => all.map((one) => [one.address, one] as const)));
  const views = viewsOf(event, coming, invited, { told, now });
  const said = new Set([...event.without, ...event.changed.map((one) => one.recurrence)].map((at) => at.toISOString()));
  const news = [...new Set([...people.keys(), ...guests.keys()])].map((address) => {
    const view = views.get(address) ?? {};
    return { address, view, changed: changedIn(told[hashOf(address)] ?? {}, view, said, now) };
  });
  const isNews = news.some(({ changed }) => changed.length > 0);
  const sequence = invitation.sequence + (invitation.told !== null && isNews ? 1 : 0);
  const { timeZone } = await records.read('user', series.owner ?? user, { fields: ['timeZone'] });
  const kept: Record<string, View> = {};
  for (const { address, view, changed } of news) {
    const known = guests.get(address);
    const person = people.get(address);
    const to = { name: person?.name ?? '', address };
    const list = { to: [to], cc: [], bcc: [], replyTo: null };
    const stop = person ? (await notesOn(workspace, program, list)).find(({ stops }) => stops) : undefined;
    let guest: MeetingGuest = {
      ...{ address, participant: person?.participant ?? known!.participant, outgoing: null, mail: known?.mail ?? null },
      language: person?.language || known?.language || workspace.settings.language,
      // What somebody answers to all of it, they answer to what they heard of all of it.
      sequence: known && !changed.includes(WHOLE) ? known.sequence : sequence,
      ...{
        state: stop ? 'kept-out' : Object.keys(view).length > 0 ? 'invited' : 'cancelled',
        fault: stop?.code ?? null,
      },
    };
    if (!stop) {
      kept[hashOf(address)] = view;
      for (const name of changed) {
        const mail = await send(name, view[name], guest, to, known?.state === 'invited');
        guest = { ...guest, outgoing: mail.outgoing, mail: mail.interaction };
      }
    }
    await keepGuest(connection, schema, id, guest);
  }
  if (invitation.told !== null) await askAgain(records, ahead, invited, told, views);
  await settleInvitation(connection, schema, id, { sequence, told: isGone ? null : { views: kept } });

  function send(name: string, says: string | undefined, guest: MeetingGuest, to: MailPerson, isKnown: boolean) {
    const one = name === WHOLE ? coming[0] : coming.find(({ occursAt }) => occursAt === name);
    const isOff = name === WHOLE ? says === undefined : says === OFF || !one;
    const usual = { length: event.length, subject: event.summary, place: event.location ?? '' };
    const start = one?.at ?? (name === WHOLE ? now.toISOString() : name);
    const meeting = name === WHOLE || !one ? { ...usual, start, body: '', isCancelled: false } : meetingOf(one);
    const attending = isOff || !one ? [] : (invited.get(one.id) ?? []);
    const attendees = attending.map(({ name: of, address, response }) => ({
      ...{ name: of, address, response: response ?? ('needs-action' as const) },
    }));
    return queueMeetingMail(records, connection, workspace, {
      ...{ kind: isOff ? 'cancelled' : isKnown ? 'changed' : 'invited', method: isOff ? 'CANCEL' : 'REQUEST' },
      ...{ writer: user, sender, from, to, language: guest.language, after: guest.mail, organizer },
      ...{ timeZone: String(timeZone), uid: event.uid, sequence, meeting, message: isOff ? '' : message },
      about: {
        ...(series.account ? { account: series.account } : {}),
        ...(series.opportunity ? { opportunity: series.opportunity } : {}),
      },
      ...(name === WHOLE && isOff ? {} : { series: event }),
      ...(name === WHOLE ? {} : { recurrence: new Date(name) }),
      attendees: attendees.length > 0 ? attendees : [{ ...to, response: 'needs-action' }],
    });
  }
}

/** What each guest is to know. */
function viewsOf(
  event: SeriesEvent,
  coming: readonly Occurrence[],
  invited: ReadonlyMap<string, readonly Invitee[]>,
  { told, now }: { told: Readonly<Record<string, View>>; now: Date },
): ReadonlyMap<string, View> {
  const { pattern, length, summary, location, description } = event;
  const whole = hashOf(JSON.stringify([pattern, length, summary, location, description]));
  const own = new Map(event.changed.map((one) => [one.recurrence.toISOString(), one]));
  const planned = coming.filter(({ state }) => state !== 'cancelled');
  const isIn = (address: string, one: Occurrence) => invited.get(one.id)!.some((of) => of.address === address);
  const views = new Map<string, View>();
  for (const address of new Set([...invited.values()].flatMap((all) => all.map((one) => one.address)))) {
    // Whoever takes part in most of them takes part in the series; whoever was invited to some, not because one of those is the last.
    const known = told[hashOf(address)];
    const times = planned.filter((one) => isIn(address, one)).length * 2;
    const isWhole = known && WHOLE in known ? times >= planned.length : times > planned.length && (!known || times > 2);
    const view: Record<string, string> = isWhole ? { [WHOLE]: whole } : {};
    for (const one of coming) {
      const differs = own.get(one.occursAt!);
      const isOff = one.state === 'cancelled' || !isIn(address, one);
      const { start, length: lasts, subject, place } = meetingOf(one);
      if (isOff ? isWhole : differs || !isWhole)
        view[one.occursAt!] = isOff ? OFF : hashOf(JSON.stringify([start, lasts, subject, place, description]));
    }
    if (isWhole) for (const at of event.without) if (at > now) view[at.toISOString()] = OFF;
    views.set(address, view);
  }
  return views;
}

/** Of what somebody has to hear: all of it says what there is of each. What has been, nobody hears of. @param said with all of it */
function changedIn(before: View, view: View, said: ReadonlySet<string>, now: Date): string[] {
  const isComing = (name: string) => new Date(name) > now;
  if (view[WHOLE] !== before[WHOLE]) {
    const own = momentsIn(view).filter((name) => isComing(name) && (view[WHOLE] === undefined || !said.has(name)));
    return [WHOLE, ...own.sort()];
  }
  const names = new Set([...momentsIn(before), ...momentsIn(view)]);
  return [...names].filter((name) => before[name] !== view[name] && isComing(name)).sort();
}

const momentsIn = (view: View) => Object.keys(view).filter((name) => name !== WHOLE);

/** At another time what was said of the one before says nothing, but from whoever wanted it so. */
async function askAgain(
  records: Records,
  coming: readonly Occurrence[],
  invited: ReadonlyMap<string, readonly Invitee[]>,
  told: Readonly<Record<string, View>>,
  views: ReadonlyMap<string, View>,
): Promise<void> {
  for (const meeting of coming) {
    const asked = invited.get(meeting.id)!.filter(({ address }) => {
      const [before, view] = [told[hashOf(address)], views.get(address)];
      if (!before || !view) return false;
      return before[WHOLE] !== view[WHOLE] || before[meeting.occursAt!] !== view[meeting.occursAt!];
    });
    if (asked.length === 0) continue;
    const ids = asked.map((one) => one.participant);
    const { items } = await records.list(participant, { filter: { id: { in: ids } }, limit: 500 });
    for (const one of items) {
      if (one.response === null && one.proposedAt === null) continue;
      const isTheirs = one.proposedAt !== null && +new Date(one.proposedAt) === +new Date(meeting.at);
      const cleared = { proposedAt: null, proposedDuration: null, comment: null };
      await records.update(participant, one.id, { response: isTheirs ? 'accepted' : null, ...cleared } as never);
    }
  }
}

/** What somebody noted of a meeting is not for its guests; what they are to read is typed for them. */
function forGuests(event: SeriesEvent, message: string): SeriesEvent {
  const changed = event.changed.flatMap(({ description: _, ...one }) => {
    const isUsual = one.summary === event.summary && one.location === event.location && one.length === event.length;
    const isSame = isUsual && one.state !== 'cancelled' && +one.start === +one.recurrence;
    return isSame ? [] : { ...one, description: message };
  });
  return { ...event, description: message, changed };
}

function endOf({ at, duration }: Occurrence): Date {
  return new Date(Date.parse(at) + (duration ?? 3_600) * 1_000);
}
