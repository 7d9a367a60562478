import { asSystem, type Principal } from '#kernel/access/access.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
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
 * The contact has to be there for whoever asks. What was said is looked up whatever they may see: somebody who may not read
 * a withdrawal, or the mark not to be called, would else call.
 *
 * @param purpose @param channel values of the fields of `consent`
 * @example
 * const { may, reason } = await mayContact(workspace, principal, id, 'newsletter', 'email');
 */
export async function mayContact(
  workspace: Workspace,
  asker: Principal,
  contact: string,
  purpose: string,
  channel: string,
): Promise<ContactPermission> {
  const isThere = await recordsFor(workspace, asker, 'consent').find(contactObject, { id: contact }, { fields: [] });
  if (!isThere) return refusal('unknown');
  const records = recordsFor(workspace, asSystem('what a contact allowed does not depend on who asks'), 'consent');
  const person = await records.read(contactObject, contact, { fields: ['doNotContact', 'doNotEmail', 'doNotCall'] });
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
