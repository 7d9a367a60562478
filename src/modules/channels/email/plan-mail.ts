import { beginning } from '#kernel/fields/clean.ts';
import type { FileValue } from '#kernel/fields/file/index.ts';
import { newId } from '#kernel/records/new-id.ts';
import type { Records } from '#kernel/records/records.ts';
import type { Channel } from '../channel.ts';
import { conversation } from '../conversation.object.ts';
import { type Identity, identify, normalAddress } from '../identify.ts';
import { interaction } from '../interaction.object.ts';
import { participant } from '../participant.object.ts';

/** A mail that somebody wrote here and that has not left yet. */
export interface PlannedMail {
  readonly channel: Extract<Channel, 'email' | 'fax'>;
  readonly writer: string;
  /** Of the mailbox: in whose inbox a thread stands that begins with it. */
  readonly owner: string | null;
  readonly team: string | null;
  readonly key: string;
  readonly messageId: string;
  readonly references: readonly string[];
  readonly at: Date;
  readonly subject: string;
  /** What is new in it, as text. */
  readonly body: string;
  readonly participants: readonly {
    readonly role: 'from' | 'to' | 'cc' | 'bcc';
    readonly name: string;
    readonly address: string;
  }[];
  readonly attachments: readonly FileValue[];
  /** What it answers stands in. */
  readonly conversation: string | null;
  /** What its writer says that it is about. */
  readonly about: { readonly account?: string; readonly contact?: string; readonly opportunity?: string };
}

const PREVIEW_LENGTH = 160;
const SUBJECT_LENGTH = 80;
const ID_LENGTH = 500;

/**
 * Keeps a mail that waits to be sent, as an interaction that is planned. Its thread stays as it is until it has left.
 * @param records of the program, in a transaction
 */
export async function planMail(records: Records, mail: PlannedMail): Promise<string> {
  const participants = mail.participants.map((one) => ({
    ...one,
    address: normalAddress(one.address) ?? one.address.toLowerCase(),
  }));
  const identities = await identify(
    records,
    participants.map(({ address }) => address),
  );
  const others = participants.filter(({ role }) => role !== 'from').map(({ address }) => identities.get(address)!);
  const other: Identity | undefined = others.find((one) => one.contact) ?? others.find((one) => one.account);
  const thread = mail.conversation ? await records.find(conversation, { id: mail.conversation }) : null;
  const about = {
    account: mail.about.account ?? other?.account ?? thread?.account ?? null,
    contact: mail.about.contact ?? other?.contact ?? thread?.contact ?? null,
    opportunity: mail.about.opportunity ?? thread?.opportunity ?? null,
  };
  const threadId = thread?.id ?? newId();
  if (!thread)
    await records.create(conversation, {
      id: threadId,
      subject: mail.subject || beginning(mail.body, SUBJECT_LENGTH) || '…',
      ...{ channel: mail.channel, status: 'done', ...about, owner: mail.owner, team: mail.team },
      ...{ lastDirection: 'out', preview: beginning(mail.body, PREVIEW_LENGTH) },
    });
  const id = newId();
  const isAmongUs = others.length > 0 && others.every(({ user }) => user !== null);
  await records.create(interaction, {
    ...{ id, channel: mail.channel, direction: isAmongUs ? 'internal' : 'out', state: 'planned', delivery: 'waiting' },
    ...{ subject: mail.subject || null, body: mail.body || null, at: mail.at.toISOString() },
    ...{ ...about, conversation: threadId, owner: mail.writer, createdBy: mail.writer },
    ...{ messageKey: mail.key, messageId: mail.messageId, threadRoot: mail.references[0]?.slice(0, ID_LENGTH) ?? null },
    attachments: [...mail.attachments],
  } as never);
  await records.createMany(
    participant,
    participants.map(({ role, name, address }) => {
      const { contact = null, user = null } = identities.get(address) ?? {};
      return { ...{ interaction: id, role, address, contact, user, owner: mail.writer }, name: name || address };
    }),
    { atomic: true },
  );
  return id;
}

/**
 * It has left: the interaction took place, and its thread is as new as it.
 * @param changes what else is known of it now
 */
export async function planBecame(
  records: Records,
  id: string,
  at: Date,
  changes: { delivery: 'sent' | 'partly' | 'delayed'; original: FileValue },
): Promise<void> {
  const mail = await records.find(interaction, { id });
  // Somebody threw it away meanwhile: it left all the same, and stays where they put it.
  if (!mail) return;
  // A gateway may be faster than our own hand.
  const known = ['delivered', 'bounced'].includes(mail.delivery ?? '') ? { delivery: mail.delivery } : {};
  await records.update(interaction, id, { ...changes, ...known, state: 'done', at: at.toISOString() } as never);
  const thread = mail.conversation ? await records.find(conversation, { id: mail.conversation }) : null;
  if (!thread || new Date(thread.lastAt) > at) return;
  const preview = beginning(mail.body ?? mail.subject ?? '', PREVIEW_LENGTH);
  await records.update(conversation, thread.id, { lastAt: at.toISOString(), lastDirection: 'out', preview });
}

/** It was taken back: nothing is left of what never was, nor of a thread that began with it. */
export async function unplanMail(records: Records, id: string): Promise<void> {
  const mail = await records.find(interaction, { id });
  if (!mail) return;
  await records.remove(interaction, id);
  await records.purge(interaction, id);
  if (!mail.conversation) return;
  const left = await records.find(interaction, { conversation: mail.conversation }, { fields: [] });
  const trashed = await records.list(interaction, {
    filter: { conversation: mail.conversation },
    fields: [],
    limit: 1,
    deleted: true,
  });
  if (left || trashed.items.length > 0) return;
  await records.remove(conversation, mail.conversation);
  await records.purge(conversation, mail.conversation);
}
