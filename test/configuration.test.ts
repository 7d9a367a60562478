import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { tendero } from './program.ts';

const account = ['--email', 'rasa@example.com', '--password', 'correct horse battery'];

test('a configuration goes from one place to another by command', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tendero-test-configuration-'));
  const env = { TENDERO_DATA: join(folder, 'data') };
  try {
    const setUp = await tendero(env, 'setup', '--company', 'Litera', ...account);
    assert.equal(setUp.code, 0, setUp.stderr);
    const files = join(folder, 'files');
    assert.equal((await tendero(env, 'config', 'export', files)).code, 0);
    const header = JSON.parse(await readFile(join(files, 'configuration.json'), 'utf8'));
    assert.equal(header.format, 'tendero-configuration');

    const path = join(files, 'objects', 'visit.json');
    const fields = { subject: { type: 'text', required: true }, account: { type: 'reference', to: 'account' } };
    const visit = { name: 'visit', plural: 'visits', title: 'subject', icon: 'map-pin', fields };
    await mkdir(join(files, 'objects'), { recursive: true });
    await writeFile(path, JSON.stringify({ added: visit }));
    const applied = await tendero(env, 'config', 'apply', files);
    assert.equal(applied.code, 0, applied.stderr);
    assert.match(applied.stdout, /^\+ visit$/m);
    assert.match(applied.stdout, /2 changes applied/);
    assert.match((await tendero(env, 'config', 'diff', files)).stdout, /They are the same/);

    // What cannot be done changes nothing, and says why.
    await writeFile(path, JSON.stringify({ added: { ...visit, fields: { ...fields, subject: { type: 'date' } } } }));
    const refused = await tendero(env, 'config', 'apply', files);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stdout, /^! visit\.subject/m);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
