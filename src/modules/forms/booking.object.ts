import { defineObject } from '#kernel/object/definition.ts';

/** What a visitor chose on a booking page; the meeting itself is the interaction. */
export const booking = defineObject({
  name: 'booking',
  plural: 'bookings',
  title: 'name',
  icon: 'calendar-time',
  detailOf: '*',
  fields: {
    name: { type: 'text', required: true, maxLength: 250, readOnly: true, search: true, personal: true },
    page: { type: 'reference', to: 'bookingPage', required: true, readOnly: true, onDelete: 'cascade' },
    interaction: { type: 'reference', to: 'interaction', readOnly: true },
    contact: { type: 'reference', to: 'contact', readOnly: true, personal: true },
    state: {
      type: 'select',
      required: true,
      default: 'booked',
      readOnly: true,
      options: [
        { value: 'booked', color: 'green' },
        { value: 'cancelled', color: 'gray' },
      ],
    },
    at: { type: 'datetime', required: true, readOnly: true },
    minutes: { type: 'integer', required: true, readOnly: true },
    hosts: { type: 'references', to: 'user', readOnly: true },
    email: { type: 'email', required: true, readOnly: true, personal: true },
    language: { type: 'text', maxLength: 2, readOnly: true },
    timeZone: { type: 'text', maxLength: 64, readOnly: true },
    answers: { type: 'json', readOnly: true, personal: true },
    suggestions: { type: 'json', readOnly: true, personal: true },
    /** How often it was changed: links of letters before no longer work. */
    sequence: { type: 'integer', required: true, default: 0, readOnly: true },
    /** The same when one page is sent twice. */
    key: { type: 'text', maxLength: 80, unique: true, readOnly: true },
  },
  indexes: { ofPage: ['page', '-at'] },
  views: { all: { type: 'list', columns: ['name', 'page', 'state', 'at', 'contact'], sort: ['-at'] } },
});
