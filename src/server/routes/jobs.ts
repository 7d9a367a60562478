import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Runtime } from '#app/runtime.ts';
import { readJob } from '#kernel/jobs/jobs.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { visitorOfRequest } from '../session.ts';

/** How work that outlives its request goes; only for whoever asked for it. */
export function jobRoutes(app: FastifyInstance, runtime: Runtime): void {
  const params = Type.Object({ id: Type.String({ format: 'uuid' }) });
  app.get<{ Params: { id: string } }>(
    '/api/jobs/:id',
    { schema: { tags: ['jobs'], summary: 'How a job goes', params } },
    async (request) => {
      const { workspace, principal } = visitorOfRequest(request);
      const job = await readJob(runtime.database, workspace.id, request.params.id);
      if (!job || job.createdBy !== principal.userId) throw new Problem('job.not-found');
      const { workspaceId: _workspaceId, createdBy: _createdBy, ...told } = job;
      return told;
    },
  );
}
