import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loggedError, withoutValues } from '#app/log-text.ts';
import { identifier } from '#kernel/database/sql.ts';
import { buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';

const planted = ['Slaptenis', 'slaptenis@example.com', '61234567', 'geheimwort123'];

test('log lines hold nothing of people: not what they typed, who they are, or what the database refused', async () => {
  const { runtime, workspace } = await buildWorkspace();
  const lines: string[] = [];
  const { call, url } = await serve(runtime, workspace, { log: { write: (line) => void lines.push(line) } });
  const person = {
    firstName: 'Slaptenis',
    lastName: 'Slaptenis',
    emails: ['slaptenis@example.com'],
    phones: ['+37061234567'],
  };
  const made = await call('/api/records/contact', { json: person });
  assert.equal(made.status, 201);
  const { id } = (await made.json()) as { id: string };
  await call(`/api/records/contact/${id}`, { method: 'PATCH', json: { lastName: ['Slaptenis'] } });
  await call('/api/records/contact?search=Slaptenis');
  await call(`/api/records/contact?filter=${encodeURIComponent('{"lastName":"Slaptenis"')}`);
  await call('/api/search?q=slaptenis%40example.com');
  await call('/api/exports/contact.csv').then((answer) => answer.text());
  await call('/api/records/contact', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"lastName": Slaptenis',
  });
  await call('/api/nothing/Slaptenis');
  for (const email of ['slaptenis@example.com', 'person1@example.com'])
    await fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: 'geheimwort123' }),
    });

  // A failure of the server's own.
  await runtime.database.run(`alter table ${identifier(workspace.schema)}.contact rename to elsewhere`);
  const failed = await call('/api/records/contact', { json: { ...person, description: 'Slaptenis' } });
  assert.equal(failed.status, 500);
  const text = lines.join('');
  assert.match(text, /request failed/, 'the failure is logged');
  assert.match(text, /42P01/, 'with what helps to find it');
  for (const word of planted) assert.ok(!text.toLowerCase().includes(word.toLowerCase()), `${word}: ${text}`);
});

test('of what a database refused only the code and the place are told', () => {
  const error = Object.assign(new Error('null value of Slaptenis'), {
    ...{ name: 'error', severity: 'ERROR', code: '23502', table: 'contact', constraint: 'ck' },
    ...{ detail: 'Failing row contains (Slaptenis)', where: 'Slaptenis', hint: 'Slaptenis' },
  });
  const logged = loggedError(error);
  assert.deepEqual([logged.code, logged.table, logged.constraint], ['23502', 'contact', 'ck']);
  assert.ok(!JSON.stringify(logged).includes('Slaptenis'));
  assert.match(logged.stack, /log\.test\.ts/);
});

test('what a message quotes is left out', () => {
  assert.equal(
    withoutValues(`Unexpected token 'J', "Jonas Jonaitis" is no JSON`),
    'Unexpected token "…", "…" is no JSON',
  );
  assert.equal(withoutValues('Key (email)=(jonas@example.com) exists'), 'Key (email)=(…) exists');
  assert.equal(withoutValues('call 37061234567 or jonas@example.com'), 'call … or …');
  assert.equal(withoutValues('connection refused'), 'connection refused');
});
