import { buffer } from 'node:stream/consumers';
import { asSystem, type Principal } from '#kernel/access/access.ts';
import type { Connection } from '#kernel/database/connection.ts';
import { sql } from '#kernel/database/sql.ts';
import type { FileValue } from '#kernel/fields/file/index.ts';
import { richText } from '#kernel/fields/richText/index.ts';
import { readableFile } from '#kernel/files/files.ts';
import { openStorage } from '#kernel/files/open-storage.ts';
import { asAddress, oneLine } from '#kernel/mail/address.ts';
import { textOfHtml } from '#kernel/mail/html-text.ts';
import { mailboxStates } from '#kernel/mail/mailbox-state.ts';
import { OUTBOX_CHANNEL, type OutgoingMail, queueMail, takeBack } from '#kernel/mail/outbox.ts';
import { messageKey } from '#kernel/mail/parse.ts';
import { newMessageId } from '#kernel/mail/write-mail.ts';
import { FieldProblem, Problem } from '#kernel/problems/problem.ts';
import type { Filter } from '#kernel/query/filter.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { inTransaction, recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { gapsIn } from '#kernel/template/gaps.ts';
import {
  bouncedAddress,
  faxAdapter,
  identify,
  interaction,
  mailbox,
  normalAddress,
  type Outgoing,
  planMail,
  unplanMail,
} from '#modules/channels/index.ts';
import { contact } from '#modules/customers/index.ts';
import { mayContact } from '#modules/privacy/index.ts';
import { FAX_TYPES, requireGateway } from './fax.ts';
import type { Runtime } from './runtime.ts';

export interface MailPerson {
  readonly name: string;
  readonly address: string;
}

/** What somebody writes, as the composer keeps it. */
export interface MailContent {
  readonly mailbox: string | null;
  /** One of the mailbox's addresses; its own when left out. */
  readonly from?: string | null;
  readonly to: readonly MailPerson[];
  readonly cc: readonly MailPerson[];
  readonly bcc: readonly MailPerson[];
  readonly subject: string;
  /** What is new in it. */
  readonly html: string;
  readonly signature: string;
  /** What it answers or passes on, below what is new. */
  readonly quote: string;
  readonly attachments: readonly FileValue[];
  /** The interaction that it answers. */
  readonly replyTo: string | null;
  readonly about: { readonly account?: string; readonly contact?: string; readonly opportunity?: string };
  /** BCP 47, of whoever reads it. */
  readonly language: string | null;
  /** What for, as consents know it; a letter to one person has none. */
  readonly purpose?: string | null;
  /** Its writer wants to know when it is opened. */
  readonly track?: boolean;
  /** The gateway that makes a fax of it: addresses are numbers then. */
  readonly fax?: string | null;
  /** What it says of a meeting; the program's own word, which no draft can bring. */
  readonly calendar?: { readonly method: string; readonly text: string };
}

/** Somebody who cannot be written to, or had better not be. */
export interface RecipientNote {
  readonly address: string;
  readonly contact: string | null;
  readonly code: 'doNotContact' | 'doNotEmail' | 'noConsent' | 'bounced' | 'notAnAddress' | 'nobodyKnown';
  /** Whether it keeps the mail from being sent. */
  readonly stops: boolean;
  readonly params?: Readonly<Record<string, string>>;
}

/** A mailbox that somebody may write from. */
export interface Sender {
  readonly id: string;
  readonly name: string;
  /** Its own first. */
  readonly addresses: readonly string[];
  /** Whether it has a server to send through. */
  readonly canSend: boolean;
  readonly kind: 'personal' | 'shared';
  readonly owner: string | null;
  readonly team: string | null;
  readonly visibility: 'full' | 'subject' | 'metadata' | 'private';
}

const MOST_RECIPIENTS = 100;
const MOST_FILES = 25;
/** Bytes of what is sent along: base64 makes a third more of it, and most servers take 25 MB. */
const LARGEST = 18 * 1024 ** 2;
/** Later is a mistake. */
const LATEST_MS = 400 * 24 * 3600 * 1_000;

