import type { Filter } from '../api/types.ts';

/**
 * What a list's address holds. Absent: as the view says. Lists of names are joined by commas, so that an address can be
 * read and written by people.
 */
export interface ListSearch {
  /** Name of a shipped view, id of a saved one. */
  view?: string;
  q?: string;
  filter?: Filter;
  sort?: string;
  shape?: string;
  columns?: string;
  group?: string;
  groupOrder?: string;
  totals?: string;
  by?: string;
  until?: string;
  sum?: string;
  measure?: string;
  cards?: string;
  lanes?: string;
  chart?: string;
  freeze?: string;
  quick?: string;
  followed?: string;
  shared?: string;
  /** The column record a board is narrowed to, e.g. which pipeline. */
  lane?: string;
  /** Where a calendar or a timeline stands: a day. */
  at?: string;
  /** How much of it is shown: `month`, `week` … */
  span?: string;
}

const texts = [
  ...['view', 'q', 'sort', 'shape', 'columns', 'group', 'totals', 'by', 'until', 'sum', 'measure', 'cards', 'lanes'],
  ...['chart', 'freeze', 'quick', 'followed', 'shared', 'lane', 'at', 'span', 'groupOrder'],
] as const;

export function readSearch(search: Record<string, unknown>): ListSearch {
  const read: Record<string, unknown> = {};
  for (const name of texts) {
    const value = search[name];
    if (value !== undefined && value !== null && value !== '') read[name] = String(value);
  }
  if (search.filter && typeof search.filter === 'object') read.filter = search.filter;
  return read as ListSearch;
}
