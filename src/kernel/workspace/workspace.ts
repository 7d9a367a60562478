import { v7 as newId } from 'uuid';
import type { Connection } from '../database/connection.ts';
import { listen } from '../database/listen.ts';
import type { Database } from '../database/pool.ts';
import { identifier } from '../database/sql.ts';
import { foldText } from '../fields/clean.ts';
import type { HoursOfDay } from '../fields/weeklyHours/format.ts';
import { differencesOf } from '../object/compare-overlays.ts';
import type { ObjectDefinition } from '../object/definition.ts';
import { buildModel, type Model } from '../object/model.ts';
import { emptyOverlay, mergeOverlay, type Overlay } from '../object/overlay.ts';
import { type FieldError, Problem } from '../problems/problem.ts';
import { createTables } from '../schema/apply.ts';
import { ensurePartitions } from '../schema/partitions.ts';
import { plan } from '../schema/plan.ts';
import { snapshotOf } from '../schema/snapshot.ts';
import type { Snapshot } from '../schema/table.ts';
import { extensionSchema } from './platform.ts';

/** One company: its schema, what it set, and the model of its definitions. */
export interface Workspace {
  readonly id: string;
  readonly slug: string;
  /** Unquoted name of its schema: `ws_<slug>`. */
  readonly schema: string;
  readonly name: string;
  readonly settings: WorkspaceSettings;
  readonly model: Model;
  /** Version of the definitions; grows with every change of them. */
  readonly version: number;
}

export interface WorkspaceSettings {
  readonly language: 'en' | 'es' | 'lt';
  /** ISO 4217. */
  readonly currency: string;
  /** IANA name. */
  readonly timeZone: string;
  /** ISO 3166, two letters. */
  readonly country: string;
  /** A small picture, as a data address. */
  readonly logo?: string | undefined;
  /** Of whoever says no others. */
  readonly workingHours?: readonly HoursOfDay[] | undefined;
  /** Days on which the company does not work, in their order. */
  readonly holidays?: readonly Holiday[] | undefined;
}

export interface Holiday {
  /** ISO date. */
  readonly on: string;
  readonly name: string;
}

export interface NewWorkspace extends WorkspaceSettings {
  name: string;
  /** `[a-z][a-z0-9_]*`, at most 30 characters; made from the name when left out. */
  slug?: string;
}

export interface WorkspaceEntry {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly state: 'ready' | 'changing' | 'upgrading';
  readonly createdAt: string;
}

/** Other processes hear on this channel, with the id of the workspace, that definitions changed. */
export const DEFINITIONS_CHANNEL = 'tendero_definitions';

/**
 * Makes a workspace with all its tables, in one transaction.
 * @param shipped definitions of all modules
 * @throws Problem `request.invalid`, `workspace.exists` when the slug was given and is taken
 */
export async function createWorkspace(
  db: Database,
  input: NewWorkspace,
  shipped: readonly ObjectDefinition[],
): Promise<Workspace> {
  const { name, language, currency, timeZone, country } = checkNewWorkspace(input);
  const settings: WorkspaceSettings = { language, currency, timeZone, country };
  const model = buildModel(shipped);
  const snapshot = snapshotOf(model);
  const now = new Date();
  const slug = await db.transaction(async (connection) => {
    const slug = await takeSlug(connection, newId(), input.slug, { name, settings, snapshot, now });
    const schema = schemaOf(slug);
    await connection.run(`create schema ${identifier(schema)}`);
    await createTables(connection, plan(null, snapshot, { schema, extensions: await extensionSchema(connection) }));
    await ensurePartitions(connection, schema, now);
    await connection.run(`insert into ${identifier(schema)}."counter" ("name") values ('event')`);
    await countObjects(connection, schema, snapshot);
    return slug;
  });
  return openWorkspace(db, slug, shipped);
}

export async function listWorkspaces(db: Database): Promise<WorkspaceEntry[]> {
  const rows = await db.run('select id, slug, name, state, created_at from platform.workspace order by created_at, id');
  return rows.map(([id, slug, name, state, createdAt]) => ({ id, slug, name, state, createdAt }) as WorkspaceEntry);
}

/** Ids of those that work is done in. */
export async function readyWorkspaces(db: Database): Promise<string[]> {
  return (await listWorkspaces(db)).flatMap(({ id, state }) => (state === 'ready' ? [id] : []));
}

/** A workspace that was opened is known this long without asking the database; NOTIFY makes it sooner. */
const FRESH_MS = 1_000;

interface Opened {
  readonly workspace: Workspace;
  readonly checkedAt: number;
}

const opened = new WeakMap<Database, Map<string, Opened>>();

/**
 * The workspace with its model, kept as long as its definitions stay the same.
 * @throws Problem `workspace.not-found`
 */
export async function openWorkspace(
  db: Database,
  slug: string,
  shipped: readonly ObjectDefinition[],
): Promise<Workspace> {
  const known = openedBy(db).get(slug);
  if (known && performance.now() - known.checkedAt < FRESH_MS) return known.workspace;
  const checkedAt = performance.now();
  const [row] = await db.run('select id, name, settings, definitions_version from platform.workspace where slug = $1', [
    slug,
  ]);
  if (!row) throw new Problem('workspace.not-found', { slug });
  const [id, name, settings, version] = row as [string, string, WorkspaceSettings, number];
  let model = known?.workspace.version === version && known.workspace.id === id ? known.workspace.model : undefined;
  if (!model) {
    const { definitions, custom } = mergeOverlay(shipped, await readOverlay(db, schemaOf(slug)));
    model = buildModel(definitions, custom);
  }
  const workspace: Workspace = { id, slug, schema: schemaOf(slug), name, settings, model, version };
  openedBy(db).set(slug, { workspace, checkedAt });
  return workspace;
}

