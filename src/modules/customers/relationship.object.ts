import { defineObject } from '#kernel/object/definition.ts';

/**
 * How any two accounts or contacts stand to each other, read from the first to the second: "Litera *is a supplier of* Baltica".
 * Seen from the second one it reads the other way round; both wordings stand in the catalogues
 * (`object.relationship.options.kind`, `object.relationship.inverse`).
 */
export const relationship = defineObject({
  name: 'relationship',
  plural: 'relationships',
  title: 'kind',
  icon: 'affiliate',
  detailOf: 'account',
  fields: {
    kind: {
      type: 'select',
      required: true,
      index: true,
      options: [
        { value: 'parent', color: 'indigo' },
        { value: 'supplier', color: 'blue' },
        { value: 'distributor', color: 'cyan' },
        { value: 'partner', color: 'violet' },
        { value: 'competitor', color: 'red' },
        { value: 'influencer', color: 'orange' },
        { value: 'household', color: 'grape' },
      ],
    },
    fromAccount: { type: 'reference', to: 'account', onDelete: 'cascade', index: true },
    fromContact: { type: 'reference', to: 'contact', onDelete: 'cascade', index: true },
    toAccount: { type: 'reference', to: 'account', onDelete: 'cascade', index: true },
    toContact: { type: 'reference', to: 'contact', onDelete: 'cascade', index: true },
    since: { type: 'date' },
    until: { type: 'date' },
    comment: { type: 'text', maxLength: 500, personal: true },
  },
  views: {
    all: {
      type: 'list',
      columns: ['fromAccount', 'fromContact', 'kind', 'toAccount', 'toContact', 'since', 'until'],
      sort: ['-createdAt'],
    },
  },
  quickCreate: ['kind', 'fromAccount', 'fromContact', 'toAccount', 'toContact'],
});
