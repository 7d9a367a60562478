import type { FieldDefinition, ValueOf } from '../fields/registry.ts';
import type { Filter } from '../query/filter.ts';
import type { LayoutDefinition } from './layout.ts';

/**
 * An object: plain data from which the table, the types, validation, REST, OpenAPI, search, import, export, history and
 * every screen follow. What an administrator adds at run time is the same JSON.
 */
export interface ObjectDefinition<Fields extends Record<string, FieldDefinition> = Record<string, FieldDefinition>> {
  /** camelCase, singular: `opportunity`. Also its name in routes and events. */
  name: string;
  /** camelCase, plural: `opportunities`. */
  plural: string;
  /** The field that names a record in lists, links and searches. */
  title: keyof Fields & string;
  /** Name of a Tabler icon without the `Icon` prefix, in kebab case: `building`. */
  icon: string;
  fields: Fields;
  /**
   * Indexes beside those of its fields, each for a query that has a name. Field names; `-` before one is descending, `!` leaves
   * out the records that have it.
   */
  indexes?: Readonly<Record<string, readonly string[]>>;
  /** Field combinations that are unique outside the trash. */
  unique?: Readonly<Record<string, readonly (keyof Fields & string)[]>>;
  views?: Readonly<Record<string, ViewDefinition<keyof Fields & string>>>;
  measures?: Readonly<Record<string, MeasureDefinition>>;
  /** Fields of the shortest form, in order; the required ones unless told. */
  quickCreate?: readonly (keyof Fields & string)[];
  /** How a record's page is arranged, the first that fits; what follows from the definition when none does. */
  layouts?: readonly LayoutDefinition[];
  /** Part of another record: no menu entry of its own, found on that record's page. */
  detailOf?: string;
  /**
   * Two text fields that together point to a record of any object: its object's name and its id. They follow that record
   * when it is merged into another.
   */
  target?: { readonly object: keyof Fields & string; readonly id: keyof Fields & string };
  /** Its records stand on the timelines of those they point to; see `timeline/timeline.ts`. */
  timeline?: TimelinePlace;
  /** Reference fields: what happens to a record stands on the timelines of those they name, too. */
  timelineTo?: readonly (keyof Fields & string)[];
  /**
   * Reference fields: what happens to the first of those they name that the reader sees is told on its own timeline, too, and what is
   * written on its page is about all of them. A lead is about a person.
   */
  timelineOf?: readonly (keyof Fields & string)[];
  /** Who may do what follows from its records: a change of one is felt with the next request. */
  decidesRights?: true;
  /** Labels of an object that was added at run time; shipped objects have theirs in the language catalogues. */
  label?: Readonly<Record<string, { one: string; many: string }>>;
}

/**
 * Where on a timeline a record stands, and whose it is. For each reference by which it is reached there is an index of that
 * reference and `at`, so that a page costs the same however long the timeline is.
 */
export interface TimelinePlace {
  /** When it happened: a date with a time. Without a value it is not among what was. */
  readonly at: string;
  /** Who did it. */
  readonly by: string;
  /** A select by which people tell its records apart: the channel of a conversation. */
  readonly kind?: string;
  /** A boolean, with an index: stays on top. */
  readonly pinned?: string;
  /**
   * What is still to come stands above, the soonest first. Of all that name the same record by the reference `oneOf` the next one
   * does, from today on: each of them would hide what else is to come.
   */
  readonly ahead?: { readonly by: string; readonly filter: Filter; readonly oneOf?: string };
}

/** A shipped way to look at an object's records; people save their own beside it. */
export interface ViewDefinition<Field extends string = string> {
  type: 'list' | 'board' | 'calendar';
  columns?: readonly (Field | SystemField | `${string}.${string}`)[];
  filter?: Filter;
  sort?: readonly string[];
  /** Board: the field whose values are the columns. Calendar: the date field. */
  by?: Field;
  sum?: Field;
}

export interface MeasureDefinition {
  count?: true;
  sum?: string;
  avg?: string;
  min?: string;
  max?: string;
  where?: Filter;
}

/** Every object has these, without declaring them. */
export type SystemField =
  | 'id'
  | 'owner'
  | 'createdAt'
  | 'createdBy'
  | 'updatedAt'
  | 'updatedBy'
  | 'version'
  | 'deletedAt';

/**
 * Declares an object.
 * @example
 * export const task = defineObject({
 *   name: 'task', plural: 'tasks', title: 'subject', icon: 'checkbox',
 *   fields: { subject: { type: 'text', required: true, search: true }, dueOn: { type: 'date', index: true } },
 * });
 */
export function defineObject<const Fields extends Record<string, FieldDefinition>>(
  definition: ObjectDefinition<Fields>,
): ObjectDefinition<Fields> {
  return definition;
}

/** The shape of a record: its fields' values and the system fields. Fields that are not required may be null. */
export type RecordOf<Definition> =
  Definition extends ObjectDefinition<infer Fields>
    ? {
        readonly [Name in keyof Fields]: Fields[Name] extends { required: true }
          ? ValueOf<Fields[Name]>
          : ValueOf<Fields[Name]> | null;
      } & SystemValues
    : never;

export interface SystemValues {
  readonly id: string;
  readonly owner: string | null;
  readonly createdAt: string;
  readonly createdBy: string | null;
  readonly updatedAt: string;
  readonly updatedBy: string | null;
  readonly version: number;
  readonly deletedAt: string | null;
}

/** What a client or the program sends to create or change a record. */
export type RecordInput<Definition> =
  Definition extends ObjectDefinition<infer Fields>
    ? { [Name in keyof Fields]?: unknown } & { id?: string; owner?: string | null }
    : never;
