import type { Database } from '../database/pool.ts';
import { identifier } from '../database/sql.ts';
import { StartError } from '../database/start-error.ts';
import { FormulaError } from '../formula/formula.ts';
import type { ObjectDefinition } from '../object/definition.ts';
import { buildModel, type Model } from '../object/model.ts';
import { mergeOverlay } from '../object/overlay.ts';
import { Problem } from '../problems/problem.ts';
import { exclusively, type Journal, startJournal, withLocks } from '../schema/apply.ts';
import { plan, reached, sameSnapshot } from '../schema/plan.ts';
import { obstacles } from '../schema/preflight.ts';
import { snapshotOf } from '../schema/snapshot.ts';
import type { Snapshot } from '../schema/table.ts';
import { fieldOfObstacle, finishJournal, largeTables, type OnDerived } from './definitions.ts';
import { extensionSchema } from './platform.ts';
import { listWorkspaces, readOverlay, schemaOf } from './workspace.ts';

export interface UpgradeOptions {
  /** Called once before anything is changed, with the workspaces that will be. */
  readonly backUp?: (slugs: readonly string[]) => Promise<void>;
  readonly onProgress?: (progress: UpgradeProgress) => void;
  readonly onDerived?: OnDerived;
}

export interface UpgradeProgress {
  readonly workspace: string;
  readonly done: number;
  readonly total: number;
  /** What comes next. */
  readonly description: string;
}

/**
 * Brings the tables of all workspaces to what the program ships: finishes what a killed program left, looks at every
 * workspace whether its upgrade is possible, has them backed up, and works through them one by one. Killed at any moment,
 * the next call continues. What the new version ships no more keeps its columns.
 *
 * @returns the workspaces that were changed
 * @throws StartError `upgrade-refused`, with the reasons, before anything is changed
 */
export async function upgradeWorkspaces(
  db: Database,
  shipped: readonly ObjectDefinition[],
  options: UpgradeOptions = {},
): Promise<string[]> {
  // Two programs that start at once: the second waits, and finds the work done.
  return exclusively(db, 'upgrade', () => upgradeAll(db, shipped, options));
}

async function upgradeAll(
  db: Database,
  shipped: readonly ObjectDefinition[],
  options: UpgradeOptions,
): Promise<string[]> {
  const workspaces = await listWorkspaces(db);
  const progressOf = (workspace: string) => ({
    ...(options.onDerived ? { onDerived: options.onDerived } : {}),
    onProgress: (progress: Omit<UpgradeProgress, 'workspace'>) => options.onProgress?.({ workspace, ...progress }),
  });
  for (const { id, slug } of workspaces) {
    try {
      await finishJournal(db, { id, schema: schemaOf(slug) }, progressOf(slug));
    } catch (error) {
      // A change that its records refuse was taken back; whoever asked for it has gone with the old program.
      if (!(error instanceof Problem)) throw error;
      if (await hasJournal(db, id)) throw refusal(slug, words(error));
    }
  }

  const due = await dueUpgrades(db, workspaces, shipped);
  if (due.length === 0) return [];

  await options.backUp?.(due.map(({ slug }) => slug));
  for (const { id, slug, journal } of due) {
    await db.transaction((connection) => startJournal(connection, id, journal));
    await finishJournal(db, { id, schema: schemaOf(slug) }, progressOf(slug));
  }
  return due.map(({ slug }) => slug);
}

/**
 * What an upgrade would do, in words, for each workspace that needs one; nothing is changed.
 * @throws StartError `upgrade-refused`
 */
export async function planUpgrade(
  db: Database,
  shipped: readonly ObjectDefinition[],
): Promise<{ slug: string; steps: string[] }[]> {
  const due = await dueUpgrades(db, await listWorkspaces(db), shipped);
  return due.map(({ slug, journal }) => ({ slug, steps: journal.steps.map((step) => step.description) }));
}

