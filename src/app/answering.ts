import { buffer } from 'node:stream/consumers';
import type { Principal } from '#kernel/access/access.ts';
import type { FileValue } from '#kernel/fields/file/index.ts';
import { readableFile } from '#kernel/files/files.ts';
import { openStorage } from '#kernel/files/open-storage.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { asAddress } from '#kernel/mail/address.ts';
import type { MailAddress, Message } from '#kernel/mail/message.ts';
import { parse } from '#kernel/mail/parse.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { interaction } from '#modules/channels/index.ts';
import { cleanHtml, type MailContent, type MailPerson, sendersOf } from './outgoing.ts';
import type { Runtime } from './runtime.ts';

export type Answering = 'reply' | 'reply-all' | 'forward';

/** Letters of what is quoted; the whole of a longer one is where it came from. */
const LONGEST_QUOTE = 40_000;

/**
 * What a mail begins with that answers a message or passes it on: to whom, about what, what is quoted.
 * @throws Problem `record.not-found` for what the writer may not see
 */
export async function beginAnswer(
  runtime: Runtime,
  workspace: Workspace,
  principal: Principal,
  id: string,
  how: Answering,
  mailbox: string | null,
): Promise<MailContent> {
  const records = recordsFor(workspace, principal, 'mail');
  const about = await records.read(interaction, id);
  const senders = await sendersOf(workspace, principal);
  const ours = new Set(senders.flatMap(({ addresses }) => addresses.map((one) => one.toLowerCase())));
  const original = ((about.original ?? []) as unknown as FileValue[])[0];
  const message = original ? await messageOf(runtime, workspace, principal, original) : null;
  const people = message ? null : await participantsOf(workspace, principal, id);
  const of = (role: 'from' | 'to' | 'cc'): MailPerson[] =>
    message ? peopleOf(role === 'from' ? senderOf(message) : message[role]) : (people!.get(role) ?? []);
  // What we wrote ourselves is continued with those whom we wrote to.
  const isOwn = about.direction === 'out' || of('from').every((one) => ours.has(one.address.toLowerCase()));
  const foreign = (all: readonly MailPerson[]) => all.filter(({ address }) => !ours.has(address.toLowerCase()));
  const to =
    how === 'forward' ? [] : isOwn ? of('to') : how === 'reply' ? of('from') : [...of('from'), ...foreign(of('to'))];
  const cc = how === 'reply-all' ? foreign(of('cc')) : [];
  // As whom the customer knows us: the mailbox that the message came to.
  const named = new Set(
    [...of('to'), ...of('cc'), ...(isOwn ? of('from') : [])].map((one) => one.address.toLowerCase()),
  );
  const sender =
    senders.find((one) => one.id === mailbox) ??
    senders.find(({ addresses }) => addresses.some((one) => named.has(one.toLowerCase()))) ??
    senders.find(({ canSend }) => canSend) ??
    senders[0];
  const from = sender?.addresses.find((one) => named.has(one.toLowerCase())) ?? sender?.addresses[0] ?? null;
  const subject = about.subject ?? message?.subject ?? '';
  const text = message?.text ?? about.body ?? '';
  const language = principal.language;
  const first = of('from')[0];
  const quoted = { name: first?.name || first?.address || '', address: first?.address ?? '', at: new Date(about.at) };
  return {
    ...{ mailbox: sender?.id ?? null, from, to: once(to), cc: once(cc, to), bcc: [] },
    subject: how === 'forward' ? prefixed('Fwd', subject) : prefixed('Re', subject),
    ...{ html: '', signature: '' },
    quote: cleanHtml(
      how === 'forward'
        ? forwarded(language, quoted, { to: of('to'), subject, text })
        : answered(language, quoted, text, principal.timeZone),
    ),
    attachments: how === 'forward' ? ((about.attachments ?? []) as unknown as FileValue[]) : [],
    // What is passed on begins a thread of its own.
    replyTo: how === 'forward' ? null : id,
    about: Object.fromEntries(
      (['account', 'contact', 'opportunity'] as const).flatMap((name) =>
        about[name] && how !== 'forward' ? [[name, about[name]]] : [],
      ),
    ),
    language: null,
  };
}

