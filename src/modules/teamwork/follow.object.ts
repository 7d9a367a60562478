import { defineObject } from '#kernel/object/definition.ts';

/** In place of a record's id: all records of that object, those to come included. */
export const EVERY = '*';

/**
 * A person follows a record, or all of an object (`EVERY`), or, when `muted`, wants to hear nothing of it. The owner of a record follows it without such
 * a row: a million imported records would otherwise need a million of them.
 */
export const follow = defineObject({
  name: 'follow',
  plural: 'follows',
  title: 'targetObject',
  icon: 'bell',
  detailOf: '*',
  target: { object: 'targetObject', id: 'targetId' },
  fields: {
    user: { type: 'user', required: true, default: 'me' },
    targetObject: { type: 'text', required: true, maxLength: 63 },
    targetId: { type: 'text', required: true, maxLength: 36, index: true },
    muted: { type: 'boolean', required: true, default: false },
  },
  unique: { once: ['user', 'targetObject', 'targetId'] },
  views: {
    mine: {
      type: 'list',
      columns: ['targetObject', 'targetId', 'muted'],
      filter: { user: { is: 'me' } },
      sort: ['-createdAt'],
    },
  },
});
