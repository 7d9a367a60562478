import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testDatabase } from '#test/database.ts';
import { openDatabase } from '../database/pool.ts';
import { bringPlatform, newestPlatform } from './platform.ts';

/** The last version in which a company had one OpenID Connect provider. */
const ONE_PROVIDER = 12;
const [company, another, ona, jonas, boss] = [1, 2, 3, 4, 5].map(
  (number) => `01900000-0000-7000-8000-00000000000${number}`,
);

const { connection } = await testDatabase();
const db = openDatabase(connection, { max: 2 });
after(() => db.close());

test('the one OpenID Connect provider of each company becomes the first of several, with its people', async () => {
  await db.transaction((inside) => bringPlatform(inside, 0, ONE_PROVIDER, '1.0.0'));
  const issuer = 'https://idp.example';
  for (const [id, slug] of [
    [company, 'litera'],
    [another, 'other'],
  ])
    await db.run(
      `insert into platform.workspace (id, slug, name, settings, snapshot, created_at)
       values ($1, $2, $2, '{}', '{}', now())`,
      [id, slug],
    );
  for (const [id, workspace] of [
    [ona, company],
    [jonas, company],
    [boss, another],
  ])
    await db.run(
      `insert into platform.identity (id, workspace_id, user_id, email, created_at) values ($1, $2, $1, $3, now())`,
      [id, workspace, `${id}@example.com`],
    );
  for (const [kind, settings, secret] of [
    ['openid', { issuer, label: 'Litera' }, 'sealed'],
    ['ldap', { url: 'ldaps://dir.example' }, 'sealed too'],
    ['scim', {}, null],
  ])
    await db.run(
      `insert into platform.identity_provider (workspace_id, kind, active, settings, secret, updated_at)
       values ($1, $2, true, $3, $4, now())`,
      [company, kind, JSON.stringify(settings), secret],
    );
  for (const [workspace, from, subject, identity] of [
    [company, issuer, 'ona', ona],
    [company, 'https://former.example', 'ona', ona],
    [company, 'dir.example/dc=litera', 'jonas', jonas],
    // Of a provider that was removed.
    [another, issuer, 'boss', boss],
  ])
    await db.run(`insert into platform.external_identity values ($1, $2, $3, $4, now())`, [
      workspace,
      from,
      subject,
      identity,
    ]);

  await db.transaction((inside) => bringPlatform(inside, ONE_PROVIDER, newestPlatform, '1.0.0'));
  // Every statement may run twice.
  await db.transaction((inside) => bringPlatform(inside, ONE_PROVIDER, ONE_PROVIDER + 1, '1.0.0'));

  const providers = await db.run(
    `select kind, active, first_callback, settings->>'label', secret from platform.identity_provider order by kind`,
  );
  assert.deepEqual(providers, [
    ['ldap', true, true, null, 'sealed too'],
    ['openid', true, true, 'Litera', 'sealed'],
    ['scim', true, true, null, null],
  ]);
  const bound = await db.run(
    `select p.kind, e.issuer, e.subject, e.identity_id::text from platform.external_identity e
     join platform.identity_provider p on p.workspace_id = e.workspace_id and p.id = e.provider_id order by e.issuer`,
  );
  assert.deepEqual(bound, [
    ['ldap', 'dir.example/dc=litera', 'jonas', jonas],
    ['openid', 'https://former.example', 'ona', ona],
    ['openid', issuer, 'ona', ona],
  ]);
  const [left] = await db.run('select count(*) from platform.external_identity');
  assert.equal(left![0], 3);
  await assert.rejects(
    db.run(
      `insert into platform.identity_provider (workspace_id, id, kind, active, settings, updated_at)
       values ($1, $1, 'ldap', true, '{}', now())`,
      [company],
    ),
    /uq_identity_provider__kind/,
  );
  await db.run(
    `insert into platform.identity_provider (workspace_id, id, kind, active, settings, updated_at)
     values ($1, $1, 'openid', true, '{}', now())`,
    [company],
  );
  const [added] = await db.run('select first_callback from platform.identity_provider where id = $1', [company]);
  assert.equal(added![0], false);
});
