import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';

const { runtime, workspace, records } = await buildWorkspace();
const server = await serve(runtime, workspace);
const create = (key: string, json: unknown, person?: string) =>
  server.call('/api/records/account', {
    json,
    headers: { 'idempotency-key': key },
    ...(person ? { key: person } : {}),
  });
const named = (name: string) => records.count('account', { name }).then(({ value }) => value);

test('the same request again gets the same answer, and nothing happens twice', async () => {
  const first = await create('a', { name: 'Once' });
  const again = await create('a', { name: 'Once' });
  assert.deepEqual([first.status, again.status], [201, 201]);
  assert.equal(first.headers.get('idempotent-replayed'), null);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(again.headers.get('location'), first.headers.get('location'));
  assert.equal(again.headers.get('content-type'), first.headers.get('content-type'));
  assert.equal(await again.text(), await first.text());
  assert.equal(await named('Once'), 1);
});

test('a long answer, which is sent compressed, comes again as it was', async () => {
  const json = { create: Array.from({ length: 300 }, (_, n) => ({ name: `Long ${n}` })) };
  const bulk = () => server.call('/api/records/account/bulk', { json, headers: { 'idempotency-key': 'long' } });
  const [first, again] = [await bulk(), await bulk()];
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(await again.text(), await first.text());
});

test('a refusal is an answer too, and one without a body', async () => {
  const refused = await create('b', { nothing: 1 });
  const again = await create('b', { nothing: 1 });
  assert.deepEqual([refused.status, again.status, again.headers.get('idempotent-replayed')], [422, 422, 'true']);
  assert.equal(again.headers.get('content-type'), 'application/problem+json; charset=utf-8');
  const made = (await (await server.call('/api/keys', { json: { name: 'x' } })).json()) as { id: string };
  const remove = () => server.call(`/api/keys/${made.id}`, { method: 'DELETE', headers: { 'idempotency-key': 'c' } });
  assert.deepEqual([(await remove()).status, (await remove()).status], [204, 204]);
});

test('another request with the same key is refused, another person has keys of their own', async () => {
  await create('d', { name: 'One' });
  const other = await create('d', { name: 'Two' });
  assert.equal(other.status, 422);
  assert.equal(((await other.json()) as { code: string }).code, 'request.idempotency-key-reused');
  assert.equal((await create('d', { name: 'Two' }, (await server.person()).key)).status, 201);
  assert.equal(await named('Two'), 1);
});

test('of many at once one is done, the others wait or get its answer', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => create('e', { name: 'Race' })));
  assert.equal(await named('Race'), 1);
  const statuses = new Set(answers.map(({ status }) => status));
  assert.ok(
    [...statuses].every((status) => status === 201 || status === 409),
    [...statuses].join(),
  );
  for (const answer of answers) if (answer.status === 409) assert.equal(answer.headers.get('retry-after'), '1');
  assert.equal((await create('e', { name: 'Race' })).status, 201);
});

test('what a crash left behind is taken over after a minute, what is a day old forgotten', async () => {
  const age = (key: string, by: string) =>
    runtime.database.execute(
      `update platform.idempotency set created_at = now() - interval '${by}' where key = '${key}'`,
    );
  await create('f', { name: 'Crash' });
  await runtime.database.execute(`update platform.idempotency set status = null, answer = null where key = 'f'`);
  assert.equal((await create('f', { name: 'Crash' })).status, 409);
  await age('f', '61 seconds');
  assert.equal((await create('f', { name: 'Other' })).status, 422);
  assert.equal((await create('f', { name: 'Crash' })).status, 201);
  await age('f', '25 hours');
  assert.equal((await create('f', { name: 'Tomorrow' })).status, 201);
  assert.equal(await named('Tomorrow'), 1);
});

test('what was written before a crash took its answer is not written again', async () => {
  const made = (await (await create('h', { name: 'Only' })).json()) as { id: string };
  const [event] = await runtime.database.run(
    `select change_set::text from ${workspace.schema}.event where record_id = '${made.id}'`,
  );
  await runtime.database.execute(
    `update platform.idempotency set status = null, answer = '{"changeSet": "${event![0]}"}', created_at = now() - interval '61 seconds' where key = 'h'`,
  );
  for (let times = 0; times < 2; times++) {
    const again = await create('h', { name: 'Only' });
    assert.equal(again.status, 409);
    const { code, changeSet } = (await again.json()) as Record<string, unknown>;
    assert.deepEqual([code, changeSet], ['request.answer-lost', event![0]]);
  }
  assert.equal(await named('Only'), 1);
});

test('a key that cannot be one is refused, safe requests need none', async () => {
  assert.equal((await create('x'.repeat(256), { name: 'Long' })).status, 400);
  assert.equal((await create('a b', { name: 'Space' })).status, 400);
  assert.equal((await server.call('/api/records/account', { headers: { 'idempotency-key': 'g' } })).status, 200);
  const [row] = await runtime.database.run(`select count(*) from platform.idempotency where key = 'g'`);
  assert.equal(row![0], 0);
});
