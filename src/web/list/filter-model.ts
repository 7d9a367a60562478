import type { Filter } from '../api/types.ts';

/** A filter as people build it: conditions in groups, all or any of which have to hold. */
export interface FilterGroup {
  match: 'and' | 'or';
  items: FilterItem[];
}

export interface Condition {
  field: string;
  operator: string;
  value: unknown;
}

/** What the builder has no controls for (`not`, several levels of it) is kept as it is. */
export interface OtherFilter {
  other: Filter;
}

export type FilterItem = Condition | FilterGroup | OtherFilter;

export const isGroup = (item: FilterItem): item is FilterGroup => 'items' in item;
export const isCondition = (item: FilterItem): item is Condition => 'field' in item;

export function readFilter(filter: Filter | undefined): FilterGroup {
  const items = itemsOf(filter ?? {});
  const only = items.length === 1 ? items[0]! : null;
  return only && isGroup(only) ? only : { match: 'and', items };
}

export function writeFilter(group: FilterGroup): Filter {
  const parts = group.items.map(writeItem).filter((part) => Object.keys(part).length > 0);
  if (group.match === 'or' && parts.length > 1) return { or: parts };
  if (parts.length <= 1) return parts[0] ?? {};
  // Readable in an address: one object, unless two conditions share a field.
  const keys = parts.flatMap(Object.keys);
  const flat = new Set(keys).size === keys.length && !keys.some((key) => ['and', 'or', 'not'].includes(key));
  return flat ? Object.assign({}, ...parts) : { and: parts };
}

/** A condition that still lacks its value does not filter yet. */
export function isComplete(condition: Condition, takes: string | undefined): boolean {
  if (takes === 'nothing') return true;
  const { value } = condition;
  return !(value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0));
}

/** `and` of several filters, leaving out empty ones. */
export function allOf(...filters: (Filter | undefined)[]): Filter | undefined {
  const parts = filters.filter((filter): filter is Filter => filter !== undefined && Object.keys(filter).length > 0);
  return parts.length > 1 ? { and: parts } : parts[0];
}

function itemsOf(filter: Filter): FilterItem[] {
  return Object.entries(filter as Record<string, unknown>).flatMap(([key, value]): FilterItem[] => {
    if (key === 'and' || key === 'or') {
      const inner = (value as Filter[]).flatMap((part): FilterItem[] => {
        const items = itemsOf(part);
        return items.length > 1 && key === 'or' ? [{ match: 'and', items }] : items;
      });
      return key === 'and' ? inner : [{ match: 'or', items: inner }];
    }
    if (key === 'not' || key === '$search') return [{ other: { [key]: value } as Filter }];
    if (value === null) return [{ field: key, operator: 'empty', value: true }];
    if (typeof value !== 'object') return [{ field: key, operator: 'is', value }];
    return Object.entries(value as object).map(([operator, operand]) => ({
      field: key,
      operator,
      value: operand as unknown,
    }));
  });
}

function writeItem(item: FilterItem): Filter {
  if (isGroup(item)) return writeFilter(item);
  if ('other' in item) return item.other;
  return { [item.field]: { [item.operator]: item.value } };
}
