import type { Connection } from '../database/connection.ts';
import type { EventOperation, EventRow } from '../events/event.ts';
import type { Catalogue } from '../i18n/translate.ts';
import type { Filter } from '../query/filter.ts';
import type { Door, Workspace } from '../records/door.ts';
import type { Records } from '../records/records.ts';
import type { ActionDefinition } from './action.ts';
import type { ObjectDefinition } from './definition.ts';
import type { DuplicateMatching } from './duplicate-matching.ts';
import type { GlanceContribution } from './glance.ts';
import type { ObjectRules, RuleContext } from './rules.ts';

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
  /** What is told of a record at one glance, in the order of the modules. */
  glance?: readonly GlanceContribution[];
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

export function defineModule(manifest: ModuleManifest): ModuleManifest {
  return manifest;
}

/**
 * Reads the event stream from its own cursor. `run` and the move of the cursor are one transaction: what it does through
 * `records` happens exactly once; what it does outside the database may happen again after a crash and must be idempotent
 * (use the event's position as the key).
 */
export interface EventReader {
  /** Unique over all modules; the name of its cursor. */
  name: string;
  /** Objects whose events it wants, which the workspace's definitions may decide; all when left out. */
  objects?: readonly string[] | ((workspace: Workspace) => readonly string[]);
  /** What it wants to hear of; everything when left out. */
  operations?: readonly EventOperation[];
  /** Whether there is nobody to tell now: what has come passes unread. */
  isIdle?(context: Pick<ReaderContext, 'connection' | 'schema'>): Promise<boolean>;
  /** Much work for each event, and no hurry: it rests while an import brings many. */
  canWait?: true;
  run(events: readonly EventRow[], context: ReaderContext): Promise<void>;
}

export interface ReaderContext extends RuleContext {
  /** The same transaction with somebody's rights: whoever is told of a record has to be able to see it. */
  as(userId: string): Promise<Records>;
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
