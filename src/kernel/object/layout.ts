import type { RecordCondition } from './condition.ts';
import type { ObjectModel } from './model.ts';

/**
 * How the page of a record is arranged: three zones of panels, for some people and some records. The first layout of an
 * object that fits the reader and the record is shown; behind the last stands the one that follows from the definition.
 */
export type LayoutDefinition = Layout<LayoutLabel>;
export type Panel = PanelOf<LayoutLabel>;
/** As a reader gets it: in their language. */
export type ShownLayout = Layout<string>;
export type ShownPanel = PanelOf<string>;

interface Layout<Words> extends ForWhom {
  /** camelCase, for telling layouts of one object apart: `lostSale`. */
  readonly name: string;
  /** Fields shown large on top, the first ones that have a value. */
  readonly highlights?: readonly string[];
  /** Beside the middle: what one looks up and changes most. */
  readonly left: readonly PanelOf<Words>[];
  readonly tabs: readonly LayoutTab<Words>[];
  /** What belongs to the record. */
  readonly right: readonly PanelOf<Words>[];
}

export interface LayoutTab<Words = LayoutLabel> extends ForWhom {
  /** `overview` and `activity` have their words in the catalogues. */
  readonly name: string;
  readonly label?: Words;
  readonly panels: readonly PanelOf<Words>[];
}

type PanelOf<Words> = PanelContent<Words> & ForWhom & { readonly label?: Words; readonly collapsed?: boolean };

type PanelContent<Words> =
  | {
      readonly type: 'fields';
      readonly fields: readonly string[];
      /** Leave out what has no value, but for the first field. */
      readonly hideEmpty?: boolean;
    }
  /** Records that point here: `opportunity` by its `account`. */
  | {
      readonly type: 'related';
      readonly object: string;
      readonly field: string;
      readonly columns?: readonly string[];
      readonly sort?: readonly string[];
      /** Rows before "show all". */
      readonly limit?: number;
    }
  /** All that points here and has no panel of its own in this layout. */
  | { readonly type: 'otherRelated' }
  | {
      readonly type: 'timeline';
      /** What is to be done and the latest of what was, without the tools for finding more. */
      readonly brief?: boolean;
      readonly only?: readonly TimelineKind[];
    }
  | { readonly type: 'files' }
  /** Words of the administrator: how to work here. Rich text by language. */
  | { readonly type: 'text'; readonly text: Words };

export type TimelineKind = 'note' | 'task' | 'comment' | 'file' | 'change';

/** By language; in others the workspace's language is shown. */
export type LayoutLabel = Readonly<Partial<Record<'en' | 'es' | 'lt', string>>>;

interface ForWhom {
  /** Names of roles, one of which the reader has; everybody when left out. */
  readonly roles?: readonly string[];
  /** Which records, judged by the page itself, so that it rearranges itself while one types; all when left out. */
  readonly when?: RecordCondition;
}

/** Fields whose values say most about a record, the most telling type first. */
const telling = ['money', 'percent', 'rollup', 'formula', 'rating', 'date'];
const long: ReadonlySet<string> = new Set(['longText', 'richText', 'json']);
const MOST_HIGHLIGHTS = 6;
/** What fits beside the middle without scrolling on 900 pixels. */
const MOST_KEY_FIELDS = 15;

/** The layout that follows from a definition. */
export function defaultLayout(object: ObjectModel): LayoutDefinition {
  const own = [...object.fields.values()].filter((field) => !field.system && field.name !== object.title.name);
  const short = own.filter((field) => !long.has(field.type.name));
  const highlights = telling.flatMap((type) => short.filter((field) => field.type.name === type));
  const isKey = (name: string) => object.definition.quickCreate?.includes(name) ?? false;
  const key = [
    ...(object.definition.quickCreate ?? []).flatMap((name) => short.find((field) => field.name === name) ?? []),
    ...short.filter((field) => field.definition.required && !isKey(field.name)),
    ...short.filter((field) => !field.definition.required && !isKey(field.name)),
  ].filter((field) => field.name !== 'owner');
  const texts = own.filter((field) => long.has(field.type.name));
  // An empty description invites to write one; an empty "why it was lost" does not.
  const first = texts.find((field) => field.name === 'description') ?? texts.at(-1);
  const ordered = first ? [first, ...texts.filter((field) => field !== first)] : [];
  return {
    name: 'default',
    highlights: highlights.slice(0, MOST_HIGHLIGHTS).map((field) => field.name),
    left: [{ type: 'fields', fields: [...key.slice(0, MOST_KEY_FIELDS).map((field) => field.name), 'owner'] }],
    tabs: [
      {
        name: 'overview',
        panels: [
          ...(ordered.length > 0
            ? [{ type: 'fields' as const, fields: ordered.map((field) => field.name), hideEmpty: true }]
            : []),
          { type: 'timeline', brief: true },
        ],
      },
      { name: 'activity', panels: [{ type: 'timeline' }] },
    ],
    right: [{ type: 'otherRelated' }, { type: 'files' }],
  };
}
