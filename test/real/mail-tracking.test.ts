/** Whether a mail was opened: asked for mail by mail, where the company allows it, and never told of any other. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { readTracked } from '#app/mail-tracking.ts';
import { raw, sql } from '#kernel/database/sql.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { content, noMailHouse, openMailHouse } from './mail-house.ts';

const skip = noMailHouse;
const house = await openMailHouse();
const { records, runtime, workspace, dovecot, postfix, server } = house;
const { ask, until, mailsIn, connectMailbox, draft, send, interactionOf } = house;

let us: { id: string; user: string; address: string };
before(async () => {
  if (skip) return;
  us = await connectMailbox();
  const host = { host: '127.0.0.1', port: postfix!.port, security: 'none', username: null };
  const sender = { senderName: 'Litera UAB', senderAddress: 'crm@shop.example', site: server.url };
  assert.equal((await ask('PUT', '/mail-server', { ...host, ...sender })).status, 200);
});

const allow = (mailTracking: boolean) => ask('PATCH', '/company', { mailTracking });
const html =
  '<p>See <a href="https://shop.example/a?b=1&amp;c=2">our prices</a>, or write to <a href="mailto:a@shop.example">us</a></p>';

/** Sends a mail to somebody new. @returns what came, and what it was kept as */
async function sent(more: Record<string, unknown>) {
  const them = dovecot!.newUser();
  const id = await draft(content(us.id, [`${them}@client.example`], { html, ...more }));
  assert.equal((await send(id)).status, 200);
  await until('the mail', async () => (await mailsIn(them)).length === 1);
  await until('its end', async () => (await ask('GET', `/mails/${id}`)).state === 'sent');
  return { came: (await mailsIn(them))[0]!, mail: await interactionOf(id) };
}

const addresses = (text: string) => [...text.matchAll(/(?:href|src)="([^"]*\/m\/[^"]*)"/g)].map(([, one]) => one!);
const open = (address: string, headers: Record<string, string> = {}) =>
  fetch(address.replaceAll('&amp;', '&'), { redirect: 'manual', headers });
/** As if the last opening had been an hour ago. */
const later = (id: string) =>
  runtime.database.execute(sql`
    update ${raw(`"${workspace.schema}".interaction`)} set opened_at = opened_at - interval '1 hour',
      followed_at = followed_at - interval '1 hour' where id = ${id}::uuid`);

test('nothing of it is in a mail unless the company allows it and its writer asks for it', { skip }, async () => {
  const senders = async () =>
    ((await ask('GET', '/mails/senders')) as never as { items: { canTrack: boolean }[] }).items;
  assert.deepEqual(
    (await senders()).map(({ canTrack }) => canTrack),
    [false],
  );
  assert.deepEqual(addresses((await sent({ track: true })).came.html!), []);
  assert.equal((await allow(true)).status, 200);
  assert.deepEqual(
    (await senders()).map(({ canTrack }) => canTrack),
    [true],
  );
  assert.deepEqual(addresses((await sent({})).came.html!), []);
  const { key } = await server.person();
  assert.equal((await ask('PATCH', '/company', { mailTracking: false }, key)).status, 403);
});

test('its writer hears that it was opened and a link was followed; whoever reads it comes where it leads', {
  skip,
}, async () => {
  await allow(true);
  const { came, mail } = await sent({ track: true });
  const [link, picture, ...more] = addresses(came.html!);
  assert.deepEqual(more, []);
  assert.match(came.html!, /href="mailto:a@shop.example"/);
  // The words without formatting have the link as it was written, and so has what is kept.
  assert.match(came.text, /our prices <https:\/\/shop\.example\/a\?b=1&c=2>, or write to us/);
  assert.doesNotMatch(`${came.text}${mail.body}`, /\/m\//);

  const shown = await open(picture!);
  assert.deepEqual(
    [
      shown.status,
      shown.headers.get('content-type'),
      shown.headers.get('cache-control'),
      shown.headers.get('set-cookie'),
    ],
    [200, 'image/gif', 'no-store', null],
  );
  assert.equal(shown.headers.get('cross-origin-resource-policy'), 'cross-origin');
  // Programs fetch it again and again.
  await Promise.all([open(picture!), open(picture!)]);
  let now = await records.read('interaction', mail.id);
  assert.equal(now.openings, 1);
  assert.ok(Math.abs(Date.parse(String(now.openedAt)) - Date.now()) < 60_000);
  assert.equal(now.followedAt, null);
  const followed = await open(link!);
  assert.deepEqual([followed.status, followed.headers.get('location')], [302, 'https://shop.example/a?b=1&c=2']);
  await later(mail.id);
  await open(picture!);
  // Whoever is signed in here is no reader.
  await open(picture!, { cookie: 'tendero=anything' });
  now = await records.read('interaction', mail.id);
  assert.deepEqual([now.openings, typeof now.followedAt], [2, 'string']);
  const heard = await records.list('notification', { filter: { kind: 'mailOpened', targetId: mail.id } });
  assert.deepEqual(
    heard.items.map(({ user }) => user),
    [server.userId],
  );
});

test('an address that is not ours counts nothing and leads nowhere', { skip }, async () => {
  await allow(true);
  const { came, mail } = await sent({ track: true });
  const [link, picture] = addresses(came.html!);
  const [, , kind] = new URL(picture!).pathname.split('/');
  assert.equal(kind, 'o');
  const token = (address: string) => address.split('/').at(-1)!;
  const secrets = await openSecrets(runtime.dataFolder);
  assert.deepEqual(readTracked(secrets, 'opened', token(picture!)), {
    workspace: workspace.id,
    about: mail.id,
    target: '',
  });
  const [body, mac] = token(link!).split('.') as [string, string];
  const elsewhere = Buffer.from(
    Buffer.from(body, 'base64url').toString().replace('https://shop.example', 'https://evil.example'),
  ).toString('base64url');
  for (const wrong of [
    token(picture!),
    `${elsewhere}.${mac}`,
    `${body}.${mac.slice(1)}`,
    body,
    'x',
    '.',
    '%00',
    'a'.repeat(1_990),
  ])
    assert.ok([400, 404].includes((await open(`${server.url}/m/l/${wrong}`)).status), wrong);
  for (const wrong of [token(link!), `${token(picture!)}x`, 'x', '%00'])
    assert.ok([200, 400].includes((await open(`${server.url}/m/o/${wrong}`)).status), wrong);
  assert.equal((await records.read('interaction', mail.id)).openedAt, null);

  // Switched off, those that are under way tell no more, and lead on.
  await allow(false);
  assert.equal((await open(link!)).status, 302);
  await open(picture!);
  assert.equal((await records.read('interaction', mail.id)).openedAt, null);
  // Of a mail that is gone nothing is told either.
  await allow(true);
  await records.remove('interaction', mail.id);
  assert.equal((await open(picture!)).status, 200);
  assert.equal((await open(link!)).status, 302);
});
