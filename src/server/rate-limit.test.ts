import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';
import { rateLimitOf } from './rate-limit.ts';

test('each key has its own limit, told in the headers, and gets on when it waits', async () => {
  const { runtime, workspace } = await buildWorkspace();
  const server = await serve(runtime, workspace, { rateLimit: 120 });
  const ask = async (key?: string) => server.call('/api/session', key ? { key } : {});
  const first = await ask();
  assert.equal(first.headers.get('ratelimit-policy'), '"default";q=120;w=60');
  assert.match(first.headers.get('ratelimit') ?? '', /^"default";r=119;t=1$/);
  let refused: Response | undefined;
  for (let count = 0; count < 1_000 && !refused; count++) {
    const answer = await ask();
    if (answer.status === 429) refused = answer;
    else assert.equal(answer.status, 200);
  }
  assert.ok(refused, 'the limit was never reached');
  assert.equal(((await refused.json()) as { code: string }).code, 'request.too-many');
  assert.equal(refused.headers.get('retry-after'), '1');
  assert.match(refused.headers.get('ratelimit') ?? '', /^"default";r=0;t=60$/);
  const other = await server.person();
  assert.equal((await ask(other.key)).status, 200, 'another key has its own');
  const nobody = await fetch(`${server.url}/api/health`);
  assert.equal(nobody.status, 200, 'and so has whoever has none');
  assert.ok(nobody.headers.get('ratelimit'));
  await sleep(1_100);
  assert.equal((await ask()).status, 200);
});

test('guesses of keys of calendars and address books come to an end, too', async () => {
  const { runtime, workspace } = await buildWorkspace();
  const server = await serve(runtime, workspace, { rateLimit: 40 });
  const guess = (path: string, method = 'GET') =>
    fetch(`${server.url}${path}`, { method, headers: { authorization: 'Basic eDp4' } });
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, n) =>
      n % 2 ? guess(`/calendars/tnd_${n}.ics`) : guess('/carddav/books/contacts/', 'PROPFIND'),
    ),
  );
  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(refused.length >= 15, String(refused.length));
  assert.ok(refused.every(({ headers }) => Number(headers.get('retry-after')) > 0));
  assert.ok(answers.some(({ status }) => status === 401) && answers.some(({ status }) => status === 404));
});

test('the limit is set in words that are understood, or not at all', () => {
  assert.equal(rateLimitOf({}), 6_000);
  assert.equal(rateLimitOf({ TENDERO_RATE_LIMIT: '0' }), 0);
  assert.equal(rateLimitOf({ TENDERO_RATE_LIMIT: '90' }), 90);
  for (const wrong of ['-1', 'many', '1.5'])
    assert.throws(() => rateLimitOf({ TENDERO_RATE_LIMIT: wrong }), /whole number/);
});
