import { defineObject } from '#kernel/object/definition.ts';

/** One task of a playbook. */
export const playbookStep = defineObject({
  name: 'playbookStep',
  plural: 'playbookSteps',
  title: 'subject',
  icon: 'checkbox',
  detailOf: 'playbook',
  fields: {
    playbook: { type: 'reference', to: 'playbook', required: true, onDelete: 'cascade' },
    /** Its place among the steps. */
    position: { type: 'integer', required: true, min: 1, max: 100 },
    subject: { type: 'text', required: true, maxLength: 250 },
    /** Working days, counted from the start, or from when the step before it is done. */
    days: { type: 'integer', required: true, default: 0, min: 0, max: 365 },
    after: {
      type: 'select',
      required: true,
      default: 'start',
      options: [{ value: 'start' }, { value: 'previous' }],
    },
    who: {
      type: 'select',
      required: true,
      default: 'owner',
      options: [{ value: 'owner' }, { value: 'accountOwner' }, { value: 'person' }, { value: 'team' }],
    },
    person: { type: 'user', showWhen: { who: 'person' }, requireWhen: { who: 'person' } },
    /** Whoever of it has the fewest open tasks of playbooks. */
    team: { type: 'reference', to: 'team', showWhen: { who: 'team' }, requireWhen: { who: 'team' } },
    priority: {
      type: 'select',
      required: true,
      default: 'normal',
      options: [
        { value: 'low', color: 'gray' },
        { value: 'normal', color: 'blue' },
        { value: 'high', color: 'orange' },
        { value: 'urgent', color: 'red' },
      ],
    },
    checklist: { type: 'checklist' },
    description: { type: 'longText' },
  },
  indexes: { ofPlaybook: ['playbook', 'position'] },
  views: {
    all: {
      type: 'list',
      columns: ['position', 'subject', 'days', 'after', 'who', 'person', 'team', 'priority'],
      sort: ['position'],
    },
  },
  quickCreate: ['playbook', 'position', 'subject', 'days', 'after', 'who', 'person', 'team', 'priority', 'checklist'],
});