const program = asSystem('what a mail leaves behind is there whoever wrote it');

/** Mailboxes that somebody may write from: their own, those they work, and those of whom they stand in for. */
export async function sendersOf(
  workspace: Workspace,
  principal: Principal,
  connection?: Connection,
): Promise<Sender[]> {
  if (principal.userId === null || !workspace.model.objects.has('mailbox')) return [];
  const standing = (principal.standsInFor ?? []).flatMap(({ userId, objects }) =>
    objects === 'all' || objects.includes('interaction') ? userId : [],
  );
  const people = [principal.userId, ...standing];
  const filter: Filter = { state: 'active', or: [{ owner: { in: people } }, { members: { hasAny: people } }] };
  // Whoever stands in for somebody works their mailbox, and need not see how it is set up.
  const { items } = await recordsFor(workspace, program, 'mail').list(mailbox, { filter, sort: ['name'], limit: 200 });
  const states = await mailboxStates(
    connection ?? workspace.database,
    workspace.schema,
    items.map(({ id }) => id),
  );
  const sending = new Set(states.filter(({ smtp }) => smtp !== null).map((one) => one.mailbox));
  const own = (one: { owner: string | null }) => (one.owner === principal.userId ? 0 : 1);
  return items
    .map(({ id, name, address, aliases, kind, owner, team, visibility }) => ({
      ...{ id, name, addresses: [address, ...(aliases ?? [])], canSend: sending.has(id) },
      ...{ kind, owner, team, visibility },
    }))
    .sort((a, b) => own(a) - own(b));
}

/** Whom a mail cannot go to, and of whom its writer should know something first. */
export async function notesOn(
  workspace: Workspace,
  principal: Principal,
  content: Pick<MailContent, 'to' | 'cc' | 'bcc' | 'replyTo' | 'purpose' | 'fax'>,
): Promise<RecipientNote[]> {
  const all = [...content.to, ...content.cc, ...content.bcc];
  const notes: RecipientNote[] = [];
  const isAddress = (text: string) => (content.fax ? faxNumber(text) : asAddress(text)) !== null;
  const wrong = all.filter(({ address }) => !isAddress(address));
  for (const { address } of wrong) notes.push({ address, contact: null, code: 'notAnAddress', stops: true });
  const addresses = [...new Set(all.flatMap(({ address }) => (isAddress(address) ? normalOf(address) : [])))];
  if (addresses.length === 0) return notes;
  const records = recordsFor(workspace, program, 'mail');
  const identities = await identify(records, addresses);
  const people = [...new Set(addresses.flatMap((one) => identities.get(one)?.contact ?? []))];
  const marked = await records.list(contact, {
    filter: { id: { in: people } },
    fields: ['doNotContact', 'doNotEmail'],
    limit: 200,
  });
  const marks = new Map(marked.items.map((one) => [one.id, one]));
  const bounced = await records.list(bouncedAddress, { filter: { address: { in: addresses } }, limit: 200 });
  const came = new Map(bounced.items.map((one) => [one.address, one]));
  const asked = await writersOf(workspace, principal, content.replyTo);
  for (const address of addresses) {
    const id = identities.get(address)?.contact ?? null;
    const mark = id ? marks.get(id) : undefined;
    // Whoever wrote to us waits for an answer, whatever they said of being written to.
    const isAnswer = asked.has(address);
    if (mark?.doNotContact) notes.push({ address, contact: id, code: 'doNotContact', stops: !isAnswer });
    else if (mark?.doNotEmail && !content.fax)
      notes.push({ address, contact: id, code: 'doNotEmail', stops: !isAnswer });
    else if (content.purpose && id) {
      const { may } = await mayContact(workspace, program, id, content.purpose, 'email');
      if (!may) notes.push({ address, contact: id, code: 'noConsent', stops: true });
    } else if (content.purpose) notes.push({ address, contact: null, code: 'noConsent', stops: true });
    const back = came.get(address);
    if (back) {
      const params = { day: String(back.at).slice(0, 10), reason: back.reason };
      notes.push({ address, contact: id, code: 'bounced', stops: false, params });
    }
  }
  return notes;
}

