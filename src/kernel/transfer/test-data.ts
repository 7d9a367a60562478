import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after } from 'node:test';
import type { RowBatch } from './rows.ts';

const ROOT = process.env.TENDERO_TEST_DATA ?? join(import.meta.dirname, '../../../../shared/data');

/** Real files for tests; `skip` says why where they are absent. */
export const realData = {
  skip: existsSync(ROOT) ? false : `real files are absent: ${ROOT} (or set TENDERO_TEST_DATA)`,
  path: (...parts: string[]): string => join(ROOT, ...parts),
  /** Unpacks an archive of the data into a folder that is removed after the tests. */
  unpack(...parts: string[]): string {
    const folder = mkdtempSync(join(tmpdir(), 'tendero-data-'));
    after(() => rmSync(folder, { recursive: true, force: true }));
    execFileSync('tar', ['-xzf', join(ROOT, ...parts), '-C', folder, '--no-same-owner']);
    return folder;
  },
};

export async function allRows(batches: AsyncIterable<RowBatch>): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const batch of batches) rows.push(...batch.rows);
  return rows;
}

/** A stream of the bytes in pieces of a given size. */
export function inPieces(content: string | Uint8Array, size = 65_536): Readable {
  const bytes = Buffer.from(content as string);
  return Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })(),
  );
}

export async function collectText(parts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of parts) text += part;
  return text;
}

export async function collectBytes(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}
