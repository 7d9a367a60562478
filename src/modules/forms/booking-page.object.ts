import { defineObject } from '#kernel/object/definition.ts';
import { publicPageFields } from './public-page.ts';

/** A page on which anybody may choose a time to meet: with whom, how long, and how early and how often. */
export const bookingPage = defineObject({
  name: 'bookingPage',
  plural: 'bookingPages',
  title: 'name',
  icon: 'calendar-time',
  detailOf: '*',
  fields: {
    ...publicPageFields,
    /** Minutes that a visitor may choose from. */
    durations: { type: 'json' },
    hosts: { type: 'references', to: 'user' },
    mode: {
      type: 'select',
      required: true,
      default: 'inTurn',
      options: [
        /** One of the hosts: whoever is free and had the fewest. */
        { value: 'inTurn', color: 'teal' },
        { value: 'together', color: 'violet' },
      ],
    },
    /** Minutes that stay free. */
    bufferBefore: { type: 'integer', required: true, default: 0 },
    bufferAfter: { type: 'integer', required: true, default: 0 },
    /** Hours between the booking and the meeting, at the least. */
    noticeHours: { type: 'integer', required: true, default: 4 },
    aheadDays: { type: 'integer', required: true, default: 30 },
    /** Meetings of each host by this page on one day. */
    perDay: { type: 'integer' },
    /** Hours before the meeting at which the visitor gets a letter. */
    remindHours: { type: 'integer' },
    /** Where people meet: an address, a link, a number. */
    place: { type: 'text', maxLength: 300 },
  },
  views: { all: { type: 'list', columns: ['name', 'slug', 'state', 'updatedAt'], sort: ['name'] } },
  quickCreate: ['name', 'slug'],
});
