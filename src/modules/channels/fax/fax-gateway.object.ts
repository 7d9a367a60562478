import { defineObject } from '#kernel/object/definition.ts';

/**
 * A service that makes faxes of mails, and mails of faxes. What it wants to be told before it sends is kept sealed beside it:
 * see `kernel/mail/gateway-secret.ts`.
 */
export const faxGateway = defineObject({
  name: 'faxGateway',
  plural: 'faxGateways',
  title: 'name',
  icon: 'printer',
  detailOf: 'mailbox',
  fields: {
    name: { type: 'text', required: true, maxLength: 120 },
    /** Faxes go out and come in through it: whoever works it sends them, and its mails are seen by all colleagues. */
    mailbox: { type: 'reference', to: 'mailbox', required: true, onDelete: 'cascade' },
    /** Ours: what those who get a fax see. */
    number: { type: 'phone', required: true },
    /** `{number}@fax.example.com` */
    address: { type: 'text', required: true, maxLength: 254 },
    numberForm: {
      type: 'select',
      required: true,
      default: 'digits',
      options: [{ value: 'digits' }, { value: 'plus' }, { value: 'zeros' }],
    },
    /** `{subject}`, `{number}`, `{secret}`; the fax's own subject when empty. */
    subject: { type: 'text', maxLength: 200 },
    /** Above the text, with the same words. */
    firstLine: { type: 'text', maxLength: 200 },
    /** Addresses, and domains, from which faxes and answers come. */
    senders: { type: 'tags' },
    numberIn: {
      type: 'select',
      required: true,
      default: 'subject',
      options: [{ value: 'subject' }, { value: 'sender' }, { value: 'header' }, { value: 'text' }],
    },
    /** Words before the number. */
    numberAfter: { type: 'text', maxLength: 80 },
    header: { type: 'text', maxLength: 60, showWhen: { numberIn: 'header' } },
    /** What its answers say when a fax has arrived, and when it has not; the usual words when empty. */
    delivered: { type: 'tags' },
    failed: { type: 'tags' },
  },
  views: { all: { type: 'list', columns: ['name', 'number', 'mailbox', 'address'], sort: ['name'] } },
  quickCreate: ['name', 'mailbox', 'number', 'address', 'numberForm', 'senders'],
});
