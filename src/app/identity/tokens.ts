import { hash, randomBytes } from 'node:crypto';

/** 256 random bits: what somebody shows to be let in. Only its hash is kept. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

export function hashToken(token: string): string {
  return hash('sha256', token, 'base64url');
}
