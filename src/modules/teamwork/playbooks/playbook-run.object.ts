import { defineObject } from '#kernel/object/definition.ts';

/** A playbook that was started for a record, with its steps as they were then. */
export const playbookRun = defineObject({
  name: 'playbookRun',
  plural: 'playbookRuns',
  title: 'name',
  icon: 'checklist',
  detailOf: 'playbook',
  fields: {
    /** The playbook's, as it was. */
    name: { type: 'text', maxLength: 120, readOnly: true },
    playbook: { type: 'reference', to: 'playbook', onDelete: 'clear', index: true },
    state: {
      type: 'select',
      required: true,
      default: 'running',
      index: true,
      options: [
        { value: 'running', color: 'blue' },
        { value: 'done', color: 'green' },
        { value: 'stopped', color: 'gray' },
      ],
    },
    account: { type: 'reference', to: 'account', onDelete: 'cascade', index: true },
    contact: { type: 'reference', to: 'contact', onDelete: 'cascade', personal: true, index: true },
    opportunity: { type: 'reference', to: 'opportunity', onDelete: 'cascade', index: true },
    startedOn: { type: 'date', readOnly: true },
    done: { type: 'integer', required: true, default: 0, readOnly: true },
    total: { type: 'integer', readOnly: true },
    /** What comes next, in words. */
    next: { type: 'text', readOnly: true, maxLength: 250 },
    nextOn: { type: 'date', readOnly: true },
    /** See `run-steps.ts`. */
    steps: { type: 'json', readOnly: true, history: false },
  },
  views: {
    running: {
      type: 'list',
      columns: ['name', 'account', 'contact', 'opportunity', 'done', 'total', 'next', 'nextOn', 'owner'],
      filter: { state: 'running' },
      sort: ['nextOn'],
    },
    all: {
      type: 'list',
      columns: ['name', 'state', 'account', 'contact', 'opportunity', 'startedOn', 'done', 'total', 'owner'],
      sort: ['-startedOn'],
    },
  },
  quickCreate: ['playbook', 'account', 'contact', 'opportunity'],
  measures: { count: { count: true } },
});
