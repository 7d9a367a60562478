import { defineObject } from '#kernel/object/definition.ts';
import { directionOptions } from '../channel.ts';

/**
 * What a mail says, for whoever works the mailbox that it came through, where colleagues see less of it or nothing. It stands
 * apart from the interaction that they see, so that no list, search, history or export of that one can tell it. A mail that
 * colleagues do not see at all has no interaction; it hangs on the account and contact itself.
 */
export const heldMail = defineObject({
  name: 'heldMail',
  plural: 'heldMails',
  title: 'subject',
  icon: 'mail-lock',
  detailOf: 'mailbox',
  fields: {
    subject: { type: 'text', search: true, personal: true },
    body: { type: 'longText', search: true, personal: true },
    at: { type: 'datetime', required: true },
    direction: { type: 'select', required: true, options: directionOptions },
    /** Who it is from, or whom it is to. */
    people: { type: 'text', personal: true },
    /** Whoever it names and what it answers, until colleagues may see that. */
    envelope: { type: 'json', personal: true },
    mailbox: { type: 'reference', to: 'mailbox', index: true },
    /** What colleagues see of it; without one, it hangs on whom it is from. */
    interaction: { type: 'reference', to: 'interaction', onDelete: 'cascade', index: true },
    account: { type: 'reference', to: 'account' },
    contact: { type: 'reference', to: 'contact', personal: true },
    attachments: { type: 'file', many: true, personal: true },
    original: { type: 'file', personal: true },
    /** The same for every copy of the mail, and of this copy: each mailbox holds its own. */
    messageKey: { type: 'text', maxLength: 120, index: true, readOnly: true },
    copyKey: { type: 'text', maxLength: 160, unique: true, readOnly: true },
  },
  timeline: { at: 'at', by: 'owner' },
  indexes: { ofAccount: ['account', '-at'], ofContact: ['contact', '-at'] },
  views: { all: { type: 'list', columns: ['subject', 'people', 'account', 'contact', 'at'], sort: ['-at'] } },
});
