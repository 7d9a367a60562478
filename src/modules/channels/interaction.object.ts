import { defineObject } from '#kernel/object/definition.ts';
import { directionOptions, interactionChannelOptions } from './channel.ts';
import { shownOptions } from './visibility.ts';

/**
 * One contact with a customer, whatever the channel: a mail, a call, a meeting, a visit, a letter. Whoever took part are its
 * `participant`s; what belongs together is a `conversation`. Its owner is who served the customer.
 */
export const interaction = defineObject({
  name: 'interaction',
  plural: 'interactions',
  title: 'subject',
  icon: 'messages',
  fields: {
    channel: { type: 'select', required: true, options: interactionChannelOptions },
    direction: { type: 'select', required: true, default: 'out', options: directionOptions },
    /** Without one it takes its first words. */
    subject: { type: 'text', search: true, personal: true },
    /** What was said, in plain words: of a mail what is new in it. The whole of it, as it came, is in `original`. */
    body: { type: 'longText', search: true, personal: true },
    /** When it took place, or is going to. */
    at: { type: 'datetime', required: true, default: 'now', index: true },
    duration: { type: 'duration' },
    state: {
      type: 'select',
      required: true,
      default: 'done',
      options: [
        { value: 'planned', color: 'blue' },
        { value: 'done', color: 'green' },
        { value: 'missed', color: 'orange' },
        { value: 'cancelled', color: 'gray' },
      ],
    },
    outcome: {
      type: 'select',
      options: [
        { value: 'reached', color: 'green' },
        { value: 'agreed', color: 'green' },
        { value: 'interested', color: 'teal' },
        { value: 'callBack', color: 'yellow' },
        { value: 'notInterested', color: 'red' },
        { value: 'noAnswer', color: 'gray' },
        { value: 'busy', color: 'gray' },
        { value: 'voicemail', color: 'gray' },
        { value: 'wrongNumber', color: 'orange' },
      ],
    },
    sentiment: {
      type: 'select',
      options: [
        { value: 'positive', color: 'green' },
        { value: 'neutral', color: 'gray' },
        { value: 'negative', color: 'red' },
      ],
    },
    account: { type: 'reference', to: 'account' },
    contact: { type: 'reference', to: 'contact', personal: true },
    opportunity: { type: 'reference', to: 'opportunity' },
    conversation: { type: 'reference', to: 'conversation' },
    /** How much of it is told here; the rest is in a `heldMail`, for whoever works the mailbox. */
    visibility: {
      type: 'select',
      required: true,
      default: 'full',
      readOnly: true,
      options: shownOptions,
    },
    /** What became of a mail that was written here; each try and each recipient: `kernel/mail/outbox.ts`. */
    delivery: {
      type: 'select',
      readOnly: true,
      showWhen: { delivery: { empty: false } },
      options: [
        { value: 'waiting', color: 'gray' },
        { value: 'sent', color: 'green' },
        { value: 'delivered', color: 'green' },
        { value: 'delayed', color: 'yellow' },
        { value: 'partly', color: 'orange' },
        { value: 'bounced', color: 'red' },
        { value: 'failed', color: 'red' },
        { value: 'unsure', color: 'orange' },
      ],
    },
    /** Of a mail whose writer asked to know: when it was last opened, how often, and when a link of it was last followed. */
    openedAt: { type: 'datetime', readOnly: true, history: false, showWhen: { openedAt: { empty: false } } },
    openings: { type: 'integer', readOnly: true, history: false, showWhen: { openedAt: { empty: false } } },
    followedAt: { type: 'datetime', readOnly: true, history: false, showWhen: { followedAt: { empty: false } } },
    /** No person wrote it: out of office, a report about another mail, a program's, a list's. It is no answer. */
    automatic: {
      type: 'select',
      readOnly: true,
      showWhen: { automatic: { empty: false } },
      options: [
        { value: 'away', color: 'yellow' },
        { value: 'report', color: 'orange' },
        { value: 'notice', color: 'gray' },
        { value: 'list', color: 'gray' },
      ],
    },
    /** Of one that says until when its writer is away: that day. */
    awayUntil: { type: 'date', readOnly: true, showWhen: { awayUntil: { empty: false } } },
    /** Stays on top of what is told about the customer. */
    pinned: { type: 'boolean', required: true, default: false, index: true },
    /** Where people met. */
    place: { type: 'text', maxLength: 300, personal: true },
    /** Of a meeting or a visit: how often it takes place. It stands with each of them; what is true is in `series`. */
    repeats: { type: 'recurrence', showWhen: { channel: { in: ['meeting', 'visit'] } } },
    /** Which series it is one of, and when it would have begun, wherever it was moved to. */
    series: {
      type: 'reference',
      to: 'meetingSeries',
      readOnly: true,
      onDelete: 'clear',
      showWhen: { series: { empty: false }, repeats: { empty: true } },
    },
    occursAt: { type: 'datetime', readOnly: true, showWhen: { series: { empty: false } } },
    /** Of a visit: which one of its day's round it is. */
    stop: { type: 'integer', min: 1, max: 999, showWhen: { channel: 'visit' } },
    /** When somebody came to the customer and left them, by the clock of their phone, and where the phone was. */
    arrivedAt: { type: 'datetime', showWhen: { channel: 'visit' } },
    leftAt: { type: 'datetime', showWhen: { channel: 'visit' } },
    arrivedPlace: { type: 'geo', personal: true, showWhen: { arrivedPlace: { empty: false } } },
    leftPlace: { type: 'geo', personal: true, showWhen: { leftPlace: { empty: false } } },
    /** Metres between the account's place and where somebody arrived. */
    distance: { type: 'integer', readOnly: true, showWhen: { distance: { empty: false } } },
    attachments: { type: 'file', many: true, personal: true },
    /** The bytes as they came over the channel. */
    original: { type: 'file', personal: true },
    /** The same for every copy of one message; what comes twice is kept once. */
    messageKey: { type: 'text', maxLength: 120, unique: true, readOnly: true },
    /** By which answers name it. */
    messageId: { type: 'text', maxLength: 500, index: true, readOnly: true },
    /** The first message of the thread, as the message itself names it: mailboxes are read newest first. */
    threadRoot: { type: 'text', maxLength: 500, index: true, readOnly: true },
  },
  timeline: {
    at: 'at',
    by: 'owner',
    kind: 'channel',
    pinned: 'pinned',
    // What was forgotten for two months is found where it would have been.
    ahead: { by: 'at', filter: { state: 'planned', at: { gte: 'today-60' } }, oneOf: 'series' },
  },
  // The streams of an account, of a contact, of a sale and of a thread; what somebody has before them.
  indexes: {
    ofAccount: ['account', '-at'],
    ofContact: ['contact', '-at'],
    ofOpportunity: ['opportunity', '-at'],
    ofConversation: ['conversation', '-at'],
    ofOwner: ['owner', 'state', '-at'],
    ofSeries: ['series', 'occursAt'],
  },
  views: {
    all: {
      type: 'list',
      columns: ['subject', 'at', 'channel', 'direction', 'account', 'contact', 'owner'],
      sort: ['-at'],
    },
    mine: {
      type: 'list',
      columns: ['subject', 'at', 'channel', 'account', 'contact', 'outcome'],
      filter: { owner: { is: 'me' } },
      sort: ['-at'],
    },
    planned: {
      type: 'list',
      columns: ['subject', 'at', 'channel', 'account', 'contact', 'place', 'owner'],
      filter: { state: 'planned' },
      sort: ['at'],
    },
    visits: {
      type: 'list',
      columns: ['at', 'stop', 'account', 'state', 'arrivedAt', 'duration', 'distance', 'outcome', 'owner'],
      filter: { channel: 'visit' },
      sort: ['-at'],
    },
    calendar: { type: 'calendar', by: 'at', columns: ['channel', 'account', 'owner'] },
  },
  measures: { count: { count: true }, duration: { sum: 'duration' } },
  quickCreate: [
    'channel',
    'direction',
    'account',
    'contact',
    'subject',
    'body',
    'at',
    'duration',
    'repeats',
    'outcome',
  ],
});
