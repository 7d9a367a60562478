import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openSecrets } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendero-secrets-'));
after(() => rmSync(folder, { recursive: true }));

test('what was sealed opens again, and only whole, here and for what it was meant', async () => {
  const [one, two] = await Promise.all([openSecrets(join(folder, 'a')), openSecrets(join(folder, 'a'))]);
  const sealed = one.seal('slaptažodis', 'mail');
  assert.equal(two.open(sealed, 'mail'), 'slaptažodis');
  assert.notEqual(one.seal('slaptažodis', 'mail'), sealed);
  assert.throws(() => one.open(sealed, 'webhook'));
  assert.throws(() => one.open(`${sealed.slice(0, -2)}AA`, 'mail'));
  assert.throws(() => one.open('slaptažodis', 'mail'));
  const other = await openSecrets(join(folder, 'b'));
  assert.throws(() => other.open(sealed, 'mail'));
});

test('the key is for its owner only, and a broken one is not replaced', async () => {
  await openSecrets(join(folder, 'c'));
  assert.equal(statSync(join(folder, 'c', 'secret.key')).mode & 0o777, 0o600);
  writeFileSync(join(folder, 'c', 'secret.key'), '');
  await assert.rejects(openSecrets(join(folder, 'c')), /backup/);
});
