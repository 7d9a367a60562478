import { defineObject } from '#kernel/object/definition.ts';

/** Who took part in an interaction: a contact, a colleague, or an address that nobody knows yet. */
export const participant = defineObject({
  name: 'participant',
  plural: 'participants',
  title: 'name',
  icon: 'users',
  detailOf: 'interaction',
  fields: {
    interaction: { type: 'reference', to: 'interaction', required: true, onDelete: 'cascade' },
    role: {
      type: 'select',
      required: true,
      default: 'to',
      options: [
        { value: 'from' },
        { value: 'to' },
        { value: 'cc' },
        { value: 'bcc' },
        { value: 'attendee' },
        // Whoever answers an invitation that they never had.
        { value: 'uninvited', color: 'orange' },
      ],
    },
    /** As they called themselves then. */
    name: { type: 'text', maxLength: 250, personal: true },
    /** E-mail in small letters, phone in E.164, or the name that somebody has in a network. */
    address: { type: 'text', maxLength: 254, index: true, personal: true },
    contact: { type: 'reference', to: 'contact', personal: true },
    user: { type: 'user' },
    /** What they said to an invitation. */
    response: {
      type: 'select',
      options: [
        { value: 'accepted', color: 'green' },
        { value: 'tentative', color: 'yellow' },
        { value: 'declined', color: 'red' },
      ],
    },
    /** What they added to it. */
    comment: {
      type: 'text',
      maxLength: 1_000,
      personal: true,
      readOnly: true,
      showWhen: { comment: { empty: false } },
    },
    /** When they would rather meet, and how long. */
    proposedAt: { type: 'datetime', readOnly: true, showWhen: { proposedAt: { empty: false } } },
    proposedDuration: { type: 'duration', readOnly: true, showWhen: { proposedDuration: { empty: false } } },
  },
  views: { all: { type: 'list', columns: ['name', 'role', 'address', 'contact', 'user', 'response'], sort: ['role'] } },
  quickCreate: ['interaction', 'role', 'contact', 'user', 'name', 'address'],
});
