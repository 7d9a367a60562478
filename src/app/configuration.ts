import type { Principal } from '#kernel/access/access.ts';
import type { OneChange } from '#kernel/object/change-overlay.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Door, Workspace } from '#kernel/records/door.ts';
import { newId } from '#kernel/records/new-id.ts';
import { openRecords, recordsFor } from '#kernel/records/open.ts';
import { inUnit } from '#kernel/records/unit.ts';
import {
  type Configuration,
  type ConfigurationFiles,
  compareDefinitions,
  overlayOf,
  type Rates,
  readConfiguration,
  writeConfiguration,
} from '#kernel/workspace/configuration.ts';
import {
  applyRecordChanges,
  compareRecords,
  type OwnRecords,
  type RecordChange,
  readOwnRecords,
  type WrittenRecords,
} from '#kernel/workspace/configured-records.ts';
import { changeDefinitions } from '#kernel/workspace/definitions.ts';
import { ownConfigured } from '#kernel/workspace/own-objects.ts';
import { checkRate, listRates, removeRate, setRate } from '#kernel/workspace/settings.ts';
import { readOverlay } from '#kernel/workspace/workspace.ts';
import { queueConversion } from './convert.ts';
import { queueRecompute } from './recompute.ts';
import type { Runtime } from './runtime.ts';

/** An administrator, and where. */
interface Visitor {
  readonly workspace: Workspace;
  readonly principal: Principal;
}

export interface RateChange {
  readonly kind: 'setRate';
  readonly currency: string;
  readonly on: string;
  readonly rate: number;
  /** What it is now; null when there is none from that day on. */
  readonly before: number | null;
}

export type ConfigurationChange = OneChange | RecordChange | RateChange;

export interface Difference {
  /** Of the definitions it was made from; what is applied later has to come from the same. */
  readonly version: number;
  /** What is possible, in the order in which it is applied. */
  readonly changes: readonly ConfigurationChange[];
  /** What stands in the way; while there is any, nothing can be applied. */
  readonly refused: readonly { readonly change: ConfigurationChange; readonly problem: Problem }[];
}

/** The way back from what was applied. */
export interface Before {
  readonly version: number;
  /** Of the records; null when none changed. */
  readonly changeSet: string | null;
  readonly rates: readonly { readonly currency: string; readonly on: string; readonly rate: number | null }[];
}

/** What administrators made of a workspace, as files. The same configuration gives the same bytes. */
export async function configurationFilesOf(runtime: Runtime, visitor: Visitor): Promise<ConfigurationFiles> {
  const { workspace } = visitor;
  const { of } = await ownRecords(runtime, visitor);
  return writeConfiguration({
    overlay: await readOverlay(runtime.database, workspace.schema),
    records: Object.fromEntries([...of].map(([object, own]) => [object, own.map(({ values }) => values)])),
    rates: { base: workspace.settings.currency, items: await listRates(runtime.database, workspace.schema) },
  });
}

/** @throws Problem `configuration.invalid` */
export function parseConfiguration(runtime: Runtime, files: ConfigurationFiles): Configuration {
  return readConfiguration(files, configuredBy(runtime));
}

/** What would change here if the workspace were as a configuration says. Nothing does. */
export async function compareConfiguration(
  runtime: Runtime,
  visitor: Visitor,
  wanted: Configuration,
): Promise<Difference> {
  const { workspace } = visitor;
  const definitions = await compareDefinitions(runtime.database, workspace, runtime.shipped, wanted.overlay);
  const records = wanted.records
    ? await tryRecords(runtime, visitor, wanted.records, definitions.changes)
    : { changes: [], refused: [] };
  const rates = wanted.rates ? await compareRates(runtime, workspace, wanted.rates) : { changes: [], refused: [] };
  const refused: Difference['refused'] = [...definitions.refused, ...records.refused, ...rates.refused];
  const impossible = new Set(refused.map(({ change }) => change));
  const changes = [...definitions.changes, ...records.changes, ...rates.changes].filter(
    (change) => !impossible.has(change),
  );
  return { version: definitions.version, changes, refused };
}

