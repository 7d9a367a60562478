import { defineObject } from '#kernel/object/definition.ts';

/** A sequence of tasks that is done the same way each time: whom to greet how, what follows an offer. Its steps are `playbookStep`s. */
export const playbook = defineObject({
  name: 'playbook',
  plural: 'playbooks',
  title: 'name',
  icon: 'checklist',
  fields: {
    name: { type: 'text', required: true, search: true, maxLength: 120, index: true },
    /** What its tasks are about. */
    about: {
      type: 'select',
      required: true,
      default: 'account',
      options: [{ value: 'account' }, { value: 'contact' }, { value: 'opportunity' }],
    },
    active: { type: 'boolean', required: true, default: true },
    starts: {
      type: 'select',
      required: true,
      default: 'byHand',
      options: [{ value: 'byHand' }, { value: 'created' }, { value: 'stage' }],
    },
    /** The stage that a sale comes to. */
    stage: {
      type: 'reference',
      to: 'stage',
      onDelete: 'clear',
      showWhen: { starts: 'stage' },
      requireWhen: { starts: 'stage', active: true },
    },
    /** It starts by itself only for records that fit: a filter as in lists. */
    filter: { type: 'json', showWhen: { starts: { in: ['created', 'stage'] } } },
    description: { type: 'longText' },
  },
  views: {
    all: { type: 'list', columns: ['name', 'about', 'starts', 'active', 'owner', 'updatedAt'], sort: ['name'] },
  },
  quickCreate: ['name', 'about', 'starts', 'stage', 'description'],
});