/** Whoever wrote the message that is answered, where the writer of the answer may see it. */
async function writersOf(
  workspace: Workspace,
  principal: Principal,
  replyTo: string | null,
): Promise<ReadonlySet<string>> {
  if (!replyTo) return new Set();
  const records = recordsFor(workspace, principal, 'mail');
  const answered = await records.find(interaction, { id: replyTo, direction: 'in' }, { fields: [] });
  if (!answered) return new Set();
  const { items } = await recordsFor(workspace, program, 'mail').list('participant', {
    filter: { interaction: replyTo, role: 'from' },
    fields: ['address'],
    limit: 10,
  });
  return new Set(items.map(({ address }) => String(address)));
}

/**
 * Gives a draft to be sent at a moment. Until then it can be taken back.
 * @throws Problem `outgoing.*`
 */
export async function sendOutgoing(
  workspace: Workspace,
  principal: Principal,
  draft: OutgoingMail<MailContent>,
  { sendAt, followUpAt }: { sendAt: Date; followUpAt: Date | null },
): Promise<void> {
  const now = Date.now();
  if (sendAt.getTime() > now + LATEST_MS || (followUpAt && followUpAt <= sendAt))
    throw invalid(followUpAt && followUpAt <= sendAt ? 'followUpAt' : 'sendAt');
  const content = cleanContent(draft.content);
  // “Dear ⟦First name⟧,” is a mail that nobody has finished.
  const gaps = gapsIn(`${content.subject} ${content.html}`);
  if (gaps.length > 0) throw new Problem('outgoing.gaps', { gaps: gaps.join(', ') });
  const { sender, from } = await requireSender(workspace, principal, content);
  const everybody = [...content.to, ...content.cc, ...content.bcc];
  if (everybody.length === 0) throw new Problem('outgoing.no-recipient');
  if (everybody.length > MOST_RECIPIENTS) throw new Problem('outgoing.too-many-recipients', { max: MOST_RECIPIENTS });
  const stopped = (await notesOn(workspace, principal, content)).filter(({ stops }) => stops);
  if (stopped.length > 0)
    throw new Problem(
      'outgoing.not-allowed',
      { address: stopped[0]!.address },
      stopped.map(({ code, address }) => ({ field: 'to', code: `outgoing.note.${code}`, params: { address } })),
    );
  const files = await readableFiles(workspace, principal, content.attachments);
  const gateway = content.fax ? await requireGateway(workspace, sender, content.fax) : null;
  if (gateway && (files.some(({ type }) => !FAX_TYPES.has(type)) || (files.length === 0 && !textOfHtml(content.html))))
    throw new Problem('outgoing.no-fax');
  const records = recordsFor(workspace, principal, 'mail');
  for (const [object, id] of Object.entries(content.about)) await records.read(object, id, { fields: [] });
  const answered = content.replyTo ? await threadOf(workspace, principal, content.replyTo) : null;
  await inTransaction(workspace, program, 'mail', async (inside, connection) => {
    const writer = principal.userId!;
    const as = gateway ? { name: from.name, address: gateway.number } : from;
    const given = { id: draft.id, writer, sender, from, as, content, answered, sendAt, followUpAt };
    if (!(await queueOutgoing(inside, connection, workspace, given))) throw new Problem('outgoing.stale');
  });
}

/** A mail that may be sent, with what was found out about it. */
export interface ReadyMail {
  /** Of a draft that is kept. */
  readonly id: string;
  readonly writer: string;
  readonly sender: Sender;
  readonly from: MailPerson;
  /** As whom those who get it know the sender, where that is another address: of a fax, our number. */
  readonly as?: MailPerson;
  readonly content: MailContent;
  /** What it answers. */
  readonly answered: { readonly conversation: string | null; readonly references: readonly string[] } | null;
  readonly sendAt: Date;
  readonly followUpAt: Date | null;
}

