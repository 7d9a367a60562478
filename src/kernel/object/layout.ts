import type { RecordCondition } from './condition.ts';

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
  /** The mails of the record and of what belongs to it, and a new one a click away. */
  | { readonly type: 'mail' }
  /** Meetings and tasks of the record and of what belongs to it, on their days. */
  | { readonly type: 'calendar' }
  /** Records that point here, counted or measured by the values of one of their fields. */
  | {
      readonly type: 'chart';
      readonly object: string;
      readonly field: string;
      /** A field, or a field and its bucket: `closeOn:month`. */
      readonly by: string;
      readonly chart?: 'bar' | 'line' | 'pie' | 'funnel';
      /** They are counted when it is left out. */
      readonly measure?: 'sum' | 'avg' | 'min' | 'max';
      /** What is measured of them. */
      readonly of?: string;
    }
  /** A page of another server; see `frame-address.ts`. */
  | {
      readonly type: 'frame';
      readonly address: string;
      /** In pixels, 420 when left out. */
      readonly height?: number;
    }
  /** Words of the administrator: how to work here. Rich text by language. */
  | { readonly type: 'text'; readonly text: Words };

export type TimelineKind = 'note' | 'interaction' | 'task' | 'comment' | 'file' | 'change';

/** By language; in others the workspace's language is shown. */
export type LayoutLabel = Readonly<Partial<Record<'en' | 'es' | 'lt', string>>>;

interface ForWhom {
  /** Names of roles, one of which the reader has; everybody when left out. */
  readonly roles?: readonly string[];
  /** Names of teams, one of which the reader is in; of whatever team when left out. */
  readonly teams?: readonly string[];
  /** Which records, judged by the page itself, so that it rearranges itself while one types; all when left out. */
  readonly when?: RecordCondition;
}
