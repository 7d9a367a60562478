import type { GroupQuery, UserQuery } from '#app/single-sign-on/provisioning.ts';
import { ScimError } from './errors.ts';

/** `userName eq "ona@example.com" and active eq true`: what directories look somebody up with. Nothing else is promised. */
export function userQueryOf(filter: string | undefined): UserQuery {
  const query: Record<string, unknown> = {};
  for (const [path, value] of comparisonsOf(filter)) {
    if (path === 'active' && typeof value === 'boolean') query.active = value;
    else if (typeof value !== 'string') throw unsupported();
    else if (path === 'id') query.id = idOf(value);
    else if (path === 'username') query.userName = value;
    else if (path === 'externalid') query.externalId = value;
    else if (/^emails(\.value|\[type eq "work"\]\.value)?$/.test(path)) query.email = value;
    else throw unsupported();
  }
  return query;
}

export function groupQueryOf(filter: string | undefined): GroupQuery {
  const query: Record<string, unknown> = {};
  for (const [path, value] of comparisonsOf(filter)) {
    if (typeof value !== 'string') throw unsupported();
    if (path === 'id') query.id = idOf(value);
    else if (path === 'displayname') query.name = value;
    else if (path === 'externalid') query.externalId = value;
    else if (/^members(\.value)?$/.test(path)) query.member = idOf(value);
    else throw unsupported();
  }
  return query;
}

/** Somebody whose id is no id is nobody. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

export function idOf(text: string): string {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text : NOBODY;
}

const comparison =
  /^\s*([A-Za-z][\w:.$-]*(?:\[type eq "[a-z]+"\])?(?:\.[A-Za-z]+)?)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false)\s*(and\s+|$)/i;

function comparisonsOf(filter: string | undefined): [string, string | boolean][] {
  let rest = filter?.trim() ?? '';
  const found: [string, string | boolean][] = [];
  while (rest !== '') {
    const match = comparison.exec(rest);
    if (!match || found.length >= 5) throw unsupported();
    const [all, path = '', literal = '', next = ''] = match;
    found.push([path.toLowerCase().replace(/^urn:.*:/, ''), literalOf(literal)]);
    rest = rest.slice(all.length);
    if (rest === '' && next !== '') throw unsupported();
  }
  return found;
}

function literalOf(literal: string): string | boolean {
  if (!literal.startsWith('"')) return literal.toLowerCase() === 'true';
  let text: unknown;
  try {
    text = JSON.parse(literal);
  } catch {
    throw unsupported();
  }
  if (typeof text !== 'string' || text.includes('\u0000') || !text.isWellFormed()) throw unsupported();
  return text;
}

function unsupported(): ScimError {
  return new ScimError(400, 'invalidFilter', 'Filters compare with eq, joined by and: userName eq "ona@example.com"');
}
