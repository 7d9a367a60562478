import { beginning } from '#kernel/fields/clean.ts';
import type { FileValue } from '#kernel/fields/file/index.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { MAX_PAGE } from '#kernel/query/page.ts';
import { newId } from '#kernel/records/new-id.ts';
import type { Records } from '#kernel/records/records.ts';
import { account } from '#modules/customers/index.ts';
import type { Channel, Direction } from './channel.ts';
import { chunked } from './chunked.ts';
import { conversation } from './conversation.object.ts';
import { type Identity, identify, normalAddress } from './identify.ts';
import { interaction } from './interaction.object.ts';
import { participant } from './participant.object.ts';
import { noteUnknown } from './unknown-senders.ts';
import type { Visibility } from './visibility.ts';

/** What came or went over a channel, as its adapter hands it over: plain data, whatever the channel. */
export interface Received {
  readonly channel: Channel;
  readonly direction: Direction;
  /** The same for every copy of the message; at most 120 letters. */
  readonly key: string;
  /** By which answers name it, and those that it names itself, oldest first. Empty for a channel that has no such thing. */
  readonly messageId: string | null;
  readonly references: readonly string[];
  readonly subject: string;
  /** Plain text. */
  readonly body: string;
  readonly at: Date;
  readonly participants: readonly ReceivedParticipant[];
  /** What stood beneath it. */
  readonly signature?: string;
  readonly attachments?: readonly FileValue[];
  readonly original?: FileValue;
  /** Whose it is while nobody took it: the mailbox's owner, or its team. */
  readonly owner: string | null;
  readonly team?: string | null;
  /** No person wrote it: it is no answer to anything. */
  readonly automatic?: 'away' | 'report' | 'notice' | 'list';
  /** `2026-12-01` */
  readonly awayUntil?: string | null;
  /** How much of it is in here: all when left out. */
  readonly visibility?: Exclude<Visibility, 'private'>;
}

export interface ReceivedParticipant {
  readonly role: 'from' | 'to' | 'cc' | 'bcc' | 'attendee';
  readonly name: string;
  /** E-mail, phone, or the name in a network; null where there is none. */
  readonly address: string | null;
}

export interface Kept {
  /** Of the interaction. */
  readonly id: string;
  readonly conversation: string;
  /** False when a copy of it was here before. */
  readonly isNew: boolean;
}

/**
 * Keeps messages as interactions: each once, however often it comes; with whoever took part, found by their addresses; in
 * the conversation of the messages that it answers. One transaction: all of it is there or nothing.
 *
 * @param records of the program: whose a message is does not depend on what the person may see through whose mailbox it came
 * @param received some hundreds at most, in any order
 * @returns one for each, in their order
 */
export function keepInteractions(records: Records, received: readonly Received[]): Promise<Kept[]> {
  return untilKept(() => records.transaction((inside) => keepWithin(inside, received)));
}

/** Runs a transaction of `keepWithin` again when another mailbox with a copy was a moment faster. */
export async function untilKept<Result>(transaction: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      const isCopy =
        error instanceof Problem && error.errors.some(({ field }) => /(?:messageKey|address)$/.test(field));
      if (!isCopy || attempt === ATTEMPTS) throw error;
    }
  }
}

const ATTEMPTS = 5;
/** A long thread names all its messages: the first, and the nearest. */
const REFERENCES = 10;
/** Characters that the record has room for. */
const ID_LENGTH = 500;
const NAME_LENGTH = 250;
const ADDRESS_LENGTH = 254;
const PREVIEW_LENGTH = 160;
const SUBJECT_LENGTH = 80;

/** A conversation that is going on, as this batch leaves it. */
interface Thread {
  readonly id: string;
  readonly isNew: boolean;
  values: Record<string, unknown>;
  readonly changes: Record<string, unknown>;
}

