import { guestsOf } from '#kernel/calendar/invitation-state.ts';
import type { CalendarEvents } from '#kernel/calendar/read-events.ts';
import type { Connection } from '#kernel/database/connection.ts';
import { identifier, raw, sql } from '#kernel/database/sql.ts';
import type { RecordOf } from '#kernel/object/definition.ts';
import type { Filter } from '#kernel/query/filter.ts';
import type { Records } from '#kernel/records/records.ts';
import { hashOf, meetingKey, meetingOf, ownMeetingIn } from '../calendar/keep-meeting.ts';
import { meetingSeries } from '../calendar/meeting-series.object.ts';
import { identify, normalAddress } from '../identify.ts';
import { interaction } from '../interaction.object.ts';
import { participant } from '../participant.object.ts';
import type { MailboxOwner } from './received-mail.ts';

export interface InvitationContext {
  readonly connection: Connection;
  readonly schema: string;
  /** Through which the mails came. */
  readonly mailbox: string;
  readonly owner: MailboxOwner;
  /** Of times that name no zone. */
  readonly timeZone: string;
  readonly now: Date;
}

/** Whoever knows a meeting's UID can write as many answers as they like, from as many addresses. */
const MOST_UNINVITED = 20;

/**
 * Notes what somebody who was invited says, with them: nobody answers for another one, nor to what is no longer so. Of whoever
 * was not invited it is kept that they answered, and nothing else comes of it.
 * @returns the meeting
 */
export async function keepAnswer(
  records: Records,
  event: CalendarEvents,
  sender: string,
  method: 'REPLY' | 'COUNTER',
  context: InvitationContext,
): Promise<string | null> {
  const { connection, schema } = context;
  const own = ownMeetingIn(event.uid);
  let first: string | null = null;
  const series = own ? await records.find(meetingSeries, { id: own }, { fields: [] }) : null;
  const all = own && !series ? event.occurrences.slice(0, 1) : event.occurrences;
  for (const { one, found } of await meetingsMeant(records, event.uid, own, series !== null, all, context.now)) {
    const said = one.attendees.find(({ address }) => address === sender);
    const response = method === 'COUNTER' ? 'tentative' : said?.response;
    if (!said || !response || response === 'needs-action') continue;
    first ??= found.id;
    const guest = (await guestsOf(connection, schema, series ? own! : found.id)).find(
      ({ address }) => address === sender,
    );
    if (guest && (event.sequence < guest.sequence || guest.state === 'cancelled')) continue;
    const answered = { ...event, sequence: guest ? guest.sequence : event.sequence };
    if ((await noteNewest(context, answerKey(found.id, sender), answered, hashOf(sender))) !== 'newest') continue;
    const meeting = meetingOf(found);
    const there = { start: one.start.toISOString(), length: Math.round((+one.end - +one.start) / 1_000) };
    const isOther = there.start !== meeting.start || there.length !== meeting.length;
    const proposes = method === 'COUNTER' && isOther && there.length > 0 && one.start > context.now;
    const changes = {
      ...{ response, comment: one.comment || null },
      ...{ proposedAt: proposes ? there.start : null, proposedDuration: proposes ? there.length : null },
    } as const;
    const { items } = await records.list(participant, { filter: { interaction: found.id }, limit: 500 });
    const asked = guest && series ? await records.find(participant, { id: guest.participant }) : null;
    const isInvited = ({ id, address, role, contact, user }: (typeof items)[number]) =>
      guest && !series
        ? id === guest.participant
        : role !== 'uninvited' &&
          (address === sender ||
            (asked !== null && isSomebody(asked) && asked.contact === contact && asked.user === user));
    const answering = items.find(isInvited) ?? items.find(({ address }) => address === sender);
    // Of a series, whoever was invited to others of it.
    if (!answering && guest && series) continue;
    if (answering) await records.update(participant, answering.id, changes as never);
    else if (items.filter(({ role }) => role === 'uninvited').length < MOST_UNINVITED) {
      const normal = normalAddress(sender) ?? sender;
      const known = (await identify(records, [normal])).get(normal);
      await records.create(participant, {
        ...{ interaction: found.id, role: 'uninvited', name: said.name || sender, address: sender, ...changes },
        ...{ contact: known?.contact ?? null, owner: found.owner },
      } as never);
    }
  }
  return first;
}

