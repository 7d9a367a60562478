import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Problem } from '#kernel/problems/problem.ts';
import type { Secrets } from '#kernel/workspace/secrets.ts';
import type { VisitOrigin } from '#modules/forms/index.ts';
import { readSigned, signText } from '../../app/signed-text.ts';

/** What comes along from page to page in the address: where the visitor came from. */
const carriedNames = [
  'page',
  'referrer',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
] as const;

/** Nobody reads, thinks and types within it. */
const QUICKEST_MS = 2_000;
/** A page may stay open over lunch, and over a night. */
const LASTS_MS = 24 * 3600 * 1_000;

/** The parts of an address that say where somebody came from, as they may be kept. */
export function carriedOf(query: Readonly<Record<string, unknown>>, request?: FastifyRequest): Record<string, string> {
  const carried: Record<string, string> = {};
  for (const name of carriedNames) {
    const value = query[name];
    if (typeof value !== 'string' || value === '') continue;
    const isAddress = name === 'page' || name === 'referrer';
    const text = isAddress ? addressOf(value) : cleanText(value, 100);
    if (text) carried[name] = text;
  }
  const before = request?.headers.referer;
  if (!carried.referrer && before && addressOf(before) && !before.startsWith(`${request.protocol}://${request.host}`))
    carried.referrer = addressOf(before)!;
  return carried;
}

export function originOfVisit(carried: Readonly<Record<string, string>>): VisitOrigin {
  const utm = Object.fromEntries(
    Object.entries(carried).flatMap(([name, value]) => (name.startsWith('utm_') ? [[name.slice(4), value]] : [])),
  );
  return {
    ...(carried.page ? { page: carried.page } : {}),
    ...(carried.referrer ? { referrer: carried.referrer } : {}),
    ...(Object.keys(utm).length > 0 ? { utm } : {}),
  };
}

/** One word for where somebody came from: what a campaign says of itself, else the site before, else nothing. */
export function sourceOf(carried: Readonly<Record<string, string>>): string {
  const named = carried.utm_source
    ?.toLowerCase()
    .replaceAll(/[^\p{L}\p{N}._ -]/gu, '')
    .trim();
  if (named) return named.slice(0, 40);
  const site = carried.referrer ?? carried.page;
  return site ? new URL(site).hostname.replace(/^www\./, '').slice(0, 40) : 'direct';
}

/** Something for a page that only this server can have made, so that what comes back came from a page of ours. */
export function pageToken(secrets: Secrets, page: string, now = Date.now()): string {
  const value = `${page}.${now.toString(36)}.${randomBytes(9).toString('base64url')}`;
  return signText(secrets, 'page', value, now + LASTS_MS);
}

/** @returns which page was sent, or why it is not taken */
export function readPageToken(
  secrets: Secrets,
  page: string,
  text: string,
  now = Date.now(),
): { nonce: string } | 'expired' | 'quick' {
  const [of, at = '', nonce] = readSigned(secrets, 'page', text, now)?.split('.') ?? [];
  if (of !== page || !nonce) return 'expired';
  return now - Number.parseInt(at, 36) < QUICKEST_MS ? 'quick' : { nonce };
}

/**
 * What is sent to a page comes from a page of this server: browsers say where it comes from.
 * @throws Problem `access.denied`
 */
export function requireOwnPage(request: FastifyRequest): void {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const isOwn = origin === undefined || (URL.canParse(origin) && new URL(origin).host === request.host);
  if (!isOwn || (site !== undefined && site !== 'same-origin' && site !== 'none')) throw new Problem('access.denied');
}

function addressOf(text: string): string | null {
  if (text.length > 1_000 || !URL.canParse(text)) return null;
  const { protocol, origin, pathname } = new URL(text);
  // What stands after it may say more than the visitor wants to say.
  return protocol === 'https:' || protocol === 'http:' ? `${origin}${pathname}`.slice(0, 500) : null;
}

function cleanText(text: string, most: number): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, most)
    .toWellFormed();
}
