import { timingSafeEqual } from 'node:crypto';
import type { Secrets } from '#kernel/workspace/secrets.ts';

/**
 * Something for an address or a hidden field that only this server can have written: it says what it is for, and until when.
 *
 * @param until milliseconds since 1970
 */
export function signText(secrets: Secrets, purpose: string, value: string, until: number): string {
  const body = Buffer.from(`${until.toString(36)}.${value}`, 'utf8');
  return `${body.toString('base64url')}.${mac(secrets, purpose, body).toString('base64url')}`;
}

/** What was signed; null for what was made or changed elsewhere, for another purpose, or has run out. */
export function readSigned(secrets: Secrets, purpose: string, text: string, now = Date.now()): string | null {
  const [first = '', second = '', ...rest] = text.length > 2_000 ? [] : text.split('.');
  if (rest.length > 0) return null;
  const [body, sent] = [Buffer.from(first, 'base64url'), Buffer.from(second, 'base64url')];
  const own = mac(secrets, purpose, body);
  if (sent.length !== own.length || !timingSafeEqual(sent, own)) return null;
  // One value has one spelling.
  if (body.toString('base64url') !== first || sent.toString('base64url') !== second) return null;
  const [until = '', ...value] = body.toString('utf8').split('.');
  return Number.parseInt(until, 36) > now ? value.join('.') : null;
}

function mac(secrets: Secrets, purpose: string, body: Buffer): Buffer {
  return secrets.sign(body, `public page ${purpose}`).subarray(0, 24);
}
