import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useDefinitions, useFields } from '../api/definitions.ts';
import { expandable } from '../api/queries.ts';
import type { Definition, FieldShape, Filter, ListQuery, ViewShape } from '../api/types.ts';
import { setPreferences, usePreferences } from '../preferences.ts';
import type { ListSearch } from '../router.tsx';
import { allOf } from './filter-model.ts';

export interface ListView {
  definition: Definition;
  views: readonly ViewShape[];
  view: ViewShape;
  columns: readonly FieldShape[];
  fields: ReadonlyMap<string, FieldShape>;
  filter: Filter;
  sort: readonly string[];
  words: string;
  /** Filter and words together: what the list, its count and its bulk actions are about. */
  target: Filter;
  query: ListQuery;
  isChanged: boolean;
  search: ListSearch;
  setSearch(change: Partial<ListSearch>, replace?: boolean): void;
  setColumns(names: readonly string[] | null): void;
  fieldOf(path: string): FieldShape | undefined;
}

/** The view in the address over the shipped one: what is asked, which columns, and how to change it. */
export function useListView(definition: Definition): ListView {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const fields = useFields(definition);
  const search = useSearch({ strict: false }) as ListSearch;
  const navigate = useNavigate();
  const preferences = usePreferences();
  return useMemo(() => {
    const views = viewsOf(definition, t('list.all'));
    const view = views.find((one) => one.name === search.view) ?? views[0]!;
    const fieldOf = (path: string): FieldShape | undefined => {
      const [first, ...rest] = path.split('.');
      const own = fields.get(first!);
      if (rest.length === 0 || !own) return own;
      const target = definitions
        .get(String(own.options?.to ?? ''))
        ?.fields.find((field) => field.name === rest.join('.'));
      return target && { ...target, name: path, label: `${own.label} · ${target.label}` };
    };
    const chosen = preferences.columns[`${definition.name}/${view.name}`] ?? view.columns ?? defaultColumns(definition);
    const names = chosen.includes(definition.title) ? chosen : [definition.title, ...chosen];
    const columns = names.flatMap((name) => fieldOf(name) ?? []);
    const filter = search.filter ?? view.filter ?? {};
    const sort = (search.sort?.split(',') ?? view.sort ?? ['-createdAt']).filter(Boolean);
    const words = search.q ?? '';
    const wanted = [...new Set(columns.map((field) => field.name))];
    return {
      definition,
      views,
      view,
      columns,
      fields,
      filter,
      sort,
      words,
      search,
      fieldOf,
      target: allOf(filter, words ? { $search: words } : undefined) ?? {},
      query: {
        filter,
        search: words || undefined,
        sort,
        fields: wanted,
        expand: expandable(definition, wanted),
        limit: 100,
      },
      isChanged: search.filter !== undefined || search.sort !== undefined || Boolean(words),
      setSearch(change: Partial<ListSearch>, replace = false) {
        // What the view says anyway does not belong in the address.
        if (change.filter && JSON.stringify(change.filter) === JSON.stringify(view.filter ?? {}))
          change = { ...change, filter: undefined };
        void navigate({
          to: '/o/$object',
          params: { object: definition.name },
          search: { ...search, ...change },
          replace,
        });
      },
      setColumns(next: readonly string[] | null) {
        const { [`${definition.name}/${view.name}`]: _old, ...others } = preferences.columns;
        setPreferences({ columns: next ? { ...others, [`${definition.name}/${view.name}`]: [...next] } : others });
      },
    };
  }, [definition, definitions, fields, search, preferences.columns, navigate, t]);
}

/** Shipped views that this program can show; an object without any gets a plain list. */
function viewsOf(definition: Definition, all: string): ViewShape[] {
  const shown = definition.views.filter((view) => view.type !== 'calendar');
  return shown.some((view) => view.type === 'list') ? shown : [...shown, { name: 'all', label: all, type: 'list' }];
}

function defaultColumns(definition: Definition): string[] {
  const short = definition.fields.filter(
    (field) => !['longText', 'richText', 'json', 'address', 'file'].includes(field.type),
  );
  return [...short.slice(0, 6).map((field) => field.name), 'updatedAt'];
}
