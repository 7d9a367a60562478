import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { duplicateReaders } from '#kernel/duplicates/readers.ts';
import { catchUp } from '#kernel/events/readers.ts';
import { buildAccount, buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { serve, type TestServer } from '#test/http.ts';

let at: TestWorkspace;
let server: TestServer;
before(async () => {
  at = await buildWorkspace();
  server = await serve(at.runtime, at.workspace);
});

const ona = { firstName: 'Ona', lastName: 'Petraitienė', emails: ['ona.petraitiene@example.lt'] };

test('a record that exists is not created a second time unless somebody means it', async () => {
  const first = await server.call('/api/records/contact?duplicates=check', { json: ona });
  assert.equal(first.status, 201);
  const { id } = (await first.json()) as { id: string };
  const second = await server.call('/api/records/contact?duplicates=check', {
    json: ona,
    headers: { 'accept-language': 'en' },
  });
  assert.equal(second.status, 409);
  const problem = (await second.json()) as { code: string; candidates: { id: string; reasons: string[] }[] };
  assert.equal(problem.code, 'record.duplicate');
  assert.equal(problem.candidates[0]!.id, id);
  assert.ok(problem.candidates[0]!.reasons.length > 0);
  const asked = await server.call('/api/records/contact/duplicates', { json: ona });
  assert.equal(((await asked.json()) as { candidates: { id: string }[] }).candidates[0]!.id, id);
  assert.equal((await server.call('/api/records/contact', { json: ona })).status, 201);
  assert.equal((await server.call('/api/records/contact?duplicates=maybe', { json: ona })).status, 400);
});

test('of many who create the same record at the same moment one does', async () => {
  const jurga = { firstName: 'Jurga', lastName: 'Ivanauskaitė', emails: ['jurga@example.lt'], phones: '+37061234567' };
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => server.call('/api/records/contact?duplicates=check', { json: jurga })),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409, 409]);
  const created = (await answers.find(({ status }) => status === 201)!.json()) as { name: string };
  assert.equal(created.name, 'Jurga Ivanauskaitė');
});

test('the queue is read, decided and merged, and a merge taken back', async () => {
  for (const reader of duplicateReaders) await catchUp(at.workspace, reader);
  const list = async (state: string) =>
    (
      (await (await server.call(`/api/duplicates?object=contact&state=${state}`)).json()) as {
        items: { id: string; records: { id: string }[] }[];
      }
    ).items;
  const [pair] = await list('open');
  const [survivor, other] = pair!.records.map(({ id }) => id) as [string, string];
  const act = (what: string, json: object = {}) => server.call(`/api/duplicates/${pair!.id}/${what}`, { json });
  assert.equal((await act('dismiss')).status, 200);
  assert.equal((await list('open')).length, 0);
  assert.equal((await act('reopen')).status, 200);
  assert.equal((await act('merge', { survivor: '0190aaaa-0000-7000-8000-000000000009' })).status, 400);
  const merged = await act('merge', { survivor });
  assert.equal(merged.status, 200);
  const { changeSet, record } = (await merged.json()) as { changeSet: string; record: { id: string } };
  assert.equal(record.id, survivor);
  const gone = await server.call(`/api/records/contact/${other}`);
  assert.equal(gone.status, 410);
  assert.equal(((await gone.json()) as { mergedInto: string }).mergedInto, survivor);
  assert.equal((await server.call(`/api/merges/${changeSet}/unmerge`, { json: {} })).status, 200);
  assert.equal((await server.call(`/api/merges/${changeSet}/unmerge`, { json: {} })).status, 409);
  assert.equal((await server.call(`/api/records/contact/${other}`)).status, 200);
});

test('bad requests are refused', async () => {
  const account = await buildAccount(at.records);
  const merge = (json: unknown, object = 'account') => server.call(`/api/records/${object}/merge`, { json });
  for (const body of [
    {},
    { survivor: account.id, others: [] },
    { survivor: 'x', others: ['y'] },
    { survivor: account.id, others: [account.id] },
    { survivor: account.id, others: account.id },
    7,
  ]) {
    assert.equal((await merge(body)).status, 400, JSON.stringify(body));
  }
  assert.equal((await merge({ survivor: account.id, others: ['0190aaaa-0000-7000-8000-000000000009'] })).status, 404);
  assert.equal(
    (await merge({ survivor: account.id, others: ['0190aaaa-0000-7000-8000-000000000009'] }, 'nothing')).status,
    404,
  );
  for (const path of [
    '?object=nothing',
    '?object=account&cursor=zzz',
    '?object=account&limit=0',
    '?object=account&state=x',
    '',
  ]) {
    const { status } = await server.call(`/api/duplicates${path}`);
    assert.ok(status === 400 || status === 404, `${path} ${status}`);
  }
  assert.equal(
    (await server.call('/api/merges/0190aaaa-0000-7000-8000-000000000009/unmerge', { json: {} })).status,
    404,
  );
  assert.equal((await server.call('/api/duplicates/search', { json: { object: 'account' } })).status, 202);
});
