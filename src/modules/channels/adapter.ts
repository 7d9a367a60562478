import type { Channel } from './channel.ts';
import type { Received } from './keep-interactions.ts';

/**
 * What stands between a channel and the rest of the house: it makes plain data of what comes, and bytes of what goes. It keeps
 * nothing, asks nobody's rights and knows no record: whoever calls it does. `adapter.conformance.test.ts` holds all of
 * `adapters.ts` to what is said here.
 *
 * @typeParam Access how the channel is reached, passwords in the clear; a channel that only receives has none
 * @typeParam Ways what it has to know to understand what comes; most channels need nothing
 */
export interface ChannelAdapter<Access = never, Ways = undefined> {
  readonly channel: Channel;
  /**
   * What came over the channel, or went over it somewhere else, as plain data. Whatever the bytes are it makes something of
   * them: strangers write them. The same bytes have the same key each time.
   */
  receive(raw: Uint8Array, into: Receiver, ways: Ways): Promise<Received>;
  /** Null for a channel that is only listened to. */
  readonly sending: Sending<Access> | null;
}

/** Where something came in. */
export interface Receiver {
  /** Addresses that are ours: what comes from one of them was written by us. In small letters. */
  readonly addresses: ReadonlySet<string>;
  readonly owner: string | null;
  readonly team: string | null;
  /** For what does not say when it was sent. */
  readonly receivedAt: Date;
}

export interface Sending<Access> {
  /** Whether something can be sent to it. */
  isAddress(text: string): boolean;
  /**
   * The bytes of a message; they are kept, and sent as they are at every try. Control characters go nowhere but into its text,
   * and what nobody is to read into none of it: that is put in on the way out.
   */
  write(message: Outgoing, access: Access): Promise<Written>;
  /**
   * Hands a message over.
   * @param to those of its addresses that are still to get it
   * @param beforeEnd awaited before the last moment at which it is sure that nobody got it; what it throws stops the sending
   */
  send(written: Written, to: readonly string[], access: Access, beforeEnd: () => Promise<void>): Promise<Delivery>;
  /**
   * Whether the channel shows that a message left: asked when the answer never came. False where it cannot be told.
   * @throws what hinders looking
   */
  hasLeft(written: Pick<Written, 'id'>, access: Access): Promise<boolean>;
  /** Signs in and sends nothing. Null when all is well, else what hinders, as a word that the catalogues know. */
  health(access: Access): Promise<{ readonly fault: string; readonly detail: string } | null>;
}

export interface OutgoingPerson {
  readonly name: string;
  readonly address: string;
}

/** A message that one of us wrote. */
export interface Outgoing {
  /** By which answers name it; our own. */
  readonly id: string;
  /** What it answers, and what that answered, oldest first. */
  readonly references: readonly string[];
  readonly at: Date;
  readonly from: OutgoingPerson;
  readonly to: readonly OutgoingPerson[];
  readonly cc: readonly OutgoingPerson[];
  readonly bcc: readonly OutgoingPerson[];
  readonly subject: string;
  /** Sanitised HTML. A channel without formatting makes text of it. */
  readonly html: string;
  /** The same with what tells that it is opened; a channel without formatting leaves it out. */
  readonly tracked?: string;
  readonly language?: string;
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly bytes: Uint8Array }[];
  /** What it says of a meeting, as iCalendar; a channel that knows none leaves it out. */
  readonly calendar?: { readonly method: string; readonly text: string };
}

export interface Written {
  readonly id: string;
  readonly from: string;
  readonly raw: Buffer;
  /** `Received.key` of it when it comes back: as a copy, from a folder of sent messages. */
  readonly key: string;
}

/**
 * `sent`: somebody of them gets it. `delayed`: nobody yet, and it may be tried again. `refused`: nobody, and trying again is
 * no use. `unsure`: it was handed over and the answer never came.
 */
export interface Delivery {
  readonly outcome: 'sent' | 'delayed' | 'refused' | 'unsure';
  readonly accepted: readonly string[];
  readonly refused: readonly { readonly address: string; readonly isPassing: boolean; readonly detail: string }[];
  /** What the other side said, in one line. */
  readonly detail: string;
}