/** Which meetings somebody answers to: of a series of ours all that are to come, or the one that is named. */
async function meetingsMeant(
  records: Records,
  uid: string,
  own: string | null,
  isSeries: boolean,
  occurrences: CalendarEvents['occurrences'],
  now: Date,
) {
  const meant: { one: CalendarEvents['occurrences'][number]; found: RecordOf<typeof interaction> }[] = [];
  for (const one of occurrences) {
    if (isSeries && one.recurrence === '') {
      const coming = { series: own!, state: 'planned', at: { gte: now.toISOString() } };
      const { items } = await records.list(interaction, { filter: coming, sort: ['at'], limit: 500 });
      // What they say of the time is said of the first.
      for (const found of items) meant.push({ one: { ...one, start: new Date(found.at), end: endOf(found) }, found });
      continue;
    }
    const key = { messageKey: meetingKey(uid, one.recurrence) };
    const filter: Filter = isSeries ? { series: own!, occursAt: one.recurrence } : own ? { id: own } : key;
    const found = await records.find(interaction, filter);
    if (found) meant.push({ one, found });
  }
  return meant;
}

function endOf({ at, duration }: RecordOf<typeof interaction>): Date {
  return new Date(Date.parse(at) + (duration ?? 3_600) * 1_000);
}

const isSomebody = ({ contact, user }: { contact: string | null; user: string | null }) => Boolean(contact ?? user);

/** Whoever invited does not want the other time that was proposed from here. @returns the meeting */
export async function keepRefusal(
  records: Records,
  event: CalendarEvents,
  sender: string,
  context: InvitationContext,
): Promise<string | null> {
  for (const { recurrence } of event.occurrences) {
    const key = meetingKey(event.uid, recurrence);
    const found = await records.find(interaction, { messageKey: key }, { fields: [] });
    if (!found || !(await isOrganizer(context, key, sender))) continue;
    const { items } = await records.list(participant, { filter: { interaction: found.id }, limit: 500 });
    for (const { id, address, proposedAt } of items)
      if (proposedAt && address && context.owner.addresses.has(address))
        await records.update(participant, id, { proposedAt: null, proposedDuration: null } as never);
    return found.id;
  }
  return null;
}

/**
 * Whether nothing newer was heard of a meeting; notes that this was.
 * @returns `known` for what was heard before, or is older; `other` where somebody else than before says it
 */
export async function noteNewest(
  { connection, schema }: Pick<InvitationContext, 'connection' | 'schema'>,
  key: string,
  { sequence, stampedAt }: Pick<CalendarEvents, 'sequence' | 'stampedAt'>,
  by: string,
): Promise<'newest' | 'known' | 'other'> {
  const at = (stampedAt ?? new Date(0)).toISOString();
  const noted = await connection.execute(sql`
    insert into ${raw(identifier(schema))}.invitation as i (key, organizer, sequence, stamped_at)
    values (${key}, ${by}, ${sequence}::bigint, ${at}::timestamptz)
    on conflict (key) do update set sequence = excluded.sequence, stamped_at = excluded.stamped_at
      where i.organizer = excluded.organizer and (i.sequence, i.stamped_at) < (excluded.sequence, excluded.stamped_at)`);
  if (noted > 0) return 'newest';
  return (await isOrganizer({ connection, schema }, key, by)) ? 'known' : 'other';
}

async function isOrganizer(
  { connection, schema }: Pick<InvitationContext, 'connection' | 'schema'>,
  key: string,
  by: string,
): Promise<boolean> {
  const [row] = await connection.run(sql`
    select organizer = ${by} from ${raw(identifier(schema))}.invitation where key = ${key}`);
  return row?.[0] === true;
}

const answerKey = (meeting: string, sender: string) => `answer:${meeting}:${hashOf(sender)}`;
