import type { Connection } from '../database/connection.ts';
import type { Database } from '../database/pool.ts';
import { identifier } from '../database/sql.ts';
import { changeOverlay, type DefinitionChange } from '../object/change-overlay.ts';
import type { ObjectDefinition } from '../object/definition.ts';
import { buildModel, type Model } from '../object/model.ts';
import { mergeOverlay, type Overlay } from '../object/overlay.ts';
import { Problem } from '../problems/problem.ts';
import {
  type ApplyProgress,
  exclusively,
  type Journal,
  runJournal,
  runSteps,
  startJournal,
  withLocks,
} from '../schema/apply.ts';
import { derivedChanges, plan, reached, type Step } from '../schema/plan.ts';
import { type Obstacle, obstacles } from '../schema/preflight.ts';
import { snapshotOf, uniqueFields } from '../schema/snapshot.ts';
import type { Snapshot } from '../schema/table.ts';
import { extensionSchema } from './platform.ts';
import {
  countObjects,
  DEFINITIONS_CHANNEL,
  forgetWorkspace,
  openWorkspace,
  readOverlay,
  type Workspace,
} from './workspace.ts';

export interface DefinitionsOptions {
  /** Definitions of all modules. */
  readonly shipped: readonly ObjectDefinition[];
  /** The user who changes them; null for the program. */
  readonly userId: string | null;
  /**
   * Told, in the transaction that brings the change into force, of columns that the program has to compute for the
   * records that exist: the place to enqueue the job.
   */
  readonly onDerived?: OnDerived | undefined;
  readonly onProgress?: (progress: ApplyProgress) => void;
}

export type OnDerived = (
  connection: Connection,
  workspace: { readonly id: string; readonly schema: string },
  changes: readonly { readonly object: string; readonly columns: readonly string[] }[],
) => Promise<void>;

/** Indexes of tables with more records than this are built without stopping writers; 100,000 take 0.1 s otherwise. */
const LARGE = 100_000;
const MAX_WAITS = 5;

/**
 * Adds or changes an object or a field while everybody works: validates, plans, applies, and brings the new definitions
 * into force here and, by NOTIFY, in the other processes. All of it or nothing: in one transaction when the tables are
 * small, otherwise step by step with the way back prepared.
 *
 * @throws Problem `object.invalid`, `object.exists`, `object.in-use`, `object.unknown`, `field.unknown`, `access.denied`,
 *   `database.busy` when others do not come to an end
 */
export async function changeDefinitions(
  db: Database,
  workspace: Pick<Workspace, 'id' | 'slug' | 'schema'>,
  change: DefinitionChange,
  options: DefinitionsOptions,
): Promise<Workspace> {
  for (let attempt = 1; ; attempt++) {
    const state = await withLocks(() =>
      db.transaction((connection) => startChange(connection, workspace, change, options)),
    );
    if (state === 'started') await finishJournal(db, workspace, options);
    if (state !== 'waits') break;
    if (attempt === MAX_WAITS) throw new Problem('database.busy');
    // Another change is under way, or was left by a program that lost its database: it ends first.
    await finishJournal(db, workspace, { onDerived: options.onDerived }).catch(() => {});
  }
  forgetWorkspace(db, workspace.id);
  return openWorkspace(db, workspace.slug, options.shipped);
}

/**
 * Brings a workspace's journal to its end, after whoever is at it. A change that cannot be made is taken back; an upgrade,
 * and a change that only lost its database, stay where they are and are continued by the next call.
 */
export async function finishJournal(
  db: Database,
  workspace: Pick<Workspace, 'id' | 'schema'>,
  options: Pick<DefinitionsOptions, 'onDerived' | 'onProgress'>,
): Promise<void> {
  const finish = (connection: Connection, journal: Journal) =>
    putInForce(connection, workspace, journal, options.onDerived);
  await exclusively(db, `journal ${workspace.id}`, async () => {
    try {
      await runJournal(db, workspace.id, { finish, ...(options.onProgress ? { onProgress: options.onProgress } : {}) });
    } catch (error) {
      if (!(error instanceof Problem && error.code.startsWith('database.'))) {
        await takeBack(db, workspace);
        await runJournal(db, workspace.id, { finish });
      }
      throw error;
    }
  });
}

/** Tables with many records, by the door's own counts. */
export async function largeTables(connection: Connection, schema: string, snapshot: Snapshot): Promise<Set<string>> {
  const rows = await connection.run(
    `select "object" from ${identifier(schema)}."object_count" where "live" + "trash" > ${LARGE}`,
  );
  const objects = new Set(rows.map(([object]) => object as string));
  return new Set(Object.keys(snapshot.tables).filter((name) => objects.has(snapshot.tables[name]!.object ?? '')));
}

