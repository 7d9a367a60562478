/**
 * What the sync of a folder needs from whoever keeps the mails, and what it says to them. The engine keeps nothing: every
 * batch carries the cursor that is true once the batch is kept, so both belong in one transaction. A batch that was kept
 * but not acknowledged (a crash in between) comes once more, with the same keys and UIDs.
 */
import type { Message } from '../message.ts';

/** Plain JSON. Null stands for a folder that was never read. */
export interface FolderCursor {
  /** The server's word that UIDs mean what they meant. */
  readonly uidValidity: string;
  /** The highest UID that was seen: everything above is new. */
  readonly newest: number;
  /** The first read goes from the newest down: UIDs below this one are still to be read. 0 when all were. */
  readonly below: number;
  /** The server's count of changes (CONDSTORE); null where it has none. */
  readonly modseq: string | null;
  /** The start date that was read back to, ISO; null for everything. An earlier one is read back to next time. */
  readonly since: string | null;
}

export interface FolderSink {
  /** Which of these mails are kept already, from whatever folder and mailbox they came: they are not fetched again. */
  known(keys: readonly string[]): Promise<ReadonlySet<string>>;
  /** The UIDs it believes to be in the folder. Asked only where the server cannot say what was deleted. */
  uids(folder: string, uidValidity: string): Promise<readonly number[]>;
  /** Keeps all of it and the cursor in one transaction; returns after its commit. What it throws ends the sync. */
  commit(batch: FolderBatch): Promise<void>;
}

export interface FolderBatch {
  readonly folder: string;
  readonly cursor: FolderCursor;
  /**
   * The UIDs of the folder mean nothing any more (UIDVALIDITY changed): forget where its mails are, not the mails. They are
   * found again in this and the next batches by their keys.
   */
  readonly isRenumbered: boolean;
  /**
   * Whole mails. Newest first while the first read lasts. Some may be known: mails without a Message-ID are told by their
   * whole only, and batches come twice after a crash.
   */
  readonly arrived: readonly Arrival[];
  /** Mails that are known, if only by `arrived`, and are (also) here: moved, copied, renumbered, or in another mailbox before. */
  readonly located: readonly Located[];
  /** Flags as they are now; may repeat what is known, and name UIDs that were not told yet: those are to be passed over. */
  readonly changed: readonly { readonly uid: number; readonly flags: readonly string[] }[];
  /** UIDs that are no longer in the folder; may name some that were never told. */
  readonly gone: readonly number[];
  readonly skipped: readonly Skipped[];
}

export interface Located {
  readonly uid: number;
  /** `Message.key` */
  readonly key: string;
  /** `\Seen`, `\Answered`, `\Flagged`, `\Draft` … and the server's own words. */
  readonly flags: readonly string[];
  /** When the server got it (INTERNALDATE). */
  readonly receivedAt: Date;
}

export interface Arrival extends Located {
  /** Without its HTML. */
  readonly message: Message;
  /** These and the bytes of attachments are the sink's, which may give their memory back. */
  readonly raw: Uint8Array;
}

/** A mail that is on the server and not here, and why: `mailSkip.<reason>` in the catalogues. */
export interface Skipped {
  readonly uid: number;
  /** Null for a mail without a Message-ID: its key is known once it was read. */
  readonly key: string | null;
  readonly reason: SkipReason;
  readonly messageId: string | null;
  readonly subject: string;
  readonly from: string | null;
  readonly size: number;
  readonly receivedAt: Date;
}

/**
 * `gone-meanwhile`: deleted between being listed and being fetched. `unreadable`: the server has it in its list and does
 * not hand it out. `nobody-known`: only mails with people that the company knows are wanted.
 * Mails from before the start date are counted in the report, not listed one by one.
 */
export type SkipReason = 'too-big' | 'blocked' | 'nobody-known' | 'gone-meanwhile' | 'unreadable';

/** What is known of a mail before it is fetched, to decide whether it is. */
export interface Preview {
  /** Null where there is no Message-ID. */
  readonly key: string | null;
  readonly messageId: string | null;
  /** As it stands in the header. */
  readonly rawSubject: string;
  /** The sender's address. */
  readonly from: string | null;
  readonly size: number;
  readonly receivedAt: Date;
  readonly flags: readonly string[];
}

export interface SyncOptions {
  /** Mails that the server got before are left where they are. The server counts in days. */
  readonly since?: Date | null;
  /** Bytes of the largest mail that is fetched; 80 MB, which a file of 50 MB fits into. */
  readonly largest?: number;
  /** Says of a mail that it is not wanted (a block list), before it is fetched. */
  readonly isBlocked?: (mail: Preview) => boolean;
  /** Ends the sync after the batch that is being kept. */
  readonly signal?: AbortSignal;
}

export interface FolderReport {
  readonly folder: string;
  readonly cursor: FolderCursor;
  /** Mails in the folder now, and those that the start date leaves out. */
  readonly exists: number;
  readonly beforeStart: number;
  readonly arrived: number;
  readonly located: number;
  readonly changed: number;
  readonly gone: number;
  readonly skipped: number;
  /** False when `signal` ended it early: call again to go on. */
  readonly isComplete: boolean;
}

/** A folder of a mailbox. */
export interface MailFolder {
  /** How the server calls it, with its parents: `INBOX/Clients`. */
  readonly path: string;
  readonly name: string;
  readonly parent: string | null;
  readonly role: 'inbox' | 'sent' | 'drafts' | 'junk' | 'trash' | 'archive' | 'all' | 'flagged' | null;
  /** Whether the server says so or the name does (`Išsiųsta`, `Enviados`). */
  readonly roleFrom: 'server' | 'name' | null;
  /** False for a folder that only has folders. */
  readonly holdsMail: boolean;
  readonly messages: number | null;
}
