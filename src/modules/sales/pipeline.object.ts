import { defineObject } from '#kernel/object/definition.ts';

/** A way of selling with stages of its own: new business, renewals, tenders … */
export const pipeline = defineObject({
  name: 'pipeline',
  plural: 'pipelines',
  title: 'name',
  icon: 'layout-kanban',
  fields: {
    name: { type: 'text', required: true, search: true, maxLength: 80 },
    position: { type: 'integer', required: true, default: 0, index: true },
    active: { type: 'boolean', required: true, default: true },
    description: { type: 'longText' },
  },
  views: { all: { type: 'list', columns: ['name', 'position', 'active'], sort: ['position', 'name'] } },
  quickCreate: ['name'],
});
