import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { Webhook as Verifier } from 'standardwebhooks';
import { principalOf } from '#app/principal.ts';
import { memberRole } from '#kernel/access/access.ts';
import { buildAccount, buildContact, buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';
import { networkGuard } from '../net/guard.ts';
import { openSecrets } from '../workspace/secrets.ts';
import { catchUp } from './readers.ts';
import { deliverWebhooks } from './webhook-sender.ts';
import { type WebhookDelivery, webhookReader } from './webhooks.ts';

process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.1/32';
const { runtime, workspace, records, as } = await buildWorkspace();
const server = await serve(runtime, workspace);
after(() => rmSync(runtime.dataFolder, { recursive: true, force: true }));

type Received = { headers: Record<string, string>; body: string };
type Behaviour = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A receiver on a port of its own. */
async function receiver(behave: Behaviour = (_, response) => response.writeHead(204).end()) {
  const received: Received[] = [];
  const state = { behave };
  const http = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    received.push({ headers: request.headers as Record<string, string>, body });
    state.behave(request, response, body);
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  after(() => {
    http.closeAllConnections();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, port, received, state };
}

async function hook(settings: Record<string, unknown>) {
  const response = await server.call('/api/webhooks', { json: settings });
  assert.equal(response.status, 201, await response.clone().text());
  return (await response.json()) as { id: string; secret: string; owner: string };
}

async function deliver(principals = principalOf): Promise<Date | null> {
  await catchUp(workspace, webhookReader);
  const tools = { secrets: await openSecrets(runtime.dataFolder), guard: networkGuard(), principalOf: principals };
  return deliverWebhooks(workspace, tools, new AbortController().signal);
}

async function deliveries(id: string): Promise<WebhookDelivery[]> {
  const response = await server.call(`/api/webhooks/${id}/deliveries`);
  assert.equal(response.status, 200);
  return ((await response.json()) as { items: WebhookDelivery[] }).items;
}

const dueNow = (id: string) =>
  runtime.database.execute(
    `update ${workspace.schema}.webhook_delivery set next_at = now() where webhook_id = '${id}'`,
  );
const rested = () => runtime.database.execute(`update ${workspace.schema}.webhook set retry_at = null`);
const remove = (id: string) => server.call(`/api/webhooks/${id}`, { method: 'DELETE' });

test('what happens to a record is sent, signed, once', async () => {
  const to = await receiver();
  const { id, secret } = await hook({ url: to.url, objects: ['contact'] });
  const contact = await buildContact(records, { firstName: 'Ąžuolas' });
  await records.update('contact', contact.id, { lastName: 'Naujas' });
  await records.remove('contact', contact.id);
  await records.restore('contact', contact.id);
  await buildAccount(records);
  assert.equal(await deliver(), null);
  await deliver();
  assert.equal(to.received.length, 4);
  const messages = to.received.map(({ headers, body }) => new Verifier(secret).verify(body, headers)) as {
    type: string;
    timestamp: string;
    data: { id: string; version: number; changes: Record<string, unknown> | null; record: Record<string, unknown> };
  }[];
  assert.deepEqual(
    messages.map(({ type }) => type),
    ['contact.created', 'contact.updated', 'contact.deleted', 'contact.restored'],
  );
  assert.deepEqual(Object.keys(messages[1]!), ['type', 'timestamp', 'data']);
  assert.deepEqual(Object.keys(messages[1]!.data), ['id', 'version', 'changes', 'record']);
  assert.deepEqual(messages[1]!.data.changes!.lastName, [contact.lastName, 'Naujas']);
  assert.equal(messages[0]!.data.record.firstName, 'Ąžuolas');
  assert.equal(new Set(to.received.map(({ headers }) => headers['webhook-id'])).size, 4);
  const list = await deliveries(id);
  assert.deepEqual(
    list.map(({ state, attempts, status }) => [state, attempts, status]),
    Array(4).fill(['delivered', 1, 204]),
  );
  assert.throws(() =>
    new Verifier('whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA').verify(to.received[0]!.body, to.received[0]!.headers),
  );
  await remove(id);
});

test('a reader that begins again notes nothing twice', async () => {
  const to = await receiver();
  const { id } = await hook({ url: to.url });
  await buildContact(records);
  await deliver();
  await runtime.database.execute(`update ${workspace.schema}.reader set position = 0 where name = 'webhooks'`);
  await deliver();
  assert.equal(to.received.length, 1);
  await remove(id);
});

test('a failure is tried again with the same id, later ones of the record wait for it, others do not', async () => {
  const to = await receiver((_, response, body) => response.writeHead(body.includes('Bad') ? 400 : 200).end('why'));
  const { id } = await hook({ url: to.url, objects: ['account'] });
  const bad = await buildAccount(records, { name: 'Bad' });
  const good = await buildAccount(records, { name: 'Good' });
  const next = await deliver();
  assert.deepEqual(to.received.map(({ body }) => JSON.parse(body).data.id).sort(), [bad.id, good.id].sort());
  assert.ok(next!.getTime() > Date.now() + 2_000 && next!.getTime() < Date.now() + 7_000);
  await records.update('account', bad.id, { description: 'Bad too' });
  await deliver();
  assert.equal(to.received.length, 2);
  const failed = (await deliveries(id)).find(({ attempts }) => attempts === 1 && true)!;
  assert.ok(failed);
  to.state.behave = (_, response) => response.writeHead(200).end();
  await dueNow(id);
  await deliver();
  const again = to.received.filter(({ body }) => JSON.parse(body).data.id === bad.id);
  assert.equal(again[0]!.headers['webhook-id'], again[1]!.headers['webhook-id']);
  assert.equal(again[0]!.body, again[1]!.body);
  assert.deepEqual(
    again.map(({ body }) => JSON.parse(body).type),
    ['account.created', 'account.created', 'account.updated'],
  );
  await remove(id);
});

test('a receiver that is down is left alone for a while, one that hangs is cut off', async () => {
  const down = await receiver((_, response) => response.writeHead(503).end());
  const hangs = await receiver(() => {});
  const [first, second] = [
    await hook({ url: down.url, objects: ['contact'] }),
    await hook({ url: hangs.url, objects: ['contact'] }),
  ];
  await records.createMany(
    'contact',
    Array.from({ length: 30 }, (_, n) => ({ lastName: `D${n}` })),
  );
  const started = Date.now();
  const next = await deliver();
  assert.ok(Date.now() - started < 13_000);
  assert.ok(down.received.length <= 4 && hangs.received.length <= 4);
  assert.ok(next!.getTime() > Date.now());
  const [one] = (await deliveries(second.id)).filter(({ attempts }) => attempts === 1);
  assert.equal(one!.error, 'timeout');
  await rested();
  down.state.behave = (_, response) => response.writeHead(200).end();
  await remove(second.id);
  await dueNow(first.id);
  await deliver();
  assert.equal(new Set(down.received.map(({ headers }) => headers['webhook-id'])).size, 30);
  assert.ok((await deliveries(first.id)).every(({ state }) => state === 'delivered'));
  await remove(first.id);
});

test('after three days without an answer the hook is switched off, with a note; 410 does it at once', async () => {
  const down = await receiver((_, response) => response.writeHead(500).end());
  const gone = await receiver((_, response) => response.writeHead(410).end());
  const [first, second] = [
    await hook({ url: down.url, objects: ['contact'] }),
    await hook({ url: gone.url, objects: ['contact'] }),
  ];
  await buildContact(records);
  for (let attempt = 0; attempt < 12; attempt++) {
    await deliver();
    await rested();
    await dueNow(first.id);
  }
  await deliver();
  assert.equal(down.received.length, 12);
  assert.equal(gone.received.length, 1);
  const { items } = (await (await server.call('/api/webhooks')).json()) as {
    items: { id: string; active: boolean; note: string }[];
  };
  assert.deepEqual(
    items.map(({ id, active, note }) => [id, active, note]).sort(),
    [
      [first.id, false, 'failing'],
      [second.id, false, 'gone'],
    ].sort(),
  );

  down.state.behave = (_, response) => response.writeHead(200).end();
  const patched = await server.call(`/api/webhooks/${first.id}`, { method: 'PATCH', json: { active: true } });
  assert.deepEqual([((await patched.json()) as { note: null }).note, patched.status], [null, 200]);
  const [failed] = await deliveries(first.id);
  assert.equal(
    (await server.call(`/api/webhooks/${first.id}/deliveries/${failed!.id}/replay`, { method: 'POST' })).status,
    202,
  );
  await deliver();
  assert.equal((await deliveries(first.id))[0]!.state, 'delivered');
  assert.equal(new Set(down.received.map(({ headers }) => headers['webhook-id'])).size, 1);
  await remove(first.id);
  await remove(second.id);
});

test('nothing is sent into the own network, directly, by name or by redirect', async () => {
  const inside = await receiver();
  const redirects = await receiver((_, response) => response.writeHead(302, { location: inside.url }).end());
  const { id } = await hook({ url: redirects.url, objects: ['contact'] });
  await buildContact(records);
  await deliver();
  assert.deepEqual([redirects.received.length, inside.received.length], [1, 0]);
  assert.deepEqual(
    (await deliveries(id)).map(({ status, error }) => [status, error]),
    [[302, 'redirect']],
  );

  for (const url of [
    'http://127.0.0.2/',
    'http://169.254.169.254/latest',
    'http://[::1]:8080/',
    'file:///etc/passwd',
    `http://10.0.0.1:${inside.port}/`,
  ]) {
    const response = await server.call('/api/webhooks', { json: { url } });
    assert.equal(response.status, 422, url);
    assert.equal(((await response.json()) as { code: string }).code, 'webhook.address-refused');
  }
  // A name passes the first check, and is refused by where it leads.
  const named = await hook({ url: `http://localhost:${inside.port}/`, objects: ['contact'] });
  process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '';
  await buildContact(records);
  await deliver();
  process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.1/32';
  assert.equal(inside.received.length, 0);
  assert.equal((await deliveries(named.id))[0]!.error, 'EREFUSED');
  await remove(id);
  await remove(named.id);
});

test('a hook gets what its owner may see, and nothing once they have gone', async () => {
  const to = await receiver();
  const { id } = await hook({ url: to.url, objects: ['account', 'contact'] });
  const narrow = async () => ({
    userId: server.userId,
    roles: [
      {
        name: 'some',
        grants: { account: { read: 'own' as const } },
        fields: { 'account.description': 'hidden' as const },
      },
    ],
    language: 'en',
    timeZone: 'UTC',
  });
  const mine = await buildAccount(records, { owner: server.userId, description: 'secret plan' });
  const other = await buildAccount(records);
  await buildContact(records);
  await records.update('account', mine.id, { description: 'another secret plan', name: 'Seen' });
  await deliver(narrow);
  assert.deepEqual(
    to.received.map(({ body }) => JSON.parse(body).data.id),
    [mine.id, mine.id],
  );
  assert.ok(!to.received.some(({ body }) => body.includes('secret plan') || body.includes(other.id)));
  assert.deepEqual(
    (await deliveries(id)).map(({ state }) => state),
    ['delivered', 'skipped', 'skipped', 'delivered'],
  );
  await buildAccount(records, { owner: server.userId });
  await deliver(async () => null);
  assert.equal(to.received.length, 2);
  await remove(id);
});

test('secrets are shown once and not readable in the database; bad input is refused', async () => {
  const { id, secret } = await hook({
    url: 'https://example.com/hook',
    operations: ['created'],
    description: 'Sąskaitos',
  });
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{32}$/);
  const list = await (await server.call('/api/webhooks')).text();
  assert.ok(!list.includes(secret) && !list.includes('secret'));
  const [row] = await runtime.database.run(`select secret from ${workspace.schema}.webhook where id = '${id}'`);
  assert.ok(!String(row![0]).includes(secret.slice(6)));
  const rotated = (await (
    await server.call(`/api/webhooks/${id}`, { method: 'PATCH', json: { newSecret: true } })
  ).json()) as { secret: string };
  assert.match(rotated.secret, /^whsec_/);
  assert.notEqual(rotated.secret, secret);
  for (const [json, status] of [
    [{}, 400],
    [{ url: 'https://example.com', objects: ['nothing'] }, 404],
    [{ url: 'https://example.com', operations: ['exploded'] }, 400],
    [{ url: 'https://example.com', secret: 'mine' }, 400],
    [{ url: 'https://example.com', description: '\u0000' }, 400],
  ] as const) {
    assert.equal((await server.call('/api/webhooks', { json })).status, status, JSON.stringify(json));
  }
  const stranger = '0190aaaa-0000-7000-8000-000000000001';
  for (const path of [`${stranger}/deliveries`, `nonsense/deliveries`]) {
    assert.ok([400, 404].includes((await server.call(`/api/webhooks/${path}`)).status));
  }
  assert.equal((await remove(stranger)).status, 404);
  assert.equal((await remove(id)).status, 204);
  const nobody = await as([{ name: 'none', grants: {} }]);
  const { listWebhooks } = await import('./webhooks.ts');
  await assert.rejects(listWebhooks(workspace, nobody.principal), { code: 'access.denied' });
  const owner = await as([{ ...memberRole, grants: { webhook: { read: 'own' } } }]);
  assert.deepEqual(await listWebhooks(workspace, owner.principal), []);
});

test('a delivery that a killed process had claimed is sent after its claim has run out', async () => {
  const to = await receiver();
  const { id } = await hook({ url: to.url, objects: ['contact'] });
  await buildContact(records);
  await catchUp(workspace, webhookReader);
  const claimUntil = (when: string) =>
    runtime.database.execute(
      `update ${workspace.schema}.webhook_delivery set next_at = ${when} where webhook_id = '${id}'`,
    );
  await claimUntil("now() + interval '1 minute'");
  const next = await deliver();
  assert.ok(next);
  assert.equal(to.received.length, 0);
  await claimUntil('now()');
  await Promise.all([deliver(), deliver()]);
  assert.equal(to.received.length, 1);
  await remove(id);
});
