import { defineObject } from '#kernel/object/definition.ts';

/** A remark on any record. `@{user id}` in the text mentions that person; screens show their name instead. */
export const comment = defineObject({
  name: 'comment',
  plural: 'comments',
  title: 'body',
  icon: 'message',
  detailOf: '*',
  target: { object: 'targetObject', id: 'targetId' },
  fields: {
    targetObject: { type: 'text', required: true, maxLength: 63 },
    targetId: { type: 'text', required: true, maxLength: 36 },
    body: { type: 'longText', required: true, search: true, personal: true },
  },
  timeline: { at: 'createdAt', by: 'createdBy' },
  indexes: { ofRecord: ['targetObject', 'targetId', '-createdAt'] },
  views: { all: { type: 'list', columns: ['body', 'targetObject', 'createdBy', 'createdAt'], sort: ['-createdAt'] } },
  quickCreate: ['body'],
});
