import type { MailContent } from '#server/answers.ts';

/** What a mail begins with. */
export interface MailStart {
  /** From which mailbox; left out, the one that fits. */
  mailbox?: string | undefined;
  /** An interaction that it answers, or passes on. */
  replyTo?: { interaction: string; how: 'reply' | 'reply-all' | 'forward' } | undefined;
  to?: readonly { name: string; address: string }[] | undefined;
  /** Ids of what it is about. */
  about?: { account?: string; contact?: string; opportunity?: string } | undefined;
  /** Plain words with variables that come into its text, such as a macro's; each time anew with another object. */
  insert?: { words: string } | undefined;
  /** A draft that is kept already. */
  draft?: string | undefined;
}

export const emptyMail: MailContent = {
  ...{ mailbox: null, to: [], cc: [], bcc: [], subject: '', html: '', signature: '', quote: '' },
  ...{ attachments: [], replyTo: null, about: {}, language: null },
};

/** Whether somebody wrote anything that would be missed. */
export function isWorthKeeping(content: MailContent, begun: MailContent): boolean {
  const own = ({ html, subject, to, cc, bcc, attachments }: MailContent) =>
    JSON.stringify([html, subject, to, cc, bcc, attachments]);
  return own(content) !== own(begun);
}

/** Moments that people send at, in their zone as the browser knows it. */
export function laterMoments(now = new Date()): { name: 'inTwoHours' | 'tomorrow' | 'monday'; at: Date }[] {
  const soon = new Date(now.getTime() + 2 * 3_600_000);
  const morning = (days: number) => {
    const day = new Date(now);
    day.setDate(day.getDate() + days);
    day.setHours(9, 0, 0, 0);
    return day;
  };
  const toMonday = (8 - now.getDay()) % 7 || 7;
  return [
    { name: 'inTwoHours', at: soon },
    { name: 'tomorrow', at: morning(1) },
    ...(toMonday > 1 ? [{ name: 'monday' as const, at: morning(toMonday) }] : []),
  ];
}
