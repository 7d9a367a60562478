import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgetPolicy, savePolicy, usualPolicy } from '#app/identity/policy.ts';
import { asSystem, type Role } from '#kernel/access/access.ts';
import { catchUp } from '#kernel/events/readers.ts';
import { fileReader, readableFile, sweepFiles } from '#kernel/files/files.ts';
import { openStorage } from '#kernel/files/open-storage.ts';
import { defineObject } from '#kernel/object/definition.ts';
import { defineModule } from '#kernel/object/module.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';
import { readFileLink, signFileLink } from '../file-links.ts';
import { endSession, openSession, sessionName } from '../visitors.ts';

process.env.TENDERO_MAX_FILE_MB = '3';
const contract = defineObject({
  name: 'contract',
  plural: 'contracts',
  title: 'name',
  icon: 'file',
  fields: { name: { type: 'text', required: true }, papers: { type: 'file', many: true }, hidden: { type: 'file' } },
});
const words = {
  object: {
    contract: { one: 'Contract', many: 'Contracts', fields: { name: 'Name', papers: 'Papers', hidden: 'Hidden' } },
  },
};
const papers = defineModule({ name: 'papers', objects: [contract], catalogues: { en: words, es: words, lt: words } });
const { runtime, workspace, as } = await buildWorkspace({ modules: [papers] });
const server = await serve(runtime, workspace);
const other = await server.person();
const storage = openStorage(runtime.dataFolder);
after(() => rmSync(runtime.dataFolder, { recursive: true, force: true }));

interface Kept {
  id: string;
  name: string;
  size: number;
  type: string;
}

async function upload(content: string | Uint8Array<ArrayBuffer>, name: string, key = server.key): Promise<Response> {
  const body = new FormData();
  body.set('file', new File([content], name, { type: 'text/html' }));
  return server.call('/api/files', { method: 'POST', body, key });
}
const kept = async (content: string | Uint8Array<ArrayBuffer>, name: string, key = server.key) => {
  const response = await upload(content, name, key);
  assert.equal(response.status, 201, await response.clone().text());
  return (await response.json()) as Kept;
};
const create = (values: Record<string, unknown>, key = server.key) =>
  server.call('/api/records/contract', { json: values, key });
const age = (id: string) =>
  runtime.database.execute(
    `update ${workspace.schema}.file set created_at = now() - interval '25 hours' where id = '${id}'`,
  );
const contents = () =>
  readdirSync(join(runtime.dataFolder, 'files'), { recursive: true }).filter((path) =>
    /[0-9a-f]{64}$/.test(String(path)),
  );
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

test('what was uploaded comes back, as an attachment that no browser runs', async () => {
  const file = await kept('<script>alert(1)</script>', 'Sąskaita №1 "a".html');
  assert.deepEqual({ ...file, id: '' }, { id: '', name: 'Sąskaita №1 "a".html', size: 25, type: 'text/html' });
  const response = await server.call(`/api/files/${file.id}?inline=true`);
  assert.equal(await response.text(), '<script>alert(1)</script>');
  assert.equal(
    response.headers.get('content-disposition'),
    `attachment; filename="Saskaita 1 _a_.html"; filename*=UTF-8''S%C4%85skaita%20%E2%84%961%20%22a%22.html`,
  );
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  assert.match(response.headers.get('content-security-policy')!, /sandbox/);
  assert.equal(response.headers.get('cache-control'), 'private, no-cache');
});

test('pictures and PDF may be shown, SVG may not', async () => {
  const show = async (content: string | Uint8Array<ArrayBuffer>, name: string) => {
    const file = await kept(content, name);
    const { headers } = await server.call(`/api/files/${file.id}?inline=true`);
    return [file.type, headers.get('content-type'), headers.get('content-disposition')!.split(';')[0]];
  };
  assert.deepEqual(await show(png, 'a.exe'), ['image/png', 'image/png', 'inline']);
  assert.deepEqual(await show('%PDF-1.7\n', 'a.html'), ['application/pdf', 'application/pdf', 'inline']);
  assert.deepEqual(await show('<?xml version="1.0"?><svg onload="alert(1)"/>', 'a.png'), [
    'image/svg+xml',
    'image/svg+xml',
    'attachment',
  ]);
});

