import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useDefinitions, useFields } from '../api/definitions.ts';
import type { FieldShape, RecordShape } from '../api/types.ts';
import { allOf } from '../list/filter-model.ts';
import type { ListSearch } from '../list/search.ts';
import type { ListView, ViewTab } from '../list/use-list-view.ts';
import { fieldFor, isDay, isLane, type Shape, searchOf, type ViewSettings } from '../list/view-settings.ts';
import { filterOf, isList, type RelatedOf } from './related-query.ts';

/** What a related list can be shown as where it stands. */
export type RelatedShape = 'list' | 'board' | 'calendar';

/** A board and a calendar where the object says so, or has a field of its own for it. */
export function shapesOfRelated({ target, field }: RelatedOf): RelatedShape[] {
  const isShipped = (shape: Shape) => target.views.some(({ type }) => type === shape);
  const own = target.fields.filter((one) => one.name !== field && !one.readOnly);
  return [
    'list',
    ...(isShipped('board') || own.some((one) => one.type === 'select' && isLane(one)) ? ['board' as const] : []),
    ...(isShipped('calendar') || own.some(isDay) ? ['calendar' as const] : []),
  ];
}

/**
 * The records that point at one, for the shapes of a list. What a list keeps in its address is kept here; what leads
 * elsewhere, such as a category of a chart, leads to the page of the list.
 *
 * @param shown what of them, in which order and how
 * @param start where a calendar stands at first
 */
export function useRelatedView(
  list: RelatedOf,
  record: RecordShape,
  shown: ViewSettings,
  words = '',
  start: ListSearch = {},
): ListView {
  const { target, field } = list;
  const definitions = useDefinitions();
  const all = useFields(target);
  const navigate = useNavigate();
  const [search, setSearch] = useState(start);
  return useMemo((): ListView => {
    // All of them have the same one: it tells nothing apart.
    const fields = new Map([...all].filter(([name]) => name !== field));
    const fieldOf = (path: string): FieldShape | undefined => {
      const [first, ...rest] = path.split('.');
      const own = fields.get(first!);
      if (rest.length === 0 || !own) return own;
      const far = definitions.get(own.type === 'user' ? 'user' : String(own.options?.to ?? ''));
      const found = far?.fields.find((one) => one.name === rest.join('.'));
      return found && { ...found, name: path, label: `${own.label} · ${found.label}` };
    };
    const filter = allOf(filterOf(list, record), shown.filter) ?? {};
    const settings = { ...shown, filter };
    const tab: ViewTab = { key: '', label: list.label, settings, saved: null };
    return {
      definition: target,
      tabs: [tab],
      tab,
      settings,
      changed: [],
      columns: [],
      fields,
      filter,
      sort: shown.sort,
      words,
      target: allOf(filter, words ? { $search: words } : undefined) ?? {},
      query: { filter, search: words || undefined, sort: shown.sort },
      search,
      setSearch: (change) => setSearch((before) => ({ ...before, ...change })),
      change: (next) =>
        void navigate({
          to: '/o/$object',
          params: { object: target.name },
          // Said in full: what the list shows there by itself may be a board.
          search: { shape: 'list', ...searchOf({ shape: 'list', filter: {}, sort: [] }, next) },
        }),
      reset: () => setSearch({}),
      fieldOf,
      within: { [field]: isList(target, field) ? [record.id] : record.id },
      by: (shape) => {
        const shipped = target.views.find((view) => view.type === shape)?.by;
        return fieldFor(shape, [settings.by, shipped], fields);
      },
    };
  }, [list, target, field, definitions, all, navigate, record, shown, words, search]);
}
