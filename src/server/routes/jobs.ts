import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Runtime } from '#app/runtime.ts';
import { isAdministrator } from '#kernel/access/access.ts';
import { cancelJob, type JobProgress, listJobs, readJob, retryJob, tellJob } from '#kernel/jobs/jobs.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { Job, Jobs } from '../answers.ts';
import { readerLanguage } from '../problems.ts';
import { administratorOfRequest, visitorOfRequest } from '../session.ts';

const MOST = 200;

type One = { Params: { id: string } };

/** How work that outlives its request goes; for whoever asked for it, and for administrators. */
export function jobRoutes(app: FastifyInstance, runtime: Runtime): void {
  const tags = ['jobs'];
  const params = Type.Object({ id: Type.String({ format: 'uuid' }) });
  const read = async (request: FastifyRequest<One>): Promise<JobProgress> => {
    const { workspace, principal } = visitorOfRequest(request);
    const job = await readJob(runtime.database, workspace.id, request.params.id);
    if (!job || (job.createdBy !== principal.userId && !isAdministrator(principal))) throw new Problem('job.not-found');
    return job;
  };

  app.get<One>(
    '/api/jobs/:id',
    { schema: { tags, summary: 'How a job goes', params, response: { 200: Job } } },
    async (request) => tellJob(await read(request), readerLanguage(request)),
  );

  app.get(
    '/api/jobs',
    { schema: { tags, summary: 'All jobs, the newest first; for administrators', response: { 200: Jobs } } },
    async (request) => {
      const { workspace } = administratorOfRequest(request);
      const jobs = await listJobs(runtime.database, workspace.id, MOST);
      return { items: jobs.map((job) => ({ ...tellJob(job, readerLanguage(request)), createdBy: job.createdBy })) };
    },
  );

  for (const [verb, act, summary] of [
    ['retry', retryJob, 'Begin a failed or stopped job once more'],
    ['cancel', cancelJob, 'Stop a job that waits or runs'],
  ] as const) {
    app.post<One>(
      `/api/jobs/:id/${verb}`,
      { schema: { tags, summary, params, response: { 200: Job } } },
      async (request) => {
        const { id, workspaceId } = await read(request);
        await act(runtime.database, workspaceId, id);
        return tellJob(await read(request), readerLanguage(request));
      },
    );
  }
}
