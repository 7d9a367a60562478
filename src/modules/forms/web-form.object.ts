import { defineObject } from '#kernel/object/definition.ts';

/**
 * A page with questions that anybody may answer: what it asks, in which words, what becomes of the answers. Its versions in
 * the history say what stood there when somebody agreed to something.
 */
export const webForm = defineObject({
  name: 'webForm',
  plural: 'webForms',
  title: 'name',
  icon: 'forms',
  detailOf: '*',
  fields: {
    name: { type: 'text', required: true, maxLength: 120, search: true },
    /** The end of its address: `/f/<slug>`. */
    slug: { type: 'text', required: true, maxLength: 60, unique: true },
    state: {
      type: 'select',
      required: true,
      default: 'draft',
      options: [
        { value: 'draft', color: 'gray' },
        { value: 'open', color: 'green' },
        { value: 'closed', color: 'orange' },
      ],
    },
    texts: { type: 'json' },
    questions: { type: 'json' },
    consents: { type: 'json' },
    /** Whoever answers has to follow a link in a letter before anything is made of it. */
    doubleOptIn: { type: 'boolean', required: true, default: false },
    /** What is made beside the contact. */
    makesAccount: { type: 'boolean', required: true, default: false },
    makesOpportunity: { type: 'boolean', required: true, default: false },
    /** Who looks after what comes: in turn, where they are several. */
    assignees: { type: 'references', to: 'user' },
    team: { type: 'reference', to: 'team' },
    /** Who is told by a letter, beside whoever looks after it. */
    told: { type: 'references', to: 'user' },
    /** Where visitors go on instead of the words of thanks. */
    redirect: { type: 'url' },
    /** Sites that may show it, one on each line. */
    sites: { type: 'longText', maxLength: 4_000 },
    color: { type: 'text', maxLength: 7 },
  },
  views: { all: { type: 'list', columns: ['name', 'slug', 'state', 'updatedAt'], sort: ['name'] } },
  quickCreate: ['name', 'slug'],
});
