import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRuntime, type Runtime, shippedDefinitions } from '#app/runtime.ts';
import { administratorRole, asSystem, type Principal, type Role } from '#kernel/access/access.ts';
import { type Database, openDatabase } from '#kernel/database/pool.ts';
import { prepareJobs } from '#kernel/jobs/jobs.ts';
import type { ModuleManifest } from '#kernel/object/module.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { preparePlatform } from '#kernel/workspace/platform.ts';
import { createWorkspace, listWorkspaces } from '#kernel/workspace/workspace.ts';
import { beforeDrop, prepareTemplate, testDatabase } from './database.ts';

export interface TestWorkspace {
  runtime: Runtime;
  workspace: Workspace;
  /** Somebody with the member role; `userId` is a real user. */
  principal: Principal;
  records: Records;
  /** The same workspace seen by somebody else. */
  as(roles: readonly Role[]): Promise<{ principal: Principal; records: Records }>;
}

/** A workspace of its own with all modules (or other ones), in a database of its own, with one user. */
export async function buildWorkspace(
  options: { modules?: readonly ModuleManifest[]; seed?: boolean } = {},
): Promise<TestWorkspace> {
  const database = options.modules ? await emptyPlatform() : await fromTemplate();
  const runtime = createRuntime(
    database,
    join(tmpdir(), `tendero-test-${randomBytes(6).toString('hex')}`),
    options.modules,
  );
  if (options.modules) await createWorkspace(database, company, shippedDefinitions(options.modules));
  const [entry] = await listWorkspaces(database);
  const workspace = await runtime.workspace(entry!.id);
  const system = recordsFor(workspace, asSystem('test data'), 'setup');
  if (options.seed !== false) for (const module of runtime.modules) await module.seed?.(system, 'en');
  const member = async (roles: readonly Role[]) => {
    const user = await buildUser(system);
    const principal: Principal = { userId: user.id, roles, language: 'en', timeZone: 'Europe/Vilnius' };
    return { principal, records: recordsFor(workspace, principal, 'rest') };
  };
  const first = await member([administratorRole]);
  return { runtime, workspace, ...first, as: member };
}

let number = 0;

/** A user record; nobody signs in with it. */
export function buildUser(records: Records, overrides: Record<string, unknown> = {}) {
  number++;
  return records.create('user', {
    name: `User ${number}`,
    email: `user${number}@example.com`,
    language: 'en',
    timeZone: 'Europe/Vilnius',
    ...overrides,
  });
}

export function buildAccount(records: Records, overrides: Record<string, unknown> = {}) {
  return records.create('account', { name: `Account ${++number}`, ...overrides });
}

export async function buildContact(records: Records, overrides: Record<string, unknown> = {}) {
  return records.create('contact', { firstName: 'Aldona', lastName: `Contact ${++number}`, ...overrides });
}

/** An opportunity in the first open stage, with an account of its own unless one is given. */
export async function buildOpportunity(records: Records, overrides: Record<string, unknown> = {}) {
  const account = overrides.account ?? (await buildAccount(records)).id;
  const stage = overrides.stage
    ? await records.read('stage', overrides.stage as string)
    : (await records.list('stage', { filter: { kind: 'open' }, sort: ['position'], limit: 1 })).items[0];
  return records.create('opportunity', {
    name: `Opportunity ${++number}`,
    account,
    stage: stage!.id,
    pipeline: stage!.pipeline,
    ...overrides,
  });
}

const company = { name: 'Test', language: 'en', currency: 'EUR', timeZone: 'Europe/Vilnius', country: 'LT' } as const;

async function fromTemplate(): Promise<Database> {
  await prepareTemplate('workspace', async (connection) => {
    const database = openDatabase(connection);
    await preparePlatform(database, 'test');
    await prepareJobs(database);
    await createWorkspace(database, company, shippedDefinitions());
    await database.close();
  });
  return opened((await testDatabase({ template: 'workspace' })).connection);
}

async function emptyPlatform(): Promise<Database> {
  const database = opened((await testDatabase()).connection);
  await preparePlatform(database, 'test');
  await prepareJobs(database);
  return database;
}

function opened(connection: Parameters<typeof openDatabase>[0]): Database {
  const database = openDatabase(connection);
  beforeDrop(() => database.close());
  return database;
}
