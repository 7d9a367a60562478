import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useRouteContext, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useDefinitions, useFields } from '../api/definitions.ts';
import { expandable, listQuery } from '../api/queries.ts';
import type { Definition, FieldShape, Filter, ListQuery } from '../api/types.ts';
import { decidingFields } from '../field-rules.ts';
import { allOf } from './filter-model.ts';
import { type SavedView, useSavedViews } from './saved-views.ts';
import type { ListSearch } from './search.ts';
import {
  changedSettings,
  fieldFor,
  type Shape,
  searchOf,
  settingsOf,
  settingsOfShipped,
  type ViewSettings,
} from './view-settings.ts';

/** A shipped or a saved view, as a tab shows it. */
export interface ViewTab {
  /** Name of a shipped view, id of a saved one. */
  key: string;
  label: string;
  settings: ViewSettings;
  saved: SavedView | null;
}

export interface ListView {
  definition: Definition;
  tabs: readonly ViewTab[];
  tab: ViewTab;
  settings: ViewSettings;
  /** The settings that the address changes. */
  changed: readonly string[];
  columns: readonly FieldShape[];
  fields: ReadonlyMap<string, FieldShape>;
  filter: Filter;
  sort: readonly string[];
  words: string;
  /** Filter, words and toggles together: what the list, its count and its bulk actions are about. */
  target: Filter;
  query: ListQuery;
  search: ListSearch;
  setSearch(change: Partial<ListSearch>, replace?: boolean): void;
  change(settings: Partial<ViewSettings>, replace?: boolean): void;
  /** Back to the view as it is kept. */
  reset(): void;
  fieldOf(path: string): FieldShape | undefined;
  /**
   * On the page of a record: what a new record of the list starts with, so that it belongs there. Such a list has no keys of
   * its own and is not where "back" leads.
   */
  within?: Readonly<Record<string, unknown>>;
  /** The field that the shape stands on. */
  by(shape: Shape): FieldShape | undefined;
}

/** The view in the address over the one that is kept: what is asked, which columns, and how to change it. */
export function useListView(definition: Definition): ListView {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const fields = useFields(definition);
  const search = useSearch({ strict: false }) as ListSearch;
  const navigate = useNavigate();
  const { session } = useRouteContext({ from: '/app' });
  const userId = session.user.id;
  const { views: saved } = useSavedViews(definition.name, userId);
  const tabs = useMemo(() => tabsOf(definition, saved, t('list.all')), [definition, saved, t]);
  const tab = tabs.find((one) => one.key === search.view) ?? tabs.find((one) => one.saved?.isDefault) ?? tabs[0]!;
  const settings = useMemo(() => settingsOf(tab.settings, search), [tab, search]);
  const followed = useFollowed(definition.name, userId, settings.followed === true);
  const shared = useShared(definition.name, settings.shared === true);
  return useMemo(() => {
    const fieldOf = (path: string): FieldShape | undefined => {
      const [first, ...rest] = path.split('.');
      const own = fields.get(first!);
      if (rest.length === 0 || !own) return own;
      const target = definitions.get(own.type === 'user' ? 'user' : String(own.options?.to ?? ''));
      const field = target?.fields.find((one) => one.name === rest.join('.'));
      return field && { ...field, name: path, label: `${own.label} · ${field.label}` };
    };
    const chosen = settings.columns?.length ? settings.columns : defaultColumns(definition);
    const names = chosen.includes(definition.title) ? chosen : [definition.title, ...chosen];
    const columns = names.flatMap((name) => fieldOf(name) ?? []);
    const { sort } = settings;
    const filter = allOf(settings.filter, followed, shared) ?? {};
    const words = search.q ?? '';
    // With what decides which choices their editors offer.
    const deciding = columns.flatMap(decidingFields).filter((name) => fields.has(name));
    const wanted = [...new Set([...columns.map((field) => field.name), ...deciding])];
    const setSearch = (change: Partial<ListSearch>, replace = false) => {
      const next = Object.fromEntries(
        Object.entries({ ...search, ...change }).filter(([, value]) => value !== undefined),
      );
      void navigate({ to: '/o/$object', params: { object: definition.name }, search: next, replace });
    };
    return {
      definition,
      tabs,
      tab,
      settings,
      changed: changedSettings(tab.settings, search),
      columns,
      fields,
      filter: settings.filter,
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
      },
      setSearch,
      // Other groups have no order yet.
      change: (next, replace = false) =>
        setSearch(searchOf(tab.settings, 'group' in next ? { groupOrder: undefined, ...next } : next), replace),
      reset: () =>
        setSearch(
          Object.fromEntries(Object.keys(search).map((name) => [name, name === 'view' ? search.view : undefined])),
        ),
      by: (shape) => {
        const shipped = definition.views.find((view) => view.type === (shape === 'chart' ? 'board' : shape))?.by;
        return fieldFor(shape, [settings.by, shipped], fields);
      },
    };
  }, [definition, definitions, fields, search, navigate, tabs, tab, settings, followed, shared]);
}

/** Shipped views first, then those people saved; an object without a plain list gets one. */
function tabsOf(definition: Definition, saved: readonly SavedView[], all: string): ViewTab[] {
  const shipped = definition.views.map(
    (view): ViewTab => ({ key: view.name, label: view.label, settings: settingsOfShipped(view), saved: null }),
  );
  if (!shipped.some((view) => view.settings.shape === 'list')) {
    const settings: ViewSettings = { shape: 'list', filter: {}, sort: ['-createdAt'] };
    shipped.push({ key: 'all', label: all, settings, saved: null });
  }
  return [
    ...shipped,
    ...saved.map((view): ViewTab => ({ key: view.id, label: view.name, settings: view.settings, saved: view })),
  ];
}

/** Records the reader follows: what they own, and what they chose to. */
function useFollowed(object: string, userId: string, enabled: boolean): Filter | undefined {
  const ids = useTargets('follow', { user: { is: userId }, targetObject: { is: object }, muted: false }, enabled);
  return useMemo(() => {
    // Whoever follows all of them sees all of them.
    if (!ids || ids.includes('*')) return undefined;
    const mine = { owner: { is: userId } };
    return ids.length > 0 ? { or: [mine, { id: { in: ids } }] } : mine;
  }, [ids, userId]);
}

function useShared(object: string, enabled: boolean): Filter | undefined {
  const withMe: Filter = { or: [{ user: { is: 'me' } }, { team: { in: ['mine'] } }] };
  const ids = useTargets('share', { targetObject: { is: object }, ...withMe }, enabled);
  return useMemo(() => ids && { id: { in: ids } }, [ids]);
}

/** The records that the newest 500 rows are about which point to records of any kind. */
function useTargets(pointing: string, filter: Filter, enabled: boolean): string[] | undefined {
  const query = listQuery(pointing, { filter, fields: ['targetId'], limit: 500 });
  const { data } = useInfiniteQuery({ ...query, enabled });
  return useMemo(
    () => (enabled ? (data?.pages.flatMap((page) => page.items.map((row) => String(row.targetId))) ?? []) : undefined),
    [data, enabled],
  );
}

function defaultColumns(definition: Definition): string[] {
  const short = definition.fields.filter(
    (field) => !['longText', 'richText', 'json', 'address', 'file'].includes(field.type),
  );
  return [...short.slice(0, 6).map((field) => field.name), 'updatedAt'];
}
