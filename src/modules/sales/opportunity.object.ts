import { defineObject } from '#kernel/object/definition.ts';
import { sources } from './sources.ts';

export const lostReasons = [
  { value: 'price' },
  { value: 'competitor' },
  { value: 'noBudget' },
  { value: 'noDecision' },
  { value: 'timing' },
  { value: 'missingFeature' },
  { value: 'noContact' },
  { value: 'duplicate' },
  { value: 'other' },
] as const;

/** A sale in the making. What follows from its stage (probability, dates, forecast) is in `opportunity.rules.ts`. */
export const opportunity = defineObject({
  name: 'opportunity',
  plural: 'opportunities',
  title: 'name',
  icon: 'target',
  fields: {
    name: { type: 'text', required: true, search: 'prefix', index: true },
    /** Not required: whoever prospects knows what might be sold before knowing to which company. */
    account: { type: 'reference', to: 'account', onDelete: 'restrict', index: true },
    contact: { type: 'reference', to: 'contact', index: true },
    pipeline: { type: 'reference', to: 'pipeline', required: true, onDelete: 'restrict' },
    stage: { type: 'reference', to: 'stage', required: true, onDelete: 'restrict' },
    amount: { type: 'money', index: true },
    probability: { type: 'percent', min: 0, max: 100 },
    weighted: { type: 'formula', returns: 'money', formula: 'amount * probability / 100', index: true },
    closeOn: { type: 'date', index: true },
    forecast: {
      type: 'select',
      required: true,
      default: 'pipeline',
      options: [
        { value: 'omitted', color: 'gray' },
        { value: 'pipeline', color: 'blue' },
        { value: 'bestCase', color: 'cyan' },
        { value: 'commit', color: 'teal' },
        { value: 'closed', color: 'green' },
      ],
    },
    nextStep: { type: 'text' },
    source: { type: 'select', options: sources },
    products: { type: 'tags' },
    competitor: { type: 'reference', to: 'account' },
    startedOn: { type: 'date', default: 'today' },
    stageSince: { type: 'datetime' },
    wonAt: { type: 'datetime', index: true },
    lostAt: { type: 'datetime' },
    lostReason: { type: 'select', options: lostReasons },
    lostNote: { type: 'longText' },
    tags: { type: 'tags' },
    description: { type: 'longText' },
    externalId: { type: 'text', maxLength: 100, index: true },
  },
  timelineTo: ['account', 'contact'],
  indexes: {
    // A column of the board, and the totals above it.
    boardColumn: ['pipeline', 'stage', '-amount'],
    ownerClose: ['owner', 'closeOn'],
    // The same column of somebody who sees their own.
    ownColumn: ['owner', 'stage', 'updatedAt'],
  },
  views: {
    pipeline: {
      type: 'board',
      by: 'stage',
      sum: 'amount',
      columns: ['account', 'amount', 'closeOn', 'owner'],
      sort: ['-amount'],
    },
    open: {
      type: 'list',
      columns: ['name', 'account', 'stage', 'amount', 'probability', 'closeOn', 'owner'],
      filter: { 'stage.isClosed': false },
      sort: ['closeOn'],
    },
    mine: {
      type: 'list',
      columns: ['name', 'account', 'stage', 'amount', 'closeOn', 'nextStep'],
      filter: { owner: { is: 'me' }, 'stage.isClosed': false },
      sort: ['closeOn'],
    },
    closingThisMonth: {
      type: 'list',
      columns: ['name', 'account', 'stage', 'amount', 'weighted', 'closeOn', 'owner'],
      filter: { 'stage.isClosed': false, closeOn: { within: 'this-month' } },
      sort: ['closeOn'],
    },
    won: {
      type: 'list',
      columns: ['name', 'account', 'amount', 'wonAt', 'source', 'owner'],
      filter: { 'stage.kind': 'won' },
      sort: ['-wonAt'],
    },
    lost: {
      type: 'list',
      columns: ['name', 'account', 'amount', 'lostAt', 'lostReason', 'competitor', 'owner'],
      filter: { 'stage.kind': 'lost' },
      sort: ['-lostAt'],
    },
    calendar: { type: 'calendar', by: 'closeOn', columns: ['account', 'amount'] },
  },
  measures: {
    count: { count: true },
    openAmount: { sum: 'amount', where: { 'stage.isClosed': false } },
    weightedAmount: { sum: 'weighted', where: { 'stage.isClosed': false } },
    wonAmount: { sum: 'amount', where: { 'stage.kind': 'won' } },
    averageWon: { avg: 'amount', where: { 'stage.kind': 'won' } },
  },
  quickCreate: ['name', 'account', 'amount', 'stage', 'closeOn'],
});
