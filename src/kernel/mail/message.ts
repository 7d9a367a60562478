/**
 * A mail as the rest of the house sees it: plain data, whatever the bytes looked like. `parse` makes one of any bytes at
 * all; what was odd about them stands in `notes`.
 */
export interface Message {
  /**
   * The same for every copy of one mail, in whatever mailbox or folder: 43 letters made of the Message-ID and the sender, or
   * of everything that is seen where there is no Message-ID.
   */
  readonly key: string;
  /** Without `<` and `>`, like all identifiers here. */
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  /** Oldest first, each once, at most 100. */
  readonly references: readonly string[];
  readonly from: MailAddress | null;
  /** Who pressed the button, where that is somebody else than `from`. */
  readonly sender: MailAddress | null;
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly bcc: readonly MailAddress[];
  readonly replyTo: readonly MailAddress[];
  /** One line, at most 998 letters; empty where there is none. */
  readonly subject: string;
  /** When it says it was sent; where that is missing or absurd, when it was received (`notes` tell). Null when nobody knows. */
  readonly date: Date | null;
  /** The plain part; where there is none, made from the HTML. Lines end in `\n`. */
  readonly text: string;
  /** As it came: for `cleanHtml`, never for a screen. Null where there is none. */
  readonly html: string | null;
  readonly attachments: readonly Attachment[];
  /** Invitations and their answers (iTIP). They stand among the attachments too. */
  readonly calendars: readonly CalendarPart[];
  readonly headers: KeptHeaders;
  /** Bytes of the whole mail. */
  readonly size: number;
  readonly notes: readonly MessageNote[];
}

/** Somebody whom a mail names. What is no address stands as it was in `name`, with `address` null. */
export interface MailAddress {
  readonly name: string;
  /** The domain in small letters; the part before it as it was written. */
  readonly address: string | null;
}

export interface Attachment {
  /** Fit for a file: without folders and control characters, at most 150 letters, made from the type where none was given. */
  readonly name: string;
  /** Small letters, `application/octet-stream` where none was given. What the sender says, nothing more. */
  readonly type: string;
  readonly size: number;
  readonly bytes: Uint8Array;
  /** What `cid:` in the HTML means by it. */
  readonly contentId: string | null;
  /** A part of what is read (an image in the text) rather than a file that was sent along. */
  readonly inline: boolean;
}

export interface CalendarPart {
  /** `REQUEST`, `REPLY`, `CANCEL` …; null where neither the part nor the calendar says. */
  readonly method: string | null;
  readonly text: string;
}

/** Headers that later rooms ask for, unfolded, the first of each name; each at most 2,000 letters. */
export const keptHeaders = [
  'auto-submitted',
  'content-type',
  'delivered-to',
  'feedback-id',
  'importance',
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'precedence',
  'priority',
  'return-path',
  'x-auto-response-suppress',
  'x-autoreply',
  'x-autorespond',
  'x-failed-recipients',
  'x-loop',
  'x-mailer',
  'x-original-to',
  'x-priority',
  'x-spam-flag',
] as const;
export type KeptHeaders = Readonly<Partial<Record<(typeof keptHeaders)[number], string>>>;

/** What was odd, for "how this mail was read"; the words for people stand under `mailNote.<code>`. */
export interface MessageNote {
  readonly code: /** It could not be read: the bytes are one attachment, the headers are what could be saved. */
    | 'kept-raw'
    /** Parts inside parts deeper than 50, or more than 1,000 parts: kept as `kept-raw` keeps it. */
    | 'too-many-parts'
    | 'no-message-id'
    | 'no-sender'
    /** More than one From header: the first counts. */
    | 'several-senders'
    | 'no-date'
    /** No date, or one that lies more than a day after its arrival or before 1980. */
    | 'odd-date'
    | 'odd-address'
    /** Lines or control characters in a header that belong in none. */
    | 'odd-header'
    /** Letters that its charset does not have, or a charset that nobody knows. */
    | 'odd-letters'
    /** A winmail.dat whose files were taken out, and one that stays as it is. */
    | 'winmail-opened'
    | 'winmail-kept'
    /** A header list or text was longer than anybody reads: the rest is in the raw mail. */
    | 'cut'
    | 'signed'
    | 'encrypted';
  /** What it is about, for people who look closely. */
  readonly detail?: string;
}
