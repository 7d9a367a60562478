import { timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'uuid';
import type { Secrets } from '#kernel/workspace/secrets.ts';

/** Who may fetch which file, and how it is given. */
export interface FileLink {
  readonly identityId: string;
  /** What the session is called in lists; the link ends with it. */
  readonly session: string;
  readonly file: string;
  /** To be shown rather than kept. */
  readonly inline: boolean;
}

const PURPOSE = 'file links';
/** A link holds for 150 to 300 seconds: within half of that it stays the same, so that a browser need not fetch it again. */
const HALF_LIFE_S = 150;
const SESSION = 22;
const MAC = 32;
const LENGTH = 16 + 16 + SESSION + 1 + 4 + MAC;

/** Something for an address that only who has the server's key can make. Two workspaces have no identity in common. */
export function signFileLink(secrets: Secrets, link: FileLink, now = Date.now()): string {
  const until = (Math.floor(now / 1000 / HALF_LIFE_S) + 2) * HALF_LIFE_S;
  const end = Buffer.alloc(5);
  end.writeUInt8(link.inline ? 1 : 0);
  end.writeUInt32BE(until, 1);
  const body = Buffer.concat([parse(link.identityId), parse(link.file), Buffer.from(link.session, 'latin1'), end]);
  return Buffer.concat([body, secrets.sign(body, PURPOSE)]).toString('base64url');
}

/** Null for what was made or changed by somebody else, and for what has run out. */
export function readFileLink(secrets: Secrets, text: string, now = Date.now()): FileLink | null {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== LENGTH || bytes.toString('base64url') !== text) return null;
  const [body, mac] = [bytes.subarray(0, -MAC), bytes.subarray(-MAC)];
  if (!timingSafeEqual(mac, secrets.sign(body, PURPOSE))) return null;
  if (body.readUInt32BE(body.length - 4) * 1000 <= now) return null;
  return {
    identityId: stringify(body.subarray(0, 16)),
    file: stringify(body.subarray(16, 32)),
    session: body.toString('latin1', 32, 32 + SESSION),
    inline: body.readUInt8(32 + SESSION) === 1,
  };
}
