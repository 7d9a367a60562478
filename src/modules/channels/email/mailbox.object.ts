import { defineObject } from '#kernel/object/definition.ts';
import { visibilityOptions } from '../visibility.ts';

/**
 * A mailbox that is read: one person's (its owner), or one that several work together. How it is reached, and how far it was
 * read, is kept apart from it: see `kernel/mail/mailbox-state.ts`.
 */
export const mailbox = defineObject({
  name: 'mailbox',
  plural: 'mailboxes',
  title: 'name',
  icon: 'mail',
  detailOf: 'user',
  fields: {
    name: { type: 'text', required: true, maxLength: 120 },
    /** In small letters. */
    address: { type: 'text', required: true, maxLength: 254, unique: true, personal: true },
    /** Other addresses that mail goes out under. */
    aliases: { type: 'tags' },
    kind: {
      type: 'select',
      required: true,
      default: 'personal',
      options: [
        { value: 'personal', color: 'blue' },
        { value: 'shared', color: 'violet' },
      ],
    },
    /** In whose inbox the conversations of a shared one stand. */
    team: { type: 'reference', to: 'team' },
    /** Who works a shared one, beside its owner. */
    members: { type: 'references', to: 'user' },
    state: {
      type: 'select',
      required: true,
      default: 'active',
      options: [
        { value: 'active', color: 'green' },
        { value: 'paused', color: 'gray' },
      ],
    },
    /** Mails from before are left where they are; everything is read without one. */
    since: { type: 'date' },
    /** How much of its mails colleagues see who do not work it. */
    visibility: { type: 'select', required: true, default: 'full', options: visibilityOptions },
    /** Mails in which nobody takes part whom the company knows are not read. */
    knownOnly: { type: 'boolean', required: true, default: false },
    /** Addresses, and domains, whose mails are not read. */
    blocked: { type: 'tags' },
  },
  views: {
    all: { type: 'list', columns: ['name', 'address', 'kind', 'owner', 'team', 'state', 'since'], sort: ['name'] },
    mine: {
      type: 'list',
      columns: ['name', 'address', 'state', 'since'],
      filter: { owner: { is: 'me' } },
      sort: ['name'],
    },
  },
  quickCreate: ['name'],
});
