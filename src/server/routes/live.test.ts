import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { principalOf } from '#app/principal.ts';
import type { Role } from '#kernel/access/access.ts';
import { EVENT_CHANNEL } from '#kernel/events/event.ts';
import { openFeeds } from '#kernel/events/feed.ts';
import { queueJob } from '#kernel/jobs/jobs.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildApp } from '#server/app.ts';
import { buildAccount, buildContact, buildUser, buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';

const { runtime, workspace, records } = await buildWorkspace();
const server = await serve(runtime, workspace);

type Frame = { event: string; id: string; data: Record<string, unknown> };

/** A connection to the feed that remembers what it heard. */
async function listen(path = '/api/live', key = server.key, headers: Record<string, string> = {}) {
  const stopped = new AbortController();
  const response = await server.call(path, { key, headers, signal: stopped.signal });
  assert.equal(response.status, 200);
  const frames: Frame[] = [];
  let isEnded = false;
  const reading = (async () => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const bytes of response.body!) {
      text += decoder.decode(bytes as Uint8Array, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const lines = Object.fromEntries(
          text
            .slice(0, end)
            .split('\n')
            .map((line) => line.split(/: (.*)/s, 2)),
        );
        text = text.slice(end + 2);
        if (lines.data) frames.push({ event: lines.event, id: lines.id, data: JSON.parse(lines.data) });
      }
    }
  })()
    .catch(() => {})
    .finally(() => {
      isEnded = true;
    });
  const until = async (found: () => unknown, ms = 5_000) => {
    for (const end = Date.now() + ms; !found(); await sleep(5)) {
      assert.ok(Date.now() < end, `heard only ${JSON.stringify(frames).slice(0, 1_000)}`);
    }
  };
  await until(() => frames.length > 0);
  return {
    response,
    frames,
    until,
    isEnded: () => isEnded,
    /** Single changes and those of `changes` frames alike. */
    changes: () =>
      frames.flatMap(({ event, data }) =>
        event === 'change' ? [data] : event === 'changes' ? (data.changes as Record<string, unknown>[]) : [],
      ),
    async close() {
      stopped.abort();
      await reading;
    },
  };
}

test('a change is heard at once, and as the contract says', async () => {
  const feed = await listen();
  assert.match(feed.response.headers.get('content-type')!, /^text\/event-stream/);
  assert.match(feed.response.headers.get('cache-control')!, /no-transform/);
  assert.equal(feed.response.headers.get('content-encoding'), null);
  assert.equal(feed.frames[0]!.event, 'ready');
  const account = await buildAccount(records);
  await feed.until(() => feed.frames.length === 2);
  const { event, id, data } = feed.frames[1]!;
  assert.equal(event, 'change');
  assert.deepEqual(Object.keys(data), ['position', 'object', 'id', 'operation', 'version', 'actor', 'changeSet']);
  assert.deepEqual(
    [data.object, data.id, data.operation, data.version, data.position],
    ['account', account.id, 'create', 1, Number(id)],
  );
  await feed.close();
});

test('a bulk is one frame, an import a word to look again', async () => {
  const feed = await listen();
  const create = (count: number) =>
    server.call('/api/records/account/bulk', {
      json: { create: Array.from({ length: count }, (_, n) => ({ name: `B${n}` })) },
    });
  await create(300);
  await feed.until(() => feed.changes().length === 300);
  assert.deepEqual(
    feed.frames.map(({ event }) => event),
    ['ready', 'changes'],
  );
  await create(2_000);
  await feed.until(() => feed.frames.at(-1)?.event === 'refresh');
  assert.deepEqual((feed.frames.at(-1)!.data as { objects: string[] }).objects, ['account']);
  await sleep(1_100);
  await buildContact(records);
  await feed.until(() => feed.changes().some(({ object }) => object === 'contact'));
  await feed.close();
});

