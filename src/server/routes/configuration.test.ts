import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readZip } from '#kernel/transfer/formats/zip.ts';
import { buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of many routes
type Body = any;

async function open() {
  const crm = await buildWorkspace();
  const server = await serve(crm.runtime, crm.workspace);
  const send = async (method: string, path: string, json?: unknown): Promise<{ status: number; body: Body }> => {
    const response = await server.call(`/api${path}`, { method, ...(json === undefined ? {} : { json }) });
    return { status: response.status, body: await response.json().catch(() => null) };
  };
  return { crm, server, send };
}

const sandbox = await open();
const production = await open();

const visit = {
  name: 'visit',
  plural: 'visits',
  title: 'subject',
  icon: 'map-pin',
  label: { en: { one: 'Visit', many: 'Visits' } },
  fields: {
    subject: { type: 'text', required: true, search: true },
    account: { type: 'reference', to: 'account', index: true },
    minutes: { type: 'integer' },
    hours: { type: 'formula', returns: 'decimal', formula: 'minutes / 60' },
  },
};

/** A layout names teams, and travels with them. */
const forKaunas = {
  name: 'kaunas',
  teams: ['Kaunas'],
  left: [{ type: 'fields', fields: ['name'], teams: ['Kaunas'], roles: ['member'] }],
  tabs: [{ name: 'overview', panels: [{ type: 'timeline' }], teams: ['Kaunas'] }],
  right: [],
};

test('a sandbox becomes production: written, compared, applied, taken back', async () => {
  const { send } = sandbox;
  assert.equal((await send('POST', '/objects', visit)).status, 201);
  // A circle of references, and what is computed over it.
  await send('POST', '/objects/account/fields', { name: 'lastVisit', type: 'reference', to: 'visit' });
  await send('POST', '/objects/account/fields', {
    name: 'visits',
    type: 'rollup',
    returns: 'integer',
    from: 'visit',
    via: 'account',
    measure: 'count',
  });
  await send('PATCH', '/objects/account/fields/name', { help: { en: 'As in the register' } });
  await send('PATCH', '/objects/contact', { label: { en: { one: 'Person', many: 'People' } }, layouts: [forKaunas] });
  const { files } = (await send('GET', '/configuration')).body;
  assert.deepEqual(Object.keys(files), [
    'configuration.json',
    'objects/account.json',
    'objects/contact.json',
    'objects/visit.json',
    'rates.json',
    'records.json',
  ]);

  const zip = await sandbox.server.call('/api/configuration.zip');
  const bytes = Buffer.from(await zip.arrayBuffer());
  assert.deepEqual(await readZip(bytes, { parts: 10, bytes: 100_000 }), files);
  const form = new FormData();
  form.set('file', new File([bytes], 'configuration.zip'));
  const read = await production.server.call('/api/configuration/read', { method: 'POST', body: form });
  assert.deepEqual(((await read.json()) as Body).files, files);

  const difference = (await production.send('POST', '/configuration/compare', { files })).body;
  assert.deepEqual(difference.refused, []);
  assert.deepEqual(
    difference.changes.map((change: Body) => [
      change.kind,
      change.object ?? change.definition?.name,
      change.name ?? null,
    ]),
    [
      ['addObject', 'visit', null],
      ['addField', 'visit', 'account'],
      ['addField', 'visit', 'hours'],
      ['addField', 'account', 'lastVisit'],
      ['addField', 'account', 'visits'],
      ['changeField', 'account', 'name'],
      ['changeObject', 'contact', null],
    ],
  );
  const stale = await production.send('POST', '/configuration/apply', { files, version: difference.version + 1 });
  assert.equal(stale.body.code, 'configuration.changed');
  const applied = await production.send('POST', '/configuration/apply', { files, version: difference.version });
  assert.equal(applied.status, 200, JSON.stringify(applied.body));
  assert.deepEqual((await production.send('GET', '/configuration')).body.files, files);
  assert.deepEqual((await production.send('POST', '/configuration/compare', { files })).body.changes, []);
  assert.deepEqual((await production.send('GET', '/objects/contact/layouts')).body.layouts, [forKaunas]);
  const made = await production.send('POST', '/records/visit', { subject: 'First', minutes: 90 });
  assert.equal(made.body.hours, 1.5);

  // Who changed what is told of each version.
  const told = (await production.send('GET', '/configuration/versions')).body.items as Body[];
  const all = told.flatMap(({ changes }) => changes as Body[]);
  assert.ok(told.every(({ changedBy }) => typeof changedBy === 'string'));
  assert.ok(all.some(({ kind, object }) => kind === 'addObject' && object === 'visit'));
  assert.deepEqual(
    all.find(({ name }) => name === 'hours'),
    { kind: 'addField', object: 'visit', name: 'hours', type: 'formula' },
  );
  assert.deepEqual(all.find(({ kind }) => kind === 'changeField')?.object, 'account');
  assert.ok(!JSON.stringify(told).includes('minutes /'), 'names alone');

  // Back to what it was: nothing of the records is lost.
  const back = await production.send('POST', `/configuration/versions/${applied.body.before.version}/restore`);
  assert.equal(back.status, 200, JSON.stringify(back.body));
  assert.equal((await production.send('GET', '/records/visit')).status, 404);
  const again = await production.send('POST', '/configuration/apply', { files });
  assert.equal(again.status, 200, JSON.stringify(again.body));
  assert.equal((await production.send('GET', `/records/visit/${made.body.id}`)).body.hours, 1.5);
});

test('what cannot be done is said before anything is', async () => {
  const { files } = (await sandbox.send('GET', '/configuration')).body;
  const edit = (path: string, change: (file: Body) => void) => {
    const file = JSON.parse(files[path]);
    change(file);
    return { ...files, [path]: JSON.stringify(file) };
  };
  const before = (await production.send('GET', '/configuration')).body;
  const otherType = edit('objects/visit.json', ({ added }) => {
    added.fields.minutes = { type: 'text' };
    added.fields.broken = { type: 'formula', returns: 'decimal', formula: 'minutes *' };
  });
  const difference = (await production.send('POST', '/configuration/compare', { files: otherType })).body;
  assert.deepEqual(
    difference.refused.map((one: Body) => [one.change.name, one.problem.errors[0].code]).sort(),
    [
      ['broken', 'formula.unexpected-end'],
      ['minutes', 'field.setting-fixed'],
    ].sort(),
  );
  const refused = await production.send('POST', '/configuration/apply', { files: otherType });
  assert.deepEqual([refused.status, refused.body.code], [422, 'configuration.invalid']);
  assert.deepEqual((await production.send('GET', '/configuration')).body, before);

  for (const [wrong, status] of [
    [{}, 422],
    [{ 'configuration.json': '{' }, 422],
    [{ 'configuration.json': '{"format":"tendero-configuration","version":99}' }, 422],
    [
      edit('objects/visit.json', (file) => {
        file.added.name = 'other';
      }),
      422,
    ],
    [
      edit('objects/visit.json', (file) => {
        file.added.fields.subject = null;
      }),
      422,
    ],
    [
      edit('objects/account.json', (file) => {
        file.changed = [];
      }),
      422,
    ],
    [{ ...files, 'objects/ghost.json': '{"changed":{"icon":"x"},"fields":{}}' }, 422],
    [{ ...files, 'readme.txt': 'hello' }, 200],
    ['no', 400],
  ] as [unknown, number][]) {
    const { status: got, body } = await production.send('POST', '/configuration/compare', { files: wrong });
    assert.equal(got, status, JSON.stringify([wrong, body]).slice(0, 300));
  }
});

test('pipelines, shared views and rates go along; what people made stays, and all of it can be taken back', async () => {
  const [from, to] = [await open(), await open()];
  // Another way of selling, a stage that is no more, one that means something else.
  const stages = (await from.send('GET', '/records/stage?sort=position')).body.items;
  await from.send('PATCH', `/records/stage/${stages[0].id}`, { probability: 15 });
  await from.send('DELETE', `/records/stage/${stages[1].id}`);
  const tender = (await from.send('POST', '/records/pipeline', { name: 'Tenders', position: 2 })).body;
  const announced = { name: 'Announced', pipeline: tender.id, position: 1, probability: 5 };
  const stage = (await from.send('POST', '/records/stage', announced)).body;
  // The same name in another pipeline.
  await from.send('POST', '/records/stage', {
    name: 'Won',
    pipeline: tender.id,
    position: 2,
    kind: 'won',
    probability: 100,
  });
  const me = (await from.send('GET', '/session')).body.user;
  const view = { name: 'Tenders', object: 'opportunity', shape: 'board', sharing: 'everyone', isDefault: true };
  const settings = { filter: { stage: { in: [stage.id] }, owner: { is: me.id } }, columns: ['name', 'amount'] };
  const made = await from.send('POST', '/records/savedView', { ...view, settings });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  await from.send('POST', '/records/savedView', { name: 'Ours', object: 'account', sharing: 'team', team: [me.id] });
  await from.send('POST', '/records/savedView', { name: 'Mine', object: 'account' });
  assert.equal((await from.send('PUT', '/rates/USD/2026-01-01', { rate: 0.92 })).status, 200);

  // Who is known there by the same address is the same person.
  const meThere = (await to.send('POST', '/users', { name: me.name, email: me.email })).body;
  const here = { name: 'Made here', object: 'opportunity', sharing: 'everyone', isDefault: true };
  const kept = (await to.send('POST', '/records/savedView', here)).body;
  await to.send('PUT', '/rates/GBP/2026-01-01', { rate: 1.15 });
  const { files: before } = (await to.send('GET', '/configuration')).body;
  const { files } = (await from.send('GET', '/configuration')).body;
  assert.ok(!/[0-9a-f]{8}-[0-9a-f]{4}-7/.test(files['records.json']), 'ids are of one workspace only');
  assert.ok(!files['records.json'].includes('Mine'));

  const { changes, refused } = (await to.send('POST', '/configuration/compare', { files })).body;
  assert.deepEqual(refused, []);
  assert.deepEqual(
    changes.map(({ kind, object, name, currency }: Body) => [kind, object ?? currency, name ?? null].join(' ')),
    [
      'removeRecord stage Sales / Qualified',
      'addRecord pipeline Tenders',
      'changeRecord stage Sales / New',
      'addRecord stage Tenders / Announced',
      'addRecord stage Tenders / Won',
      'addRecord savedView account / Ours',
      'addRecord savedView opportunity / Tenders',
      'setRate USD ',
    ],
  );
  assert.deepEqual((await to.send('GET', '/configuration')).body.files, before, 'what is compared changes nothing');

  const applied = await to.send('POST', '/configuration/apply', { files });
  assert.equal(applied.status, 200, JSON.stringify(applied.body));
  assert.deepEqual((await to.send('POST', '/configuration/compare', { files })).body.changes, []);
  const there = (await to.send('GET', '/records/savedView?sort=name')).body.items;
  assert.deepEqual(
    there.map(({ name, isDefault }: Body) => [name, isDefault]),
    [
      ['Made here', false],
      ['Ours', false],
      ['Tenders', true],
    ],
  );
  const [{ id: announcedThere }] = (
    await to.send('GET', `/records/stage?filter=${encodeURIComponent('{"name":"Announced"}')}`)
  ).body.items;
  const shown = there.find(({ name }: Body) => name === 'Tenders');
  assert.deepEqual(shown.settings.filter, { stage: { in: [announcedThere] }, owner: { is: meThere.id } });
  assert.deepEqual(there.find(({ name }: Body) => name === 'Ours').team, [meThere.id]);
  assert.deepEqual(
    (await to.send('GET', '/rates')).body.items.map(({ currency, rate }: Body) => [currency, rate]),
    [
      ['GBP', 1.15],
      ['USD', 0.92],
    ],
  );

  const back = await to.send('POST', '/configuration/take-back', applied.body.before);
  assert.equal(back.status, 200, JSON.stringify(back.body));
  assert.deepEqual((await to.send('GET', '/configuration')).body.files, before);
  assert.equal((await to.send('GET', `/records/savedView/${kept.id}`)).body.isDefault, true);
});

test('an empty workspace becomes the same, to the byte', async () => {
  const [from, to] = [await open(), await open()];
  await from.send('POST', '/objects', visit);
  // A field of the pipelines themselves, which is not there before the definitions are.
  await from.send('POST', '/objects/pipeline/fields', { name: 'region', type: 'text' });
  const pipeline = (await from.send('POST', '/records/pipeline', { name: 'Renewals', position: 2, region: 'Baltic' }))
    .body;
  await from.send('POST', '/records/stage', { name: 'Due', pipeline: pipeline.id, position: 1, probability: 80 });
  await from.send('POST', '/records/savedView', {
    name: 'Visits',
    object: 'visit',
    sharing: 'everyone',
    isDefault: true,
  });
  await from.send('PUT', '/rates/USD/2026-01-01', { rate: 0.92 });
  const { files } = (await from.send('GET', '/configuration')).body;
  const applied = await to.send('POST', '/configuration/apply', { files });
  assert.equal(applied.status, 200, JSON.stringify(applied.body));
  assert.deepEqual((await to.send('GET', '/configuration')).body.files, files);
});

test('records that stand in the way are named, and then nothing changes', async () => {
  const [from, to] = [await open(), await open()];
  const [first] = (await from.send('GET', '/records/stage?sort=position')).body.items;
  await from.send('DELETE', `/records/stage/${first.id}`);
  await from.send('POST', '/objects', visit);
  const { files } = (await from.send('GET', '/configuration')).body;
  await to.send('POST', '/records/opportunity', { name: 'Sale' });
  const before = (await to.send('GET', '/configuration')).body;
  const { changes, refused } = (await to.send('POST', '/configuration/compare', { files })).body;
  assert.deepEqual(
    refused.map(({ change, problem }: Body) => [change.kind, change.name, problem.code]),
    [['removeRecord', 'Sales / New', 'record.in-use']],
  );
  assert.ok(!changes.some(({ kind }: Body) => kind === 'removeRecord'));
  const status = (await to.send('POST', '/configuration/apply', { files })).status;
  assert.equal(status, 422);
  assert.deepEqual((await to.send('GET', '/configuration')).body, before);

  // What shows only when the new definitions are in force takes them back.
  await from.send('POST', '/objects/stage/fields', { name: 'colourful', type: 'boolean' });
  const later = (await from.send('GET', '/configuration')).body.files;
  const refusedLater = await to.send('POST', '/configuration/apply', { files: later });
  assert.deepEqual([refusedLater.status, refusedLater.body.errors[0].field], [422, 'stage Sales / New']);
  assert.deepEqual((await to.send('GET', '/configuration')).body.files, before.files);

  const edit = (path: string, value: unknown) => ({ ...before.files, [path]: JSON.stringify(value) });
  for (const [wrong, code] of [
    [edit('records.json', { account: [] }), 'field.target-unknown'],
    [edit('records.json', { stage: [{ name: 'New' }] }), 'configuration.unreadable'],
    [edit('records.json', { stage: {} }), 'configuration.unreadable'],
    [edit('rates.json', { base: 'EUR', rates: { USD: 1 } }), 'configuration.unreadable'],
    [edit('rates.json', { rates: {} }), 'configuration.unreadable'],
  ] as const) {
    const { status: got, body } = await to.send('POST', '/configuration/compare', { files: wrong });
    assert.deepEqual([got, body.errors[0].code], [422, code]);
  }
  for (const [wrong, code] of [
    [edit('rates.json', { base: 'USD', rates: { GBP: { '2026-01-01': 1 } } }), 'configuration.other-base'],
    [edit('rates.json', { base: 'EUR', rates: { XXQ: { '2026-01-01': 1 } } }), 'request.invalid'],
    [edit('rates.json', { base: 'EUR', rates: { USD: { yesterday: 1 } } }), 'request.invalid'],
    [
      edit('records.json', {
        savedView: [{ object: 'account', name: 'A', settings: { by: { $stage: ['No', 'No'] } } }],
      }),
      'record.invalid',
    ],
  ] as const) {
    const { body } = await to.send('POST', '/configuration/compare', { files: wrong });
    assert.equal(body.refused[0]?.problem.code, code, JSON.stringify(body));
  }
});

test('roles and teams go along, with what they say of objects and fields that were added', async () => {
  const [from, to] = [await open(), await open()];
  await from.send('POST', '/objects', visit);
  await from.send('POST', '/objects/account/fields', { name: 'secret', type: 'text', label: { en: 'Secret' } });
  const team = await from.send('POST', '/records/team', { name: 'North' });
  assert.equal(team.status, 201);
  const { items: stages } = (await from.send('GET', '/records/stage?sort=position&limit=1')).body;
  const role = await from.send('POST', '/records/role', {
    name: 'Visitor',
    grants: {
      visit: { read: ['own', { filter: { minutes: { gt: 5 } } }, { through: 'account' }] },
      opportunity: { read: { filter: { stage: { in: [stages[0].id] } } } },
    },
    fields: { 'account.secret': 'masked' },
  });
  assert.equal(role.status, 201, JSON.stringify(role.body));
  await to.send('POST', '/records/role', { name: 'Old', grants: {} });
  await to.send('POST', '/records/team', { name: 'South' });

  const { files } = (await from.send('GET', '/configuration')).body;
  const applied = await to.send('POST', '/configuration/apply', { files });
  assert.equal(applied.status, 200, JSON.stringify(applied.body));
  assert.deepEqual(applied.body.refused ?? [], []);
  const roles = (await to.send('GET', '/records/role')).body.items;
  assert.deepEqual(
    roles.map(({ name }: Body) => name),
    ['Visitor'],
  );
  const [stage] = (await to.send('GET', '/records/stage?sort=position&limit=1')).body.items;
  assert.deepEqual(roles[0].grants.opportunity.read.filter.stage.in, [stage.id]);
  assert.deepEqual(roles[0].fields, { 'account.secret': 'masked' });
  const teams = (await to.send('GET', '/records/team?sort=name')).body.items;
  assert.deepEqual(
    teams.map(({ name }: Body) => name),
    ['North', 'South'],
  );
});
