import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { knownAddress, suggest } from '#modules/channels/index.ts';
import { recordsOf, visitorOfRequest } from '../session.ts';

const text = Type.String();
const orNothing = Type.Union([text, Type.Null()]);
export const Suggested = Type.Object({
  candidates: Type.Array(
    Type.Object({
      object: Type.Enum(['contact', 'account']),
      id: text,
      title: text,
      account: Type.Union([Type.Object({ id: text, title: text }), Type.Null()]),
      evidence: Type.Array(
        Type.Object({ kind: Type.Enum(['address', 'phone', 'email', 'name', 'company', 'domain']), value: text }),
      ),
      certainty: Type.Enum(['certain', 'likely', 'possible']),
    }),
  ),
  contact: Type.Object({
    ...{ firstName: text, lastName: text, jobTitle: orNothing, phones: Type.Array(text), company: orNothing },
  }),
});

/** Whose an address may be, as far as the reader may see those people. */
export function knownAddressRoutes(app: FastifyInstance): void {
  app.get<{ Params: { id: string } }>(
    '/api/known-addresses/:id/candidates',
    {
      schema: {
        tags: ['records'],
        summary: 'Who may have written from an address, with the evidence for each',
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        response: { 200: Suggested },
      },
    },
    async (request): Promise<Static<typeof Suggested>> => {
      const records = recordsOf(request);
      const known = await records.read(knownAddress, request.params.id);
      const found = await suggest(records, known, visitorOfRequest(request).workspace.settings.country);
      return found as Static<typeof Suggested>;
    },
  );
}
