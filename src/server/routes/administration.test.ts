import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { jobsOf } from '#app/jobs.ts';
import { runJobs } from '#kernel/jobs/jobs.ts';
import { buildAccount, buildOpportunity, buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { beforeDrop } from '#test/database.ts';
import { serve, type TestServer } from '#test/http.ts';

let crm: TestWorkspace;
let server: TestServer;
let slow = 0;
before(async () => {
  crm = await buildWorkspace();
  mkdirSync(crm.runtime.dataFolder, { recursive: true });
  server = await serve(crm.runtime, crm.workspace);
  const waits = {
    kind: 'waits',
    async run(_: unknown, { signal }: { signal: AbortSignal }) {
      slow++;
      while (!signal.aborted) await sleep(50);
      throw new Error('stopped');
    },
  };
  const fails = { kind: 'fails', run: () => Promise.reject(new Error('no')) };
  const jobs = await runJobs(crm.runtime.database, [...jobsOf(crm.runtime), waits, fails], () => {});
  beforeDrop(() => jobs.stop());
});

// biome-ignore lint/suspicious/noExplicitAny: answers of many routes
type Body = any;

async function send(
  method: string,
  path: string,
  json?: unknown,
  key = server.key,
): Promise<{ status: number; body: Body }> {
  const response = await server.call(`/api${path}`, { method, key, ...(json === undefined ? {} : { json }) });
  const text = await response.text();
  return {
    status: response.status,
    body: text && /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text,
  };
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 300; tries++) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error('it does not come');
}

const jobEnds = (id: string) =>
  until(async () => {
    const { body } = await send('GET', `/jobs/${id}`);
    return ['queued', 'running'].includes(body.state) ? undefined : body;
  });

const today = () => new Date().toISOString().slice(0, 10);

test('a definition as it is written, with the words of all languages, and what hangs on it', async () => {
  const { body } = await send('GET', '/objects/opportunity/definition');
  assert.deepEqual(Object.keys(body.label).sort(), ['en', 'es', 'lt']);
  const stage = body.fields.find((field: Body) => field.name === 'stage');
  assert.equal(stage.settings.to, 'stage');
  assert.equal(stage.custom, false);
  assert.ok(stage.label.lt);

  const added = await send('POST', '/objects/account/fields', {
    name: 'segment',
    type: 'select',
    label: { en: 'Segment', lt: 'Segmentas' },
    options: [{ value: 'a', color: 'red' }, { value: 'b' }],
  });
  assert.equal(added.status, 201, JSON.stringify(added.body));
  for (const segment of ['a', 'a', 'b', null])
    await send('POST', '/records/account', { name: `S ${segment}`, segment });
  const impact = await send('GET', '/objects/account/fields/segment/impact');
  assert.deepEqual(impact.body, { records: 3, dependents: [], options: { a: 2, b: 1 } });

  await send('DELETE', '/objects/account/fields/segment');
  const removed = await send('GET', '/objects/account/definition');
  assert.deepEqual(removed.body.removed, [
    { name: 'segment', type: 'select', label: { en: 'Segment', lt: 'Segmentas' } },
  ]);
  assert.equal((await send('POST', '/objects/account/fields/segment/restore')).status, 200);
  assert.equal((await send('GET', '/objects/account/fields/segment/impact')).body.records, 3);
  // The options of an own field are the administrator's.
  await send('PATCH', '/objects/account/fields/segment', { options: [{ value: 'b' }, { value: 'c' }] });
  const kept = await send('GET', '/objects/account/definition');
  const field = kept.body.fields.find((one: Body) => one.name === 'segment');
  assert.deepEqual(
    field.settings.options.map((option: Body) => option.value),
    ['b', 'c'],
  );
});

test('added fields stay in the order in which they came', async () => {
  const fields = {
    zebra: { type: 'text' },
    name: { type: 'text' },
    longestName: { type: 'integer' },
    a: { type: 'date' },
  };
  await send('POST', '/objects', { name: 'ordered', plural: 'ordereds', title: 'name', icon: 'box', fields });
  await send('POST', '/objects/ordered/fields', { name: 'b', type: 'text' });
  const own = async () => {
    const { body } = await send('GET', '/objects/ordered');
    return body.fields.flatMap((field: Body) => (field.system ? [] : [field.name]));
  };
  assert.deepEqual(await own(), ['zebra', 'name', 'longestName', 'a', 'b']);
  await send('PATCH', '/objects/ordered/fields/zebra', { label: { en: 'Zebra' } });
  await send('DELETE', '/objects/ordered/fields/a');
  await send('POST', '/objects/ordered/fields/a/restore');
  assert.deepEqual(await own(), ['zebra', 'name', 'longestName', 'a', 'b']);
});

