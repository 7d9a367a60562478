import { defineObject } from '#kernel/object/definition.ts';
import { interactionChannelOptions } from '../channel.ts';

/**
 * Meetings that take place again and again: when, and what each of them is unless it was changed on its own. Each of those that
 * are near is an `interaction`; see decision 037. People change it through them.
 */
export const meetingSeries = defineObject({
  name: 'meetingSeries',
  plural: 'meetingSeriesAll',
  title: 'subject',
  icon: 'repeat',
  detailOf: '*',
  fields: {
    subject: { type: 'text', readOnly: true, personal: true },
    channel: { type: 'select', required: true, options: interactionChannelOptions, readOnly: true },
    direction: { type: 'text', required: true, maxLength: 20, readOnly: true },
    body: { type: 'longText', readOnly: true, personal: true },
    duration: { type: 'duration', readOnly: true },
    place: { type: 'text', maxLength: 300, readOnly: true, personal: true },
    account: { type: 'reference', to: 'account', readOnly: true },
    contact: { type: 'reference', to: 'contact', readOnly: true, personal: true },
    opportunity: { type: 'reference', to: 'opportunity', readOnly: true },
    /** What the clock on the wall shows when the first one begins, `2026-11-24T09:00:00`, and where the wall is. */
    start: { type: 'text', required: true, maxLength: 19, readOnly: true },
    timeZone: { type: 'text', required: true, maxLength: 64, readOnly: true },
    rule: { type: 'recurrence', required: true, readOnly: true },
    /** Of one that came from a calendar: what it is called there. */
    uid: { type: 'text', maxLength: 500, readOnly: true },
    /** The series that ended when this one began: who was invited to that is invited to this. */
    follows: { type: 'reference', to: 'meetingSeries', readOnly: true },
    /** Those before are interactions; null once all of them are. */
    laidUntil: { type: 'datetime', index: true, readOnly: true },
  },
  indexes: { ofOwner: ['owner'] },
  views: { all: { type: 'list', columns: ['subject', 'rule', 'start', 'owner'], sort: ['subject'] } },
});
