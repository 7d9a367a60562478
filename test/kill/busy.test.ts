/** More slow requests than the pool has connections: those that find none are told so, and told when to come again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { asker, newLedger } from './ledger.ts';
import { openSite } from './site.ts';

/** More than the pool of the server has connections. */
const REQUESTS = 20;

test('who finds no connection gets 503 and Retry-After within 11 s; nobody hangs, and all is well afterwards', async () => {
  const site = await openSite();
  const { url } = site.server;
  const headers = { authorization: `Bearer ${site.key}`, 'content-type': 'application/json' };
  const answers = await site.inside(async (client) => {
    await client.query('begin');
    await client.query('lock table ws_kill.account in access exclusive mode');
    const asked = Array.from({ length: REQUESTS }, async (_, index) => {
      const began = performance.now();
      const response = await fetch(`${url}/api/records/account${index % 2 ? '' : '?limit=1'}`, {
        headers,
        ...(index % 2 ? { method: 'POST', body: JSON.stringify({ name: `Patient ${index}` }) } : {}),
      });
      const body = (await response.json()) as Record<string, unknown>;
      return {
        status: response.status,
        seconds: (performance.now() - began) / 1_000,
        retryAfter: response.headers.get('retry-after'),
        body,
      };
    });
    await sleep(1_000);
    const began = performance.now();
    assert.equal((await fetch(`${url}/api/health`)).status, 200);
    assert.ok(performance.now() - began < 5_000, 'whoever needs no connection does not wait');
    // Longer than a request waits for a connection, shorter than a read may take.
    await sleep(11_500);
    await client.query('rollback');
    return Promise.all(asked);
  });

  const refused = answers.filter(({ status }) => status === 503);
  assert.ok(refused.length >= REQUESTS - 8, `${refused.length} refused`);
  for (const { seconds, retryAfter, body } of refused) {
    assert.equal(body.code, 'database.busy');
    assert.match(retryAfter ?? '', /^\d+$/);
    assert.ok(seconds < 13, `${seconds} s`);
  }
  const written = answers.filter(({ status }) => status === 201);
  assert.equal(
    written.length + refused.length + answers.filter(({ status }) => status === 200).length,
    REQUESTS,
    JSON.stringify(answers),
  );

  const ask = asker(newLedger(), () => url, site.key);
  const { status, body } = await ask('GET', 'records/account?count=exact');
  assert.equal(status, 200);
  assert.equal((body.total as { value: number }).value, written.length, 'what was refused was not written');
  assert.equal((await ask('POST', 'records/account', { name: 'Next' })).status, 201);
  assert.equal((await site.server.stop()).code, 0);
});