/** The same as a part of the caller's transaction, which runs in `untilKept`. */
export async function keepWithin(records: Records, received: readonly Received[]): Promise<Kept[]> {
  const kept = await knownAlready(
    records,
    received.map(({ key }) => key),
  );
  // Oldest first: what is answered stands before its answer. A copy within the batch is a copy too.
  const fresh = [...new Map(received.filter(({ key }) => !kept.has(key)).map((one) => [one.key, one])).values()].sort(
    (a, b) => a.at.getTime() - b.at.getTime(),
  );
  const ids = new Set(fresh.map(({ key }) => key));
  if (fresh.length > 0) {
    const messages = fresh.map((one) => ({ ...one, references: named(one), participants: withAddresses(one) }));
    const identities = await identify(
      records,
      messages.flatMap((one) => one.participants.flatMap(({ address }) => address ?? [])),
    );
    const threads = await threadsOf(
      records,
      messages.flatMap((one) => [...one.references, ...(one.messageId ? [idOf(one.messageId)] : [])]),
    );
    const keepers = await keepersOf(
      records,
      messages.filter(isNobodys).flatMap((message) => otherSide(message, identities)?.account ?? []),
    );
    const rows = messages.map((message) => {
      const other = otherSide(message, identities);
      const own = message.messageId && idOf(message.messageId);
      const answered = message.references.flatMap((id) => threads.get(id) ?? []).at(-1);
      const thread = answered ?? (own ? threads.get(own) : undefined) ?? begun(message, other, keepers);
      moveOn(thread, message, other);
      for (const id of [own, rootOf(message)]) if (id && !threads.has(id)) threads.set(id, thread);
      return { message, other, thread, id: newId() };
    });
    await keepThreads(records, new Set(rows.map(({ thread }) => thread)));
    await records.createMany(
      interaction,
      rows.map(({ id, message, other, thread }) => ({
        id,
        channel: message.channel,
        direction: message.direction,
        subject: message.subject || null,
        body: message.body || null,
        at: message.at.toISOString(),
        account: other?.account ?? thread.values.account,
        contact: other?.contact ?? null,
        opportunity: thread.values.opportunity ?? null,
        conversation: thread.id,
        owner: message.owner,
        visibility: message.visibility ?? 'full',
        automatic: message.automatic ?? null,
        awayUntil: message.awayUntil ?? null,
        messageKey: message.key,
        messageId: message.messageId && idOf(message.messageId),
        threadRoot: rootOf(message),
        attachments: message.attachments ?? [],
        original: message.original ?? null,
      })),
      { atomic: true },
    );
    await records.createMany(
      participant,
      rows.flatMap(({ id, message }) =>
        message.participants.map(({ role, name, address }) => {
          const { contact = null, user = null } = (address && identities.get(address)) || {};
          return {
            ...{ interaction: id, role, address, contact, user, owner: message.owner },
            name: name.slice(0, NAME_LENGTH) || address || '?',
          };
        }),
      ),
      { atomic: true },
    );
    await noteUnknown(records, rows, identities);
    for (const { id, message, thread } of rows) kept.set(message.key, { id, conversation: thread.id });
  }
  const told = new Set<string>();
  return received.map(({ key }) => {
    const isNew = ids.has(key) && !told.has(key);
    told.add(key);
    return { ...kept.get(key)!, isNew };
  });
}

/** Whose messages are, one for each: of the customer's side whoever is known. */
export async function othersOf(
  records: Records,
  received: readonly Pick<Received, 'direction' | 'participants'>[],
): Promise<(Identity | undefined)[]> {
  const messages = received.map((one) => ({ ...one, participants: withAddresses(one) }));
  const identities = await identify(
    records,
    messages.flatMap((one) => one.participants.flatMap(({ address }) => address ?? [])),
  );
  return messages.map((one) => otherSide(one, identities));
}

async function knownAlready(records: Records, keys: readonly string[]) {
  const known = new Map<string, Omit<Kept, 'isNew'>>();
  for (const part of chunked(keys, MAX_PAGE)) {
    const { items } = await records.list(interaction, {
      filter: { messageKey: { in: part } },
      fields: ['messageKey', 'conversation'],
      limit: MAX_PAGE,
    });
    for (const one of items) known.set(one.messageKey!, { id: one.id, conversation: one.conversation! });
  }
  return known;
}

const idOf = (messageId: string) => messageId.slice(0, ID_LENGTH);

/** A message that answers none is the first of its own thread: nothing needs to say so. */
const rootOf = ({ references }: Pick<Received, 'references'>) => references[0] ?? null;

function named({ references }: Received): string[] {
  const near = references.length > REFERENCES ? [references[0]!, ...references.slice(1 - REFERENCES)] : references;
  return near.map(idOf);
}

function withAddresses({ participants }: Pick<Received, 'participants'>): ReceivedParticipant[] {
  return participants.map((one) => ({
    ...one,
    address: one.address && (normalAddress(one.address) ?? one.address.toLowerCase().slice(0, ADDRESS_LENGTH)),
  }));
}

/** The customer's side of a message: who wrote to us, or the first we wrote to whom anybody knows. */
function otherSide(
  { direction, participants }: Pick<Received, 'direction' | 'participants'>,
  identities: ReadonlyMap<string, Identity>,
): Identity | undefined {
  const known = otherPeople({ direction, participants }).flatMap(
    ({ address }) => (address && identities.get(address)) || [],
  );
  return known.find((one) => one.contact) ?? known.find((one) => one.account);
}

