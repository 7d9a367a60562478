import { defineObject } from '#kernel/object/definition.ts';

/** Something a person should hear of. Its words are `notification.<kind>` in the catalogues, filled from `params`. */
export const notification = defineObject({
  name: 'notification',
  plural: 'notifications',
  title: 'kind',
  icon: 'bell-ringing',
  detailOf: '*',
  target: { object: 'targetObject', id: 'targetId' },
  fields: {
    user: { type: 'user', required: true },
    kind: {
      type: 'select',
      required: true,
      options: [
        { value: 'mentioned', color: 'violet' },
        { value: 'assigned', color: 'blue' },
        { value: 'assignedMany', color: 'blue' },
        { value: 'commented', color: 'teal' },
        { value: 'changed', color: 'gray' },
        { value: 'changedMany', color: 'gray' },
        { value: 'reminder', color: 'yellow' },
        { value: 'asked', color: 'blue' },
        { value: 'accepted', color: 'green' },
        { value: 'declined', color: 'red' },
        { value: 'finished', color: 'green' },
        { value: 'mailFailed', color: 'red' },
        { value: 'mailOpened', color: 'green' },
        { value: 'mailUnsure', color: 'orange' },
        { value: 'mailBounced', color: 'red' },
        { value: 'faxFailed', color: 'red' },
      ],
    },
    actor: { type: 'user' },
    targetObject: { type: 'text', required: true, maxLength: 63 },
    /** Empty when it is about many records. */
    targetId: { type: 'text', maxLength: 36 },
    params: { type: 'json', personal: true },
    readAt: { type: 'datetime' },
    /** Out of sight until then. */
    snoozedUntil: { type: 'datetime' },
  },
  indexes: { inbox: ['user', 'readAt', '-createdAt'], ofRecord: ['targetId'] },
  views: {
    unread: {
      type: 'list',
      columns: ['kind', 'actor', 'targetObject', 'createdAt'],
      filter: { user: { is: 'me' }, readAt: null },
      sort: ['-createdAt'],
    },
    mine: {
      type: 'list',
      columns: ['kind', 'actor', 'targetObject', 'createdAt', 'readAt'],
      filter: { user: { is: 'me' } },
      sort: ['-createdAt'],
    },
  },
  measures: { unread: { count: true, where: { readAt: null } } },
});
