import { defineObject } from '#kernel/object/definition.ts';

/**
 * A way to look at an object's records that somebody keeps: shape, filter, order, columns, grouping. Its owner's own, for
 * the people of a team, or for everyone; an administrator's choice opens first.
 */
export const savedView = defineObject({
  name: 'savedView',
  plural: 'savedViews',
  title: 'name',
  icon: 'layout-list',
  detailOf: '*',
  fields: {
    name: { type: 'text', required: true, maxLength: 80 },
    /** Name of the object whose records it shows. */
    object: { type: 'text', required: true, maxLength: 63, index: true },
    shape: {
      type: 'select',
      required: true,
      default: 'list',
      options: [
        { value: 'list' },
        { value: 'board' },
        { value: 'calendar' },
        { value: 'timeline' },
        { value: 'map' },
        { value: 'chart' },
      ],
    },
    sharing: {
      type: 'select',
      required: true,
      default: 'private',
      options: [{ value: 'private' }, { value: 'team' }, { value: 'everyone' }],
    },
    /** Who sees it beside its owner, when it is for a team. */
    team: { type: 'references', to: 'user' },
    isDefault: { type: 'boolean', required: true, default: false },
    /** What the screen shows with it; the members are those of a shipped view and more. */
    settings: { type: 'json', history: false },
  },
  views: { all: { type: 'list', columns: ['name', 'object', 'shape', 'sharing', 'owner'], sort: ['name'] } },
  quickCreate: ['name', 'object', 'sharing'],
});