test('conditions of fields and options hold on the server', async () => {
  const add = (definition: Body) => send('POST', '/objects/contact/fields', definition);
  const kinds = [{ value: 'person' }, { value: 'broker' }];
  assert.equal((await add({ name: 'kindOf', type: 'select', options: kinds })).status, 201);
  const licence = { name: 'licence', type: 'text', showWhen: { kindOf: 'broker' }, requireWhen: { kindOf: 'broker' } };
  assert.equal((await add(licence)).status, 201);
  const level = [{ value: 'basic' }, { value: 'gold', when: { kindOf: { is: 'broker' } } }];
  assert.equal((await add({ name: 'level', type: 'select', options: level })).status, 201);

  const refused = async (values: Body) =>
    ((await send('POST', '/records/contact', { firstName: 'A', lastName: 'B', ...values })).body.errors ?? []).map(
      ({ field, code }: Body) => [field, code],
    );
  assert.deepEqual(await refused({}), []);
  assert.deepEqual(await refused({ kindOf: 'person', level: 'basic' }), []);
  assert.deepEqual(await refused({ kindOf: 'broker' }), [['licence', 'field.required']]);
  assert.deepEqual(await refused({ kindOf: 'person', level: 'gold' }), [['level', 'field.option-not-now']]);
  const { body } = await send('POST', '/records/contact', { firstName: 'A', lastName: 'B', kindOf: 'person' });
  const changed = await send('PATCH', `/records/contact/${body.id}`, { kindOf: 'broker' });
  assert.deepEqual(
    changed.body.errors.map((error: Body) => error.field),
    ['licence'],
  );
  assert.equal(
    (await send('PATCH', `/records/contact/${body.id}`, { kindOf: 'broker', licence: 'L1', level: 'gold' })).status,
    200,
  );
  // A value that the other field's change makes impossible is said at once.
  const back = await send('PATCH', `/records/contact/${body.id}`, { kindOf: 'person' });
  assert.deepEqual(
    back.body.errors.map((error: Body) => error.code),
    ['field.option-not-now'],
  );

  for (const wrong of [
    { name: 'w1', type: 'text', showWhen: { nothing: 1 } },
    { name: 'w2', type: 'text', showWhen: { kindOf: { like: 'x' } } },
    { name: 'w3', type: 'text', showWhen: { kindOf: 'broker' }, required: true },
    { name: 'w4', type: 'text', requireWhen: { or: 7 } },
  ]) {
    const { status } = await add(wrong);
    assert.equal(status, 422, JSON.stringify(wrong));
  }
  const inUse = await send('DELETE', '/objects/contact/fields/kindOf');
  assert.deepEqual([inUse.status, inUse.body.code], [409, 'object.in-use']);
});

test('a formula is completed, judged and tried on a record while it is written', async () => {
  const account = await buildAccount(crm.records);
  const { id } = await buildOpportunity(crm.records, { account: account.id, amount: { amount: 200, currency: 'EUR' } });
  const check = (formula: string, more: Body = {}) =>
    send('POST', '/formulas/check', { object: 'opportunity', formula, ...more });
  assert.equal((await check('amount * 2', { record: id })).body.sample, '€400.00');
  assert.equal((await check('account.name', { record: id })).body.sample, account.name);
  const wrong = (await check('amount * nme')).body;
  assert.deepEqual([wrong.ok, wrong.error.position, wrong.error.length], [false, 9, 3]);
  const { body } = await send('POST', '/formulas/complete', { object: 'opportunity', formula: 'amo', offset: 3 });
  assert.deepEqual([body.from, body.to, body.items[0].name], [0, 3, 'amount']);
  const { items } = (await send('GET', '/formulas/functions')).body;
  assert.ok(
    items.length > 20 && items.every((one: Body) => one.description && !one.description.startsWith('formula.')),
  );
  const { key } = await server.person();
  const denied = await send('POST', '/formulas/check', { object: 'opportunity', formula: 'amount', record: id }, key);
  assert.equal(denied.status, 403);
});

