import type { RecordOf } from '#kernel/object/definition.ts';
import type { Records } from '#kernel/records/records.ts';
import { interaction } from '../interaction.object.ts';
import { participant } from '../participant.object.ts';

type Participant = RecordOf<typeof participant>;

/** Of those that are to come so many tell who takes part in a series. */
const TELLING = 5;
const PAGE = 500;

/**
 * Who takes part in a series: in most of the last that are laid of it. Whoever was added to one of them alone does not, and whoever
 * was taken out of one alone does.
 */
export async function regularsOf(records: Records, series: string, now: Date): Promise<Participant[]> {
  const last = async (more: object, limit: number) =>
    (await records.list(interaction, { filter: { series, ...more }, sort: ['-occursAt'], limit, fields: [] })).items;
  const coming = await last({ state: 'planned', at: { gt: now.toISOString() } }, TELLING);
  const meetings = coming.length > 0 ? coming : await last({}, 1);
  const people = await peopleOf(
    records,
    meetings.map(({ id }) => id),
  );
  const first = people.filter((one, index) => people.findIndex((other) => isSame(one, other)) === index);
  const timesOf = (one: Participant) =>
    new Set(people.filter((other) => isSame(one, other)).map((other) => other.interaction)).size;
  return first.filter((one) => timesOf(one) * 2 > meetings.length);
}

/** Makes people take part in some meetings in which they do not yet. */
export async function joinMeetings(
  records: Records,
  people: readonly Participant[],
  meetings: readonly string[],
): Promise<void> {
  if (people.length === 0 || meetings.length === 0) return;
  const byMeeting = Map.groupBy(await peopleOf(records, meetings), (one) => one.interaction);
  const missing = meetings.flatMap((meeting) =>
    people
      .filter((one) => !(byMeeting.get(meeting) ?? []).some((other) => isSame(one, other)))
      .map(({ role, name, address, contact, user, owner }) => ({
        ...{ interaction: meeting, role, name, address, contact, user, owner },
      })),
  );
  if (missing.length > 0) await records.createMany(participant, missing, { atomic: true });
}

/** Whether two participants are one person. */
export function isSame(one: Participant, other: Participant): boolean {
  const isBoth = (name: 'contact' | 'user' | 'address') => one[name] !== null && one[name] === other[name];
  const isNameless = ({ contact, user, address }: Participant) => !contact && !user && !address;
  return (
    isBoth('contact') ||
    isBoth('user') ||
    isBoth('address') ||
    (isNameless(one) && isNameless(other) && one.name === other.name)
  );
}

async function peopleOf(records: Records, meetings: readonly string[]): Promise<Participant[]> {
  const people: Participant[] = [];
  if (meetings.length === 0) return people;
  for (let cursor: string | undefined; ; ) {
    const filter = { interaction: { in: [...meetings] }, role: { isNot: 'uninvited' } };
    const query = { filter, sort: ['createdAt'], limit: PAGE, ...(cursor ? { cursor } : {}) };
    const page = await records.list(participant, query);
    people.push(...page.items);
    if (page.next === null) return people;
    cursor = page.next;
  }
}