test('a broken connection continues where it was; what is too long ago is a reset', async () => {
  const first = await listen();
  await buildAccount(records);
  await first.until(() => first.frames.length === 2);
  await first.close();
  const seen = first.frames[1]!.id;
  const missed = await buildAccount(records);
  const second = await listen('/api/live', server.key, { 'last-event-id': seen });
  await second.until(() => second.changes().length === 1);
  assert.equal(second.changes()[0]!.id, missed.id);
  const after = await buildAccount(records);
  await second.until(() => second.changes().length === 2);
  assert.equal(second.changes()[1]!.id, after.id);
  await second.close();

  const all = await listen('/api/live?since=0');
  const head = Number(all.frames[0]!.data.position);
  assert.equal(head, 0);
  await all.until(() => Number(all.frames.at(-1)!.id) > 2_300);
  const positions = all.changes().map(({ position }) => position as number);
  assert.deepEqual(
    positions,
    [...positions].sort((a, b) => a - b),
  );
  assert.equal(new Set(positions).size, positions.length);
  await all.close();

  // What was answered a moment ago may be newer than what the feed has read.
  const others = await listen();
  for (let n = 0; n < 10; n++) {
    await buildAccount(records);
    await buildAccount(records);
    const { position } = (await (await server.call('/api/session')).json()) as { position: number };
    const ahead = await listen(`/api/live?since=${position}`);
    assert.equal(ahead.frames[0]!.event, 'ready');
    const next = await buildAccount(records);
    await ahead.until(() => ahead.changes().some(({ id }) => id === next.id));
    await ahead.close();
  }
  await others.close();

  const future = await listen('/api/live?since=99999999');
  assert.equal(future.frames[0]!.event, 'reset');
  await future.close();
  assert.equal((await server.call('/api/live?since=-1')).status, 400);
  assert.equal((await server.call('/api/live', { key: 'tnd_wrong' })).status, 401);
});

test('nothing is lost or heard twice by whoever sits down while others write', async () => {
  let isWriting = true;
  const ids: string[] = [];
  const writing = (async () => {
    while (isWriting) ids.push((await buildContact(records)).id);
  })();
  const feeds = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      await sleep(n * 20);
      return listen();
    }),
  );
  await sleep(100);
  isWriting = false;
  await writing;
  const last = ids.at(-1)!;
  for (const feed of feeds) {
    await feed.until(() => feed.changes().some(({ id }) => id === last));
    const positions = feed.changes().map(({ position }) => position as number);
    const from = Number(feed.frames[0]!.id);
    assert.deepEqual(
      positions,
      Array.from(positions, (_, n) => from + 1 + n),
    );
    await feed.close();
  }
});

test('each hears only what it may see', async (context) => {
  // Kept roles: what is told of new people a moment later makes the feed look up everybody's again.
  const seeing = async (grants: Role['grants']) => {
    const role = await records.create('role', { name: JSON.stringify(grants), grants });
    const user = await buildUser(records, { roles: [role.id] });
    const principal = (await principalOf(workspace, user.id, runtime.database))!;
    return { principal, records: recordsFor(workspace, principal, 'rest') };
  };
  const [own, none, retail] = await Promise.all([
    seeing({ account: { read: 'own', create: 'all' } }),
    seeing({}),
    seeing({ account: { read: { filter: { industry: 'retail' } } } }),
  ]);
  const feeds = openFeeds({
    ...runtime,
    addressed: { object: 'notification', to: 'user' },
    onError: (error) => assert.fail(String(error)),
  });
  context.after(() => feeds.close());
  const heard = new Map<unknown, string>();
  const leave = await Promise.all(
    [own, none, retail].map(({ principal }) =>
      feeds.connect(
        workspace.id,
        { principal, send: (bytes) => heard.set(principal, (heard.get(principal) ?? '') + bytes) },
        null,
      ),
    ),
  );
  const mine = await own.records.create('account', { name: 'Mine' });
  runtime.rights.emit('change', workspace.id);
  const shop = await buildAccount(records, { name: 'Shop', industry: 'retail' });
  const contact = await buildContact(records);
  const last = await own.records.create('account', { name: 'Seen by both', industry: 'retail' });
  const text = (who: { principal: unknown }) => heard.get(who.principal) ?? '';
  while (!text(own).includes(last.id) || !text(retail).includes(last.id)) await sleep(5);
  assert.ok(text(own).includes(mine.id) && !text(own).includes(shop.id) && !text(own).includes(contact.id));
  assert.ok(text(retail).includes(shop.id) && !text(retail).includes(mine.id) && !text(retail).includes(contact.id));
  assert.ok(!text(none).includes('event: change'));

  await records.createMany(
    'contact',
    Array.from({ length: 1_200 }, (_, n) => ({ lastName: `C${n}` })),
  );
  await records.createMany(
    'account',
    Array.from({ length: 1_200 }, (_, n) => ({ name: `C${n}` })),
  );
  while (!text(own).includes('refresh')) await sleep(5);
  assert.ok(!text(none).includes('refresh') && !text(own).includes('contact'));
  for (const end of leave) end();
});

test('a notification reaches whom it is for, and nobody else', async () => {
  const [a, b] = [await server.person(), await server.person()];
  const [forA, forB] = [await listen('/api/live', a.key), await listen('/api/live', b.key)];
  const sent = await records.create('notification', { user: a.userId, kind: 'mentioned', targetObject: 'account' });
  await forA.until(() => forA.frames.some(({ event }) => event === 'notification'));
  const told = forA.frames.find(({ event }) => event === 'notification')!.data;
  assert.deepEqual([told.id, told.kind], [sent.id, 'mentioned']);
  await buildAccount(records);
  await forB.until(() => forB.changes().length > 0);
  assert.ok(!JSON.stringify(forB.frames).includes(sent.id));
  await Promise.all([forA.close(), forB.close()]);
});

