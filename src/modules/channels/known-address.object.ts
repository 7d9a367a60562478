import { defineObject } from '#kernel/object/definition.ts';

/**
 * What somebody decided about an address: whose it is, or that it is nobody's to be asked about again. It stands above what
 * would be found. Those that wait for a decision are here, too.
 */
export const knownAddress = defineObject({
  name: 'knownAddress',
  plural: 'knownAddresses',
  title: 'address',
  icon: 'at',
  detailOf: '*',
  fields: {
    /** E-mail in small letters, phone in E.164. */
    address: { type: 'text', required: true, maxLength: 254, unique: true, search: true, personal: true },
    verdict: {
      type: 'select',
      required: true,
      default: 'contact',
      options: [
        { value: 'contact', color: 'green' },
        { value: 'account', color: 'blue' },
        { value: 'nobody', color: 'gray' },
        { value: 'blocked', color: 'red' },
        /** Somebody wrote from it whom nobody knows: it waits for a decision. */
        { value: 'open', color: 'yellow' },
      ],
    },
    contact: { type: 'reference', to: 'contact', onDelete: 'cascade', personal: true },
    account: { type: 'reference', to: 'account', onDelete: 'cascade' },
    /** What whoever has it calls themselves. */
    name: { type: 'text', maxLength: 250, search: true, personal: true },
    /** How whoever has it signs. */
    signature: { type: 'longText', personal: true, history: false },
    /** The last message that came from it before it was decided, and how many had come. */
    interaction: { type: 'reference', to: 'interaction' },
    lastAt: { type: 'datetime' },
    messages: { type: 'integer' },
  },
  indexes: { ofVerdict: ['verdict', '-lastAt'] },
  views: {
    all: {
      type: 'list',
      columns: ['address', 'verdict', 'contact', 'account', 'createdBy', 'createdAt'],
      sort: ['-createdAt'],
    },
  },
  quickCreate: ['address', 'verdict', 'contact', 'account'],
});
