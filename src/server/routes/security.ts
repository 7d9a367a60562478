import type { FastifyInstance } from 'fastify';
import { readPolicy, savePolicy } from '#app/identity/policy.ts';
import type { Runtime } from '#app/runtime.ts';
import { SignInPolicy } from '../answers.ts';
import { administratorOfRequest } from '../session.ts';
import { note } from '../sign-in.ts';
import { forgetVisitors } from '../visitors.ts';

/** What is asked of everybody who signs in. For administrators. */
export function securityRoutes(app: FastifyInstance, runtime: Runtime): void {
  const { database } = runtime;
  const tags = ['users'];

  app.get(
    '/api/sign-in-policy',
    { schema: { tags, summary: 'What signing in asks of people', response: { 200: SignInPolicy } } },
    (request) => readPolicy(database, administratorOfRequest(request).workspace.id),
  );

  app.put<{ Body: SignInPolicy }>(
    '/api/sign-in-policy',
    {
      schema: {
        tags,
        summary: 'Ask something else of people who sign in',
        body: SignInPolicy,
        response: { 200: SignInPolicy },
      },
    },
    async (request) => {
      const { workspace, principal } = administratorOfRequest(request);
      await savePolicy(database, workspace.id, request.body, request.ip);
      forgetVisitors();
      runtime.rights.emit('change', workspace.id);
      const policy = await readPolicy(database, workspace.id);
      const details = { ...policy, networks: policy.networks.join(', ') };
      await note(runtime, request, { workspaceId: workspace.id, userId: principal.userId! }, 'rights', details);
      return policy;
    },
  );
}
