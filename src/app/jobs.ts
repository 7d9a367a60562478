import { asSystem } from '#kernel/access/access.ts';
import type { JobDefinition } from '#kernel/jobs/jobs.ts';
import { recordsFor } from '#kernel/records/open.ts';
import type { DemoProgress } from './demo/load.ts';
import type { Runtime } from './runtime.ts';

/** The one list of what the worker can do. A job loads its code when it runs, so that it costs nothing at the start. */
export function jobsOf(runtime: Runtime): readonly JobDefinition[] {
  return [
    {
      kind: 'demo',
      run: (_, { workspaceId, progress }) =>
        loadDemoCompany(runtime, workspaceId, ({ done, total }) => progress(done, total)),
    },
  ];
}

export async function loadDemoCompany(
  runtime: Runtime,
  workspaceId: string,
  onProgress: (progress: DemoProgress) => void,
): Promise<DemoProgress> {
  const { loadDemo } = await import('./demo/load.ts');
  const workspace = await runtime.workspace(workspaceId);
  const { language, timeZone } = workspace.settings;
  const records = recordsFor(
    workspace,
    { ...asSystem('the demo company is nobody’s work'), language, timeZone },
    'demo',
  );
  return loadDemo(records, { now: new Date(), language: language as 'en' | 'es' | 'lt', onProgress });
}
