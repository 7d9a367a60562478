import type { Connection } from '#kernel/database/connection.ts';
import { type Bounce, type BouncedRecipient, readBounce } from '#kernel/mail/bounce.ts';
import type { Message } from '#kernel/mail/message.ts';
import { mailsOf, noteReport, type OutgoingRecipient } from '#kernel/mail/outbox.ts';
import type { Records } from '#kernel/records/records.ts';
import { notification } from '#modules/teamwork/index.ts';
import { identify, normalAddress } from '../identify.ts';
import { interaction } from '../interaction.object.ts';
import { participant } from '../participant.object.ts';
import { bouncedAddress } from './bounced-address.object.ts';

/** Reasons that a mark has words for. */
const marked = new Set(['no-such-address', 'no-such-domain', 'moved', 'domain-takes-no-mail', 'complaint']);

/**
 * What other servers report of mails that we sent: the mail shows it, an address that is no more is marked, the writer hears of
 * it. Anybody can write such a report: it counts for a mail of ours by its Message-ID, which strangers do not know, and for
 * those whom it went to. Whoever writes from an address that was marked takes the mark away.
 * @param records of the program, in a transaction
 */
export async function applyReports(
  records: Records,
  connection: Connection,
  schema: string,
  messages: readonly Message[],
): Promise<void> {
  await unmark(records, messages);
  for (const message of messages) {
    const report = readBounce(message);
    if (report?.messageId) await apply(records, connection, schema, report, message.date ?? new Date());
  }
}

async function apply(
  records: Records,
  connection: Connection,
  schema: string,
  report: Bounce,
  at: Date,
): Promise<void> {
  const sent = await records.find(interaction, {
    messageId: report.messageId!,
    direction: { in: ['out', 'internal'] },
  });
  if (!sent) return;
  const { items } = await records.list(participant, {
    filter: { interaction: sent.id, role: { in: ['to', 'cc', 'bcc'] } },
    fields: ['address'],
    limit: 200,
  });
  const recipients = new Set(items.flatMap(({ address }) => address ?? []));
  const only = recipients.size === 1 ? [...recipients][0]! : null;
  // A report that does not say of whom it is, of a mail to one person, is of them.
  const told = report.recipients.flatMap((one) => {
    const address = one.address ? (normalAddress(one.address) ?? one.address.toLowerCase()) : only;
    return address && recipients.has(address) ? [{ ...one, address }] : [];
  });
  if (told.length === 0) return;
  const [mail] = await mailsOf(connection, schema, { messageIds: [report.messageId!] });
  if (mail) {
    const next = mail.recipients.map((one): OutgoingRecipient => {
      const about = told.find(({ address }) => address === one.address.toLowerCase());
      const state = about && stateOf(about, one.state);
      return state ? { ...one, state, detail: about.diagnostic } : one;
    });
    await noteReport(connection, schema, mail.id, next);
  }
  const lost = told.filter(({ kind }) => kind === 'hard' || kind === 'soft');
  const late = told.some(({ kind }) => kind === 'delayed');
  const delivery = lost.length > 0 ? (lost.length < recipients.size ? 'partly' : 'bounced') : late ? 'delayed' : null;
  const isNews = delivery !== null && !(delivery === 'delayed' && ['partly', 'bounced'].includes(sent.delivery ?? ''));
  if (isNews) await records.update(interaction, sent.id, { delivery } as never);
  for (const one of told) if (one.kind === 'hard' || one.kind === 'complaint') await mark(records, one, sent.id, at);
  const writer = mail?.user ?? sent.owner;
  if (lost.length > 0 && writer)
    await records.create(notification, {
      ...{ user: writer, kind: 'mailBounced', targetObject: interaction.name, targetId: sent.id },
      params: { title: sent.subject ?? '', answer: lost.map(({ address }) => address).join(', ') },
    } as never);
}

function stateOf({ kind }: BouncedRecipient, before: OutgoingRecipient['state']): OutgoingRecipient['state'] | null {
  if (kind === 'hard' || kind === 'soft') return 'bounced';
  if (kind === 'delayed') return before === 'bounced' ? null : 'delayed';
  return kind === 'delivered' && before === 'delayed' ? 'accepted' : null;
}

async function mark(
  records: Records,
  { address, reason, diagnostic }: BouncedRecipient & { address: string },
  mail: string,
  at: Date,
): Promise<void> {
  const known = await records.find(bouncedAddress, { address }, { fields: [] });
  const whose = (await identify(records, [address])).get(address);
  const values = {
    ...{ address, contact: whose?.contact ?? null, at: at.toISOString(), interaction: mail },
    ...{ reason: marked.has(reason) ? reason : 'no-such-address', diagnostic: diagnostic.slice(0, 500) || null },
  };
  if (known) await records.update(bouncedAddress, known.id, values as never);
  else await records.create(bouncedAddress, values as never);
}

async function unmark(records: Records, messages: readonly Message[]): Promise<void> {
  const writers = messages.flatMap(({ from }) => (from?.address ? (normalAddress(from.address) ?? []) : []));
  if (writers.length === 0) return;
  const filter = { address: { in: [...new Set(writers)] } };
  const { items } = await records.list(bouncedAddress, { filter, fields: [], limit: 500 });
  for (const { id } of items) {
    await records.remove(bouncedAddress, id);
    await records.purge(bouncedAddress, id);
  }
}
