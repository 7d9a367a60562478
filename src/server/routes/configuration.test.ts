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
  await send('PATCH', '/objects/contact', { label: { en: { one: 'Person', many: 'People' } } });
  const { files } = (await send('GET', '/configuration')).body;
  assert.deepEqual(Object.keys(files), [
    'configuration.json',
    'objects/account.json',
    'objects/contact.json',
    'objects/visit.json',
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
  const made = await production.send('POST', '/records/visit', { subject: 'First', minutes: 90 });
  assert.equal(made.body.hours, 1.5);

  // Back to what it was: nothing of the records is lost.
  const back = await production.send('POST', `/configuration/versions/${applied.body.before}/restore`);
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
