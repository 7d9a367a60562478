import type { Static, TObject } from 'typebox';
import type { Connection } from '../database/pool.ts';
import type { EventRow } from '../events/event.ts';
import type { FieldDefinition } from '../fields/registry.ts';
import type { Filter } from '../query/filter.ts';
import type { Door } from '../records/door.ts';
import type { Records } from '../records/records.ts';
import type { ObjectDefinition, RecordOf } from './definition.ts';

// biome-ignore lint/suspicious/noExplicitAny: any object's definition, whatever its fields
type AnyObject = ObjectDefinition<any>;

/** What a module brings. Its `index.ts` exports one of these and is the only file that other modules import. */
export interface ModuleManifest {
  name: string;
  /** Modules whose objects and functions this one may use. Without a circle. */
  uses?: readonly ModuleManifest[];
  objects?: readonly AnyObject[];
  rules?: readonly ObjectRules[];
  /** How records of an object are recognised as the same; objects without one are never called duplicates. */
  duplicates?: readonly DuplicateMatching[];
  actions?: readonly ActionDefinition[];
  readers?: readonly EventReader[];
  /** Problem codes and their HTTP status. */
  problems?: Readonly<Record<string, number>>;
  /** Language catalogues: labels of objects, fields, options, actions, and the words of problems. */
  catalogues: Readonly<Record<'en' | 'es' | 'lt', Catalogue>>;
  /** Records every new workspace begins with (pipelines and stages, …), created through the door. */
  seed?(records: Records, language: string): Promise<void>;
  /** Records that are part of the configuration; what others refer to comes first. */
  configured?: readonly ConfiguredRecords[];
}

/** Records that are set up rather than worked with: they go from one workspace to another with the definitions. */
export interface ConfiguredRecords {
  object: string;
  /** Fields by which one is known again where it has another id. */
  key: readonly string[];
  /** Which of them; all when left out. */
  filter?: Filter;
  /** What a workspace has besides stays when another configuration is applied; otherwise it is removed. */
  othersStay?: true;
}

export type Catalogue = { readonly [key: string]: string | Catalogue };

export function defineModule(manifest: ModuleManifest): ModuleManifest {
  return manifest;
}

/** Functions the door calls for one object, beside its definition. */
export interface ObjectRules {
  object: string;
  /** Before a record is created or changed, inside the transaction. May set fields and refuse with a Problem. */
  beforeSave?(save: Save): void | Promise<void>;
  /** Before a record goes to the trash, inside the transaction. May refuse with a Problem. */
  beforeRemove?(record: Readonly<Record<string, unknown>>, context: RuleContext): void | Promise<void>;
  /**
   * Before a record that points to one that is being merged points to the survivor, inside the transaction. Only this is
   * asked: `beforeSave` judges what people enter, and a move enters nothing.
   */
  beforeMove?(move: Move): void | Promise<void>;
}

/** One record on its way to the survivor of a merge. */
export interface Move<R = Record<string, unknown>> {
  readonly before: Readonly<R>;
  /** Pointing to the survivor. Change it with `set` only; values are taken as they are. */
  readonly after: Readonly<R>;
  set(field: keyof R & string, value: unknown): void;
  /** It says nothing more where it goes: to the trash, with the merge and back with its undo. */
  drop(): void;
  readonly context: RuleContext;
}

/** One record on its way into the table. Values are normalised; `set` normalises too. */
export interface Save<R = Record<string, unknown>> {
  /** The record as it was; null when it is being created. */
  readonly before: Readonly<R> | null;
  /** The record as it will be. Change it with `set` only. */
  readonly after: Readonly<R>;
  changed(field: keyof R & string): boolean;
  set(field: keyof R & string, value: unknown): void;
  /** Refuses one field: gathered with the others into a `record.invalid` problem. */
  refuse(field: keyof R & string, code: string, params?: Record<string, unknown>): void;
  readonly context: RuleContext;
}

export interface RuleContext {
  /** The same door, in the same transaction, with the rights of whoever acts. */
  readonly records: Records;
  readonly now: Date;
  readonly userId: string | null;
  /** IANA zone of the person or the workspace. */
  readonly timeZone: string;
}

/**
 * Rules of one object.
 * @example
 * export const taskRules = defineRules(task, {
 *   beforeSave({ after, changed, set, context }) {
 *     if (changed('status')) set('doneAt', after.status === 'done' ? context.now.toISOString() : null);
 *   },
 * });
 */