test('parts, and what a browser has already', async () => {
  const content = Buffer.from(Array.from({ length: 200_000 }, (_, n) => n % 251));
  const { id } = await kept(content, 'a.bin');
  const get = (headers: Record<string, string>, method = 'GET') => server.call(`/api/files/${id}`, { headers, method });
  const whole = await get({ 'accept-encoding': 'gzip' });
  assert.equal(whole.headers.get('content-encoding'), null);
  assert.ok(content.equals(Buffer.from(await whole.arrayBuffer())));
  const etag = whole.headers.get('etag')!;
  assert.equal((await get({ 'if-none-match': `"x", ${etag}` })).status, 304);
  for (const [range, from, to] of [
    ['bytes=0-9', 0, 10],
    ['bytes=199990-', 199_990, 200_000],
    ['bytes=-5', 199_995, 200_000],
    ['bytes=100-999999', 100, 200_000],
  ] as const) {
    const part = await get({ range });
    assert.equal(part.status, 206, range);
    assert.equal(part.headers.get('content-range'), `bytes ${from}-${to - 1}/200000`);
    assert.ok(content.subarray(from, to).equals(Buffer.from(await part.arrayBuffer())));
  }
  assert.equal((await get({ range: 'bytes=200000-' })).status, 416);
  assert.equal((await get({ range: 'bytes=9-1' })).status, 200);
  assert.equal((await get({ range: 'bytes=0-1,5-6' })).status, 200);
  assert.equal((await get({ range: 'bytes=0-9', 'if-range': '"old"' })).status, 200);
  const head = await get({}, 'HEAD');
  assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '200000', '']);
  assert.equal((await server.call(`/api/files/${(await kept('', 'empty.txt')).id}`)).status, 200);
});

