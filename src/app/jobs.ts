import { asSystem } from '#kernel/access/access.ts';
import type { JobDefinition } from '#kernel/jobs/jobs.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { verifyAuditJob } from './audit.ts';
import { backupJob } from './backups.ts';
import { bookingJob } from './bookings.ts';
import { convertJob } from './convert.ts';
import type { DemoProgress } from './demo/load.ts';
import { submissionJob } from './forms.ts';
import { handoverJob } from './handover.ts';
import { importJob } from './imports.ts';
import { mailJob } from './mail.ts';
import { eraseJob, retentionJob } from './privacy.ts';
import { recomputeJob } from './recompute.ts';
import type { Runtime } from './runtime.ts';

/** The one list of what the worker can do. A job loads its code when it runs, so that it costs nothing at the start. */
export function jobsOf(runtime: Runtime): readonly JobDefinition[] {
  return [
    {
      kind: 'demo',
      run: (_, { workspaceId, progress }) =>
        loadDemoCompany(runtime, workspaceId, ({ done, total }) => progress(done, total)),
    },
    handoverJob(runtime) as unknown as JobDefinition,
    importJob(runtime) as unknown as JobDefinition,
    backupJob(runtime),
    mailJob(runtime),
    submissionJob(runtime),
    bookingJob(runtime),
    convertJob(runtime) as unknown as JobDefinition,
    recomputeJob(runtime) as unknown as JobDefinition,
    verifyAuditJob(runtime),
    eraseJob(runtime) as unknown as JobDefinition,
    retentionJob(runtime),
    {
      kind: 'duplicates',
      run: (payload, { workspaceId, progress, signal }) =>
        searchDuplicates(runtime, workspaceId, (payload as { object: string }).object, { progress, signal }),
    },
  ];
}

export async function searchDuplicates(
  runtime: Runtime,
  workspaceId: string,
  object: string,
  options: { progress?(done: number, total: number): void; signal?: AbortSignal } = {},
): Promise<{ records: number; pairs: number }> {
  const { searchAll } = await import('#kernel/duplicates/search-all.ts');
  const workspace = await runtime.workspace(workspaceId);
  const principal = asSystem('pairs are found for everybody and shown to those who may see both records');
  return searchAll({ workspace, principal, via: 'job', trusted: true, unit: null }, object, options);
}

export async function loadDemoCompany(
  runtime: Runtime,
  workspaceId: string,
  onProgress: (progress: DemoProgress) => void,
): Promise<DemoProgress> {
  const { loadDemo } = await import('./demo/load.ts');
  const workspace = await runtime.workspace(workspaceId);
  const { language, timeZone } = workspace.settings;
  // The same moment each time, so that a load that was killed goes on with the same company.
  const [row] = await runtime.database.run(
    `select w.created_at, (select i.user_id::text from platform.identity i
       where i.workspace_id = w.id and i.administrator order by i.created_at, i.id limit 1)
     from platform.workspace w where w.id = $1::uuid`,
    [workspaceId],
  );
  const [createdAt, you] = row as [string, string | null];
  const records = recordsFor(
    workspace,
    { ...asSystem('the demo company is nobody’s work'), language, timeZone },
    'demo',
  );
  const user = you === null ? null : await records.read('user', you, { fields: ['name', 'email'] });
  return loadDemo(records, {
    now: new Date(createdAt),
    language: language as 'en' | 'es' | 'lt',
    you: user ? { id: user.id, name: String(user.name), email: String(user.email) } : undefined,
    onProgress,
  });
}