/** Forgets what is known of a workspace, so that the next call reads its definitions. */
export function forgetWorkspace(db: Database, id: string): void {
  const known = openedBy(db);
  for (const [slug, { workspace }] of known) if (workspace.id === id) known.delete(slug);
}

/** Drops what other processes changed, at once. */
export function watchDefinitions(db: Database): { stop(): Promise<void> } {
  return listen(db, DEFINITIONS_CHANNEL, (id) => forgetWorkspace(db, id));
}

/** What was added and changed at run time, as it is in force. */
export async function readOverlay(connection: Connection, schema: string): Promise<Overlay> {
  const [row] = await connection.run(
    `select "document" from ${identifier(schema)}."overlay" order by "version" desc limit 1`,
  );
  return (row?.[0] as Overlay | undefined) ?? emptyOverlay;
}

const VERSIONS = 100;

/** One change of definitions, told by what it is of: the settings of it by their names alone. */
export interface DefinitionVersion {
  readonly version: number;
  readonly changedAt: string;
  readonly changedBy: string | null;
  readonly changes: readonly {
    readonly kind: string;
    readonly object: string;
    readonly name?: string;
    readonly type?: string;
    readonly settings?: readonly string[];
  }[];
}

/** The changes of definitions, the newest first, each with what it changed in those before. */
export async function listDefinitionVersions(
  connection: Connection,
  schema: string,
  shipped: readonly ObjectDefinition[],
): Promise<DefinitionVersion[]> {
  const rows = (await connection.run(
    `select "version", "changed_at", "changed_by_id"::text, "document" from ${identifier(schema)}."overlay"
     order by "version" desc limit ${VERSIONS + 1}`,
  )) as [number, string, string | null, Overlay][];
  return rows.slice(0, VERSIONS).map(([version, changedAt, changedBy, document], index) => ({
    ...{ version, changedAt, changedBy },
    changes: differencesOf(shipped, rows[index + 1]?.[3] ?? emptyOverlay, document).map((change) => ({
      kind: change.kind,
      object: 'object' in change ? change.object : change.definition.name,
      ...('name' in change && { name: change.name }),
      ...(change.kind === 'addField' && { type: change.definition.type }),
      ...('changes' in change && { settings: Object.keys(change.changes) }),
    })),
  }));
}

/** Every object has its row of counters, which the door updates. */
export async function countObjects(connection: Connection, schema: string, snapshot: Snapshot): Promise<void> {
  const objects = Object.values(snapshot.tables).flatMap((table) => table.object ?? []);
  await connection.run(
    `insert into ${identifier(schema)}."object_count" ("object") select unnest($1::text[]) on conflict do nothing`,
    [objects],
  );
}

export function schemaOf(slug: string): string {
  return `ws_${slug}`;
}

function openedBy(db: Database): Map<string, Opened> {
  let known = opened.get(db);
  if (!known) {
    known = new Map();
    opened.set(db, known);
  }
  return known;
}

async function takeSlug(
  connection: Connection,
  id: string,
  wanted: string | undefined,
  workspace: { name: string; settings: WorkspaceSettings; snapshot: Snapshot; now: Date },
): Promise<string> {
  const base = wanted ?? slugOf(workspace.name);
  for (let number = 1; ; number++) {
    const slug = number === 1 ? base : `${base}_${number}`;
    const inserted = await connection.execute(
      `insert into platform.workspace (id, slug, name, settings, snapshot, created_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (slug) do nothing`,
      [id, slug, workspace.name, JSON.stringify(workspace.settings), JSON.stringify(workspace.snapshot), workspace.now],
    );
    if (inserted === 1) return slug;
    if (wanted !== undefined) throw new Problem('workspace.exists', { slug });
  }
}

/** `Žalioji Girininkija, UAB` → `zalioji_girininkija_uab` */
function slugOf(name: string): string {
  const words = foldText(name)
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 24);
  return words.replace(/^[_0-9]+|_+$/g, '') || 'company';
}

/** @throws Problem `request.invalid`, with each setting that is wrong */
export function checkNewWorkspace(input: NewWorkspace): NewWorkspace {
  const errors: FieldError[] = [];
  const name = typeof input.name === 'string' ? input.name.normalize('NFC').trim() : '';
  const check = (field: keyof NewWorkspace, holds: boolean) => {
    if (!holds) errors.push({ field, code: 'field.not-allowed' });
  };
  check('name', name.length > 0 && name.length <= 200 && !name.includes('\u0000') && name.isWellFormed());
  check('slug', input.slug === undefined || /^[a-z][a-z0-9_]{0,29}$/.test(input.slug));
  check('language', ['en', 'es', 'lt'].includes(input.language));
  check('currency', Intl.supportedValuesOf('currency').includes(input.currency));
  check('timeZone', isTimeZone(input.timeZone));
  check('country', /^[A-Z]{2}$/.test(input.country));
  if (errors.length > 0) throw new Problem('request.invalid', {}, errors);
  return { ...input, name };
}

function isTimeZone(name: unknown): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: String(name) });
    return typeof name === 'string';
  } catch {
    return false;
  }
}
