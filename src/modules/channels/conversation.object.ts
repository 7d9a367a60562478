import { defineObject } from '#kernel/object/definition.ts';
import { channelOptions, directionOptions } from './channel.ts';

/**
 * A thread: what was written to and fro about one thing. It waits for somebody until it is done: its owner, or anybody of its
 * team while it has none.
 */
export const conversation = defineObject({
  name: 'conversation',
  plural: 'conversations',
  title: 'subject',
  icon: 'message-circle',
  fields: {
    subject: { type: 'text', required: true, search: true, personal: true },
    channel: { type: 'select', required: true, options: channelOptions },
    status: {
      type: 'select',
      required: true,
      default: 'open',
      options: [
        { value: 'open', color: 'blue' },
        { value: 'snoozed', color: 'yellow' },
        { value: 'done', color: 'green' },
      ],
    },
    /** When it comes back by itself. */
    snoozedUntil: { type: 'datetime' },
    team: { type: 'reference', to: 'team' },
    account: { type: 'reference', to: 'account' },
    contact: { type: 'reference', to: 'contact', personal: true },
    opportunity: { type: 'reference', to: 'opportunity' },
    /** When something was last said in it, by whom, and how it begins. */
    lastAt: { type: 'datetime', required: true, default: 'now' },
    lastDirection: { type: 'select', required: true, default: 'in', options: directionOptions },
    preview: { type: 'text', maxLength: 200, personal: true },
    /** Colleagues who were asked for a word in it and have not said that they are done. */
    mentioned: { type: 'references', to: 'user' },
    tags: { type: 'tags' },
  },
  // The inbox of a person, of a team, and of everybody; what nobody has taken, also where there is nothing among 40,000; what is
  // to come back, to each and to all.
  indexes: {
    ofOwner: ['owner', 'status', '-lastAt'],
    ofTeam: ['team', 'status', '-lastAt'],
    inbox: ['status', '-lastAt'],
    unassigned: ['!owner', 'team', 'status', '-lastAt'],
    ofAccount: ['account', '-lastAt'],
    snoozed: ['status', 'snoozedUntil'],
    ownSnoozed: ['owner', 'status', 'snoozedUntil'],
    teamSnoozed: ['team', 'status', 'snoozedUntil'],
  },
  views: {
    mine: {
      type: 'list',
      columns: ['subject', 'channel', 'account', 'contact', 'preview', 'lastDirection', 'lastAt'],
      filter: { owner: { is: 'me' }, status: 'open' },
      sort: ['-lastAt'],
    },
    unassigned: {
      type: 'list',
      columns: ['subject', 'channel', 'account', 'contact', 'preview', 'team', 'lastAt'],
      filter: { owner: null, status: 'open' },
      sort: ['-lastAt'],
    },
    open: {
      type: 'list',
      columns: ['subject', 'channel', 'account', 'contact', 'owner', 'lastDirection', 'lastAt'],
      filter: { status: 'open' },
      sort: ['-lastAt'],
    },
    all: {
      type: 'list',
      columns: ['subject', 'channel', 'status', 'account', 'contact', 'owner', 'lastAt'],
      sort: ['-lastAt'],
    },
  },
  measures: { count: { count: true }, open: { count: true, where: { status: 'open' } } },
  quickCreate: ['subject', 'channel', 'account', 'contact', 'team'],
});
