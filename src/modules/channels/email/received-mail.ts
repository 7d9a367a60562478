import { readAutomatic } from '#kernel/mail/auto-reply.ts';
import { awayUntil } from '#kernel/mail/away-until.ts';
import { readBounce } from '#kernel/mail/bounce.ts';
import type { MailAddress, Message } from '#kernel/mail/message.ts';
import { readReply } from '#kernel/mail/reply-text.ts';
import type { Received, ReceivedParticipant } from '../keep-interactions.ts';

/** What of a mailbox decides how its mails are kept. */
export interface MailboxOwner {
  /** Addresses that are ours: what comes from one of them was written by us. */
  readonly addresses: ReadonlySet<string>;
  readonly owner: string | null;
  readonly team: string | null;
}

/** Letters of a text that people read; the rest of a longer one is in the original. */
const LONGEST_BODY = 90_000;
/** A mail to a list of thousands names the first of them here. */
const MOST_PARTICIPANTS = 200;

/**
 * A mail as an interaction has it: what is new in it without what it quotes, and whoever it names.
 * @param receivedAt when the server got it, for a mail that does not say when it was sent
 */
export function receivedMail(message: Message, mailbox: MailboxOwner, receivedAt: Date): Received {
  const { text, signature } = readReply(message.text);
  const sender = message.from ?? message.sender;
  const report = readBounce(message);
  const { kind } = readAutomatic(message);
  const automatic = report ? 'report' : kind === 'reply' ? 'away' : kind;
  return {
    channel: 'email',
    direction: directionOf(message, sender, mailbox),
    key: message.key,
    messageId: message.messageId,
    // What a server reports of a mail stands where that mail does.
    references: [
      ...message.references,
      ...(message.inReplyTo ? [message.inReplyTo] : []),
      ...(report?.messageId ? [report.messageId] : []),
    ],
    subject: message.subject,
    body: (text || message.text).slice(0, LONGEST_BODY).toWellFormed(),
    signature,
    at: message.date ?? receivedAt,
    participants: participantsOf(message, sender),
    owner: mailbox.owner,
    team: mailbox.team,
    ...(automatic ? { automatic } : {}),
    ...(automatic === 'away' ? { awayUntil: awayUntil(text, message.date ?? receivedAt) } : {}),
  };
}

/** What one of us wrote went out, unless it names nobody but us. */
function directionOf(message: Message, sender: MailAddress | null, mailbox: MailboxOwner): Received['direction'] {
  if (!isOurs(sender, mailbox)) return 'in';
  const named = [...message.to, ...message.cc, ...message.bcc];
  return named.length > 0 && named.every((one) => isOurs(one, mailbox)) ? 'internal' : 'out';
}

function isOurs(sender: MailAddress | null, { addresses }: MailboxOwner): boolean {
  return sender?.address != null && addresses.has(sender.address.toLowerCase());
}

/** Each once in each part that they have. */
function participantsOf(message: Message, sender: MailAddress | null): ReceivedParticipant[] {
  const named = [
    ...(sender ? [{ role: 'from' as const, ...sender }] : []),
    ...message.to.map((one) => ({ role: 'to' as const, ...one })),
    ...message.cc.map((one) => ({ role: 'cc' as const, ...one })),
    ...message.bcc.map((one) => ({ role: 'bcc' as const, ...one })),
  ];
  const once = new Map(named.map((one) => [`${one.role} ${one.address?.toLowerCase() ?? one.name}`, one]));
  return [...once.values()].slice(0, MOST_PARTICIPANTS);
}
