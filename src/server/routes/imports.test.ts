import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';
import { jobsOf } from '#app/jobs.ts';
import { runJobs } from '#kernel/jobs/jobs.ts';
import { buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { serve, type TestServer } from '#test/http.ts';

let crm: TestWorkspace;
let server: TestServer;
let jobs: { stop(): Promise<void> };
const failures: unknown[] = [];
before(async () => {
  crm = await buildWorkspace();
  server = await serve(crm.runtime, crm.workspace);
  jobs = await runJobs(crm.runtime.database, jobsOf(crm.runtime), (error) => failures.push(error));
});

type Body = Record<string, unknown> & { id: string; state: string; counts: Record<string, number> };

async function upload(
  object: string,
  content: string | Uint8Array,
  name = 'file.csv',
  key = server.key,
): Promise<{ status: number; body: Body }> {
  const form = new FormData();
  form.set('object', object);
  form.set('file', new File([content as string], name));
  const response = await server.call('/api/imports', { method: 'POST', body: form, key });
  return { status: response.status, body: (await response.json()) as Body };
}

async function send(
  path: string,
  method = 'GET',
  json?: unknown,
  key = server.key,
): Promise<{ status: number; body: Body }> {
  const response = await server.call(path, { method, key, ...(json === undefined ? {} : { json }) });
  return { status: response.status, body: (await response.json()) as Body };
}

async function settled(id: string): Promise<Body> {
  for (let tries = 0; tries < 400; tries++) {
    const { body } = await send(`/api/imports/${id}`);
    if (!['checking', 'queued', 'running'].includes(body.state)) return body;
    await sleep(50);
  }
  throw new Error('the import does not end');
}

test('from the upload to the way back, as the wizard goes', async () => {
  const { status, body } = await upload(
    'contact',
    'First Name,Last Name,E-mail 1 - Label,E-mail 1 - Value,Born\nAna,Wizard,Work,ana@example.com,1.2.1990\nBo,Wizard,,broken,3.4.1991\n',
  );
  assert.equal(status, 201);
  const columns = body.columns as { index: number; target: string | null; samples: string[]; confidence: number }[];
  assert.deepEqual(columns.map(({ target }) => target).slice(0, 2), ['firstName', 'lastName']);
  const offered = new Set((body.targets as { name: string }[]).map(({ name }) => name));
  for (const { target } of columns) if (target) assert.ok(offered.has(target), target);

  const mapping = { ...Object.fromEntries(columns.map(({ index, target }) => [index, target])), 4: 'birthday' };
  assert.equal((await send(`/api/imports/${body.id}`, 'PATCH', { mapping })).status, 200);
  assert.equal(
    (await send(`/api/imports/${body.id}`, 'PATCH', { mode: 'create', key: null, duplicates: 'skip' })).body.state,
    'ready',
  );
  const preview = (await send(`/api/imports/${body.id}/preview`)).body;
  const [first, second] = preview.rows as {
    values: Record<string, unknown>;
    errors: { column: number; message: string }[];
  }[];
  assert.deepEqual([first!.values.birthday, first!.errors], ['1990-02-01', []]);
  assert.equal(second!.errors[0]!.column, 3);
  assert.match(second!.errors[0]!.message, /\w+ \w+/);

  assert.equal((await send(`/api/imports/${body.id}/dry-run`, 'POST', {})).status, 202);
  const checked = await settled(body.id);
  assert.deepEqual(
    [
      checked.state,
      (checked.dryRun as Record<string, number>).created,
      (checked.dryRun as Record<string, number>).failed,
    ],
    ['checked', 1, 1],
  );

  await send(`/api/imports/${body.id}/start`, 'POST', {});
  const done = await settled(body.id);
  assert.deepEqual(
    [done.state, done.counts],
    ['done', { total: 2, done: 2, created: 1, updated: 0, skipped: 0, failed: 1, duplicates: 0 }],
  );
  const errors = await (await server.call(`/api/imports/${body.id}/errors.csv`)).text();
  assert.match(errors, /Bo,Wizard/);

  // Put right in place, and tried again.
  assert.equal((await send(`/api/imports/${body.id}`, 'PATCH', { fixes: { 2: { 3: 'bo@example.com' } } })).status, 200);
  await send(`/api/imports/${body.id}/resume`, 'POST', {});
  const fixed = await settled(body.id);
  assert.deepEqual([fixed.counts.created, fixed.counts.failed], [2, 0]);

  const { items } = (await send('/api/imports')).body as unknown as { items: Body[] };
  assert.equal(items[0]!.id, body.id);
  assert.equal((await send(`/api/imports/${body.id}`, 'GET', undefined, (await server.person()).key)).status, 404);

  await send(`/api/imports/${body.id}/undo`, 'POST', {});
  assert.equal((await settled(body.id)).state, 'undone');
  assert.equal((await crm.records.count('contact', { lastName: 'Wizard' })).value, 0);
  assert.equal((await send(`/api/imports/${body.id}/start`, 'POST', {})).status, 409);
  assert.deepEqual(failures, []);
});

test('a file that cannot be read is refused with a reason, and leaves nothing', async () => {
  const files: [string, string | Uint8Array][] = [
    ['binary', Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 1, 2, 3, 0, 0, 0])],
    ['picture', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])],
    ['empty', ''],
    ['a broken workbook', Uint8Array.from([0x50, 0x4b, 3, 4, 9, 9, 9, 9])],
    ['a bomb', zipBomb()],
    ['NUL', 'Name\nOne\0\n'],
  ];
  for (const [what, content] of files) {
    const { status, body } = await upload('account', content);
    assert.equal(status, 422, `${what}: ${JSON.stringify(body).slice(0, 300)}`);
    assert.match((body.errors as { message: string }[])[0]!.message, /\w+ \w+ \w+/, what);
  }
});

