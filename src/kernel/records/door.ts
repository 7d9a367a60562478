import type { Principal } from '../access/access.ts';
import type { Connection, TransactionConnection } from '../database/connection.ts';
import type { Database } from '../database/pool.ts';
import type { PendingEvent } from '../events/event.ts';
import type { FieldEnv } from '../fields/field-type.ts';
import type { HoursOfDay } from '../fields/weeklyHours/format.ts';
import type { ActionDefinition } from '../object/action.ts';
import type { DuplicateMatching } from '../object/duplicate-matching.ts';
import type { Model } from '../object/model.ts';
import type { ObjectRules } from '../object/rules.ts';
import type { QueryScope } from '../query/compilation.ts';

/** One company's data as the door needs it. */
export interface Workspace {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  /** Version of the definitions. */
  readonly version: number;
  /** `ws_<slug>` */
  readonly schema: string;
  readonly database: Database;
  readonly model: Model;
  readonly settings: WorkspaceSettings;
  /** Rules by object name, in the order of the modules. */
  readonly rules: ReadonlyMap<string, readonly ObjectRules[]>;
  readonly actions: ReadonlyMap<string, readonly ActionDefinition[]>;
  /** How duplicates are recognised, by object name. */
  readonly duplicates: ReadonlyMap<string, DuplicateMatching>;
  /** Units of base currency per unit of `currency` on a day. */
  rate(currency: string, date: string): number | undefined;
  /** Called after a commit that appended events; wakes readers and live feeds. */
  onCommit(lastPosition: number): void;
  /** Called after a commit that changed who may do what. */
  onRightsChange(): void;
  /** Grows with every such change, of other processes too. */
  rightsVersion(): number;
  /** The same person as they may act now; without any role when they may not any more. */
  renewed(principal: Principal, connection?: Connection): Promise<Principal>;
}

export interface WorkspaceSettings {
  language: string;
  /** Base currency, ISO 4217. */
  currency: string;
  timeZone: string;
  /** ISO 3166 alpha-2, for phone numbers and tax numbers without a country. */
  country: string;
  /** A small picture, as a data address. */
  logo?: string | undefined;
  /** Of whoever says no others. */
  workingHours?: readonly HoursOfDay[] | undefined;
  /** Writers may ask to know when a mail of theirs is opened. */
  mailTracking?: boolean | undefined;
  /** Days on which the company does not work. */
  holidays?: readonly { readonly on: string; readonly name: string }[] | undefined;
}

/** Whoever stands at the door: what they may do, and the transaction they are in, if any. */
export interface Door {
  readonly workspace: Workspace;
  readonly principal: Principal;
  /** Where the request came from: `rest`, `import`, `job` … Kept with every event. */
  readonly via: string;
  /** May write fields that clients only read: the program itself, undo, merge. */
  readonly trusted: boolean;
  readonly unit: Unit | null;
  /** Of all that is written through this door; without it each write has its own. */
  readonly changeSet?: string | undefined;
}

/** One transaction of writes: one change set, its events appended together at its end. */
export interface Unit {
  readonly connection: TransactionConnection;
  readonly changeSet: string;
  readonly at: Date;
  readonly note: string | null;
  readonly pending: PendingEvent[];
}

export function connectionOf(door: Door): Connection {
  return door.unit?.connection ?? door.workspace.database;
}

export function scopeOf(door: Door): QueryScope {
  const { model, schema } = door.workspace;
  return { model, schema, principal: door.principal, env: envOf(door) };
}

export function envOf(door: Door): FieldEnv {
  const { settings, rate } = door.workspace;
  return {
    now: door.unit?.at ?? new Date(),
    timeZone: door.principal.timeZone,
    language: door.principal.language,
    country: settings.country,
    currency: settings.currency,
    rate,
    userId: door.principal.userId,
  };
}