/** Whoever a message came from, or went to. */
export function otherPeople({ direction, participants }: Pick<Received, 'direction' | 'participants'>) {
  return participants.filter(({ role }) => (direction === 'in' ? role === 'from' : role !== 'from'));
}

/** Message-ID → the conversation it stands in, of messages that are here, and of those that messages here began with. */
async function threadsOf(records: Records, ids: readonly string[]): Promise<Map<string, Thread>> {
  // A message itself knows better than those that name it.
  const found = new Map([
    ...(await conversationsBy(records, 'threadRoot', ids)),
    ...(await conversationsBy(records, 'messageId', ids)),
  ]);
  const threads = new Map<string, Thread>();
  for (const part of chunked([...new Set(found.values())], MAX_PAGE)) {
    const { items } = await records.list(conversation, { filter: { id: { in: part } }, limit: MAX_PAGE });
    for (const one of items) threads.set(one.id, { id: one.id, isNew: false, values: { ...one }, changes: {} });
  }
  return new Map([...found].flatMap(([messageId, id]) => (threads.has(id) ? [[messageId, threads.get(id)!]] : [])));
}

async function conversationsBy(records: Records, field: 'threadRoot' | 'messageId', ids: readonly string[]) {
  const found = new Map<string, string>();
  // One message of each thread is enough: of one that has thousands, not all are asked for.
  for (const part of chunked([...new Set(ids)], MAX_PAGE))
    for (let left = part; left.length > 0; left = left.filter((id) => !found.has(id))) {
      const before = found.size;
      const { items, next } = await records.list(interaction, {
        filter: { [field]: { in: left } },
        fields: [field, 'conversation'],
        limit: MAX_PAGE,
      });
      for (const one of items) if (one.conversation) found.set(one[field]!, one.conversation);
      if (next === null || found.size === before) break;
    }
  return found;
}

/** Neither a person nor a team has it through its mailbox. */
const isNobodys = ({ owner, team }: Pick<Received, 'owner' | 'team'>) => owner === null && !team;

/** Account → who looks after it. */
async function keepersOf(records: Records, accounts: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const keepers = new Map<string, string>();
  for (const ids of chunked([...new Set(accounts)], MAX_PAGE)) {
    const { items } = await records.list(account, { filter: { id: { in: ids } }, fields: ['owner'], limit: MAX_PAGE });
    for (const { id, owner } of items) if (owner) keepers.set(id, owner);
  }
  return keepers;
}

function begun(message: Received, other: Identity | undefined, keepers: ReadonlyMap<string, string>): Thread {
  const values = {
    subject: message.subject || beginning(message.body, SUBJECT_LENGTH) || peopleIn(message) || '…',
    channel: message.channel,
    status: 'open',
    account: other?.account ?? null,
    contact: other?.contact ?? null,
    owner: isNobodys(message) ? (keepers.get(other?.account ?? '') ?? null) : message.owner,
    team: message.team ?? null,
    lastAt: message.at.toISOString(),
  };
  return { id: newId(), isNew: true, values, changes: {} };
}

/** The other side in one line. */
export function peopleIn(message: Pick<Received, 'direction' | 'participants'>): string {
  const names = otherPeople(message).map(({ name, address }) => name || address || '?');
  return beginning(names.join(', '), NAME_LENGTH) ?? '';
}

/** The thread is as new as its newest message; the customer's opens it again. */
function moveOn(thread: Thread, message: Received, other: Identity | undefined): void {
  const { values } = thread;
  const changes: Record<string, unknown> = {};
  const [last, at] = [new Date(values.lastAt as string).getTime(), message.at.getTime()];
  // Mails tell their time in whole seconds: what answers within one would come before what it answers.
  if (at >= last - (last % 1_000)) {
    changes.lastAt = new Date(Math.max(last, at)).toISOString();
    changes.lastDirection = message.direction;
    changes.preview = beginning(message.body, PREVIEW_LENGTH);
    if (message.direction === 'in' && values.status !== 'open') changes.status = 'open';
  }
  // Whoever answers from a known address tells whose the thread is.
  if (values.account === null && other?.account) changes.account = other.account;
  if (values.contact === null && other?.contact) changes.contact = other.contact;
  Object.assign(values, changes);
  Object.assign(thread.changes, changes);
}

async function keepThreads(records: Records, threads: ReadonlySet<Thread>): Promise<void> {
  const [begunNow, goingOn] = [[...threads].filter((one) => one.isNew), [...threads].filter((one) => !one.isNew)];
  await records.createMany(
    conversation,
    begunNow.map(({ id, values }) => ({ id, ...values })),
    { atomic: true },
  );
  const changed = goingOn.flatMap(({ id, changes }) => (Object.keys(changes).length > 0 ? [{ id, changes }] : []));
  await records.updateEach(conversation, changed, { atomic: true });
}