export function defineRules<Fields extends Record<string, FieldDefinition>>(
  object: ObjectDefinition<Fields>,
  rules: {
    beforeSave?(save: Save<RecordOf<ObjectDefinition<Fields>>>): void | Promise<void>;
    beforeRemove?(record: RecordOf<ObjectDefinition<Fields>>, context: RuleContext): void | Promise<void>;
    beforeMove?(move: Move<RecordOf<ObjectDefinition<Fields>>>): void | Promise<void>;
  },
): ObjectRules {
  return { ...(rules as Omit<ObjectRules, 'object'>), object: object.name };
}

/**
 * A verb on a record: it becomes a route (`POST /api/records/<object>/<id>/actions/<name>`), a button, a palette entry.
 * Labels: `object.<object>.actions.<name>` in the catalogues.
 */
export interface ActionDefinition {
  object: string;
  name: string;
  icon: string;
  /** Shown in the page; `mod+enter` style, lower case. */
  shortcut?: string;
  input: TObject;
  /** Offered for this record? Asked again before it runs. */
  isAvailable?(record: Readonly<Record<string, unknown>>): boolean;
  run(call: ActionCall): Promise<unknown>;
}

export interface ActionCall<Input = Record<string, unknown>, R = Record<string, unknown>> {
  readonly records: Records;
  readonly record: Readonly<R>;
  readonly input: Input;
  readonly context: RuleContext;
}

export function defineAction<Fields extends Record<string, FieldDefinition>, Input extends TObject>(
  object: ObjectDefinition<Fields>,
  action: Omit<ActionDefinition, 'object' | 'input' | 'run' | 'isAvailable'> & {
    input: Input;
    isAvailable?(record: RecordOf<ObjectDefinition<Fields>>): boolean;
    run(call: ActionCall<Static<Input>, RecordOf<ObjectDefinition<Fields>>>): Promise<unknown>;
  },
): ActionDefinition {
  return { ...(action as unknown as Omit<ActionDefinition, 'object'>), object: object.name };
}

/**
 * Reads the event stream from its own cursor. `run` and the move of the cursor are one transaction: what it does through
 * `records` happens exactly once; what it does outside the database may happen again after a crash and must be idempotent
 * (use the event's position as the key).
 */
export interface EventReader {
  /** Unique over all modules; the name of its cursor. */
  name: string;
  /** Objects whose events it wants; all when left out. */
  objects?: readonly string[];
  /** Much work for each event, and no hurry: it rests while an import brings many. */
  canWait?: true;
  run(events: readonly EventRow[], context: ReaderContext): Promise<void>;
}

export interface ReaderContext extends RuleContext {
  /** The same door as `records`, for readers of the kernel. */
  readonly door: Door;
  /** The transaction that moves the cursor, for readers that keep tables of their own. */
  readonly connection: Connection;
  /** Unquoted schema of the workspace. */
  readonly schema: string;
}

export function defineReader(reader: EventReader): EventReader {
  return reader;
}

/**
 * How two records of one object are recognised as the same. The kernel keeps `keys` in an index, brings together records
 * that share some, and asks `judge`; what the keys mean only the module knows.
 */
export interface DuplicateMatching<Prepared = unknown> {
  object: string;
  /** What is read for it: own fields, and fields of a referenced record as `account.name`. Any of them may be missing. */
  fields: readonly string[];
  /** A record made ready once for any number of comparisons; called with `fields` as they are named. */
  prepare(record: Readonly<Record<string, unknown>>): Prepared;
  /** At most 16. Records that share none are never compared. */
  keys(record: Prepared): readonly string[];
  /** @param population how many records the two were picked from */
  judge(a: Prepared, b: Prepared, population: number): { score: number; certainty: Certainty | null };
  /** Why, strongest first: keys of the language catalogue and their values. */
  explain(
    a: Prepared,
    b: Prepared,
    population: number,
  ): readonly { code: string; params: Readonly<Record<string, string>> }[];
}

export type Certainty = 'certain' | 'likely' | 'possible';

export function defineDuplicates<Prepared>(
  // biome-ignore lint/suspicious/noExplicitAny: any object's definition, whatever its fields
  object: ObjectDefinition<any>,
  matching: Omit<DuplicateMatching<Prepared>, 'object'>,
): DuplicateMatching {
  return { ...(matching as unknown as Omit<DuplicateMatching, 'object'>), object: object.name };
}
