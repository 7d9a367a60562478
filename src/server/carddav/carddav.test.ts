import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { asSystem } from '#kernel/access/access.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { realData } from '#kernel/transfer/test-data.ts';
import { keepPreference } from '#kernel/workspace/preferences.ts';
import { buildContact, buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';

const { runtime, workspace } = await buildWorkspace();
const server = await serve(runtime, workspace);
const records = recordsFor(workspace, asSystem('test data'), 'setup');
const BOOK = '/carddav/books/contacts/';

interface Phone {
  readonly owner: string;
  readonly keyId: string;
  ask(method: string, path: string, body?: string | Uint8Array, headers?: Record<string, string>): Promise<Response>;
}

async function phone(choice: string, person?: { userId: string; key: string }): Promise<Phone> {
  const owner = person ?? (await server.person(true));
  const scope = { kind: 'contacts', choice };
  const made = await server.call('/api/keys', { key: owner.key, json: { name: 'Phone', scope } });
  assert.equal(made.status, 201);
  const { id, key } = (await made.json()) as { id: string; key: string };
  const authorization = `Basic ${Buffer.from(`rasa:${key}`).toString('base64')}`;
  return {
    owner: owner.userId,
    keyId: id,
    ask: (method, path, body, headers = {}) =>
      fetch(`${server.url}${path}`, {
        ...{ method, redirect: 'manual' as const, headers: { authorization, ...headers } },
        ...(body === undefined ? {} : { body: body as never }),
      }),
  };
}

const propfind = (names: string) =>
  `<?xml version="1.0"?><x:propfind xmlns:x="DAV:" xmlns:card="urn:ietf:params:xml:ns:carddav"><x:prop>${names}</x:prop></x:propfind>`;
const changesAfter = (token: string) =>
  `<d:sync-collection xmlns:d="DAV:"><d:sync-token>${token}</d:sync-token><d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>`;

async function changes(one: Phone, token = '') {
  const answer = await one.ask('REPORT', BOOK, changesAfter(token), { depth: '1' });
  assert.equal(answer.status, 207);
  const text = await answer.text();
  const responses = text.split('<D:response>').slice(1);
  const hrefOf = (response: string) => /<D:href>([^<]*)</.exec(response)![1]!;
  return {
    token: /<D:sync-token>([^<]*)</.exec(text)![1]!,
    changed: responses.filter((one) => !one.includes('404')).map(hrefOf),
    gone: responses.filter((one) => one.includes('404')).map(hrefOf),
  };
}

test('a device finds the book from the name of the host alone', async () => {
  const one = await phone('own');
  const moved = await fetch(`${server.url}/.well-known/carddav`, { redirect: 'manual' });
  assert.deepEqual([moved.status, moved.headers.get('location')], [301, '/carddav/']);
  const follow = async (path: string, name: string) =>
    new RegExp(`<\\w:${name}><D:href>([^<]*)`).exec(
      await (await one.ask('PROPFIND', path, propfind(`<x:${name}/>`), { depth: '0' })).text(),
    )![1]!;
  const me = await follow('/carddav/', 'current-user-principal');
  const home = await follow(me, 'addressbook-home-set');
  const text = await (await one.ask('PROPFIND', home, propfind('<x:resourcetype/>'), { depth: '1' })).text();
  assert.match(text, /<D:href>\/carddav\/books\/contacts\/<\/D:href>.*<C:addressbook\/>/s);
  const options = await one.ask('OPTIONS', BOOK);
  assert.match(options.headers.get('dav')!, /addressbook/);
});

test('only the key of an address book opens it, and it opens nothing else', async () => {
  const person = await server.person(true);
  const own = await phone('all', person);
  const all = await (await server.call('/api/keys', { key: person.key, json: { name: 'x' } })).json();
  for (const secret of ['', 'x', 'tnd_wrong', (all as { key: string }).key]) {
    const authorization = `Basic ${Buffer.from(`rasa:${secret}`).toString('base64')}`;
    const answer = await fetch(`${server.url}${BOOK}`, { method: 'PROPFIND', headers: { authorization } });
    assert.equal(answer.status, 401, secret);
    assert.match(answer.headers.get('www-authenticate')!, /^Basic /);
  }
  assert.equal((await fetch(`${server.url}${BOOK}`, { headers: { authorization: 'Basic' } })).status, 401);
  const made = await server.call('/api/keys', {
    key: person.key,
    json: { name: 'x', scope: { kind: 'contacts', choice: 'all' } },
  });
  const { id, key } = (await made.json()) as { id: string; key: string };
  for (const path of ['/api/session', '/api/records/contact', '/api/keys', '/scim/v2/Users'])
    assert.ok([401, 403].includes((await server.call(path, { key })).status), path);
  assert.equal((await fetch(`${server.url}/calendars/${key}.ics`)).status, 404);
  assert.equal((await server.call(`/api/keys/${id}`, { method: 'DELETE', key: person.key })).status, 204);
  assert.equal((await server.call(`/api/keys/${own.keyId}`, { method: 'DELETE', key: person.key })).status, 204);
  assert.equal((await own.ask('PROPFIND', BOOK)).status, 401);
});

test('what changed since is told once, for whatever reason it changed', async () => {
  const one = await phone('followed');
  const [mine, followed, marked, other] = [
    await buildContact(records, { owner: one.owner }),
    await buildContact(records),
    await buildContact(records),
    await buildContact(records),
  ];
  const hrefs = (...all: { id: string }[]) => all.map(({ id }) => `${BOOK}${id}.vcf`).sort();
  const first = await changes(one);
  assert.deepEqual([first.changed, first.gone], [hrefs(mine), []]);
  const follow = await records.create('follow', { user: one.owner, targetObject: 'contact', targetId: followed.id });
  const leaf = { kind: 'record', object: 'contact', id: marked.id, title: 'x' };
  await keepPreference(workspace, one.owner, 'favourites', [{ kind: 'folder', id: 'f', title: 'x', items: [leaf] }]);
  const second = await changes(one, first.token);
  assert.deepEqual([second.changed, second.gone], [hrefs(followed, marked), []]);
  assert.deepEqual(await changes(one, second.token), { token: second.token, changed: [], gone: [] });
  await records.update('contact', followed.id, { jobTitle: 'New' });
  await records.update('contact', mine.id, { owner: server.userId });
  await records.update('contact', other.id, { jobTitle: 'New' });
  const third = await changes(one, second.token);
  assert.deepEqual([third.changed, third.gone], [hrefs(followed), hrefs(mine)]);
  await records.remove('follow', follow.id);
  const fourth = await changes(one, third.token);
  assert.deepEqual([fourth.changed, fourth.gone], [[], hrefs(followed)]);
  // Whoever was away for longer hears of all of it.
  const late = await changes(one, first.token);
  assert.deepEqual([late.changed, late.gone], [hrefs(marked), hrefs(followed, mine)]);
  // What was never told is not told as gone; a token of somebody else is none.
  for (const token of ['urn:tendero:book:AAAAAAAAAAAA:1', 'x', (await changes(await phone('all'))).token]) {
    const answer = await one.ask('REPORT', BOOK, changesAfter(token));
    assert.deepEqual([answer.status, (await answer.text()).includes('valid-sync-token')], [403, true]);
  }
});

test('several cards come in one answer, in the version that is asked for', async () => {
  const one = await phone('own');
  const { id } = await buildContact(records, { owner: one.owner, lastName: 'Ąžuolas <&>' });
  const foreign = await buildContact(records);
  const hrefs = [`${BOOK}${id}.vcf`, `${server.url}${BOOK}${id}.vcf`, `${BOOK}${foreign.id}.vcf`, '/etc/passwd', '%zz'];
  const ask = async (data: string) =>
    (
      await one.ask(
        'REPORT',
        BOOK,
        `<c:addressbook-multiget xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"><d:prop><d:getetag/>${data}</d:prop>${hrefs
          .map((href) => `<d:href>${href}</d:href>`)
          .join('')}</c:addressbook-multiget>`,
      )
    ).text();
  const three = await ask('<c:address-data/>');
  // Asked for by two addresses, it comes once.
  assert.equal(three.match(/VERSION:3.0/g)?.length, 1);
  assert.equal(three.match(/404 Not Found/g)?.length, 3);
  assert.match(three, /Ąžuolas &lt;&amp;&gt;/);
  assert.match(await ask('<c:address-data content-type="text/vcard" version="4.0"/>'), /VERSION:4.0/);
  const all = await one.ask(
    'REPORT',
    BOOK,
    '<c:addressbook-query xmlns:c="urn:ietf:params:xml:ns:carddav" xmlns:d="DAV:"><d:prop><c:address-data/></d:prop></c:addressbook-query>',
  );
  assert.equal((await all.text()).match(/BEGIN:VCARD/g)?.length, 1);
});

test('what somebody may only read cannot be written, and what they may not see is not there', async () => {
  const person = await server.person();
  const role = await records.create('role', {
    name: 'Reads contacts',
    grants: { contact: { read: 'own' }, user: { read: 'all' } },
  });
  await records.update('user', person.userId, { roles: [role.id] });
  const one = await phone('all', person);
  const mine = await buildContact(records, { owner: person.userId, jobTitle: 'A' });
  const foreign = await buildContact(records);
  const list = await (
    await one.ask('PROPFIND', BOOK, propfind('<x:getetag/><x:current-user-privilege-set/>'), { depth: '1' })
  ).text();
  assert.ok(list.includes(mine.id) && !list.includes(foreign.id));
  assert.equal(list.includes('<D:write/>'), false);
  const card = await (await one.ask('GET', `${BOOK}${mine.id}.vcf`)).text();
  const changed = card.replace('TITLE:A', 'TITLE:B');
  assert.equal((await one.ask('PUT', `${BOOK}${mine.id}.vcf`, changed)).status, 403);
  assert.equal((await one.ask('PUT', `${BOOK}new.vcf`, changed)).status, 403);
  assert.equal((await one.ask('DELETE', `${BOOK}${mine.id}.vcf`)).status, 403);
  assert.equal((await records.read('contact', mine.id)).jobTitle, 'A');
  // As if it were not there: somebody else's, and none.
  for (const id of [foreign.id, '019aa000-0000-7000-8000-000000000000']) {
    assert.equal((await one.ask('GET', `${BOOK}${id}.vcf`)).status, 404);
    assert.equal((await one.ask('DELETE', `${BOOK}${id}.vcf`)).status, 404);
  }
});

test('a device that writes what it read changes nothing; one that is late is told', async () => {
  const one = await phone('own');
  const { id } = await buildContact(records, {
    ...{
      owner: one.owner,
      firstName: 'Ana María',
      lastName: 'García; López',
      department: 'A, B',
      website: 'https://example.com',
    },
    emails: [{ value: 'ana@example.com', label: 'Trabajo' }],
    phones: [{ value: '+34612345678x12', label: 'móvil' }],
    address: { street: 'Calle 1\n2º', city: 'León', region: 'León', postcode: '24001', country: 'ES' },
    tags: ['a,b', 'c'],
    description: 'one\\n two\nthree',
  });
  const path = `${BOOK}${id}.vcf`;
  const answer = await one.ask('GET', path);
  const etag = answer.headers.get('etag')!;
  const text = await answer.text();
  assert.equal((await one.ask('GET', path, undefined, { 'if-none-match': etag })).status, 304);
  const { version } = await records.read('contact', id);
  for (const accept of ['text/vcard', 'text/vcard; version=4.0']) {
    const card = await (await one.ask('GET', path, undefined, { accept })).text();
    assert.equal((await one.ask('PUT', path, card, { 'if-match': etag })).status, 204);
    assert.equal((await records.read('contact', id)).version, version, accept);
  }
  assert.equal((await one.ask('PUT', path, text, { 'if-none-match': '*' })).status, 412);
  await records.update('contact', id, { jobTitle: 'Changed' });
  assert.equal((await one.ask('PUT', path, text, { 'if-match': etag })).status, 412);
  assert.equal((await one.ask('DELETE', path, undefined, { 'if-match': etag })).status, 412);
  assert.equal((await one.ask('PUT', `${BOOK}none.vcf`, text, { 'if-match': etag })).status, 412);
});

test('hostile requests are refused and end nothing', async () => {
  const one = await phone('own');
  const card = (lines: string) => `BEGIN:VCARD\r\nVERSION:3.0\r\n${lines}\r\nEND:VCARD\r\n`;
  for (const [method, path, body] of [
    ['PROPFIND', BOOK, '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><propfind>&b;</propfind>'],
    ['PROPFIND', BOOK, '<propfind'],
    ['REPORT', BOOK, `<${'a'.repeat(500_000)}`],
    ['REPORT', BOOK, '<a>'.repeat(50_000)],
    ['REPORT', BOOK, '<nothing/>'],
    ['REPORT', '/carddav/', '<sync-collection/>'],
    ['PUT', `${BOOK}x.vcf`, ''],
    ['PUT', `${BOOK}x.vcf`, 'no card'],
    ['PUT', `${BOOK}x.vcf`, 'BEGIN:VCARD\r\nFN:Unfinished'],
    ['PUT', `${BOOK}x.vcf`, card('FN:\u0000')],
    ['PUT', `${BOOK}x.vcf`, card('NOTE:only')],
    ['PUT', `${BOOK}..%2f..%2fx.vcf`, card('FN:x')],
    ['PUT', `${BOOK}${'x'.repeat(300)}.vcf`, card('FN:x')],
    ['PUT', BOOK, card('FN:x')],
    ['DELETE', BOOK, ''],
    ['PROPPATCH', BOOK, '<x/>'],
  ] as const) {
    const { status } = await one.ask(method, path, method === 'DELETE' ? undefined : body);
    assert.ok(status >= 400 && status < 500, `${method} ${path} ${body.slice(0, 30)}: ${status}`);
  }
  const odd = card(
    `N:${'Ž'.repeat(5_000)};\nFN:x\r\nEMAIL:a@b.c\\nBEGIN:VCARD\r\nTEL:${'1'.repeat(10_000)}\r\nBDAY:--02-30\r\nURL:javascript:alert(1)\r\nADR:;;;;;;Nowhere\r\nCATEGORIES:${'x,'.repeat(2_000)}`,
  );
  assert.equal((await one.ask('PUT', `${BOOK}odd.vcf`, odd)).status, 201);
  const [made] = (await records.list('contact', { filter: { owner: one.owner } })).items;
  assert.equal(made!.website, null);
  assert.match(String(made!.description), /javascript:alert/);
  assert.equal((await one.ask('GET', `${BOOK}odd.vcf`)).status, 200);
});

test('a short question has no long answer, and what every object has is no property', async () => {
  const one = await phone('own');
  for (let n = 0; n < 20; n++) await buildContact(records, { owner: one.owner });
  const asked = propfind('<x:getetag/>'.repeat(20_000));
  const list = await (await one.ask('PROPFIND', BOOK, asked, { depth: '1' })).text();
  assert.equal(list.match(/<D:getetag>/g)?.length, 20);
  const odd = await (
    await one.ask('PROPFIND', BOOK, propfind('<x:constructor/><x:__proto__/>'), { depth: '0' })
  ).text();
  assert.doesNotMatch(odd, /function|object Object/);
});

test('every card of the suites becomes a contact or is refused in words', { skip: realData.skip }, async () => {
  const one = await phone('own');
  const folders = ['icaljs_parser_fixtures.tar.gz', 'pyvobject_samples.tar.gz'].map((name) =>
    realData.unpack('calendar', name),
  );
  const files = folders.flatMap((folder) =>
    (readdirSync(folder, { recursive: true }) as string[])
      .filter((name) => /\.(vcf|ics)$/.test(name))
      .map((name) => join(folder, name)),
  );
  assert.ok(files.length > 10, `${files.length} files`);
  const kept: string[] = [];
  for (const [index, file] of files.entries()) {
    const { status } = await one.ask('PUT', `${BOOK}suite-${index}.vcf`, readFileSync(file));
    assert.ok([201, 400, 422].includes(status), `${file}: ${status}`);
    if (status !== 201) continue;
    kept.push(file);
    const back = await one.ask('GET', `${BOOK}suite-${index}.vcf`);
    const again = await one.ask('PUT', `${BOOK}suite-${index}.vcf`, await back.text(), {
      'if-match': back.headers.get('etag')!,
    });
    assert.equal(again.status, 204, file);
  }
  // A calendar is no card.
  assert.ok(kept.length >= 3 && kept.every((file) => file.endsWith('.vcf')), kept.join());
});
