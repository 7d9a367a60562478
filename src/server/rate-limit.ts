import type { FastifyInstance, FastifyRequest } from 'fastify';
import { UsageError } from '#app/exit-codes.ts';
import { Problem } from '#kernel/problems/problem.ts';

/** As many requests at once, and as many a minute for ever: far more than a person makes, enough for a program that behaves. */
const USUAL = 6_000;
const MINUTE_MS = 60_000;
/** Buckets that are full again say nothing, and are dropped when there are more. */
const MOST_BUCKETS = 10_000;

/**
 * What phones ask with a key of their own is counted by address: whose key it is, is looked up later. Pages and pictures of the app are
 * files; public pages count what is sent to them (`public-pages/limits.ts`).
 */
const LIMITED = /^\/(?:api|scim|calendars|carddav|m)\//;

interface Bucket {
  left: number;
  at: number;
}

/**
 * `TENDERO_RATE_LIMIT`: requests a minute for each key and each person, and for each address that nobody signed in from; 0
 * for no limit.
 * @throws UsageError
 */
export function rateLimitOf(environment: NodeJS.ProcessEnv = process.env): number {
  const { TENDERO_RATE_LIMIT: text } = environment;
  if (!text) return USUAL;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 0)
    throw new UsageError(`TENDERO_RATE_LIMIT is ${text}, but it has to be a whole number of requests a minute.`);
  return limit;
}

/**
 * A token bucket each, in this process: 1 µs a request, and nothing to ask. Of several processes each counts for itself, so
 * that together they let through so many times the limit; it guards the server from a client that runs wild, and is no
 * price list. Guesses of passwords are counted elsewhere, in the database.
 *
 * @param limit requests a minute, more than 0
 * @see draft-ietf-httpapi-ratelimit-headers-10
 */
export function limitRates(app: FastifyInstance, limit: number): void {
  const buckets = new Map<string, Bucket>();
  const perMs = limit / MINUTE_MS;
  const policy = `"default";q=${limit};w=60`;
  app.addHook('onRequest', (request, reply, next) => {
    if (!LIMITED.test(request.url)) return next();
    const now = performance.now();
    const name = whose(request);
    let bucket = buckets.get(name);
    if (bucket) bucket.left = Math.min(limit, bucket.left + (now - bucket.at) * perMs);
    else {
      if (buckets.size >= MOST_BUCKETS) dropFull(buckets, limit, perMs, now);
      bucket = { left: limit, at: now };
      buckets.set(name, bucket);
    }
    bucket.at = now;
    const isOver = bucket.left < 1;
    if (!isOver) bucket.left--;
    const full = Math.ceil((limit - bucket.left) / perMs / 1_000);
    reply.raw.setHeader('ratelimit-policy', policy);
    reply.raw.setHeader('ratelimit', `"default";r=${Math.floor(bucket.left)};t=${full}`);
    if (!isOver) return next();
    next(new Problem('request.too-many', { retryAfter: Math.max(1, Math.ceil((1 - bucket.left) / perMs / 1_000)) }));
  });
}

function whose({ visitor, ip }: FastifyRequest): string {
  if (!visitor) return ip;
  return visitor.by === 'key' ? visitor.tokenHash : visitor.identityId;
}

function dropFull(buckets: Map<string, Bucket>, limit: number, perMs: number, now: number): void {
  for (const [name, { left, at }] of buckets) if (left + (now - at) * perMs >= limit) buckets.delete(name);
  // All of them in use: the one that was there first begins anew.
  const [first] = buckets.keys();
  if (buckets.size >= MOST_BUCKETS && first !== undefined) buckets.delete(first);
}
