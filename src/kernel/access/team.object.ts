import { defineObject } from '../object/definition.ts';

/** People who work together: what one of them owns, the others may see where a role says `team`. */
export const team = defineObject({
  name: 'team',
  plural: 'teams',
  title: 'name',
  icon: 'users-group',
  detailOf: 'user',
  decidesRights: true,
  fields: {
    name: { type: 'text', required: true, unique: true, maxLength: 80 },
    description: { type: 'longText', maxLength: 2_000 },
  },
  views: { all: { type: 'list', columns: ['name', 'description'], sort: ['name'] } },
});
