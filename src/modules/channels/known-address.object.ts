import { defineObject } from '#kernel/object/definition.ts';

/**
 * What somebody decided about an address: whose it is, or that it is nobody's to be asked about again. It stands above what
 * would be found.
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
      ],
    },
    contact: { type: 'reference', to: 'contact', onDelete: 'cascade', personal: true },
    account: { type: 'reference', to: 'account', onDelete: 'cascade' },
  },
  views: {
    all: {
      type: 'list',
      columns: ['address', 'verdict', 'contact', 'account', 'createdBy', 'createdAt'],
      sort: ['-createdAt'],
    },
  },
  quickCreate: ['address', 'verdict', 'contact', 'account'],
});
