import { defineObject } from '#kernel/object/definition.ts';

/** A text that is sent often: a whole mail, or a snippet of one. In each language that customers read. */
export const mailTemplate = defineObject({
  name: 'mailTemplate',
  plural: 'mailTemplates',
  title: 'name',
  icon: 'template',
  detailOf: '*',
  fields: {
    name: { type: 'text', required: true, maxLength: 120, index: true },
    kind: {
      type: 'select',
      required: true,
      default: 'template',
      options: [
        { value: 'template', color: 'blue' },
        { value: 'snippet', color: 'teal' },
      ],
    },
    folder: { type: 'text', maxLength: 80 },
    sharing: {
      type: 'select',
      required: true,
      default: 'private',
      options: [{ value: 'private' }, { value: 'team' }, { value: 'everyone' }],
    },
    /** Whose it is beside its owner's, when it is for a team. */
    team: { type: 'reference', to: 'team' },
    /** By language; see `texts.ts`. */
    texts: { type: 'json', required: true },
    attachments: { type: 'file', many: true },
  },
  views: {
    all: {
      type: 'list',
      columns: ['name', 'kind', 'folder', 'sharing', 'owner', 'updatedAt'],
      sort: ['name'],
    },
  },
  quickCreate: ['name', 'kind', 'folder', 'sharing', 'team'],
});
