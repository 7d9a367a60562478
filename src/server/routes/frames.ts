import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Problem } from '#kernel/problems/problem.ts';
import { frameOrigins } from '../present-layouts.ts';
import { visitorOfRequest } from '../session.ts';

const style = 'html,body{margin:0;height:100%}iframe{display:block;width:100%;height:100%;border:0}';
const styleHash = createHash('sha256').update(style).digest('base64');

/**
 * Pages of other servers among the panels of a record. The app itself may frame nothing but this server; here stands a page
 * without scripts that may frame one server, which an administrator named in a layout that the reader is shown. What is framed
 * runs apart from everything: it is of no origin, has no cookies, hears no referrer, and leads the window nowhere.
 */
export function frameRoutes(app: FastifyInstance): void {
  app.get<{ Querystring: { address: string } }>(
    '/api/frames',
    {
      schema: {
        tags: ['objects'],
        summary: 'A page around one of another server, for a panel of a record',
        querystring: Type.Object({ address: Type.String({ maxLength: 8_000 }) }, { additionalProperties: false }),
        response: { 200: { content: { 'text/html': { schema: Type.String() } } } },
      },
    },
    (request, reply) => {
      const { address } = request.query;
      const url = URL.canParse(address) ? new URL(address) : null;
      if (!url || url.username || url.password || !frameOrigins(visitorOfRequest(request)).has(url.origin))
        throw new Problem('request.route-unknown');
      reply.headers({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'x-frame-options': 'SAMEORIGIN',
        'content-security-policy': [
          "default-src 'none'",
          `style-src 'sha256-${styleHash}'`,
          `frame-src ${url.origin}`,
          "frame-ancestors 'self'",
          "base-uri 'none'",
          "form-action 'none'",
        ].join('; '),
      });
      return `<!doctype html><meta charset="utf-8"><title>${escaped(url.host)}</title><style>${style}</style><iframe src="${escaped(url.href)}" title="${escaped(url.host)}" sandbox="allow-scripts allow-forms allow-popups" referrerpolicy="no-referrer"></iframe>`;
    },
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
