import { defineObject, type RecordOf } from '#kernel/object/definition.ts';

/** Something to do. Whoever has to do it is its owner. */
export const task = defineObject({
  name: 'task',
  plural: 'tasks',
  title: 'subject',
  icon: 'checkbox',
  fields: {
    subject: { type: 'text', required: true, search: true, personal: true },
    dueOn: { type: 'date', index: true },
    /** `14:30` in the owner's time zone; empty when any time of that day will do. */
    dueTime: { type: 'text', maxLength: 5 },
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
    status: {
      type: 'select',
      required: true,
      default: 'open',
      index: true,
      options: [
        { value: 'open', color: 'blue' },
        { value: 'inProgress', color: 'cyan' },
        { value: 'waiting', color: 'yellow' },
        { value: 'done', color: 'green' },
        { value: 'cancelled', color: 'gray' },
      ],
    },
    doneAt: { type: 'datetime' },
    account: { type: 'reference', to: 'account', index: true },
    /** What is to be done is about them. */
    contact: { type: 'reference', to: 'contact', index: true, personal: true },
    opportunity: { type: 'reference', to: 'opportunity', index: true },
    /** How long before it is due its owner is reminded, once for each. */
    remindBefore: {
      type: 'multiSelect',
      options: [
        { value: 'due' },
        { value: 'minutes15' },
        { value: 'hour' },
        { value: 'hours4' },
        { value: 'day' },
        { value: 'days2' },
        { value: 'week' },
      ],
    },
    /** A rule by which it comes again; there is one open task of it at a time. */
    repeats: { type: 'recurrence' },
    repeatsFrom: {
      type: 'select',
      default: 'due',
      options: [{ value: 'due' }, { value: 'done' }],
      showWhen: { repeats: { empty: false } },
    },
    /** What whoever was given it says; empty where nobody was asked. */
    acceptance: {
      type: 'select',
      showWhen: { givenBy: { empty: false } },
      options: [
        { value: 'asked', color: 'yellow' },
        { value: 'accepted', color: 'green' },
        { value: 'declined', color: 'red' },
      ],
    },
    /** Why not. */
    answer: {
      type: 'text',
      maxLength: 500,
      personal: true,
      showWhen: { acceptance: 'declined' },
      requireWhen: { acceptance: 'declined' },
    },
    /** Who asked. */
    givenBy: { type: 'user', readOnly: true, index: true, showWhen: { givenBy: { empty: false } } },
    /** When whoever gave it looks how it stands. */
    followUpOn: { type: 'date', showWhen: { givenBy: { empty: false } } },
    /** Whenever it is due. */
    remindOn: { type: 'datetime' },
    checklist: { type: 'checklist', personal: true },
    description: { type: 'longText', search: true, personal: true },
    delegatedTo: { type: 'user', readOnly: true, showWhen: { acceptance: { empty: false } } },
    /** The next of these moments; follows from them, and says nothing of its own. */
    remindAt: { type: 'datetime', readOnly: true, index: true, history: false },
    /** The last of them that has come. */
    remindedAt: { type: 'datetime', readOnly: true },
    /** The day of the rule that it stands for, wherever it was moved. */
    occursOn: { type: 'date', readOnly: true, showWhen: { repeats: { empty: false } } },
    /** Of which started playbook it is a step. */
    playbookRun: {
      type: 'reference',
      to: 'playbookRun',
      readOnly: true,
      onDelete: 'clear',
      index: true,
      showWhen: { playbookRun: { empty: false } },
    },
    /** The one that came after it. */
    next: { type: 'reference', to: 'task', readOnly: true, onDelete: 'clear' },
  },
  timeline: {
    at: 'doneAt',
    by: 'owner',
    ahead: { by: 'dueOn', filter: { doneAt: null, status: { in: ['open', 'inProgress', 'waiting'] } } },
  },
  indexes: {
    // The day's list of one person.
    agenda: ['owner', 'status', 'dueOn'],
    // What was done, and before it, without a day, what is to be done.
    ofAccount: ['account', '-doneAt'],
    ofContact: ['contact', '-doneAt'],
    ofOpportunity: ['opportunity', '-doneAt'],
  },
  views: {
    mine: {
      type: 'list',
      columns: ['subject', 'dueOn', 'dueTime', 'priority', 'status', 'checklist', 'account', 'opportunity'],
      filter: { owner: { is: 'me' }, status: { in: ['open', 'inProgress', 'waiting'] } },
      sort: ['dueOn'],
    },
    today: {
      type: 'list',
      columns: ['subject', 'dueOn', 'dueTime', 'priority', 'account', 'contact'],
      filter: { owner: { is: 'me' }, status: { in: ['open', 'inProgress', 'waiting'] }, dueOn: { within: 'today' } },
      sort: ['dueTime'],
    },
    open: {
      type: 'list',
      columns: ['subject', 'dueOn', 'priority', 'status', 'account', 'owner'],
      filter: { status: { in: ['open', 'inProgress', 'waiting'] } },
      sort: ['dueOn'],
    },
    all: { type: 'list', columns: ['subject', 'dueOn', 'status', 'account', 'owner', 'doneAt'], sort: ['-dueOn'] },
    waiting: {
      type: 'list',
      columns: ['subject', 'owner', 'acceptance', 'followUpOn', 'dueOn', 'account'],
      filter: { givenBy: { is: 'me' }, status: { in: ['open', 'inProgress', 'waiting'] } },
      sort: ['followUpOn'],
    },
    board: {
      type: 'board',
      by: 'status',
      columns: ['dueOn', 'priority', 'checklist', 'account', 'owner'],
      sort: ['dueOn'],
    },
    calendar: { type: 'calendar', by: 'dueOn', columns: ['account', 'owner'] },
  },
  measures: {
    count: { count: true },
    open: { count: true, where: { status: { in: ['open', 'inProgress', 'waiting'] } } },
  },
  quickCreate: ['subject', 'dueOn', 'priority', 'account'],
});

/** Nothing is left to do. */
export function isOver({ status }: Pick<RecordOf<typeof task>, 'status'>): boolean {
  return status === 'done' || status === 'cancelled';
}
