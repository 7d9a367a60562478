import type { Filter } from '../api/types.ts';
import type { ListView } from './use-list-view.ts';

/** Address of the export of what a list shows, or of some of its records. */
export function exportHref(list: ListView, format: 'csv' | 'xlsx' | 'vcf', filter: Filter = list.target): string {
  const query = new URLSearchParams({
    filter: JSON.stringify(filter),
    sort: list.sort.join(','),
    fields: list.columns.map((field) => field.name).join(','),
  });
  return `/api/exports/${list.definition.name}.${format}?${query}`;
}
