import { queryOptions } from '@tanstack/react-query';
import type { Definitions } from '../api/definitions.ts';
import { expandable, readPage } from '../api/queries.ts';
import type { Definition, FieldShape, Filter, RecordShape } from '../api/types.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';

/** Records that point at one: `target`s by their `field`. */
export interface RelatedOf {
  target: Definition;
  field: string;
  label: string;
}

/** What a reader wants of such a list. */
export interface RelatedView {
  words?: string;
  /** Of one of the object's own views. */
  filter?: Filter;
  sort?: readonly string[];
  columns?: readonly string[];
  limit?: number;
}

/** As many as fit beside the middle; the rest is one click away. */
const most = 5;
/** They are in the timeline and among the files, or are shown by what they make. */
const elsewhere: ReadonlySet<string> = new Set([
  'note',
  'comment',
  'attachment',
  'interaction',
  'participant',
  'notification',
  'follow',
  'savedView',
  'meetingSeries',
]);

export function relatedOf(definition: Definition, definitions: Definitions): RelatedOf[] {
  return definition.related.flatMap((related) => {
    const target = definitions.get(related.object);
    if (!target || elsewhere.has(related.object)) return [];
    // Two lists of the same object (relationships from and to an account) are told apart by their field.
    const several = definition.related.filter((one) => one.object === related.object).length > 1;
    const field = target.fields.find((one) => one.name === related.field);
    const label =
      several && field && related.field !== definition.name ? `${related.label} · ${field.label}` : related.label;
    return [{ target, field: related.field, label }];
  });
}

export function keyOf({ target, field }: RelatedOf): string {
  return `${target.name}.${field}`;
}

/** A role or a kind says little by itself: such details are headed by whom they are about. */
export function headingOf({ target, field }: RelatedOf): FieldShape | undefined {
  const title = target.fields.find((one) => one.name === target.title);
  return title?.type === 'select'
    ? target.fields.find((one) => one.type === 'reference' && one.name !== field && one.required)
    : undefined;
}

/** What a list shows unless somebody chose. Yes and no are left out: without their labels they say nothing. */
export function columnsOf(list: RelatedOf, chosen?: readonly string[]): FieldShape[] {
  const { target, field } = list;
  const heading = headingOf(list);
  const listed = chosen ?? target.views.find((view) => view.type === 'list')?.columns ?? target.quickCreate;
  return (heading && !chosen ? [target.title, ...listed] : listed)
    .filter((name, index, all) => all.indexOf(name) === index && name !== field && !name.includes('.'))
    .filter((name) => name !== (heading?.name ?? target.title))
    .flatMap((name) => [...target.fields, ...target.system].find((one) => one.name === name) ?? [])
    .filter((column) => chosen || column.type !== 'boolean')
    .slice(0, chosen ? 12 : 4);
}

export function filterOf({ target, field }: RelatedOf, record: RecordShape): Filter {
  return { [field]: isList(target, field) ? { hasAny: [record.id] } : { is: record.id } };
}

export function pageQuery(list: RelatedOf, record: RecordShape, view: RelatedView) {
  const { target, field } = list;
  const shown = [headingOf(list), ...columnsOf(list, view.columns)].flatMap((column) => column?.name ?? []);
  const fields = [...new Set([target.title, field, ...shown])];
  const own = filterOf(list, record);
  return queryOptions({
    queryKey: ['records', target.name, 'list', 'related', field, record.id, view],
    queryFn: async ({ signal }) => {
      const page = await readPage(
        target.name,
        {
          filter: view.filter ? { and: [own, view.filter] } : own,
          search: view.words || undefined,
          fields,
          expand: expandable(target, fields),
          sort: view.sort ?? ['-updatedAt'],
          limit: view.limit ?? most,
          count: 'estimate',
        },
        signal,
      );
      return { pages: [page], pageParams: [null] };
    },
  });
}

export function addTo({ target, field }: RelatedOf, record: RecordShape): void {
  void openQuickCreate({
    object: target.name,
    values: { [field]: isList(target, field) ? [record.id] : record.id },
  });
}

/** Does the field hold several records? */
export function isList(target: Definition, field: string): boolean {
  return target.fields.find((one) => one.name === field)?.type === 'references';
}

/** The other side of a relation that is a record of its own: of an account's roles, the contact. */
export function otherSideOf({ target, field }: RelatedOf): FieldShape | undefined {
  if (!target.detailOf) return undefined;
  const sides = target.fields.filter((one) => one.type === 'reference' && one.required);
  return sides.length === 2 ? sides.find((one) => one.name !== field) : undefined;
}
