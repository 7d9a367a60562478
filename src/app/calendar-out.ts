import {
  calendarsOf,
  dropLink,
  dropObject,
  keepLink,
  keepObject,
  linkedAmong,
  linksOf,
} from '#kernel/calendar/calendar-state.ts';
import { changeEvent, withoutOccurrence } from '#kernel/calendar/change-event.ts';
import { writeCalendar } from '#kernel/calendar/ics.ts';
import { type ReceivedInvitation, receivedOf } from '#kernel/calendar/invitation-state.ts';
import { UnreadableEvent } from '#kernel/calendar/read-events.ts';
import type { Records } from '#kernel/records/records.ts';
import {
  AHEAD_DAYS,
  changedSince,
  interaction,
  type Meeting,
  meetingOf,
  meetingSeries,
  remembered,
  uidOf,
} from '#modules/channels/index.ts';
import { type Base, inDays, type Round } from './calendar-round.ts';
import { linkNewOccurrence, OF_SERIES, writeChangedSeries, writeNewSeries } from './calendar-series.ts';

const PAGE = 500;

/** What changed here goes to the server, and what was planned here. */
export async function writeOut(ours: Round): Promise<void> {
  const { workspace, records, connected, open, timeZone, now, keep } = ours;
  const { database, schema } = workspace;
  await writeChangedSeries(ours);
  const links = (await linksOf<Base>(database, schema, connected.id)).filter((one) => one.recurrence !== OF_SERIES);
  const rows = await byId(
    records,
    links.map((one) => one.interaction),
  );
  const answers = answersBy(await receivedOf(database, schema, [...rows.keys()]));
  for (const link of links) {
    const row = rows.get(link.interaction);
    if (row ? row.owner !== connected.user : !link.base.isOwn) continue;
    const said = answers.get(link.interaction);
    const answer = said && link.base.answer !== said.response ? said : undefined;
    // Whoever does not go has not called it off.
    const here = row ? { ...meetingOf(row), ...(said?.response === 'declined' ? { isCancelled: false } : {}) } : null;
    const changed = here ? changedSince(link.base, here) : null;
    if (changed?.size === 0 && !answer) continue;
    const [object] = await open.read([link.href]);
    if (!object) continue;
    const owner = { timeZone };
    let text: string | null;
    try {
      text = here
        ? changeEvent(
            object.text,
            answer?.isOfAll && changed!.size === 0 ? '' : link.recurrence,
            { ...eventChanges(changed!, here), ...(answer ? { answer } : {}) },
            owner,
            now,
          )
        : withoutOccurrence(object.text, link.recurrence, owner, now);
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      continue;
    }
    const isDone =
      text === null ? await open.remove(link.href, object.etag) : await open.write(link.href, text, object.etag);
    // Somebody was faster: the next round reads what they wrote first.
    await keep(async (_, connection) => {
      if (isDone && here)
        await keepLink(connection, schema, connected.id, {
          ...link,
          base: { ...link.base, ...remembered(here), ...(answer ? { answer: answer.response } : {}) },
        });
      if (isDone && !here) await dropLink(connection, schema, connected.id, link);
      if (text === null && isDone) await dropObject(connection, schema, connected.id, link.href);
      else
        await keepObject(connection, schema, connected.id, { href: link.href, etag: '', againAt: null, fault: null });
    });
  }
  const [first] = await calendarsOf(database, schema, { user: connected.user });
  // Somebody with several calendars has what is planned here in the first.
  if (first?.id === connected.id) await writeNew(ours);
}

/** What was answered here, by the meeting; of a series whether all of it was answered alike. */
function answersBy(received: readonly ReceivedInvitation[]) {
  const bySeries = Map.groupBy(received, ({ uid, address }) => `${uid} ${address}`);
  return new Map(
    [...bySeries.values()].flatMap((all) =>
      all.flatMap(({ interaction: id, address, answer }) => {
        const isOfAll = all.every((one) => one.answer === answer);
        return answer ? [[id, { address, response: answer, isOfAll }] as const] : [];
      }),
    ),
  );
}

async function writeNew(ours: Round): Promise<void> {
  const { workspace, records, connected, open, now, keep } = ours;
  const { database, schema } = workspace;
  const planned = [];
  for (let cursor: string | undefined; ; ) {
    const page = await records.list(interaction, {
      filter: {
        owner: connected.user,
        channel: { in: ['meeting', 'visit'] },
        state: 'planned',
        at: { gte: inDays(now, -1).toISOString(), lt: inDays(now, AHEAD_DAYS).toISOString() },
      },
      ...{ expand: ['account', 'contact'], limit: PAGE },
      ...(cursor ? { cursor } : {}),
    });
    planned.push(...page.items);
    if (page.next === null) break;
    cursor = page.next;
  }
  const linked = await linkedAmong(
    database,
    schema,
    planned.map(({ id }) => id),
  );
  const links = await linksOf(database, schema, connected.id);
  const files = new Map(links.flatMap((one) => (one.recurrence === OF_SERIES ? [[one.interaction, one.href]] : [])));
  const written = new Set<string>();
  for (const row of planned) {
    if (linked.has(row.id) || (row.series !== null && written.has(row.series))) continue;
    const series = row.series && (await records.find(meetingSeries, { id: row.series }));
    if (series) {
      const href = files.get(series.id);
      if (href) await linkNewOccurrence(ours, href, series, row);
      else written.add(series.id);
      if (!href && series.owner === connected.user) await writeNewSeries(ours, series);
      continue;
    }
    const here = meetingOf(row);
    const href = open.hrefOf(`${row.id}.ics`);
    const text = writeCalendar(null, [
      {
        ...{ uid: uidOf(row.id), start: new Date(here.start), end: endOf(here), changedAt: now },
        ...{ summary: here.subject, description: here.body, location: here.place },
      },
    ]);
    // False when a round that was ended half way wrote it before: it is ours by its name.
    await open.write(href, text, null);
    await keep(async (_, connection) => {
      await keepLink(connection, schema, connected.id, {
        ...{ href, recurrence: '', interaction: row.id },
        base: { ...remembered(here), attendees: [], isOwn: true } satisfies Base,
      });
      await keepObject(connection, schema, connected.id, { href, etag: '', againAt: null, fault: null });
    });
  }
}

async function byId(records: Records, ids: readonly string[]) {
  const found = new Map<string, Awaited<ReturnType<typeof records.read<typeof interaction>>>>();
  for (let at = 0; at < ids.length; at += PAGE) {
    const filter = { id: { in: [...new Set(ids.slice(at, at + PAGE))] } };
    for (const row of (await records.list(interaction, { filter, limit: PAGE })).items) found.set(row.id, row);
  }
  return found;
}

function eventChanges(changed: ReadonlySet<keyof Meeting>, here: Meeting) {
  const isMoved = changed.has('start') || changed.has('length');
  return {
    ...(isMoved ? { start: new Date(here.start), end: endOf(here) } : {}),
    ...(changed.has('subject') ? { summary: here.subject } : {}),
    ...(changed.has('body') ? { description: here.body } : {}),
    ...(changed.has('place') ? { location: here.place } : {}),
    ...(changed.has('isCancelled') ? { isCancelled: here.isCancelled } : {}),
  };
}

const endOf = ({ start, length }: Meeting) => new Date(Date.parse(start) + length * 1_000);
