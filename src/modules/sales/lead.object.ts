import { defineObject } from '#kernel/object/definition.ts';
import type { Filter } from '#kernel/query/filter.ts';
import { sources } from './sources.ts';

const openStates: readonly unknown[] = ['new', 'working'];

/** Those that somebody still works on. */
export const openLeads = { status: { in: openStates } } satisfies Filter;

export function isOpenLead(status: unknown): boolean {
  return openStates.includes(status);
}

/**
 * Somebody may want to buy, and nobody knows yet whether there is a sale in it. Who it is says the contact: a person is known
 * once, with all that was said to them, before and after they buy. What follows from its status is in `lead.rules.ts`.
 */
export const lead = defineObject({
  name: 'lead',
  plural: 'leads',
  title: 'name',
  icon: 'user-plus',
  fields: {
    /** What they want. Of one that came with a form, in which somebody's name stands. */
    name: { type: 'text', required: true, search: 'prefix', index: true, personal: true },
    contact: { type: 'reference', to: 'contact', index: true, personal: true },
    account: { type: 'reference', to: 'account', index: true },
    status: {
      type: 'select',
      required: true,
      default: 'new',
      options: [
        { value: 'new', color: 'blue' },
        { value: 'working', color: 'cyan' },
        { value: 'qualified', color: 'green' },
        { value: 'disqualified', color: 'gray' },
      ],
    },
    warmth: {
      type: 'select',
      options: [
        { value: 'hot', color: 'red' },
        { value: 'warm', color: 'orange' },
        { value: 'cold', color: 'blue' },
      ],
    },
    source: { type: 'select', options: sources },
    amount: { type: 'money' },
    nextStep: { type: 'text' },
    description: { type: 'longText', personal: true },
    /** What became of it. */
    opportunity: {
      type: 'reference',
      to: 'opportunity',
      readOnly: true,
      index: true,
      showWhen: { opportunity: { empty: false } },
    },
    disqualifiedReason: {
      type: 'select',
      showWhen: { status: 'disqualified' },
      requireWhen: { status: 'disqualified' },
      options: [
        { value: 'noNeed' },
        { value: 'noBudget' },
        { value: 'notNow' },
        { value: 'noAnswer' },
        { value: 'wrongPerson' },
        { value: 'competitor' },
        { value: 'duplicate' },
        { value: 'spam' },
        { value: 'other' },
      ],
    },
    disqualifiedNote: { type: 'longText', personal: true, showWhen: { status: 'disqualified' } },
    /** When it was decided whether there is a sale in it. */
    settledAt: { type: 'datetime', readOnly: true, index: true, showWhen: { settledAt: { empty: false } } },
    tags: { type: 'tags' },
    externalId: { type: 'text', maxLength: 100, index: true },
  },
  timelineTo: ['account', 'contact'],
  timelineOf: ['contact', 'account'],
  indexes: {
    // A column of the board, and what somebody has of it.
    ofStatus: ['status', '-createdAt'],
    ofOwner: ['owner', 'status', '-createdAt'],
  },
  views: {
    open: {
      type: 'list',
      columns: ['name', 'contact', 'account', 'status', 'warmth', 'source', 'owner', 'createdAt'],
      filter: openLeads,
      sort: ['-createdAt'],
    },
    mine: {
      type: 'list',
      columns: ['name', 'contact', 'account', 'status', 'warmth', 'nextStep', 'createdAt'],
      filter: { owner: { is: 'me' }, ...openLeads },
      sort: ['-createdAt'],
    },
    unassigned: {
      type: 'list',
      columns: ['name', 'contact', 'account', 'status', 'source', 'createdAt'],
      filter: { owner: null, ...openLeads },
      sort: ['-createdAt'],
    },
    status: {
      type: 'board',
      by: 'status',
      columns: ['contact', 'account', 'warmth', 'owner'],
      sort: ['-createdAt'],
    },
    disqualified: {
      type: 'list',
      columns: ['name', 'contact', 'account', 'disqualifiedReason', 'settledAt', 'owner'],
      filter: { status: 'disqualified' },
      sort: ['-settledAt'],
    },
  },
  measures: {
    count: { count: true },
    open: { count: true, where: openLeads },
    qualified: { count: true, where: { status: 'qualified' } },
  },
  quickCreate: ['name', 'contact', 'account', 'source', 'warmth'],
});
