import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { noteOpening, readTracked } from '#app/mail-tracking.ts';
import type { Runtime } from '#app/runtime.ts';
import { languageOf, translator } from '#kernel/i18n/translate.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { networkOf, pacer } from '../public-pages/limits.ts';
import { sendMessage } from '../public-pages/take-form.ts';
import { hasSession } from '../session.ts';

/** One transparent dot. */
const DOT = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const Token = Type.Object({ token: Type.String({ maxLength: 2_000 }) });
const hidden = { config: { public: true }, schema: { hide: true, params: Token } } as const;

/** What a mail that was sent leads to: the picture in it, and its links. Whoever opens them is asked for nothing. */
export function mailTrackingRoutes(app: FastifyInstance, runtime: Runtime): void {
  const mayCount = pacer({ most: 120, perMs: 60_000 });

  /** Our own people who look at what they sent are no readers. */
  const note = async (request: FastifyRequest<{ Params: { token: string } }>, what: 'opened' | 'followed') => {
    const read = readTracked(await openSecrets(runtime.dataFolder), what, request.params.token);
    if (read && !hasSession(request) && mayCount(networkOf(request.ip)))
      await noteOpening(runtime, read, what).catch((error) => request.log.error({ err: error }, 'not noted'));
    return read;
  };

  app.get<{ Params: { token: string } }>('/m/o/:token', hidden, async (request, reply) => {
    await note(request, 'opened');
    return uncached(reply).header('cross-origin-resource-policy', 'cross-origin').type('image/gif').send(DOT);
  });

  app.get<{ Params: { token: string } }>('/m/l/:token', hidden, async (request, reply) => {
    const read = await note(request, 'followed');
    if (!read) {
      const words = translator(languageOf(request.headers['accept-language'] ?? 'en'));
      return sendMessage(reply.code(404), request, words('publicPage.goneTitle'), words('publicPage.goneText'));
    }
    return uncached(reply).redirect(read.target, 302);
  });
}

function uncached(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer');
}
