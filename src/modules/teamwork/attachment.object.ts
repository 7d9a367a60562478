import { defineObject } from '#kernel/object/definition.ts';

/** A file that belongs to a record of any object: a contract, a drawing, a photograph of the shop. */
export const attachment = defineObject({
  name: 'attachment',
  plural: 'attachments',
  title: 'name',
  icon: 'paperclip',
  detailOf: '*',
  target: { object: 'targetObject', id: 'targetId' },
  fields: {
    targetObject: { type: 'text', required: true, maxLength: 63 },
    targetId: { type: 'text', required: true, maxLength: 36 },
    /** The file's own name until somebody gives it a better one. */
    name: { type: 'text', search: true, personal: true },
    file: { type: 'file', required: true, personal: true },
  },
  timeline: { at: 'createdAt', by: 'createdBy' },
  indexes: { ofRecord: ['targetObject', 'targetId', '-createdAt'] },
  views: { all: { type: 'list', columns: ['name', 'file', 'targetObject', 'createdBy', 'createdAt'] } },
  quickCreate: ['file', 'name'],
});
