import type { Connection } from '#kernel/database/connection.ts';
import { readBounce } from '#kernel/mail/bounce.ts';
import type { Message } from '#kernel/mail/message.ts';
import { mailsOf, noteReport, type OutgoingRecipient } from '#kernel/mail/outbox.ts';
import type { RecordOf } from '#kernel/object/definition.ts';
import type { Records } from '#kernel/records/records.ts';
import { notification } from '#modules/teamwork/index.ts';
import { interaction } from '../interaction.object.ts';
import { participant } from '../participant.object.ts';
import type { FaxNotice } from './received-fax.ts';

/** Gateways try for hours; one that says nothing for longer speaks of another fax. */
const OPEN_MS = 3 * 86_400_000;
const MOST = 200;

type Sent = RecordOf<typeof interaction>;

/**
 * The fax that a gateway speaks of: the one that it answers, else the only one to that number of which nothing was said yet.
 * @param records of the program
 */
export async function faxOf(records: Records, notice: FaxNotice, at: Date): Promise<Sent | null> {
  const sent = { channel: 'fax', direction: { in: ['out', 'internal'] }, automatic: null } as const;
  if (notice.references.length > 0) {
    const answered = await records.find(interaction, { ...sent, messageId: { in: [...notice.references] } });
    if (answered) return answered;
  }
  if (notice.number === null) return null;
  const since = new Date(at.getTime() - OPEN_MS).toISOString();
  const { items } = await records.list(interaction, {
    filter: { ...sent, delivery: { in: ['sent', 'delayed'] }, at: { gte: since } },
    sort: ['-at'],
    limit: MOST,
  });
  const to = await records.list(participant, {
    filter: { interaction: { in: items.map(({ id }) => id) }, address: notice.number, role: { isNot: 'from' } },
    fields: ['interaction'],
    limit: MOST,
  });
  const ids = new Set(to.items.map((one) => one.interaction));
  const [only, ...more] = items.filter(({ id }) => ids.has(id));
  return only && more.length === 0 ? only : null;
}

/**
 * What gateways say of faxes that we sent: the fax shows it, its writer hears that one did not arrive.
 * @param records of the program, in a transaction
 */
export async function applyNotices(
  records: Records,
  connection: Connection,
  schema: string,
  notices: readonly { readonly notice: FaxNotice; readonly fax: Sent | null }[],
): Promise<void> {
  for (const { notice, fax } of notices) if (fax) await apply(records, connection, schema, notice, fax);
}

/** Mail servers that could not reach the gateway: the fax did not leave. */
export async function returnedFaxes(
  records: Records,
  messages: readonly Message[],
): Promise<{ notice: FaxNotice; fax: Sent | null }[]> {
  const found = [];
  for (const message of messages) {
    const report = readBounce(message);
    if (!report?.messageId || !['hard', 'soft'].includes(report.kind)) continue;
    const fax = await records.find(interaction, { channel: 'fax', messageId: report.messageId, direction: 'out' });
    const detail = report.recipients[0]?.diagnostic ?? '';
    const notice: FaxNotice = { outcome: 'failed', number: null, references: [report.messageId], detail };
    if (fax) found.push({ notice, fax });
  }
  return found;
}

async function apply(
  records: Records,
  connection: Connection,
  schema: string,
  { outcome, number, detail }: FaxNotice,
  fax: Sent,
): Promise<void> {
  const { items } = await records.list(participant, {
    filter: { interaction: fax.id, role: { in: ['to', 'cc', 'bcc'] } },
    fields: ['address'],
    limit: MOST,
  });
  const all = items.flatMap(({ address }) => address ?? []);
  // Of a fax to one, whatever is said is said of them; of one to several it has to be said of whom.
  const whom = all.length === 1 ? all[0]! : all.find((one) => one === number);
  if (!whom) return;
  const [mail] = await mailsOf(connection, schema, { interactions: [fax.id] });
  const states = new Map(mail?.recipients.map(({ address, state }) => [address, state]));
  const before = states.get(whom);
  const state = outcome === 'failed' ? 'bounced' : 'delivered';
  if (before === state) return;
  states.set(whom, state);
  if (mail)
    await noteReport(
      connection,
      schema,
      mail.id,
      mail.recipients.map((one): OutgoingRecipient => (one.address === whom ? { ...one, state, detail } : one)),
    );
  const delivery = deliveryOf([...states.values()], all.length);
  if (delivery && delivery !== fax.delivery) await records.update(interaction, fax.id, { delivery } as never);
  const writer = mail?.user ?? fax.owner;
  if (state === 'bounced' && writer)
    await records.create(notification, {
      ...{ user: writer, kind: 'faxFailed', targetObject: interaction.name, targetId: fax.id },
      params: { title: fax.subject ?? '', answer: whom },
    } as never);
}

/** Null while some are still on their way. */
function deliveryOf(states: readonly string[], recipients: number): 'delivered' | 'partly' | 'bounced' | null {
  const lost = states.filter((state) => ['bounced', 'refused'].includes(state)).length;
  if (lost > 0) return lost < recipients ? 'partly' : 'bounced';
  return states.filter((state) => state === 'delivered').length === recipients ? 'delivered' : null;
}
