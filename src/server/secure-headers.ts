import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

const protectWith = (pictures: readonly string[]) =>
  helmet({
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:', ...pictures],
        connectSrc: ["'self'"],
        fontSrc: ["'self'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        upgradeInsecureRequests: null,
      },
    },
    // Set by whoever puts TLS in front.
    strictTransportSecurity: false,
  });

/**
 * Helmet's headers on every answer. They are always the same: writing them anew was a twentieth of a list's time.
 * @param pictures origins that pictures may come from, beside the server itself
 */
export function secureHeaders(app: FastifyInstance, pictures: readonly string[]): void {
  const protect = protectWith(pictures);
  const sample = new ServerResponse(new IncomingMessage(new Socket()));
  protect(sample.req, sample, () => {});
  // Helmet has none. Of all these only the position is used, for visits: what gets in may use no other.
  const headers = [
    ...(Object.entries(sample.getHeaders()) as [string, string][]),
    [
      'permissions-policy',
      'camera=(), display-capture=(), geolocation=(self), microphone=(), payment=(), usb=()',
    ] as const,
  ];
  app.addHook('onRequest', (_request, reply, next) => {
    for (const [name, value] of headers) reply.raw.setHeader(name, value);
    next();
  });
}