/**
 * Makes the workspace so, all of it or nothing: the definitions first, then records and rates in one transaction; when
 * those are refused, the definitions go back to what they were.
 *
 * @param version of the definitions that the difference was made from, when somebody looked at it
 * @throws Problem `configuration.changed`, `configuration.invalid` with what stands in the way
 */
export async function applyConfiguration(
  runtime: Runtime,
  visitor: Visitor,
  wanted: Configuration,
  version?: number,
): Promise<Difference & { before: Before }> {
  const difference = await compareConfiguration(runtime, visitor, wanted);
  if (version !== undefined && version !== difference.version) throw new Problem('configuration.changed');
  if (difference.refused.length > 0) throw refusal(difference.refused);
  const definitions = difference.changes.filter(isOfDefinitions);
  await applyDefinitions(runtime, visitor, definitions);
  try {
    return { ...difference, before: await applyRest(runtime, visitor, wanted, difference) };
  } catch (error) {
    await restoreDefinitions(runtime, visitor, difference.version);
    throw error;
  }
}

/** Takes back what was applied. What somebody changed since in its records stays. */
export async function takeBackConfiguration(runtime: Runtime, visitor: Visitor, before: Before): Promise<void> {
  const { workspace, principal } = visitor;
  const now = await runtime.workspace(workspace.id);
  if (before.changeSet !== null) await recordsFor(now, principal, 'rest').undo(before.changeSet);
  if (before.rates.length > 0) {
    await runtime.database.transaction(async (connection) => {
      for (const { currency, on, rate } of before.rates)
        await (rate === null
          ? removeRate(connection, now.schema, currency, on)
          : setRate(connection, now, { currency, on, rate }));
      for (const conversion of conversionsOf(before.rates))
        await queueConversion(connection, workspace.id, conversion, principal.userId);
    });
    runtime.forgetRates(workspace.schema);
  }
  await restoreDefinitions(runtime, visitor, before.version);
}

/** Makes the definitions as they were in a version. @returns what changed */
export async function restoreDefinitions(
  runtime: Runtime,
  visitor: Visitor,
  version: number,
): Promise<Difference & { before: Before }> {
  const workspace = await runtime.workspace(visitor.workspace.id);
  const overlay = await overlayOf(runtime.database, workspace.schema, version);
  return applyConfiguration(runtime, { ...visitor, workspace }, { overlay });
}

function configuredBy({ modules }: Runtime) {
  // Roles last: what they say names stages and the like.
  return [...modules.flatMap(({ configured = [] }) => configured), ...ownConfigured];
}

function ownRecords(runtime: Runtime, { workspace, principal }: Visitor): Promise<OwnRecords> {
  return readOwnRecords(recordsFor(workspace, principal, 'rest'), workspace.model, configuredBy(runtime));
}

function isOfDefinitions(change: ConfigurationChange): change is OneChange {
  return !isOfRecords(change) && change.kind !== 'setRate';
}

function isOfRecords(change: ConfigurationChange): change is RecordChange {
  return change.kind.endsWith('Record');
}

/** What would change in the records: tried, and none of it is let be. */
async function tryRecords(
  runtime: Runtime,
  visitor: Visitor,
  wanted: WrittenRecords,
  definitions: readonly OneChange[],
): Promise<{ changes: readonly RecordChange[]; refused: Difference['refused'] }> {
  const configured = configuredBy(runtime);
  const own = await ownRecords(runtime, visitor);
  const changes = compareRecords(configured, own, wanted);
  const objects = new Set(configured.map(({ object }) => object));
  // Fields that are not here yet cannot be tried: what is wrong shows when it is applied, and takes all of it back.
  const saysOfOthers = changes.some(({ object }) => object === 'role');
  const isTooEarly = definitions.some((change) => saysOfOthers || ('object' in change && objects.has(change.object)));
  if (isTooEarly || changes.length === 0) return { changes, refused: [] };
  let refused: Difference['refused'] | undefined;
  await inUnit(doorOf(visitor), {}, async (inside) => {
    refused = await applyRecordChanges(openRecords(inside), configured, own, changes);
    throw new Error('only tried');
  }).catch((error: unknown) => {
    if (!refused) throw error;
  });
  return { changes, refused: refused ?? [] };
}

