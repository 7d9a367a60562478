import { defineObject } from '#kernel/object/definition.ts';

/**
 * Which cards the home page shows and in what order, as an administrator arranges it for everybody or for those with a
 * role. What a person arranges for themself comes before it.
 */
export const homePage = defineObject({
  name: 'homePage',
  plural: 'homePages',
  title: 'role',
  icon: 'home',
  detailOf: '*',
  fields: {
    /** Id of a role, `administrator`, `member` for whoever has no role, or `*` for everybody who has no page of these. */
    role: { type: 'text', required: true, unique: true, maxLength: 100 },
    /** Names of cards: `day`, or of a view of an object, shipped or saved: `view:account/active`, `saved:<id>`. */
    cards: { type: 'json', required: true },
  },
  views: { all: { type: 'list', columns: ['role', 'updatedAt'], sort: ['role'] } },
  quickCreate: ['role'],
});
