import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expireEvents } from '#kernel/audit/expire.ts';
import { sealEvents } from '#kernel/audit/seal.ts';
import { noteSecurityEvent } from '#kernel/audit/security-events.ts';
import { verifyEvents } from '#kernel/audit/verify.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { buildAccount, buildContact, buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { serve, type TestServer } from '#test/http.ts';

let world: TestWorkspace;
let server: TestServer;

before(async () => {
  world = await buildWorkspace();
  server = await serve(world.runtime, world.workspace);
});

interface Entry {
  position: number;
  at: string;
  object: string;
  record: string | null;
  title: string | null;
  operation: string;
  actor: string | null;
  changes: Record<string, [unknown, unknown]> | null;
}
interface Page {
  items: Entry[];
  next: number | null;
  lookedBackTo: string | null;
}

const ask = async (query = ''): Promise<Page> => {
  const response = await server.call(`/api/audit${query}`);
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as Page;
};

test('an administrator finds who did what; others are refused', async () => {
  const { records, principal } = world;
  const contact = await buildContact(records, { lastName: 'Audited' });
  await records.update('contact', contact.id, { jobTitle: 'Buyer' });
  const page = await ask(`?record=${contact.id}`);
  assert.deepEqual(
    page.items.map(({ operation, title, actor }) => ({ operation, title, actor })),
    ['update', 'create'].map((operation) => ({ operation, title: 'Aldona Audited', actor: principal.userId })),
  );
  assert.equal(page.next, null);
  const someone = await server.person();
  for (const path of ['/api/audit', '/api/audit.csv', '/api/audit/settings'])
    assert.equal((await server.call(path, { key: someone.key })).status, 403);
  assert.equal((await server.call('/api/audit/verification', { method: 'POST', key: someone.key })).status, 403);
});

test('by person, operation, object and time, page after page', async () => {
  const { records, principal } = world;
  for (let index = 0; index < 25; index++) await buildAccount(records);
  const seen: number[] = [];
  for (let before: number | null = null, first = true; first || before !== null; first = false) {
    const page: Page = await ask(`?object=account&operation=create&limit=10${before ? `&before=${before}` : ''}`);
    seen.push(...page.items.map(({ position }) => position));
    before = page.next;
  }
  assert.equal(seen.length, 25);
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => b - a),
  );
  const [newest] = (await ask('?limit=1')).items;
  const until = await ask(`?until=${newest!.at}`);
  assert.ok(until.items.every(({ at }) => at < newest!.at));
  assert.deepEqual((await ask('?from=2100-01-01T00:00:00Z')).items, []);
  assert.ok((await ask(`?actor=${principal.userId}`)).items.every(({ actor }) => actor === principal.userId));
  for (const wrong of [
    '?from=2026-99-99T00:00:00Z',
    '?from=yesterday',
    '?record=x',
    '?limit=0',
    '?before=-1',
    "?operation=x';--",
    '?more=1',
  ])
    assert.equal((await server.call(`/api/audit${wrong}`)).status, 400, wrong);
  assert.deepEqual((await ask('?operation=nothing')).items, []);
});

test('what is rare among many events is found a page at a time, each of which says how far it looked', async () => {
  const { records } = world;
  const rare = await buildContact(records, { lastName: 'Rare' });
  await records.createMany(
    'account',
    Array.from({ length: 52_000 }, (_, index) => ({ name: `Many ${index}` })),
  );
  const first = await ask('?object=contact&operation=create');
  assert.ok(first.next !== null && first.lookedBackTo !== null);
  assert.ok(!first.items.some(({ record }) => record === rare.id));
  const second = await ask(`?object=contact&operation=create&before=${first.next}`);
  assert.ok(second.items.some(({ record }) => record === rare.id));
});

test('an export is noted with how many, and what of', async () => {
  const { records } = world;
  await buildContact(records, { lastName: 'Taken' });
  const filter = encodeURIComponent(JSON.stringify({ lastName: 'Taken' }));
  await (await server.call(`/api/exports/contact.csv?filter=${filter}`)).text();
  const [noted] = (await ask('?operation=export')).items;
  assert.equal(noted!.object, 'contact');
  assert.equal(noted!.record, null);
  assert.equal(noted!.actor, server.userId);
  assert.deepEqual(noted!.changes?.rows, [null, 1]);
  assert.deepEqual(noted!.changes?.filter, [null, { lastName: 'Taken' }]);
  const refused = await server.call('/api/exports/contact.csv?filter=%7B%22no%22%3A1%7D');
  assert.equal(refused.status, 400);
  const asked = await server.call('/api/exports/contact.csv', { method: 'HEAD' });
  assert.deepEqual([asked.status, asked.headers.get('content-type')?.split(';')[0]], [200, 'text/csv']);
  await sleep(300);
  assert.equal((await ask('?operation=export')).items.length, 1, 'nothing was taken');
});

test('looking is noted of the objects that were chosen, once a second', async () => {
  const { records } = world;
  const contact = await buildContact(records, { lastName: 'Watched' });
  const look = () => server.call(`/api/records/contact/${contact.id}`);
  await look();
  const put = (json: unknown) => server.call('/api/audit/settings', { method: 'PUT', json });
  assert.equal((await put({ views: ['contact'], keepYears: null })).status, 200);
  await look();
  await look();
  await sleep(1_300);
  const { items } = await ask(`?operation=view&record=${contact.id}`);
  assert.deepEqual(
    items.map(({ actor }) => actor),
    [server.userId],
  );
  assert.equal((await put({ views: ['nothing'], keepYears: null })).status, 404);
  assert.equal((await put({ views: [], keepYears: 0 })).status, 400);
  assert.equal((await put({ views: [], keepYears: 5 })).status, 200);
  assert.deepEqual(await (await server.call('/api/audit/settings')).json(), { views: [], keepYears: 5 });
  const history = await records.history('contact', contact.id);
  assert.deepEqual(
    history.map(({ operation }) => operation),
    ['create'],
  );
});

test('CSV holds the same, safe for a spreadsheet, and is noted itself', async () => {
  const { workspace } = world;
  await noteSecurityEvent(workspace, {
    operation: 'signInFailed',
    object: 'user',
    record: server.userId,
    actor: null,
    via: '=cmd()',
  });
  const text = await (await server.call('/api/audit.csv?operation=signInFailed')).text();
  const lines = text.trim().split('\r\n');
  assert.equal(lines.length, 2);
  assert.match(lines[0]!, /When,Who,What/);
  assert.match(lines[1]!, /Failed to sign in,Users,/);
  assert.ok(!/,=cmd/.test(lines[1]!));
  const [noted] = (await ask('?operation=export')).items;
  assert.equal(noted!.object, 'event');
});

test('old events lose what they held, and the chain still fits', async () => {
  const { records, workspace, runtime } = world;
  const contact = await buildContact(records, { lastName: 'Older' });
  await records.update('contact', contact.id, { lastName: 'Oldest' });
  const secrets = await openSecrets(runtime.dataFolder);
  await sealEvents(workspace, secrets);
  assert.ok((await expireEvents(workspace, new Date(Date.now() + 1))) > 0);
  assert.equal(await expireEvents(workspace, new Date(0)), 0);
  const [changed] = (await ask(`?record=${contact.id}`)).items;
  assert.equal(changed!.operation, 'update');
  assert.equal(changed!.changes, null);
  const { fault, erased } = await verifyEvents(workspace, secrets);
  assert.equal(fault, null);
  assert.ok(erased > 0);
});