test('a line of 100 MB stops the import with a reason and flat memory', async () => {
  const { status, body } = await upload(
    'account',
    Buffer.concat([Buffer.from('Name,Description\nFirst,fine\n"'), Buffer.alloc(100_000_000, 'x')]),
  );
  const before = process.memoryUsage.rss();
  if (status === 201) {
    await send(`/api/imports/${body.id}`, 'PATCH', { mapping: { 0: 'name', 1: 'description' } });
    await send(`/api/imports/${body.id}/start`, 'POST', {});
    const ended = await settled(body.id);
    assert.deepEqual([ended.state, ended.counts.created], ['failed', 0]);
    assert.match(String(ended.message), /\d{3}/);
  } else assert.equal(status, 422);
  assert.ok(process.memoryUsage.rss() - before < 200e6);
});

test('wrong requests are answered as such', async () => {
  assert.equal((await upload('nothing', 'Name\nOne\n')).status, 404);
  assert.equal((await server.call('/api/imports', { json: { object: 'account' } })).status, 415);
  const { body } = await upload('account', 'Name,Employees\nOne,1\n');
  for (const json of [
    { mapping: { 0: 'nonsense' } },
    { mapping: { 0: 'createdAt' } },
    { mapping: { 0: 'name', 1: 'name' } },
    { mapping: {} },
    { mode: 'upsert' },
    { mode: 'upsert', key: 'tags' },
    { fixes: { 0: { 0: 'x' } } },
  ]) {
    const answer = await send(`/api/imports/${body.id}`, 'PATCH', json);
    assert.equal(answer.status, 422, JSON.stringify(json));
    for (const { message, code } of answer.body.errors as unknown as { message: string; code: string }[])
      assert.notEqual(message, code);
  }
  assert.equal((await send(`/api/imports/${body.id}`, 'PATCH', { mapping: { x: 'name' } })).status, 400);
  assert.equal((await send(`/api/imports/${body.id}/start`, 'POST', {})).status, 409);
  assert.equal((await send('/api/imports/01900000-0000-7000-8000-000000000000')).status, 404);
});