async function messageOf(
  runtime: Runtime,
  workspace: Workspace,
  principal: Principal,
  original: FileValue,
): Promise<Message | null> {
  const { storageKey, type } = await readableFile(workspace, principal, original.id);
  if (type !== 'message/rfc822') return null;
  return parse(await buffer(await openStorage(runtime.dataFolder).get(storageKey)));
}

/** Where answers are wanted. */
const senderOf = ({ replyTo, from, sender }: Message): MailAddress[] =>
  replyTo.some(({ address }) => address !== null) ? [...replyTo] : [from ?? sender].filter((one) => one !== null);

function peopleOf(all: readonly MailAddress[]): MailPerson[] {
  return all.flatMap(({ name, address }) => {
    const valid = address === null ? null : asAddress(address);
    return valid ? [{ name, address: valid }] : [];
  });
}

async function participantsOf(workspace: Workspace, principal: Principal, id: string) {
  const { items } = await recordsFor(workspace, principal, 'mail').list('participant', {
    filter: { interaction: id },
    fields: ['role', 'name', 'address'],
    limit: 200,
  });
  const people = items.flatMap(({ role, name, address }) => {
    const valid = typeof address === 'string' ? asAddress(address) : null;
    return valid ? [{ role: String(role), name: String(name ?? ''), address: valid }] : [];
  });
  return Map.groupBy(people, ({ role }) => role);
}

function once(people: readonly MailPerson[], but: readonly MailPerson[] = []): MailPerson[] {
  const known = new Set(but.map(({ address }) => address.toLowerCase()));
  return people.flatMap(({ name, address }) => {
    const key = address.toLowerCase();
    if (known.has(key)) return [];
    known.add(key);
    return [{ name: name === address ? '' : name, address }];
  });
}

/** `Re: Durys`, however often it was answered, in whatever language. */
function prefixed(prefix: 'Re' | 'Fwd', subject: string): string {
  const bare = subject.replace(/^(?:\s*(?:re|aw|sv|ats|rv|fwd?|wg|pers)\s*(?:\[\d+\])?:\s*)+/i, '');
  return `${prefix}: ${bare}`;
}

interface Quoted {
  readonly name: string;
  readonly address: string;
  readonly at: Date;
}

function answered(language: string, { name, at }: Quoted, text: string, timeZone: string): string {
  const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(at);
  const wrote = translator(language)('outgoing.wrote', { name, moment });
  return `<p>${escaped(wrote)}</p><blockquote>${paragraphs(text)}</blockquote>`;
}

function forwarded(
  language: string,
  { name, address, at }: Quoted,
  { to, subject, text }: { to: readonly MailPerson[]; subject: string; text: string },
): string {
  const words = translator(language);
  const lines = [
    `---------- ${words('outgoing.forwarded')} ----------`,
    `${words('outgoing.from')}: ${name}${address && address !== name ? ` <${address}>` : ''}`,
    `${words('outgoing.date')}: ${new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(at)}`,
    `${words('outgoing.subject')}: ${subject}`,
    `${words('outgoing.to')}: ${to.map((one) => one.name || one.address).join(', ')}`,
  ];
  return `<p>${lines.map(escaped).join('<br />')}</p>${paragraphs(text)}`;
}

function paragraphs(text: string): string {
  const short = text.slice(0, LONGEST_QUOTE).toWellFormed().trim();
  return short
    .split(/\n{2,}/)
    .map((one) => `<p>${escaped(one).replaceAll('\n', '<br />')}</p>`)
    .join('');
}

export function escaped(text: string): string {
  // What no text may hold is nothing that anybody wrote.
  const plain = text.replaceAll(/[^\P{Cc}\n\t]/gu, ' ');
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