test('rates are dated, and amounts follow them and the base currency', async () => {
  const made = await send('POST', '/records/opportunity', {
    name: 'Dollars',
    account: (await buildAccount(crm.records)).id,
    amount: { amount: 100, currency: 'USD' },
  });
  const amount = async () => (await send('GET', `/records/opportunity/${made.body.id}`)).body.amount;
  assert.equal((await amount()).base, null);
  const set = await send('PUT', `/rates/USD/${today()}`, { rate: 0.9 });
  assert.equal(set.status, 200, JSON.stringify(set.body));
  assert.equal((await jobEnds(set.body.job)).state, 'done');
  assert.deepEqual(await amount(), { amount: 100, currency: 'USD', base: 90 });
  const corrected = await send('PUT', `/rates/USD/${today()}`, { rate: 0.8 });
  await jobEnds(corrected.body.job);
  assert.equal((await amount()).base, 80);
  // A rate before that day changes nothing of today.
  const earlier = await send('PUT', '/rates/USD/2020-01-01', { rate: 0.5 });
  await jobEnds(earlier.body.job);
  assert.equal((await amount()).base, 80);
  const { items } = (await send('GET', '/rates')).body;
  assert.deepEqual(
    items.map((rate: Body) => [rate.currency, rate.rate]),
    [
      ['USD', 0.8],
      ['USD', 0.5],
    ],
  );
  for (const [path, rate] of [
    ['/rates/EUR/2026-01-01', 1],
    ['/rates/USD/2026-02-31', 1],
    ['/rates/USD/2026-01-01', 0],
    ['/rates/XQQ/2026-01-01', 1],
  ])
    assert.equal((await send('PUT', String(path), { rate })).status, 400, String(path));

  const missing = await send('PATCH', '/company', { currency: 'GBP' });
  assert.deepEqual(
    missing.body.errors.map((error: Body) => error.code),
    ['rate.missing'],
  );
  const turned = await send('PATCH', '/company', { currency: 'USD', name: 'Litera Inc.' });
  assert.equal(turned.body.name, 'Litera Inc.');
  await jobEnds(turned.body.job);
  assert.deepEqual(await amount(), { amount: 100, currency: 'USD', base: 100 });
  const rates = (await send('GET', '/rates')).body;
  assert.equal(rates.base, 'USD');
  assert.deepEqual(
    rates.items.map((rate: Body) => [rate.currency, rate.rate]),
    [
      ['EUR', 1.25],
      ['EUR', 2],
    ],
  );
  await jobEnds((await send('PATCH', '/company', { currency: 'EUR' })).body.job);
  assert.equal((await amount()).base, 80);
});

test('what a company says of itself is checked', async () => {
  for (const wrong of [
    { timeZone: 'Mars/Base' },
    { country: 'lt' },
    { logo: 'data:image/svg+xml;base64,AAAA' },
    { name: ' ' },
  ])
    assert.equal((await send('PATCH', '/company', wrong)).status, 400, JSON.stringify(wrong));
  const logo = `data:image/png;base64,${Buffer.from('png').toString('base64')}`;
  assert.equal((await send('PATCH', '/company', { logo })).body.logo, logo);
  assert.equal((await send('PATCH', '/company', { timeZone: 'Europe/Madrid' })).body.logo, logo);
  assert.equal((await send('PATCH', '/company', { logo: null })).body.logo, null);
  const workingHours = [1, 2].map((day) => ({ day, from: '09:00', to: '17:00' }));
  assert.deepEqual((await send('PATCH', '/company', { workingHours })).body.workingHours, workingHours);
  assert.deepEqual((await send('PATCH', '/company', { timeZone: 'Europe/Vilnius' })).body.workingHours, workingHours);
  const early = await send('PATCH', '/company', { workingHours: [{ day: 1, from: '17:00', to: '09:00' }] });
  assert.equal(early.status, 400);
  const [wrong] = early.body.errors as { field: string; code: string }[];
  assert.deepEqual([wrong?.field, wrong?.code], ['workingHours', 'field.hours-end-early']);
  assert.equal((await send('PATCH', '/company', { workingHours: null })).body.workingHours, null);
});

test('numbers go on from a higher one, never back', async () => {
  await send('POST', '/objects/account/fields', { name: 'code', type: 'autoNumber', prefix: 'A-', digits: 4 });
  assert.equal((await send('PUT', '/numbering/account/code', { next: 500 })).status, 200);
  const { body } = await send('POST', '/records/account', { name: 'Numbered' });
  assert.equal(body.code, 'A-0500');
  assert.equal((await send('PUT', '/numbering/account/code', { next: 10 })).status, 400);
  await send('PATCH', '/objects/account/fields/code', { prefix: 'K' });
  const { items } = (await send('GET', '/numbering')).body;
  assert.deepEqual(
    items.find((one: Body) => one.field === 'code'),
    {
      object: 'account',
      field: 'code',
      prefix: 'K',
      digits: 4,
      next: 501,
    },
  );
});

