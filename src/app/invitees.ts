import type { MeetingGuest } from '#kernel/calendar/invitation-state.ts';
import { asAddress } from '#kernel/mail/address.ts';
import type { RecordOf } from '#kernel/object/definition.ts';
import type { Records } from '#kernel/records/records.ts';
import { participant } from '#modules/channels/index.ts';
import { contact } from '#modules/customers/index.ts';
import type { MailPerson, Sender } from './outgoing.ts';

/** Somebody who is to be told of a meeting. */
export interface Invitee extends MailPerson {
  readonly participant: string;
  readonly contact: string | null;
  readonly language: string;
  readonly response: 'accepted' | 'declined' | 'tentative' | null;
}

const MOST_GUESTS = 100;
const PAGE = 500;

/** Whoever takes part in each of some meetings and has an address, but for whoever invites. */
export async function inviteesOf(
  records: Records,
  meetings: readonly { readonly id: string; readonly owner: string | null }[],
  sender: Pick<Sender, 'addresses'>,
  organizer: MailPerson,
): Promise<ReadonlyMap<string, readonly Invitee[]>> {
  const filter = { interaction: { in: meetings.map(({ id }) => id) } };
  const items: RecordOf<typeof participant>[] = [];
  for (let cursor: string | undefined; meetings.length > 0; ) {
    const query = { filter, sort: ['createdAt'], limit: PAGE, ...(cursor ? { cursor } : {}) };
    const page = await records.list(participant, query);
    items.push(...page.items);
    if (page.next === null) break;
    cursor = page.next;
  }
  const idsOf = (name: 'contact' | 'user') => [...new Set(items.flatMap((one) => one[name] ?? []))];
  const people = await records.list(contact, {
    filter: { id: { in: idsOf('contact') } },
    ...{ fields: ['name', 'emails', 'language'], limit: PAGE },
  });
  const colleagues = await records.list('user', {
    filter: { id: { in: idsOf('user') }, active: true },
    ...{ fields: ['name', 'email', 'language'], limit: PAGE },
  });
  const contacts = new Map(people.items.map((one) => [one.id, one]));
  const users = new Map(colleagues.items.map((one) => [one.id, one]));
  const owners = new Map(meetings.map(({ id, owner }) => [id, owner]));
  const ours = new Set([organizer.address, ...sender.addresses].map((one) => one.toLowerCase()));
  const found = new Map(meetings.map(({ id }) => [id, new Map<string, Invitee>()]));
  for (const one of items) {
    const of = found.get(one.interaction)!;
    if (one.role === 'uninvited' || one.role === 'from') continue;
    if (one.user !== null && one.user === owners.get(one.interaction)) continue;
    const person = one.contact ? contacts.get(one.contact) : undefined;
    const colleague = one.user ? users.get(one.user) : undefined;
    const address = asAddress(
      one.address ?? person?.emails?.[0]?.value ?? String(colleague?.email ?? ''),
    )?.toLowerCase();
    if (!address || ours.has(address) || of.has(address) || of.size === MOST_GUESTS) continue;
    const name = String(person?.name ?? colleague?.name ?? one.name ?? '');
    of.set(address, {
      ...{ participant: one.id, contact: one.contact, address, name: name === address ? '' : name },
      ...{
        language: String(person?.language ?? colleague?.language ?? ''),
        response: one.response as Invitee['response'],
      },
    });
  }
  return new Map([...found].map(([id, of]) => [id, [...of.values()]]));
}

/** As which guest each of some participants was told: of a series every meeting has participants of its own. */
export async function guestsByParticipant(
  records: Records,
  guests: readonly MeetingGuest[],
  participants: readonly RecordOf<typeof participant>[],
): Promise<ReadonlyMap<string, MeetingGuest>> {
  const present = guests.filter(({ state }) => state !== 'cancelled');
  const filter = { id: { in: present.map((one) => one.participant) } };
  const { items } = await records.list(participant, { filter, limit: PAGE });
  const known = new Map(items.map((one) => [one.id, one]));
  return new Map(
    participants.flatMap((one) => {
      const isSame = ({ participant: id }: MeetingGuest) => {
        const other = known.get(id);
        return other && other.contact === one.contact && other.user === one.user && other.address === one.address;
      };
      const guest = present.find(({ participant: id }) => id === one.id) ?? present.find(isSame);
      return guest && one.role !== 'uninvited' ? [[one.id, guest] as const] : [];
    }),
  );
}
