/** What every page has that strangers open. */
export const publicPageFields = {
  name: { type: 'text', required: true, maxLength: 120, search: true },
  /** The end of its address: `/f/<slug>`, `/b/<slug>`. */
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
  /** Sites that may show it, one on each line. */
  sites: { type: 'longText', maxLength: 4_000 },
  /** `#0f766e`, of its buttons. */
  color: { type: 'text', maxLength: 7 },
} as const;