test('jobs are stopped and begun again', async () => {
  const { queueJob } = await import('#kernel/jobs/jobs.ts');
  const queue = (kind: string) =>
    queueJob(crm.runtime.database, { workspaceId: crm.workspace.id, kind, payload: { a: 1 }, createdBy: null });
  const running = await queue('waits');
  await until(async () => (slow > 0 ? true : undefined));
  assert.equal((await send('POST', `/jobs/${running}/cancel`)).body.state, 'cancelled');
  assert.deepEqual((await send('POST', `/jobs/${running}/cancel`)).body.code, 'job.state');
  const failing = await queue('fails');
  assert.equal((await jobEnds(failing)).state, 'failed');
  // It may have begun, or failed again, by the time the answer is made.
  assert.equal((await send('POST', `/jobs/${failing}/retry`)).status, 200);
  assert.equal((await jobEnds(failing)).state, 'failed');
  const { items } = (await send('GET', '/jobs')).body;
  assert.ok(items.some((job: Body) => job.id === failing));
  assert.equal((await send('POST', `/jobs/${'0'.repeat(8)}-0000-7000-8000-000000000000/retry`)).status, 404);
});

test('a backup is made, listed, downloaded and removed; everything is told how it is', async () => {
  const { body } = await send('POST', '/backups');
  const job = await jobEnds(body.job);
  assert.equal(job.state, 'done', JSON.stringify(job));
  const { items } = (await send('GET', '/backups')).body;
  assert.equal(items.length, 1);
  const download = await server.call(`/api/backups/${items[0].name}`);
  assert.equal(Number(download.headers.get('content-length')), (await download.arrayBuffer()).byteLength);
  assert.equal((await send('GET', '/backups/..%2Fsecrets.tar.gz')).status, 400);
  assert.equal((await send('DELETE', `/backups/${items[0].name}`)).status, 204);
  assert.equal((await send('DELETE', `/backups/${items[0].name}`)).status, 404);
  const health = (await send('GET', '/health/details')).body;
  assert.ok(health.database.bytes > 0 && health.disk.freeBytes > 0);
  assert.equal(health.upgrade.platform, health.upgrade.newestPlatform);
  assert.deepEqual(health.upgrade.due, []);
});

test('others are refused all of it', async () => {
  const { key } = await server.person();
  const { body } = await send('POST', '/records/account', { name: 'X' }, key);
  assert.ok(body.id);
  for (const [method, path, json] of [
    ['GET', '/objects/account/definition'],
    ['GET', '/removed-objects'],
    ['GET', '/objects/account/impact'],
    ['GET', '/objects/account/fields/name/impact'],
    ['PATCH', '/company', { name: 'Theirs' }],
    ['GET', '/rates'],
    ['PUT', '/rates/USD/2026-01-01', { rate: 1 }],
    ['DELETE', '/rates/USD/2026-01-01'],
    ['GET', '/numbering'],
    ['PUT', '/numbering/account/code', { next: 9999 }],
    ['GET', '/jobs'],
    ['GET', '/backups'],
    ['POST', '/backups'],
    ['GET', '/backups/a.tar.gz'],
    ['DELETE', '/backups/a.tar.gz'],
    ['GET', '/health/details'],
    ['GET', '/configuration'],
    ['GET', '/configuration.zip'],
    ['POST', '/configuration/compare', { files: {} }],
    ['POST', '/configuration/apply', { files: {} }],
    ['GET', '/configuration/versions'],
    ['POST', '/configuration/versions/1/compare'],
    ['POST', '/configuration/versions/1/restore'],
    ['PATCH', '/objects/account', { icon: 'box' }],
    ['DELETE', '/objects/account/fields/code'],
  ] as [string, string, unknown?][]) {
    const { status } = await send(method, path, json, key);
    assert.equal(status, 403, `${method} ${path}`);
  }
});

test('what is named in one language only is called so in the others too', async () => {
  const made = await send('POST', '/objects', {
    ...{
      name: 'tour',
      plural: 'tours',
      title: 'name',
      icon: 'map-pin',
      label: { lt: { one: 'Kelionė', many: 'Kelionės' } },
    },
    fields: {
      name: { type: 'text', required: true, label: { lt: 'Maršrutas' }, help: { lt: 'Iš kur į kur' } },
      account: { type: 'reference', to: 'account' },
      kind: { type: 'select', label: { lt: 'Rūšis', en: 'Kind' }, options: [{ value: 'far', label: { lt: 'Toli' } }] },
    },
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { body } = await send('GET', '/objects/tour');
  assert.deepEqual(body.label, { one: 'Kelionė', many: 'Kelionės' });
  const field = (name: string) => body.fields.find((one: Body) => one.name === name);
  assert.deepEqual([field('name').label, field('name').help], ['Maršrutas', 'Iš kur į kur']);
  assert.deepEqual([field('kind').label, field('kind').options.options[0].label], ['Kind', 'Toli']);
  const { body: account } = await send('GET', '/objects/account');
  assert.equal(account.related.find((one: Body) => one.object === 'tour').label, 'Kelionės');
  assert.equal(account.label.many, 'Accounts');
});
