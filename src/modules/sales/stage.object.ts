import { defineObject } from '#kernel/object/definition.ts';

/** A step of a pipeline. Its `kind` says whether opportunities in it are still being worked on. */
export const stage = defineObject({
  name: 'stage',
  plural: 'stages',
  title: 'name',
  icon: 'progress',
  detailOf: 'pipeline',
  fields: {
    name: { type: 'text', required: true, search: true, maxLength: 80 },
    pipeline: { type: 'reference', to: 'pipeline', required: true, onDelete: 'cascade', index: true },
    position: { type: 'integer', required: true, default: 0 },
    probability: { type: 'percent', required: true, default: 0, min: 0, max: 100 },
    kind: {
      type: 'select',
      required: true,
      default: 'open',
      options: [
        { value: 'open', color: 'blue' },
        { value: 'won', color: 'green' },
        { value: 'lost', color: 'red' },
      ],
    },
    isClosed: { type: 'formula', returns: 'boolean', formula: 'kind != "open"' },
    color: { type: 'text', maxLength: 20 },
  },
  indexes: { ofPipeline: ['pipeline', 'position'] },
  unique: { nameInPipeline: ['pipeline', 'name'] },
  views: {
    all: {
      type: 'list',
      columns: ['pipeline', 'name', 'position', 'probability', 'kind'],
      sort: ['pipeline', 'position'],
    },
  },
  quickCreate: ['name', 'pipeline', 'position', 'probability', 'kind'],
});
