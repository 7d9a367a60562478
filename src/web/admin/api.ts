import { queryOptions, useQuery } from '@tanstack/react-query';
import type { RecordCondition } from '#kernel/object/condition.ts';
import type { LayoutDefinition } from '#kernel/object/layout.ts';
import { get } from '../api/client.ts';
import { definitionsQuery, queryClient } from '../api/queries.ts';

/** A text by language. */
export type Words = Readonly<Record<string, string | undefined>>;

export interface OptionSource {
  value: string;
  label?: Words;
  color?: string;
  when?: RecordCondition;
}

/** Settings of a field as they are written; which there are depends on its type. */
export type FieldSettings = {
  readonly type: string;
  readonly required?: boolean;
  readonly unique?: boolean;
  readonly index?: boolean;
  readonly search?: boolean | 'prefix';
  readonly default?: unknown;
  readonly showWhen?: RecordCondition;
  readonly requireWhen?: RecordCondition;
  readonly options?: readonly OptionSource[];
  readonly label?: Words;
  readonly help?: Words;
} & Readonly<Record<string, unknown>>;

export interface FieldSource {
  name: string;
  custom: boolean;
  type: string;
  settings: FieldSettings;
  /** As shown, the catalogue's words under the administrator's. */
  label: Words;
  ownLabel: Words;
  help: Words;
  ownHelp: Words;
  optionLabels: Record<string, Words>;
}

export interface ObjectSource {
  name: string;
  plural: string;
  icon: string;
  title: string;
  custom: boolean;
  quickCreate: string[];
  detailOf: string | null;
  label: Record<string, { one: string; many: string }>;
  ownLabel: Record<string, { one: string; many: string }>;
  fields: FieldSource[];
  removed: { name: string; type: string; label: Words }[];
}

export interface Impact {
  records: number;
  dependents: string[];
  options?: Record<string, number> | null;
}

export function objectSourceQuery(object: string) {
  return queryOptions({
    queryKey: ['admin', 'object', object],
    queryFn: ({ signal }) => get<ObjectSource>(`/objects/${object}/definition`, undefined, signal),
  });
}

export function layoutsQuery(object: string) {
  return queryOptions({
    queryKey: ['admin', 'layouts', object],
    queryFn: ({ signal }) =>
      get<{ layouts: LayoutDefinition[]; default: LayoutDefinition }>(`/objects/${object}/layouts`, undefined, signal),
  });
}

/** A list of the settings by its address; asked anew each time the screen opens. */
export function useAdminList<T>(path: string, options: { refetchInterval?: number } = {}) {
  return useQuery({
    queryKey: ['admin', 'list', path],
    queryFn: ({ signal }) => get<T>(path, undefined, signal),
    staleTime: 0,
    ...options,
  });
}

export function refreshList(path: string): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['admin', 'list', path] });
}

/** After definitions changed: every screen is made of them. */
export async function refreshDefinitions(): Promise<void> {
  await Promise.all([
    queryClient.refetchQueries({ queryKey: definitionsQuery.queryKey }),
    queryClient.invalidateQueries({ queryKey: ['admin'] }),
  ]);
}

/** In the reader's language, else in any. */
export function wordIn(words: Words, language: string): string {
  return words[language] ?? words.en ?? Object.values(words).find(Boolean) ?? '';
}

/** `Kaina už vienetą` → `kainaUzVieneta`: what a name must be made of. */
export function nameFrom(label: string): string {
  const words = label
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .split(' ');
  const name = words
    .map((word, index) =>
      index === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1).toLowerCase(),
    )
    .join('')
    .replace(/^\d+/, '');
  return name.slice(0, 30);
}