async function compareRates(runtime: Runtime, workspace: Workspace, wanted: Rates) {
  const own = new Map(
    (await listRates(runtime.database, workspace.schema)).map(({ currency, on, rate }) => [`${currency} ${on}`, rate]),
  );
  const base = workspace.settings.currency;
  const changes = wanted.items.flatMap(({ currency, on, rate }): RateChange[] => {
    const before = own.get(`${currency} ${on}`) ?? null;
    return before === rate ? [] : [{ kind: 'setRate', currency, on, rate, before }];
  });
  const refused = changes.flatMap((change) => {
    try {
      if (wanted.base !== base) throw new Problem('configuration.other-base', { base: wanted.base, own: base });
      checkRate(change, base);
      return [];
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      return [{ change, problem }];
    }
  });
  return { changes, refused };
}

async function applyDefinitions(
  { database, shipped }: Runtime,
  { workspace, principal }: Visitor,
  changes: readonly OneChange[],
): Promise<void> {
  if (changes.length === 0) return;
  const { userId } = principal;
  await changeDefinitions(
    database,
    workspace,
    { kind: 'several', changes },
    {
      shipped,
      userId,
      onDerived: (connection, { id }, derived) => queueRecompute(connection, id, derived, userId),
    },
  );
}

async function applyRest(
  runtime: Runtime,
  { principal, ...visitor }: Visitor,
  wanted: Configuration,
  { version, changes }: Difference,
): Promise<Before> {
  const rates = changes.filter((change) => change.kind === 'setRate');
  const isOfRest = changes.some(isOfRecords) || rates.length > 0;
  const before = { version, changeSet: null, rates: rates.map((rate) => ({ ...rate, rate: rate.before })) };
  if (!isOfRest) return before;
  // By the definitions that are in force now.
  const workspace = await runtime.workspace(visitor.workspace.id);
  const own = await ownRecords(runtime, { workspace, principal });
  const configured = configuredBy(runtime);
  const records = wanted.records ? compareRecords(configured, own, wanted.records) : [];
  const changeSet = newId();
  await inUnit(doorOf({ workspace, principal }), { changeSet }, async (inside) => {
    const refused = await applyRecordChanges(openRecords(inside), configured, own, records);
    if (refused.length > 0) throw refusal(refused);
    const { connection } = inside.unit;
    for (const rate of rates) await setRate(connection, workspace, rate);
    for (const conversion of conversionsOf(rates))
      await queueConversion(connection, workspace.id, conversion, principal.userId);
  });
  if (rates.length > 0) runtime.forgetRates(workspace.schema);
  return { ...before, changeSet: records.length > 0 ? changeSet : null };
}

function doorOf({ workspace, principal }: Visitor): Door {
  return { workspace, principal, via: 'rest', trusted: principal.userId === null, unit: null };
}

/** Each currency once, from the first day on that changed. */
function conversionsOf(rates: readonly { currency: string; on: string }[]) {
  return [...Map.groupBy(rates, ({ currency }) => currency)].map(([currency, own]) => ({
    currency,
    since: own.map(({ on }) => on).toSorted()[0]!,
  }));
}

function refusal(refused: Difference['refused']): Problem {
  const errors = refused.flatMap(({ change, problem }) => {
    const at = nameOfChange(change);
    return problem.errors.length > 0
      ? problem.errors.map((error) => ({ ...error, field: `${at}.${error.field}` }))
      : [{ field: at, code: `problem.${problem.code}.title`, params: problem.params }];
  });
  return new Problem('configuration.invalid', {}, errors.slice(0, 50));
}

/** What it is about: `account`, `account.segment`, `stage Sales / Won`, `USD 2026-01-01`. */
export function nameOfChange(change: ConfigurationChange): string {
  if (change.kind === 'setRate') return `${change.currency} ${change.on}`;
  if (isOfRecords(change)) return `${change.object} ${change.name}`;
  const object = change.kind === 'addObject' ? change.definition.name : change.object;
  return 'name' in change ? `${object}.${change.name}` : object;
}
