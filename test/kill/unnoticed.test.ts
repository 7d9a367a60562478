/**
 * All connections to the database are cut, again and again, under people who read, write and listen. A failure that
 * nobody awaits would end the whole server: there is none.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { announceCommits } from '#app/announce.ts';
import { runBackground } from '#app/background.ts';
import { buildAccount, buildContact, buildWorkspace } from '../build.ts';
import { beforeDrop } from '../database.ts';
import { serve } from '../http.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 12);

const failures: unknown[] = [];
const onFailure = (error: unknown) => failures.push(error);
before(() => process.on('unhandledRejection', onFailure));
after(() => process.off('unhandledRejection', onFailure));

const { runtime, workspace, records } = await buildWorkspace();
const server = await serve(runtime, workspace);
const announcing = announceCommits(runtime);
const background = await runBackground(runtime, () => {});
beforeDrop(async () => {
  await background.stop();
  await announcing.stop();
});

test('a connection that is cut ends requests, never the server', async () => {
  const account = await buildAccount(records, { name: 'Akmenė' });
  await buildContact(records, { account: account.id });
  const people = await Promise.all(Array.from({ length: 4 }, (_, index) => server.person(index % 2 === 0)));
  for (const { userId } of people)
    await records.create('follow', { user: userId, targetObject: 'account', targetId: account.id });
  const stopping = new AbortController();
  const asked = [
    '/api/records/account?limit=50&expand=parent,owner',
    '/api/records/account?q=akm&count=true',
    '/api/records/contact?filter={"account.name":{"contains":"a"}}',
    '/api/records/account/aggregate?groupBy=status&measures=count',
    '/api/search?q=akmen',
    `/api/records/account/${account.id}`,
    `/api/records/account/${account.id}/timeline`,
    '/api/objects',
    '/api/views',
  ];
  let answers = 0;
  const ask = async (key: string, path: string, init: object = {}) => {
    const answer = await server.call(path, { key, signal: stopping.signal, ...init }).catch(() => undefined);
    if (answer) answers++;
    await answer?.text().catch(() => {});
  };
  const busy = people.flatMap(({ key, userId }, index) => [
    (async () => {
      while (!stopping.signal.aborted) await ask(key, '/api/live');
    })(),
    (async () => {
      for (let turn = index; !stopping.signal.aborted; turn++) await ask(key, asked[turn % asked.length]!);
    })(),
    (async () => {
      for (let turn = 0; !stopping.signal.aborted; turn++) {
        await ask(key, `/api/records/account/${account.id}`, { method: 'PATCH', json: { name: `Akmenė ${turn}` } });
        await ask(key, '/api/records/task', { json: { subject: `Task ${turn}`, assignee: userId } });
      }
    })(),
  ]);
  for (let round = 0; round < ROUNDS; round++) {
    await sleep(150 + 40 * (round % 7));
    await runtime.database
      .run('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()')
      .catch(() => {});
  }
  const before = answers;
  for (const end = Date.now() + 20_000; answers < before + 100; await sleep(50)) {
    assert.ok(Date.now() < end, 'the server does not answer again');
  }
  stopping.abort();
  await Promise.all(busy);
  assert.deepEqual(failures, []);
});
