import { defineObject } from '../object/definition.ts';

/**
 * What people of one kind may see and do. A person has several, added to one another; whoever has none works with
 * everything but the administrators' matters. What `grants` and `fields` say: `Role` in access.ts.
 */
export const role = defineObject({
  name: 'role',
  plural: 'roles',
  title: 'name',
  icon: 'shield',
  detailOf: 'user',
  decidesRights: true,
  fields: {
    name: { type: 'text', required: true, unique: true, maxLength: 80 },
    description: { type: 'longText', maxLength: 2_000 },
    grants: { type: 'json', required: true },
    fields: { type: 'json' },
  },
  views: { all: { type: 'list', columns: ['name', 'description', 'updatedAt'], sort: ['name'] } },
});
