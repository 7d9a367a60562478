import type { Records } from '#kernel/records/records.ts';
import { contact as contactObject } from '#modules/customers/index.ts';
import { consent } from './consent.object.ts';

/** Why somebody may be written to or called, or why not. */
export type ContactReason =
  /** They said so, and did not change their mind. */
  | 'given'
  | 'withdrawn'
  | 'notAsked'
  /** Marked on the contact: at all, by mail, by phone. It stands above any consent. */
  | 'doNotContact'
  | 'doNotEmail'
  | 'doNotCall'
  /** There is no such contact for whoever asks, or it is in the trash. */
  | 'unknown';

export interface ContactPermission {
  readonly may: boolean;
  readonly reason: ContactReason;
  /** The row of the ledger that decided. */
  readonly consent: string | null;
  /** When they said so. */
  readonly at: string | null;
}

/**
 * Whether a contact may be reached for a purpose by a channel. Everybody who sends something asks this for each contact, at
 * the moment of sending: a withdrawal counts at once. What nobody allowed is not allowed.
 *
 * @param records of somebody who sees all consents; one that is not seen counts as never given
 * @param purpose @param channel values of the fields of `consent`
 * @example
 * const { may, reason } = await mayContact(records, id, 'newsletter', 'email');
 */
export async function mayContact(
  records: Records,
  contact: string,
  purpose: string,
  channel: string,
): Promise<ContactPermission> {
  const person = await records.find(
    contactObject,
    { id: contact },
    { fields: ['doNotContact', 'doNotEmail', 'doNotCall'] },
  );
  if (!person) return refusal('unknown');
  if (person.doNotContact) return refusal('doNotContact');
  if (person.doNotEmail && channel === 'email') return refusal('doNotEmail');
  if (person.doNotCall && (channel === 'phone' || channel === 'sms')) return refusal('doNotCall');
  const { items } = await records.list(consent, {
    filter: { contact, purpose, channel },
    fields: ['state', 'at'],
    // Of two at the same moment, as two forms may write them, the one that was written down later counts.
    sort: ['-at', '-createdAt'],
    limit: 1,
  });
  const [latest] = items;
  if (!latest) return refusal('notAsked');
  const { state, at, id } = latest;
  return { may: state === 'given', reason: state === 'given' ? 'given' : 'withdrawn', consent: id, at: at as string };
}

function refusal(reason: ContactReason): ContactPermission {
  return { may: false, reason, consent: null, at: null };
}