/**
 * Gives a mail to be sent, in the transaction of whatever it tells of: both are, or neither.
 * @returns the interaction that tells of it, null where colleagues do not see all of the mailbox; null when the draft is none
 */
export async function queueOutgoing(
  inside: Records,
  connection: Connection,
  { id: workspaceId, schema }: Pick<Workspace, 'id' | 'schema'>,
  { id, writer, sender, from, as = from, content, answered, sendAt, followUpAt }: ReadyMail,
): Promise<{ interaction: string | null } | null> {
  const messageId = newMessageId(from.address);
  const key = messageKey(messageId, from);
  const roles = [
    { role: 'from' as const, ...as },
    ...(['to', 'cc', 'bcc'] as const).flatMap((role) => content[role].map((one) => ({ role, ...one }))),
  ];
  const everybody = [...content.to, ...content.cc, ...content.bcc];
  const addresses = [...new Set(everybody.map(({ address }) => address))];
  const planned =
    sender.visibility === 'full'
      ? await planMail(inside, {
          channel: content.fax ? 'fax' : 'email',
          ...{ writer, owner: sender.kind === 'shared' ? null : sender.owner },
          ...{ team: sender.team, key, messageId, references: answered?.references ?? [], at: sendAt },
          ...{ subject: content.subject, body: textOfHtml(content.html), participants: roles },
          ...{ attachments: content.attachments, conversation: answered?.conversation ?? null, about: content.about },
        })
      : null;
  const isQueued = await queueMail(connection, schema, writer, id, {
    ...{ content: { ...content, from: from.address }, mailbox: sender.id, interaction: planned, messageId },
    ...{ recipients: addresses, sendAt, followUpAt },
  });
  if (!isQueued) return null;
  await announce(connection, workspaceId);
  return { interaction: planned };
}

/** Makes a draft again of a mail that has not left. @throws Problem `outgoing.too-late` */
export async function takeBackOutgoing(workspace: Workspace, principal: Principal, id: string): Promise<void> {
  await inTransaction(workspace, program, 'mail', async (inside, connection) => {
    const taken = await takeBack(connection, workspace.schema, principal.userId!, id);
    if (!taken) throw new Problem('outgoing.too-late');
    if (taken.interaction) await unplanMail(inside, taken.interaction);
    await announce(connection, workspace.id);
  });
}

/** Tells the workers of all processes that a mail waits, or no longer does. */
export async function announce(connection: Connection, workspaceId: string): Promise<void> {
  await connection.run(sql`select pg_notify(${OUTBOX_CHANNEL}, ${workspaceId})`);
}

/** The mailbox that a mail goes out from, and as whom. @throws Problem `outgoing.sender`, `outgoing.no-server` */
export async function requireSender(
  workspace: Workspace,
  principal: Principal,
  content: Pick<MailContent, 'mailbox' | 'from'>,
): Promise<{ sender: Sender; from: MailPerson }> {
  const senders = await sendersOf(workspace, principal);
  const sender = senders.find(({ id }) => id === content.mailbox);
  if (!sender) throw new Problem('outgoing.sender');
  if (!sender.canSend) throw new Problem('outgoing.no-server', { mailbox: sender.name });
  const address = content.from ?? sender.addresses[0]!;
  if (!sender.addresses.includes(address)) throw new Problem('outgoing.sender');
  const records = recordsFor(workspace, program, 'mail');
  const writer = await records.read('user', principal.userId!, { fields: ['name'] });
  // A shared mailbox answers in its own name, where it has one, with that of whoever writes.
  const isNamed = sender.kind === 'shared' && !sender.name.includes('@');
  return { sender, from: { name: isNamed ? `${writer.name} (${sender.name})` : String(writer.name), address } };
}

