import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What the program must be able to read again (keys for signing, passwords of mailboxes), sealed before it goes into the
 * database: who reads the database, or a backup of it alone, does not read these. AES-256-GCM, RFC 5116.
 */
export interface Secrets {
  /** `purpose` is bound to the result: what was sealed as one thing cannot be opened as another. */
  seal(text: string, purpose: string): string;
  /** @throws Error when it was changed, or sealed with another key or for another purpose */
  open(sealed: string, purpose: string): string;
  /** 32 bytes that only who has the key can make: HMAC-SHA-256 with a key of its own for each purpose (RFC 5869). */
  sign(bytes: Uint8Array, purpose: string): Buffer;
}

/** The key is made when first asked for, in `<data>/secret.key`, for the owner's eyes only. Without it nothing opens. */
export async function openSecrets(dataFolder: string): Promise<Secrets> {
  const key = await keyOf(dataFolder);
  return {
    seal(text, purpose) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `1.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`;
    },
    open(sealed, purpose) {
      if (!sealed.startsWith('1.')) throw new Error('Not something that was sealed here');
      const bytes = Buffer.from(sealed.slice(2), 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    },
    sign(bytes, purpose) {
      const own = Buffer.from(hkdfSync('sha256', key, '', `tendero ${purpose}`, 32));
      return createHmac('sha256', own).update(bytes).digest();
    },
  };
}

async function keyOf(dataFolder: string): Promise<Buffer> {
  const path = join(dataFolder, 'secret.key');
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known !== null) return checked(known, path);
  await mkdir(dataFolder, { recursive: true });
  // Written whole under another name and linked: of two processes that start together, one wins and both read its key.
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(draft);
  return checked(await readFile(path, 'utf8'), path);
}

function checked(text: string, path: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length !== 32) throw new Error(`${path} is not a key: put back the one of your backup`);
  return key;
}
