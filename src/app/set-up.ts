import { asSystem } from '#kernel/access/access.ts';
import { queueJob } from '#kernel/jobs/jobs.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { createWorkspace } from '#kernel/workspace/workspace.ts';
import { createIdentity } from './identity.ts';
import type { Runtime } from './runtime.ts';

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
 * The first visit: the workspace with what its modules begin with, and its first administrator.
 * @throws Problem `setup.done` when there is a company already
 */
export async function setUpCompany(
  runtime: Runtime,
  input: CompanySetUp,
): Promise<{ workspaceId: string; identityId: string; job: { id: string } | null }> {
  const { database, modules, shipped } = runtime;
  const existing = await database.run('select 1 from platform.workspace limit 1');
  if (existing.length > 0) throw new Problem('setup.done');
  const { language, currency, timeZone } = input;
  const country = input.country ?? countryOfZone[timeZone] ?? countryOfLanguage[language];
  const created = await createWorkspace(
    database,
    { name: input.company, language, currency, timeZone, country },
    shipped,
  );
  const workspace = await runtime.workspace(created.id);
  const name = input.name?.trim() || input.email.split('@')[0]!;
  let identity: Awaited<ReturnType<typeof createIdentity>>;
  try {
    identity = await createIdentity(database, workspace, {
      name,
      email: input.email,
      password: input.password,
      language,
      timeZone,
    });
  } catch (error) {
    // Without an administrator nobody could ever enter: the next attempt begins from nothing.
    await database.execute(`drop schema "${created.schema}" cascade`);
    await database.execute('delete from platform.workspace where id = $1::uuid', [created.id]);
    throw error;
  }
  const records = recordsFor(
    workspace,
    { ...asSystem('a new workspace begins with what its modules ship'), language, timeZone },
    'setup',
  );
  for (const module of modules) await module.seed?.(records, language);
  const job = input.demo
    ? {
        id: await queueJob(database, {
          workspaceId: created.id,
          kind: 'demo',
          payload: {},
          createdBy: identity.userId,
        }),
      }
    : null;
  return { workspaceId: created.id, identityId: identity.identityId, job };
}
