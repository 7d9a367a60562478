import { asSystem } from '#kernel/access/access.ts';
import type { Database } from '#kernel/database/pool.ts';
import { identifier } from '#kernel/database/sql.ts';
import { queueJob } from '#kernel/jobs/jobs.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { exclusively } from '#kernel/schema/apply.ts';
import { createWorkspace, forgetWorkspace, schemaOf } from '#kernel/workspace/workspace.ts';
import { createIdentity } from './identity/people.ts';
import type { Runtime } from './runtime.ts';
import { makeStandardRoles } from './standard-roles.ts';
import { noteSteps } from './upgrades/upgrade.ts';

export interface CompanySetUp {
  company: string;
  name?: string;
  email: string;
  password: string;
  language: 'en' | 'es' | 'lt';
  currency: string;
  timeZone: string;
  country?: string;
  /** Load the demo company. */
  demo?: boolean;
}

/** Countries of the time zones people of the three languages mostly live in. */
const countryOfZone: Record<string, string> = {
  'Europe/Vilnius': 'LT',
  'Europe/Madrid': 'ES',
  'Atlantic/Canary': 'ES',
  'Europe/London': 'GB',
};
const countryOfLanguage = { en: 'GB', es: 'ES', lt: 'LT' };

/**
 * The first visit: the workspace with what its modules begin with, and, as the last act, its first administrator. Killed
 * before that, the next attempt begins from nothing.
 * @throws Problem `setup.done` when there is a company already
 */
export function setUpCompany(
  runtime: Runtime,
  input: CompanySetUp,
): Promise<{ workspaceId: string; identityId: string; job: { id: string } | null }> {
  const { database, modules, shipped } = runtime;
  return exclusively(database, 'set-up', async () => {
    if (await isSetUp(database)) throw new Problem('setup.done');
    await removeUnfinished(database);
    const { company, email, password, language, currency, timeZone } = input;
    const country = input.country ?? countryOfZone[timeZone] ?? countryOfLanguage[language];
    const { id } = await createWorkspace(database, { name: company, language, currency, timeZone, country }, shipped);
    try {
      const workspace = await runtime.workspace(id);
      const program = { ...asSystem('a new workspace begins with what its modules ship'), language, timeZone };
      const records = recordsFor(workspace, program, 'setup');
      for (const module of modules) await module.seed?.(records, language);
      await makeStandardRoles(records, language);
      await noteSteps(database, id);
      const name = input.name?.trim() || email.split('@')[0]!;
      const person = { name, email, password, language, timeZone, administrator: true };
      const { identityId, userId } = await createIdentity(database, workspace, person);
      const job = { workspaceId: id, kind: 'demo', payload: {}, createdBy: userId };
      return { workspaceId: id, identityId, job: input.demo ? { id: await queueJob(database, job) } : null };
    } catch (error) {
      await removeUnfinished(database);
      throw error;
    }
  });
}

/** Can anybody sign in? */
export async function isSetUp(database: Database): Promise<boolean> {
  return (await database.run('select 1 from platform.identity limit 1')).length > 0;
}

/** A company into which nobody can ever sign in is what an attempt left that was killed or refused. */
async function removeUnfinished(database: Database): Promise<void> {
  const left = await database.run(
    'select id::text, slug from platform.workspace w where not exists (select 1 from platform.identity i where i.workspace_id = w.id)',
  );
  for (const [id, slug] of left as [string, string][]) {
    await database.execute(`drop schema if exists ${identifier(schemaOf(slug))} cascade`);
    await database.execute('delete from platform.workspace where id = $1::uuid', [id]);
    forgetWorkspace(database, id);
  }
}