test('exports are streams with the rights of the reader', async () => {
  await crm.records.create('account', { name: '=HYPERLINK("x")', tags: ['exported'] });
  const filter = encodeURIComponent('{"tags":{"hasAny":["exported"]}}');
  const csv = await server.call(`/api/exports/account.csv?filter=${filter}&fields=name,owner&sort=-name`);
  assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8');
  assert.match(await csv.text(), /'=HYPERLINK/);
  const xlsx = await server.call(`/api/exports/account.xlsx?filter=${filter}`);
  assert.equal(
    Buffer.from(await xlsx.arrayBuffer())
      .subarray(0, 2)
      .toString(),
    'PK',
  );
  assert.match(await (await server.call(`/api/exports/account.vcf?filter=${filter}`)).text(), /^BEGIN:VCARD/);
  for (const [path, status] of [
    ['account.csv?filter={', 400],
    ['account.csv?fields=nothing', 400],
    ['nothing.csv', 404],
    ['account.pdf', 404],
  ] as const) {
    assert.equal((await server.call(`/api/exports/${path}`)).status, status, path);
  }
});

// Not in an `after` hook: the one that closes the database was registered before it, and waits for the worker's connection.
test('what columns mean is kept with them; their texts and the rows with errors can be asked for', async () => {
  const { body } = await upload(
    'account',
    'Company,Kind,Country\nUno,customer,LT\nDos,Partneris X,ES\nTres,customer,ES\n,customer,ES\n',
  );
  const values = await (await server.call(`/api/imports/${body.id}/values?column=1`)).json();
  assert.deepEqual(values, {
    values: [
      { text: 'customer', count: 3 },
      { text: 'Partneris X', count: 1 },
    ],
    more: false,
  });
  const mapping = { 0: 'name', 1: { target: 'status', values: { 'Partneris X': 'partner' } } };
  const kept = (await send(`/api/imports/${body.id}`, 'PATCH', { mapping, constants: { industry: 'retail' } })).body;
  assert.deepEqual([kept.mapping, kept.constants], [mapping, { industry: 'retail' }]);
  await send(`/api/imports/${body.id}/dry-run`, 'POST', {});
  assert.equal((await settled(body.id)).state, 'checked');
  const errors = (await send(`/api/imports/${body.id}/errors`)).body as unknown as {
    rows: { row: number; cells: string[]; errors: { message: string }[] }[];
    next: null;
  };
  assert.deepEqual([errors.rows.map(({ row, cells }) => [row, cells[1]]), errors.next], [[[4, 'customer']], null]);
  assert.match(errors.rows[0]!.errors[0]!.message, /\w+ \w+/);
  assert.equal(
    (await server.call(`/api/imports/${body.id}/values?column=1`, { key: (await server.person()).key })).status,
    404,
  );
});

test('a template is filled in, comes back and maps itself', async () => {
  const answer = await server.call('/api/imports/templates/contact', { headers: { 'accept-language': 'lt' } });
  assert.equal(answer.status, 200);
  const { body } = await upload('contact', new Uint8Array(await answer.arrayBuffer()), 'contacts.xlsx');
  const columns = body.columns as { header: string; target: string | null }[];
  assert.ok(columns.length > 10, String(columns.length));
  assert.deepEqual(
    columns.filter(({ target }) => target === null),
    [],
  );
  assert.equal((await server.call('/api/imports/templates/nothing')).status, 404);
});

test('the worker stops', () => jobs.stop());

/** A workbook whose sheet would inflate to 3 GB. */
function zipBomb(): Buffer {
  const name = Buffer.from('xl/worksheets/sheet1.xml');
  const data = deflateRawSync(Buffer.alloc(50_000_000, 'a'), { level: 9 });
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(data.length, 18);
  header.writeUInt32LE(3_000_000_000, 22);
  header.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(20, 6);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(data.length, 20);
  central.writeUInt32LE(3_000_000_000, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(30 + name.length + data.length, 16);
  return Buffer.concat([header, name, data, central, name, end]);
}
