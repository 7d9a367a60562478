/** The disk is full: writes are refused, nothing is half-written, and all is well when there is space again. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { v7 as uuid } from 'uuid';
import { auditHistory, auditReaders, auditTables, lagOfReaders } from './audit.ts';
import { openShop } from './clients.ts';
import { asker, newEntry, newLedger, settle, write } from './ledger.ts';
import { eventually, isRunning, openSite, signal } from './site.ts';

/** The empty database and its log take about 70 MB. */
const SIZE_MB = 256;
const mounted = mount();
let postmaster: number | undefined;
after(async () => {
  if (!mounted) return;
  signal(postmaster, 'SIGKILL');
  await eventually('unmounted', 20_000, async () => {
    try {
      execFileSync('umount', [mounted], { stdio: 'ignore' });
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  rmSync(mounted, { recursive: true, force: true });
});

test('a full disk', {
  skip: mounted ? false : 'needs a small file system of its own, which only root may mount',
}, async (t) => {
  const folder = join(mounted!, 'data');
  const site = await openSite(folder);
  postmaster = site.postmaster();
  const ledger = newLedger();
  const ask = asker(ledger, () => site.server.url, site.key);
  const { colleague } = await openShop(ask);
  const ballast = join(mounted!, 'ballast');
  const create = async (): Promise<boolean> => {
    const entry = newEntry(ledger, 'account', uuid());
    const values = { name: 'Heavy', description: `${entry.id} `.repeat(1_000).trim() };
    const to = { version: 1, deleted: false, values };
    return (
      (await write(ledger, [{ entry, to }], () => ask('POST', 'records/account', { id: entry.id, ...values }))) !== null
    );
  };
  for (let number = 0; number < 20; number++) assert.ok(await create());

  const { bavail, bsize } = statfsSync(mounted!);
  writeFileSync(ballast, Buffer.alloc(bavail * bsize - 512 * 1024));
  let refused = 0;
  for (let number = 0; number < 3_000 && refused < 20; number++) if (!(await create())) refused++;
  assert.equal(refused, 20, 'the disk is full by now');
  assert.deepEqual(ledger.unexpected, [], 'each refusal is 503 database.unavailable with Retry-After');
  t.diagnostic(`${ledger.told.acknowledged} written before it was full`);
  assert.ok(isRunning(site.server.process.pid!), site.server.output());

  rmSync(ballast);
  await eventually('writes again', 30_000, async () => ((await create()) ? [] : [site.server.output()]));
  postmaster = site.postmaster();
  assert.deepEqual(await settle(ask, [...ledger.entries.values()]), []);
  await eventually('every reader at the end', 30_000, () => site.inside(lagOfReaders));
  assert.deepEqual(await site.inside(auditTables), []);
  assert.deepEqual(await site.inside((client) => auditHistory(client, ledger)), []);
  assert.deepEqual(await site.inside((client) => auditReaders(client, colleague)), []);
  assert.equal((await site.server.stop()).code, 0);
});

function mount(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'tendero-full-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tendero-test', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
}
