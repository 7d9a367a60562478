import { defineObject } from '#kernel/object/definition.ts';

/** Steps that are done often, kept under a name: run on one conversation or on many, taken back as one. */
export const macro = defineObject({
  name: 'macro',
  plural: 'macros',
  title: 'name',
  icon: 'bolt',
  detailOf: '*',
  fields: {
    name: { type: 'text', required: true, maxLength: 80, index: true },
    sharing: {
      type: 'select',
      required: true,
      default: 'private',
      options: [{ value: 'private' }, { value: 'team' }, { value: 'everyone' }],
    },
    /** Whose it is beside its owner's, when it is for a team. */
    team: { type: 'reference', to: 'team' },
    /** What it does, in order; see `macro-steps.ts`. */
    steps: { type: 'json', required: true },
  },
  views: { all: { type: 'list', columns: ['name', 'sharing', 'team', 'owner', 'updatedAt'], sort: ['name'] } },
  quickCreate: ['name', 'sharing', 'team'],
});
