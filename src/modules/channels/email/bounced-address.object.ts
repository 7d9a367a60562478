import { defineObject } from '#kernel/object/definition.ts';

/** An address to which writing is no use: a mail came back for good. A mail that comes from it takes the mark away. */
export const bouncedAddress = defineObject({
  name: 'bouncedAddress',
  plural: 'bouncedAddresses',
  title: 'address',
  icon: 'ban',
  detailOf: 'contact',
  fields: {
    /** In small letters. */
    address: { type: 'text', required: true, maxLength: 254, unique: true, search: true, personal: true },
    contact: { type: 'reference', to: 'contact', onDelete: 'clear', index: true, personal: true },
    at: { type: 'datetime', required: true, default: 'now' },
    reason: {
      type: 'select',
      required: true,
      default: 'no-such-address',
      options: [
        { value: 'no-such-address', color: 'red' },
        { value: 'no-such-domain', color: 'red' },
        { value: 'moved', color: 'orange' },
        { value: 'domain-takes-no-mail', color: 'red' },
        { value: 'complaint', color: 'violet' },
      ],
    },
    /** In the other server's words. */
    diagnostic: { type: 'text', maxLength: 500, personal: true },
    interaction: { type: 'reference', to: 'interaction', onDelete: 'clear' },
  },
  views: {
    all: { type: 'list', columns: ['address', 'contact', 'reason', 'diagnostic', 'at'], sort: ['-at'] },
  },
  quickCreate: ['address', 'contact', 'reason'],
});
