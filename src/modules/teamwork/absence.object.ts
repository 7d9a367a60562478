import { defineObject } from '#kernel/object/definition.ts';

/**
 * Days on which somebody is away, and who does their work meanwhile. The owner stays the owner: the delegate sees and works
 * what is theirs, and hears of what is new.
 */
export const absence = defineObject({
  name: 'absence',
  plural: 'absences',
  title: 'name',
  icon: 'calendar-time',
  detailOf: 'user',
  decidesRights: true,
  fields: {
    /** Whose it is; their name. */
    name: { type: 'text', readOnly: true, maxLength: 200 },
    user: { type: 'user', required: true, default: 'me' },
    from: { type: 'date', required: true },
    /** The last day. */
    until: { type: 'date', required: true },
    /** Whoever the person reports to, unless somebody is named. */
    delegate: { type: 'user', required: true },
    /** What the delegate does; everything when it is empty. */
    scope: {
      type: 'multiSelect',
      options: [
        { value: 'accounts' },
        { value: 'opportunities' },
        { value: 'cases' },
        { value: 'tasks' },
        { value: 'mailbox' },
        { value: 'calls' },
      ],
    },
    /** What the delegate should know. */
    handover: { type: 'longText', maxLength: 10_000 },
  },
  indexes: { ofDay: ['until', 'from'], ofUser: ['user', 'until'] },
  views: {
    current: {
      type: 'list',
      columns: ['user', 'from', 'until', 'delegate', 'scope'],
      filter: { until: { gte: 'today' } },
      sort: ['from'],
    },
    mine: {
      type: 'list',
      columns: ['from', 'until', 'delegate', 'scope'],
      filter: { user: { is: 'me' } },
      sort: ['-from'],
    },
    all: { type: 'list', columns: ['user', 'from', 'until', 'delegate', 'scope'], sort: ['-from'] },
  },
  quickCreate: ['user', 'from', 'until', 'delegate', 'scope', 'handover'],
});