test('whoever asked for a job hears how it goes', async () => {
  const [mine, other] = [await listen(), await listen('/api/live', (await server.person()).key)];
  const id = await queueJob(runtime.database, {
    workspaceId: workspace.id,
    kind: 'test',
    payload: {},
    createdBy: server.userId,
  });
  await runtime.database.run('select pg_notify($1, $2)', ['tendero_job', id]);
  await mine.until(() => mine.frames.some(({ event }) => event === 'job'));
  const { data } = mine.frames.find(({ event }) => event === 'job')!;
  assert.deepEqual([data.id, data.kind, data.state, data.workspaceId], [id, 'test', 'queued', undefined]);
  assert.ok(!other.frames.some(({ event }) => event === 'job'));
  assert.equal((await server.call(`/api/jobs/${id}`)).status, 200);
  assert.equal((await server.call(`/api/jobs/${id}`, { key: (await server.person()).key })).status, 404);
  await Promise.all([mine.close(), other.close()]);
});

test('commits of another process wake it, and a lost wake-up is found by the sweep', async () => {
  const feed = await listen();
  const silent = { ...workspace, onCommit: () => {} };
  const elsewhere = recordsFor(
    silent,
    {
      userId: server.userId,
      roles: [{ name: 'all', grants: { '*': { create: 'all', read: 'all' } } }],
      language: 'en',
      timeZone: 'UTC',
    },
    'rest',
  );
  const notified = await buildAccount(elsewhere);
  await runtime.database.run('select pg_notify($1, $2)', [EVENT_CHANNEL, workspace.id]);
  await feed.until(() => feed.changes().some(({ id }) => id === notified.id), 1_000);
  const swept = await buildAccount(elsewhere);
  await feed.until(() => feed.changes().some(({ id }) => id === swept.id), 3_000);
  await feed.close();
});

test('the feed of a revoked key and of a person made inactive ends', async () => {
  const [revoked, inactive, kept] = [await server.person(), await server.person(), await server.person()];
  const feeds = await Promise.all([revoked, inactive, kept].map(({ key }) => listen('/api/live', key)));
  await runtime.database.execute('delete from platform.api_key where id = $1::uuid', [revoked.keyId]);
  await records.update('user', inactive.userId, { active: false });
  await feeds[0]!.until(feeds[0]!.isEnded, 7_000);
  await feeds[1]!.until(feeds[1]!.isEnded, 7_000);
  assert.equal(feeds[2]!.isEnded(), false);
  await feeds[2]!.close();
});

test('a client that does not read is dropped, the others go on', async (context) => {
  const ids = (await records.list('account', { limit: 450, fields: [] })).items.map(({ id }) => id);
  for (let n = 0; n < 20; n++) await records.updateMany('account', { ids }, { description: `text ${n}` });
  const [head] = await runtime.database.run(`select value from ${workspace.schema}.counter where name = 'event'`);
  // A socket in the file system: its buffers have 200 kB, those of TCP grow to several MB.
  const app = await buildApp(runtime);
  context.after(() => app.close());
  const path = join(tmpdir(), `tendero-live-${process.pid}.sock`);
  await app.listen({ path });
  const connections = () => new Promise<number>((resolve) => app.server.getConnections((_, count) => resolve(count)));
  const open = () => {
    const socket = connect(path);
    socket.on('error', () => {});
    socket.write(
      `GET /api/live?since=${(head![0] as number) - 9_900} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${server.key}\r\n\r\n`,
    );
    return socket;
  };
  const slow = open();
  slow.pause();
  let heard = 0;
  const good = open();
  good.on('data', (bytes) => {
    heard += bytes.length;
  });
  const end = Date.now() + 30_000;
  while (heard <= 1_000_000 && Date.now() < end) await sleep(20);
  while ((await connections()) > 1 && Date.now() < end) await sleep(20);
  assert.equal(await connections(), 1, 'the slow client is still connected');
  assert.ok(heard > 1_000_000 && !good.destroyed, `the other heard ${heard} bytes`);
  slow.destroy();
  good.destroy();
});

test('the server stops although somebody listens', async () => {
  const other = await serve(runtime, workspace);
  const response = await fetch(`${other.url}/api/live`, { headers: { authorization: `Bearer ${other.key}` } });
  const reading = response.text();
  const started = Date.now();
  await other.app.close();
  await reading;
  // Without an end of its own the connection would hold the server for more than a minute.
  assert.ok(Date.now() - started < 20_000);
});