test('too large, nothing, not multipart, and names that lie', async () => {
  const large = await upload(new Uint8Array(4 * 1024 * 1024), 'a.bin');
  assert.deepEqual([large.status, ((await large.json()) as { code: string }).code], [413, 'file.too-large']);
  // Without its length announced, it is cut off on the way.
  const status = await new Promise((resolve, reject) => {
    const sending = request(
      `${server.url}/api/files`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${server.key}`, 'content-type': 'multipart/form-data; boundary=x' },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    sending.on('error', reject);
    sending.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n');
    for (let n = 0; n < 5; n++) sending.write(Buffer.alloc(1024 * 1024));
    sending.end('\r\n--x--\r\n');
  });
  assert.equal(status, 413);
  assert.deepEqual(readdirSync(join(runtime.dataFolder, 'files', 'incoming')), []);
  assert.equal((await server.call('/api/files', { json: {} })).status, 415);
  assert.equal((await server.call('/api/files', { method: 'POST', body: new FormData() })).status, 400);
  assert.equal((await kept('x', '../../etc/passwd')).name, 'passwd');
  assert.equal((await kept('x', '..\\..\\a\u202Etxt.exe')).name, 'atxt.exe');
  assert.equal((await kept('x', `${'a'.repeat(300)}.pdf`)).name.length, 200);
  assert.equal((await server.call('/api/files/../../secret.key')).status, 404);
});

test('a form that does not keep to the format, ends too soon or whose sender goes away is no failure of ours', async () => {
  const head = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b';
  for (const path of ['files', 'imports', 'configuration/read'])
    for (const [body, boundary] of [
      ['', 'x'],
      ['--x', 'x'],
      ['--x\r\n\r\n', 'x'],
      [head, 'x'],
      [head, 'y'.repeat(300)],
    ] as const) {
      const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
      const { status } = await server.call(`/api/${path}`, { method: 'POST', headers, body });
      assert.equal(status, 400, `${path} ${body}`);
    }
  const lines: string[] = [];
  const { url, key } = await serve(runtime, workspace, { log: { write: (line) => void lines.push(line) } });
  const gone = connect(Number(new URL(url).port), '127.0.0.1');
  const start = `POST /api/files HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: 9000\r\n`;
  gone.write(`${start}content-type: multipart/form-data; boundary=x\r\n\r\n${head}`);
  while (readdirSync(join(runtime.dataFolder, 'files', 'incoming')).length === 0) await sleep(5);
  gone.destroy();
  while (readdirSync(join(runtime.dataFolder, 'files', 'incoming')).length > 0) await sleep(5);
  await sleep(50);
  assert.deepEqual(lines, []);
});

test('an upload is its owner’s until a record holds it; then whoever may read the record reads it', async () => {
  const file = await kept('secret', 'a.txt');
  const read = (key: string) => server.call(`/api/files/${file.id}`, { key }).then(({ status }) => status);
  assert.deepEqual([await read(server.key), await read(other.key)], [200, 404]);
  assert.equal((await create({ name: 'Stolen', papers: [file] }, other.key)).status, 422);
  const made = await create({ name: 'Mine', papers: [{ ...file, size: 1, type: 'image/png' }] });
  assert.equal(made.status, 201, await made.clone().text());
  const record = (await made.json()) as { id: string; papers: Kept[] };
  assert.deepEqual(record.papers, [file]);
  assert.deepEqual([await read(server.key), await read(other.key)], [200, 200]);

  const role = (grants: Role['grants'], fields?: Role['fields']): Role[] => [
    { name: 'some', grants, ...(fields ? { fields } : {}) },
  ];
  const readers = {
    own: await as(role({ contract: { read: 'own' } })),
    none: await as(role({ user: { read: 'all' } })),
    masked: await as(role({ contract: { read: 'all' } }, { 'contract.papers': 'hidden' })),
    all: await as(role({ contract: { read: 'all' } })),
  };
  for (const [name, { principal }] of Object.entries(readers)) {
    const found = readableFile(workspace, principal, file.id);
    if (name === 'all') assert.equal((await found).id, file.id);
    else await assert.rejects(found, { code: 'file.not-found' }, name);
  }
  // Taken out of the record it is nobody's, and the change can be undone.
  const emptied = await server.call(`/api/records/contract/${record.id}`, { method: 'PATCH', json: { papers: null } });
  assert.equal(emptied.status, 200);
  assert.deepEqual([await read(server.key), await read(other.key)], [404, 404]);
  const { items } = (await (await server.call(`/api/records/contract/${record.id}/history`)).json()) as {
    items: { changeSet: string }[];
  };
  assert.equal((await server.call(`/api/changes/${items[0]!.changeSet}/undo`, { method: 'POST' })).status, 200);
  assert.equal(await read(other.key), 200);
});

test('a file that does not exist is refused by name, in the words of the reader', async () => {
  const response = await create({
    name: 'A',
    papers: [{ id: '0190aaaa-0000-7000-8000-000000000001', name: 'a', size: 1, type: 'text/plain' }],
  });
  const { errors } = (await response.json()) as { errors: { field: string; code: string; message: string }[] };
  assert.deepEqual([response.status, errors[0]!.field, errors[0]!.code], [422, 'papers', 'field.unknown-file']);
  assert.match(errors[0]!.message, /Upload it again/);
  assert.equal((await server.call('/api/files/nonsense')).status, 400);
});

test('what no record took goes after a day, what one holds stays, and the same content is stored once', async () => {
  const sweep = () => sweepFiles(runtime.database, workspace.schema, storage);
  await sweep();
  const before = contents().length;
  const [loose, held, twin] = [await kept('same', 'a.txt'), await kept('same', 'b.txt'), await kept('other', 'c.txt')];
  assert.equal(contents().length, before + 2);
  const record = (await (await create({ name: 'Holds', papers: [held] })).json()) as { id: string };
  for (const { id } of [loose, held, twin]) await age(id);
  assert.equal(await sweep(), 2);
  assert.equal(contents().length, before + 1);
  assert.equal(await (await server.call(`/api/files/${held.id}`)).text(), 'same');

  const system = recordsFor(workspace, asSystem('test'), 'test');
  await system.remove('contract', record.id);
  assert.equal((await server.call(`/api/files/${held.id}`)).status, 200);
  await system.purge('contract', record.id);
  await catchUp(workspace, fileReader);
  assert.equal(await sweep(), 1);
  assert.equal(contents().length, before);
  assert.equal((await server.call(`/api/files/${held.id}`)).status, 404);
  const again = await kept('same', 'd.txt');
  assert.equal(await (await server.call(`/api/files/${again.id}`)).text(), 'same');
  assert.ok(existsSync(join(runtime.dataFolder, 'files', workspace.id)));
});

test('uploads and sweeps of the same content at the same time lose nothing', async () => {
  for (let round = 0; round < 15; round++) {
    const old = await kept(`race ${round}`, 'a.txt');
    await age(old.id);
    const [fresh] = await Promise.all([
      kept(`race ${round}`, 'b.txt'),
      sweepFiles(runtime.database, workspace.schema, storage),
    ]);
    assert.equal(await (await server.call(`/api/files/${fresh.id}`)).text(), `race ${round}`);
  }
});

/** Somebody at a browser: what they send by themselves, and what they sign in with. */
async function browse(identityId: string) {
  const { token, visitor } = await openSession(runtime, identityId, 'test');
  const cookie = `tendero=${token}`;
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}${path}`, { redirect: 'manual', headers });
  return {
    visitor,
    get,
    /** Where a file is for them. */
    async find(id: string, query = ''): Promise<string> {
      const answer = await get(`/api/files/${id}${query}`, { cookie });
      assert.deepEqual([answer.status, answer.headers.get('cache-control')], [302, 'no-store']);
      return answer.headers.get('location')!;
    },
    status: (id: string) => get(`/api/files/${id}`, { cookie }).then(({ status }) => status),
  };
}

test('a browser is sent to an address where no cookie counts, and nothing runs in our name', async () => {
  const hostile = await kept('<script>alert(document.cookie)</script>', 'a.html', other.key);
  const picture = await kept(png, 'a.png', other.key);
  const { find, get, visitor } = await browse(other.identityId);
  const place = await find(hostile.id, '?inline=true');
  assert.match(place, /^\/files\/[\w-]{122}$/);
  // Whoever is there, or nobody: the address alone counts.
  for (const headers of [{}, { cookie: 'tendero=nonsense' }, { authorization: 'Bearer tnd_nonsense' }] as Record<
    string,
    string
  >[]) {
    const page = await get(place, headers);
    assert.equal(page.status, 200);
    assert.equal(await page.text(), '<script>alert(document.cookie)</script>');
    assert.match(page.headers.get('content-disposition')!, /^attachment;/);
    assert.equal(
      page.headers.get('content-security-policy'),
      "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'",
    );
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(page.headers.get('cache-control'), 'private, no-cache');
    assert.equal(page.headers.get('set-cookie'), null);
  }
  const shown = await get(await find(picture.id, '?inline=true'), { range: 'bytes=0-3' });
  assert.deepEqual(
    [shown.status, shown.headers.get('content-disposition')!.split(';')[0], shown.headers.get('content-range')],
    [206, 'inline', `bytes 0-3/${png.length}`],
  );
  // The same address again, so that the browser asks only whether it is still the same.
  const again = await find(picture.id, '?inline=true');
  const known = await get(again, { 'if-none-match': shown.headers.get('etag')! });
  assert.equal(known.status, 304);
  assert.match((await get(await find(picture.id))).headers.get('content-disposition')!, /^attachment;/);
  // Bound to the session: when it ends, so does the address.
  await endSession(runtime, { ...visitor, csrf: '' });
  assert.equal((await get(again)).status, 404);
});

test('addresses of files are not guessed, changed, kept or handed to another session', async () => {
  const [mine, theirs] = [await kept('mine', 'a.txt', other.key), await kept('theirs', 'b.txt')];
  const { find, get, visitor } = await browse(other.identityId);
  const place = (await find(mine.id)).slice('/files/'.length);
  const status = (link: string) => get(`/files/${link}`).then((answer) => answer.status);
  assert.equal(await status(place), 200);
  // One bit of each byte: whose, which file, which session, how, until when, and the signature.
  const bytes = Buffer.from(place, 'base64url');
  for (let at = 0; at < bytes.length; at++) {
    const forged = Buffer.from(bytes);
    forged[at]! ^= 1;
    assert.equal(await status(forged.toString('base64url')), 404, `byte ${at}`);
  }
  for (const wrong of ['', 'a', place.slice(1), `${place}A`, `${place}=`, 'A'.repeat(122), '%00', mine.id])
    assert.ok([404, 400].includes(await status(wrong)), wrong);

  const secrets = await openSecrets(runtime.dataFolder);
  const session = sessionName(visitor.tokenHash);
  const link = { identityId: other.identityId, session, file: mine.id, inline: false };
  const now = Date.now();
  assert.deepEqual(readFileLink(secrets, signFileLink(secrets, link, now), now), link);
  // Two and a half to five minutes.
  for (const [offset, holds] of [
    [-149_000, true],
    [-300_001, false],
  ] as const)
    assert.equal(await status(signFileLink(secrets, link, now + offset)), holds ? 200 : 404, `${offset}`);
  for (const other of [
    { ...link, file: theirs.id },
    { ...link, file: '0190aaaa-0000-7000-8000-000000000001' },
    { ...link, session: sessionName('another') },
    { ...link, identityId: '0190aaaa-0000-7000-8000-000000000001' },
  ])
    assert.equal(await status(signFileLink(secrets, other, now)), 404, JSON.stringify(other));
  // The key of another house signs otherwise.
  const elsewhere = await openSecrets(join(runtime.dataFolder, 'elsewhere'));
  assert.equal(await status(signFileLink(elsewhere, link, now)), 404);
});

test('a right that is taken away between issue and use is gone', async () => {
  const held = await kept('held', 'a.txt');
  const record = (await (await create({ name: 'Held', papers: [held] })).json()) as { id: string };
  const person = await server.person();
  const { find, get, status } = await browse(person.identityId);
  const place = await find(held.id);
  assert.equal((await get(place)).status, 200);
  const system = recordsFor(workspace, asSystem('test'), 'test');
  const { id } = await system.create('role', { name: 'Own contracts', grants: { contract: { read: 'own' } } });
  await system.update('user', person.userId, { roles: [id] });
  assert.deepEqual([(await get(place)).status, await status(held.id)], [404, 404]);
  await system.update('contract', record.id, { owner: person.userId });
  assert.equal((await get(place)).status, 200);
  // Nor is it for whoever may come from somewhere else only.
  await savePolicy(runtime.database, workspace.id, { ...usualPolicy, networks: ['10.9.8.0/24'] }, '10.9.8.7');
  runtime.rights.emit('change', workspace.id);
  assert.equal((await get(place)).status, 404);
  await forgetPolicy(runtime.database, workspace.id);
  runtime.rights.emit('change', workspace.id);
  await system.update('user', person.userId, { active: false });
  assert.equal((await get(place)).status, 404);
});