/** What a message that is answered belongs to. @throws Problem `record.not-found` */
async function threadOf(workspace: Workspace, principal: Principal, id: string) {
  const records = recordsFor(workspace, principal, 'mail');
  const answered = await records.read(interaction, id, { fields: ['conversation', 'messageId', 'threadRoot'] });
  return { conversation: answered.conversation, references: referencesTo(answered) };
}

/** What an answer refers to (RFC 5322, 3.6.4): the mail that its thread began with, and the one that it answers. */
export function referencesTo({ threadRoot, messageId }: Partial<Record<'threadRoot' | 'messageId', string | null>>) {
  return [...new Set([threadRoot, messageId].flatMap((one) => one ?? []))];
}

/** The mail as its channel writes it, with the bytes of its files. */
export async function outgoingOf(
  runtime: Runtime,
  workspace: Workspace,
  reader: Principal,
  content: MailContent,
  of: { readonly id: string; readonly from: MailPerson; readonly at: Date; readonly references: readonly string[] },
): Promise<Outgoing> {
  const storage = openStorage(runtime.dataFolder);
  const files = await readableFiles(workspace, reader, content.attachments);
  const attachments = [];
  for (const { name, type, storageKey } of files)
    attachments.push({ name, type, bytes: await buffer(await storage.get(storageKey)) });
  const { to, cc, bcc, subject, html, signature, quote, language, calendar } = content;
  const whole = [html, signature && `<p>-- </p>${signature}`, quote && `<p></p>${quote}`].filter(Boolean).join('\n');
  const more = { ...(language ? { language } : {}), ...(calendar ? { calendar } : {}) };
  return { ...of, to, cc, bcc, subject, html: whole, attachments, ...more };
}

/** @throws Problem `file.not-found` for what the writer may not read, `outgoing.too-large` */
async function readableFiles(workspace: Workspace, principal: Principal, files: readonly FileValue[]) {
  if (files.length > MOST_FILES) throw invalid('attachments');
  const found = [];
  let size = 0;
  for (const { id, name } of files) {
    const file = await readableFile(workspace, principal, id);
    size += file.size;
    if (size > LARGEST) throw new Problem('outgoing.too-large', { maxMegabytes: Math.floor(LARGEST / 1024 ** 2) });
    found.push({ ...file, name: oneLine(name) || file.name });
  }
  return found;
}

/** What a browser sent, as it may stand in a mail. @throws Problem `request.invalid` */
export function cleanContent(content: MailContent): MailContent {
  const people = (all: readonly MailPerson[]) =>
    all.map(({ name, address }) => {
      const valid = content.fax ? faxNumber(address) : asAddress(oneLine(address));
      if (!valid)
        throw new Problem('outgoing.not-allowed', { address: oneLine(address).slice(0, 100) }, [
          { field: 'to', code: 'outgoing.note.notAnAddress', params: { address: oneLine(address).slice(0, 100) } },
        ]);
      return { name: oneLine(name).slice(0, 200).toWellFormed(), address: valid };
    });
  return {
    ...content,
    ...{ to: people(content.to), cc: people(content.cc), bcc: people(content.bcc) },
    subject: oneLine(content.subject).slice(0, 500).toWellFormed(),
    ...{ html: cleanHtml(content.html), signature: cleanHtml(content.signature), quote: cleanHtml(content.quote) },
  };
}

/** @throws Problem `request.invalid` */
export function cleanHtml(html: string): string {
  try {
    return richText.normalise(html, { name: 'html' } as never, {} as never) as string;
  } catch (error) {
    if (error instanceof FieldProblem) throw invalid('html', error.code);
    throw error;
  }
}

/** In E.164, as numbers are kept; null for what no fax can go to. */
function faxNumber(text: string): string | null {
  const number = normalAddress(oneLine(text));
  return number && faxAdapter.sending.isAddress(number) ? number : null;
}

const normalOf = (address: string) => normalAddress(address) ?? address.toLowerCase();

function invalid(field: string, code = 'field.invalid'): Problem {
  return new Problem('request.invalid', {}, [{ field, code }]);
}