/** @returns `done` when the change is in force, `started` when its journal has begun, `waits` when there is another one */
async function startChange(
  connection: Connection,
  workspace: Pick<Workspace, 'id' | 'schema'>,
  change: DefinitionChange,
  options: DefinitionsOptions,
): Promise<'done' | 'started' | 'waits'> {
  const [row] = await connection.run(
    'select snapshot, journal is null from platform.workspace where id = $1 for update',
    [workspace.id],
  );
  const [snapshot, isFree] = row as [Snapshot, boolean];
  if (!isFree) return 'waits';
  const before = await readOverlay(connection, workspace.schema);
  const { overlay, model, kept } = changeOverlay(options.shipped, before, change);
  const wanted = snapshotOf(kept);
  const large = await largeTables(connection, workspace.schema, snapshot);
  const site = { schema: workspace.schema, extensions: await extensionSchema(connection) };
  const isPurge = change.kind === 'purgeField' || change.kind === 'purgeObject';
  const goes = isPurge ? goneColumns(options.shipped, before, wanted) : [];
  const steps = plan(snapshot, wanted, site, { isLarge: (table) => large.has(table) }).filter(
    (step) => !step.destructive || goes.some((other) => other.table === step.table && other.column === step.column),
  );
  refuseObstacles(await obstacles(connection, workspace.schema, snapshot, wanted), model);
  const journal: Journal = {
    purpose: 'change',
    steps,
    to: reached(snapshot, wanted, steps),
    overlay: { document: overlay, changedBy: options.userId },
  };
  await startJournal(connection, workspace.id, journal);
  if (!steps.every((step) => step.transactional)) return 'started';
  await runSteps(connection, steps);
  await putInForce(connection, workspace, journal, options.onDerived);
  return 'done';
}

/** The destructive steps of a purge: only of what it names, not of what an upgrade left over. */
function goneColumns(shipped: readonly ObjectDefinition[], before: Overlay, wanted: Snapshot): Step[] {
  const { kept, custom } = mergeOverlay(shipped, before);
  return plan(snapshotOf(buildModel(kept, custom)), wanted, { schema: '', extensions: '' }).filter(
    (step) => step.destructive,
  );
}

/** The last act: the tables are as wanted, from now on everybody works with the new definitions. */
async function putInForce(
  connection: Connection,
  workspace: Pick<Workspace, 'id' | 'schema'>,
  journal: Journal,
  onDerived: OnDerived | undefined,
): Promise<void> {
  const [row] = await connection.run(
    'select snapshot, definitions_version, journal is null from platform.workspace where id = $1 for update',
    [workspace.id],
  );
  const [before, version, isDone] = row as [Snapshot, number, boolean];
  if (isDone) return;
  const isTakenBack = journal.purpose === 'change' && journal.overlay === null;
  if (!isTakenBack) {
    await countObjects(connection, workspace.schema, journal.to);
    if (journal.overlay) {
      await connection.run(
        `insert into ${identifier(workspace.schema)}."overlay" ("version", "document", "changed_at", "changed_by_id")
         values ($1, $2, $3, $4)`,
        [version + 1, JSON.stringify(journal.overlay.document), new Date(), journal.overlay.changedBy],
      );
    }
    const derived = derivedChanges(before, journal.to);
    if (derived.length > 0) await onDerived?.(connection, workspace, derived);
    await connection.run('select pg_notify($1, $2)', [DEFINITIONS_CHANNEL, workspace.id]);
  }
  await connection.run(
    `update platform.workspace
     set state = 'ready', journal = null, journal_done = 0, snapshot = $2, definitions_version = $3 where id = $1`,
    [workspace.id, JSON.stringify(journal.to), isTakenBack ? version : version + 1],
  );
}

/** Turns the journal of a change round: what it made is empty and goes, what it loosened comes back. */
async function takeBack(db: Database, workspace: Pick<Workspace, 'id' | 'schema'>): Promise<void> {
  await db.transaction(async (connection) => {
    const [row] = await connection.run('select snapshot, journal from platform.workspace where id = $1 for update', [
      workspace.id,
    ]);
    const [snapshot, journal] = row as [Snapshot, Journal | null];
    if (journal?.purpose !== 'change' || journal.overlay === null) return;
    const site = { schema: workspace.schema, extensions: await extensionSchema(connection) };
    const back: Journal = { purpose: 'change', steps: plan(journal.to, snapshot, site), to: snapshot, overlay: null };
    await connection.run('update platform.workspace set journal = $2, journal_done = 0 where id = $1', [
      workspace.id,
      JSON.stringify(back),
    ]);
  });
}

function refuseObstacles(found: readonly Obstacle[], model: Model): void {
  const [first] = found;
  if (!first) return;
  const errors = found.map((obstacle) => ({ field: fieldOfObstacle(obstacle, model), code: obstacle.code }));
  const object = [...model.objects.values()].find(({ table }) => table === first.table);
  throw new Problem('object.invalid', { object: object?.name ?? first.table }, errors);
}

/** The name people know: `industry`, or `account, contact` of a unique combination. */
export function fieldOfObstacle(obstacle: Obstacle, model: Model): string {
  const object = [...model.objects.values()].find(({ table }) => table === obstacle.table);
  if (!object) return obstacle.table;
  if (obstacle.index) return uniqueFields(object).get(obstacle.index)?.join(', ') ?? obstacle.index;
  const field = [...object.fields.values()].find(({ columns }) => columns.some(({ name }) => name === obstacle.column));
  return field?.name ?? obstacle.table;
}