/** @throws StartError `upgrade-refused`, with the reasons of all workspaces */
async function dueUpgrades(
  db: Database,
  workspaces: readonly { readonly id: string; readonly slug: string }[],
  shipped: readonly ObjectDefinition[],
): Promise<{ id: string; slug: string; journal: Journal }[]> {
  const due: { id: string; slug: string; journal: Journal }[] = [];
  const refusals: string[] = [];
  for (const { id, slug } of workspaces) {
    try {
      const journal = await prepare(db, id, schemaOf(slug), shipped);
      if (journal) due.push({ id, slug, journal });
    } catch (error) {
      if (!(error instanceof Problem || error instanceof FormulaError)) throw error;
      refusals.push(refusal(slug, words(error)).message);
    }
  }
  if (refusals.length > 0) throw new StartError('upgrade-refused', refusals.join(' '));
  return due;
}

/** A column that an earlier version shipped, and whose values were brought along to where they belong now. */
export function dropLeftColumn(
  db: Database,
  workspaceId: string,
  { schema, table, column }: { schema: string; table: string; column: string },
): Promise<void> {
  const gone = `alter table ${identifier(schema)}.${identifier(table)} drop column if exists ${identifier(column)}`;
  return withLocks(() =>
    db.transaction(async (connection) => {
      const path = `{tables,${table},columns,${column}}`;
      await connection.run(`set local lock_timeout = '2s'`);
      await connection.run(gone);
      await connection.run('update platform.workspace set snapshot = snapshot #- $2::text[] where id = $1', [
        workspaceId,
        path,
      ]);
    }),
  );
}

/** The way of one workspace, null when it has arrived. @throws Problem when there is none */
async function prepare(
  db: Database,
  id: string,
  schema: string,
  shipped: readonly ObjectDefinition[],
): Promise<Journal | null> {
  const [row] = await db.run('select snapshot from platform.workspace where id = $1', [id]);
  const [snapshot] = row as [Snapshot];
  const { definitions, kept, custom } = mergeOverlay(shipped, await readOverlay(db, schema));
  const model = buildModel(definitions, custom);
  const wanted = snapshotOf(buildModel(kept, custom));
  const to = reached(snapshot, wanted);
  if (sameSnapshot(snapshot, to)) return null;
  const large = await largeTables(db, schema, snapshot);
  const site = { schema, extensions: await extensionSchema(db) };
  const steps = plan(snapshot, wanted, site, { isLarge: (table) => large.has(table) });
  await refuseObstacles(db, schema, snapshot, wanted, model);
  return { purpose: 'upgrade', steps: steps.filter((step) => !step.destructive), to, overlay: null };
}

async function refuseObstacles(
  db: Database,
  schema: string,
  from: Snapshot,
  to: Snapshot,
  model: Model,
): Promise<void> {
  const found = await obstacles(db, schema, from, to);
  if (found.length === 0) return;
  const errors = found.map((obstacle) => ({
    field: `${obstacle.table}.${fieldOfObstacle(obstacle, model)}`,
    code: obstacle.code,
  }));
  throw new Problem('object.invalid', {}, errors);
}

async function hasJournal(db: Database, id: string): Promise<boolean> {
  const [row] = await db.run('select journal is not null from platform.workspace where id = $1', [id]);
  return row?.[0] === true;
}

function refusal(slug: string, reason: string): StartError {
  const text = `The workspace ${slug} cannot be upgraded: ${reason}. It was left as it is; start the version it was used with.`;
  return new StartError('upgrade-refused', text);
}

/** A problem in words for the terminal. */
function words(error: unknown): string {
  if (error instanceof FormulaError)
    return `a formula that was added at run time reads what is not there any more (${error.message})`;
  if (!(error instanceof Problem)) return (error as Error).message;
  const { object, field } = error.params as { object?: string; field?: string };
  const at = [object, field].filter(Boolean).join('.');
  if (error.code === 'object.exists')
    return `${at} was added at run time and is part of the program now; rename it first`;
  const reasons = error.errors.map(({ field: name, code }) => `${at ? `${at}.` : ''}${name} ${reasonOf[code] ?? code}`);
  return reasons.length > 0 ? reasons.join(', ') : error.message;
}

const reasonOf: Readonly<Record<string, string>> = {
  'field.type-change': 'would have to change its type',
  'field.has-empty': 'is required now, and some records have no value',
  'field.has-duplicates': 'is unique now, and some records have the same value',
};
