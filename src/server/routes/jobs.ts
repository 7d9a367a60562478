import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Runtime } from '#app/runtime.ts';
import { isAdministrator, requireAdministrator } from '#kernel/access/access.ts';
import { cancelJob, type JobProgress, listJobs, readJob, retryJob } from '#kernel/jobs/jobs.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { visitorOfRequest } from '../session.ts';

const MOST = 200;

/** How work that outlives its request goes; for whoever asked for it, and for administrators. */
export function jobRoutes(app: FastifyInstance, runtime: Runtime): void {
  const tags = ['jobs'];
  const params = Type.Object({ id: Type.String({ format: 'uuid' }) });
  app.get<{ Params: { id: string } }>(
    '/api/jobs/:id',
    { schema: { tags, summary: 'How a job goes', params } },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const job = await readJob(runtime.database, workspace.id, request.params.id);
      if (!job || (job.createdBy !== principal.userId && !isAdministrator(principal)))
        throw new Problem('job.not-found');
      return told(job);
    },
  );

  app.get(
    '/api/jobs',
    { schema: { tags, summary: 'All jobs, the newest first; for administrators' } },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      requireAdministrator(principal);
      const jobs = await listJobs(runtime.database, workspace.id, MOST);
      return { items: jobs.map((job) => ({ ...told(job), createdBy: job.createdBy })) };
    },
  );

  for (const [verb, act, summary] of [
    ['retry', retryJob, 'Begin a failed or stopped job once more'],
    ['cancel', cancelJob, 'Stop a job that waits or runs'],
  ] as const) {
    app.post<{ Params: { id: string } }>(
      `/api/jobs/:id/${verb}`,
      { schema: { tags, summary, params } },
      async (request) => {
        const { workspace, principal } = visitorOfRequest(request);
        requireAdministrator(principal);
        await act(runtime.database, workspace.id, request.params.id);
        const job = await readJob(runtime.database, workspace.id, request.params.id);
        if (!job) throw new Problem('job.not-found');
        return told(job);
      },
    );
  }
}

function told(job: JobProgress) {
  const { workspaceId: _workspaceId, createdBy: _createdBy, ...rest } = job;
  return rest;
}
