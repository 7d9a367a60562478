/**
 * Nobody gets what their roles do not give them, whatever way they ask. Words that stand only in forbidden records and
 * fields are planted; then people of every kind of scope ask every route of the server, and look for the words. A route
 * that is added has to be named here with whom it is for: without that this test fails.
 *
 *   ACCESS_SAMPLES=20 node --test test/access.matrix.test.ts
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { createKey } from '#app/identity/keys.ts';
import { createIdentity } from '#app/identity/people.ts';
import { asSystem, operations, type Role } from '#kernel/access/access.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { fc } from '#test/property.ts';
import { buildWorkspace } from './build.ts';
import { serve } from './http.ts';
import { type ApiDocument, requests } from './openapi-requests.ts';

const SAMPLES = Number(process.env.ACCESS_SAMPLES ?? 2);

/** Stand nowhere but in what is forbidden. */
const inRecords = 'zzslapta';
const inFields = 'zzlaukas';

/** For whom a route is, by what it begins with; the longest that fits counts. */
const routes: Readonly<
  Record<string, 'anybody' | 'signed' | 'oneself' | 'records' | 'administrators' | 'provisioning'>
> = {
  // The web app itself.
  '/': 'anybody',
  '*': 'anybody',
  '/api/health': 'anybody',
  '/api/health/details': 'administrators',
  '/api/openapi.json': 'anybody',
  '/api/reference': 'anybody',
  '/api/setup': 'anybody',
  '/api/sign-in': 'anybody',
  '/api/sign-in-policy': 'administrators',
  '/api/single-sign-on': 'anybody',
  '/api/session': 'oneself',
  'POST /api/session': 'anybody',
  'POST /api/session/second-factor': 'anybody',
  'POST /api/session/passkey-options': 'anybody',
  'POST /api/session/passkey': 'anybody',
  'POST /api/session/passkeys': 'oneself',
  'POST /api/session/enrolment': 'anybody',
  'POST /api/session/password': 'oneself',
  'POST /api/session/authenticator': 'oneself',
  '/api/sessions': 'oneself',
  '/api/password-links': 'anybody',
  'POST /api/session/view-as': 'administrators',
  '/api/access': 'administrators',
  '/api/access/records': 'records',
  '/api/absences': 'records',
  '/api/briefs': 'records',
  '/api/preferences': 'oneself',
  '/api/keys': 'oneself',
  '/api/presence': 'records',
  '/api/live': 'records',
  '/api/map-tiles': 'oneself',
  '/api/objects': 'records',
  'POST /api/objects': 'administrators',
  'PATCH /api/objects': 'administrators',
  'DELETE /api/objects': 'administrators',
  '/api/objects/:object/definition': 'administrators',
  '/api/objects/:object/impact': 'administrators',
  '/api/objects/:object/fields/:field/impact': 'administrators',
  '/api/objects/:object/layouts': 'records',
  '/api/removed-objects': 'administrators',
  '/api/formulas': 'oneself',
  'POST /api/formulas': 'administrators',
  '/api/changes': 'records',
  '/api/records': 'records',
  '/api/merges': 'records',
  '/api/duplicates': 'records',
  '/api/duplicates/search': 'records',
  '/api/search': 'records',
  '/api/timeline': 'records',
  '/api/glance': 'records',
  '/api/known-addresses': 'records',
  '/api/playbooks': 'records',
  '/api/playbooks/days': 'oneself',
  '/api/imports': 'records',
  '/api/exports': 'records',
  '/api/files': 'records',
  // Whoever has an address that was signed for somebody's session a moment ago; what else there may be is not told.
  '/files': 'signed',
  '/api/frames': 'records',
  '/api/free-busy': 'records',
  '/api/calendars': 'oneself',
  // What a company shows to everybody.
  '/f': 'anybody',
  '/b': 'anybody',
  // What is in mails: addresses that this server signed, which tell that they were opened.
  '/m': 'anybody',
  '/api/web-forms': 'administrators',
  '/api/booking-pages': 'administrators',
  '/api/web-forms/submissions': 'records',
  // Whoever has the address of somebody's calendar.
  '/calendars': 'signed',
  '/api/jobs': 'oneself',
  '/api/company': 'oneself',
  'PATCH /api/company': 'administrators',
  '/api/rates': 'oneself',
  // Whoever has the key of an address book.
  '/carddav': 'records',
  '/.well-known/carddav': 'anybody',
  'PUT /api/rates': 'administrators',
  'DELETE /api/rates': 'administrators',
  '/api/numbering': 'administrators',
  '/api/configuration': 'administrators',
  '/api/backups': 'administrators',
  '/api/users': 'administrators',
  '/api/mail-server': 'administrators',
  '/api/identity-providers': 'administrators',
  '/api/webhooks': 'administrators',
  '/api/mailboxes': 'records',
  '/api/held-mails': 'records',
  '/api/mailboxes/preset': 'oneself',
  '/api/mailboxes/try': 'oneself',
  '/api/mailboxes/providers': 'oneself',
  '/api/mailboxes/sign-in': 'oneself',
  '/api/mail-providers': 'administrators',
  '/api/meetings': 'records',
  '/api/mails': 'oneself',
  '/api/mail-templates/variables': 'oneself',
  '/api/mail-templates/fill': 'records',
  '/api/mails/answer': 'records',
  '/api/mails/deliveries': 'records',
  '/api/fax/gateways': 'oneself',
  'PUT /api/fax/gateways': 'administrators',
  '/api/fax/secrets': 'administrators',
  '/api/audit': 'administrators',
  '/api/privacy': 'administrators',
  // A directory brings people in, with a key that is good for nothing else.
  '/scim': 'provisioning',
};

/** Takes too long, or ends what the test stands on. */
const unasked = [
  /^\/api\/live/,
  /^\/api\/setup/,
  /^\/api\/session/,
  /^\/api\/password-links/,
  /^\/api\/backups/,
  /^\/api\/sign-in/,
];

const { runtime, workspace, records: boss, principal } = await buildWorkspace();
const system = recordsFor(workspace, asSystem('test data'), 'setup');
const { app, call } = await serve(runtime, workspace);
const everything = Object.fromEntries(operations.map((operation) => [operation, 'all']));
const scoped = (scope: unknown) => Object.fromEntries(operations.map((operation) => [operation, scope]));

interface Person {
  name: string;
  key: string;
  userId: string;
  /** What may not be in any answer to them. */
  secrets: readonly string[];
}

/** Somebody who does not see the forbidden records. */
const isLimited = ({ secrets }: Person) => secrets.includes(inRecords);

const people: Person[] = [];
const forbidden: { object: string; id: string }[] = [];
const ids = new Map<string, string[]>();
const cursors: string[] = [];
const changeSets: string[] = [];
let document: ApiDocument;

async function person(
  name: string,
  role: Partial<Role> | null,
  secrets: readonly string[] = [inRecords],
  more: { teams?: string[]; limits?: boolean } = {},
): Promise<Person> {
  const { identityId, userId } = await createIdentity(runtime.database, workspace, {
    name,
    email: `${name.replaceAll(' ', '-')}@example.com`,
    password: 'korekt arklys baterija',
    language: 'en',
    timeZone: 'Europe/Vilnius',
  });
  const { key: own } = await createKey(runtime.database, identityId, 'test');
  const roles = role ? [(await system.create('role', { name, grants: {}, ...role })).id] : [];
  await system.update('user', userId, { roles, ...(more.teams ? { teams: more.teams } : {}) });
  const one = { name, key: own, userId, secrets };
  people.push(one);
  return one;
}

before(async () => {
  const team = await system.create('team', { name: 'Kaunas' });
  const all = [
    'account',
    'contact',
    'opportunity',
    'note',
    'task',
    'accountContact',
    'opportunityContact',
    'relationship',
  ];
  const of = (grant: object) => Object.fromEntries(all.map((object) => [object, grant]));
  await person('nothing', { grants: {} }, [inRecords, inFields]);
  await person('own', { grants: of(scoped('own')) });
  await person('team', { grants: of(scoped('team')) }, undefined, { teams: [team.id] });
  await person('tree', { grants: of(scoped('tree')) });
  await person('filter', {
    grants: {
      account: scoped({ filter: { name: { startsWith: 'Open' } } }),
      contact: scoped({ filter: { 'account.name': { startsWith: 'Open' } } }),
      opportunity: scoped({ filter: { name: { startsWith: 'Open' } } }),
      note: scoped('own'),
      task: scoped('own'),
    },
  });
  await person('through', {
    grants: {
      account: scoped('own'),
      contact: scoped({ through: 'account' }),
      opportunity: scoped(['own', { through: 'account' }]),
      note: scoped([{ through: 'account' }, { through: 'contact' }, { through: 'opportunity' }]),
      task: scoped([{ through: 'account' }, { through: 'opportunity' }]),
      accountContact: scoped({ through: 'account' }),
      opportunityContact: scoped({ through: 'opportunity' }),
      relationship: scoped({ through: 'fromAccount' }),
    },
  });
  await person('reader', { grants: { account: { read: 'own' }, contact: { read: 'own' } } });
  await person(
    'fields',
    {
      grants: { '*': everything },
      fields: {
        'account.description': 'hidden',
        'account.website': 'masked',
        'contact.jobTitle': 'hidden',
        'contact.emails': 'masked',
        'opportunity.nextStep': 'hidden',
        'note.subject': 'hidden',
        'task.description': 'hidden',
      },
    },
    [inFields],
  );

  const secret = async (object: string, input: Record<string, unknown>) => {
    const { id } = await boss.create(object, input);
    forbidden.push({ object, id });
    return id;
  };
  // What only administrators and their owner see.
  const account = await secret('account', {
    name: `Uždara ${inRecords}`,
    description: `d ${inRecords}`,
    tags: [inRecords],
  });
  const contact = await secret('contact', {
    firstName: inRecords,
    lastName: 'Slaptuolis',
    emails: [`${inRecords}@example.com`],
    account,
  });
  await secret('accountContact', { account, contact });
  const opportunity = await secret('opportunity', { name: `Deal ${inRecords}`, account, stage: await firstStage() });
  await secret('note', { body: `<p>${inRecords}</p>`, subject: inRecords, account });
  await secret('task', { subject: inRecords, account, description: inRecords });
  for (const [targetObject, targetId] of [
    ['account', account],
    ['opportunity', opportunity],
  ] as const)
    await secret('comment', { targetObject, targetId, body: `said ${inRecords}` });
  const form = new FormData();
  form.set('file', new File([`inside ${inRecords}`], `${inRecords}.txt`, { type: 'text/plain' }));
  const uploaded = (await (await call('/api/files', { method: 'POST', body: form })).json()) as { id: string };
  const asBoss = async (path: string, json: unknown) => (await (await call(path, { json })).json()) as { id: string };
  const attachment = await asBoss('/api/records/attachment', {
    targetObject: 'account',
    targetId: account,
    file: [uploaded],
  });
  forbidden.push({ object: 'attachment', id: attachment.id });
  ids.set('file', [uploaded.id]);
  await secret('savedView', { name: inRecords, object: 'account', type: 'list', settings: {} }).catch(() => undefined);
  await asBoss('/api/webhooks', { url: `https://example.com/${inRecords}`, objects: ['account'] });
  await boss.update('account', account, { phones: ['+37061234567'], name: `Uždara ${inRecords} 2` });
  const { items } = await boss.history('account', account).then((events) => ({ items: events }));
  for (const { changeSet } of items) changeSets.push(changeSet);
  // Two that look alike, and one that was deleted.
  await boss.create('account', { name: `Uždara ${inRecords} 2`, website: 'https://uzdara.example' });
  const gone = await secret('account', { name: `Ištrinta ${inRecords}` });
  await boss.remove('account', gone);

  // What they may see, with words in fields that some may not.
  for (const { userId } of people) {
    const mine = { owner: userId };
    const open = await boss.create('account', {
      ...mine,
      name: `Open ${userId}`,
      description: inFields,
      website: `https://${inFields}.example/long/path`,
    });
    const human = await boss.create('contact', {
      ...mine,
      lastName: 'Matomas',
      jobTitle: inFields,
      emails: [`${inFields}@very-long.example.com`],
      account: open.id,
    });
    const sale = await boss.create('opportunity', {
      ...mine,
      name: 'Open sale',
      account: open.id,
      stage: await firstStage(),
    });
    await boss.create('note', { ...mine, subject: inFields, body: '<p>words</p>', account: open.id });
    const task = await boss.create('task', { ...mine, subject: 'Open task', description: inFields, account: open.id });
    for (const [object, { id }] of [
      ['account', open],
      ['contact', human],
      ['opportunity', sale],
      ['task', task],
    ] as const)
      remember(object, id);
    // What points to something forbidden does not tell its name.
    await boss.create('task', { ...mine, subject: 'Points', account, contact, opportunity });
  }
  for (const { object, id } of forbidden) remember(object, id);
  ids.set('user', [principal.userId!, ...people.map(({ userId }) => userId)]);
  document = (await (await call('/api/openapi.json')).json()) as ApiDocument;
});

function remember(object: string, id: string): void {
  ids.set(object, [...(ids.get(object) ?? []), id]);
}

async function firstStage(): Promise<string> {
  return (await boss.list('stage', { filter: { kind: 'open' }, sort: ['position'], limit: 1 })).items[0]!.id;
}

/** An answer as text, whatever it is packed in. */
function textOf(body: Buffer): string {
  const texts = [body.toString('utf8'), body.toString('utf16le')];
  if (body[0] === 0x1f && body[1] === 0x8b) texts.push(gunzipSync(body).toString('utf8'));
  // A workbook is a zip: each of its entries begins with this.
  for (let at = body.indexOf('PK\u0003\u0004'); at >= 0; at = body.indexOf('PK\u0003\u0004', at + 4)) {
    const start = at + 30 + body.readUInt16LE(at + 26) + body.readUInt16LE(at + 28);
    try {
      texts.push(inflateRawSync(body.subarray(start), { finishFlush: 2 }).toString('utf8'));
    } catch {
      // Stored, and so in the text already.
    }
  }
  return texts.join('\n').toLowerCase();
}

async function ask(
  { name, key: own, secrets }: Person,
  method: string,
  url: string,
  payload?: string,
  type = 'application/json',
) {
  const answer = await app.inject({
    method: method as 'GET',
    url,
    headers: { authorization: `Bearer ${own}`, ...(payload === undefined ? {} : { 'content-type': type }) },
    ...(payload === undefined ? {} : { payload }),
  });
  const text = textOf(answer.rawPayload);
  // An answer may repeat what was asked.
  const asked = `${readable(url)} ${payload ?? ''}`.toLowerCase();
  for (const word of secrets) {
    if (asked.includes(word))
      assert.ok(
        !JSON.stringify(withoutEcho(answer.body)).includes(word),
        `${name}: ${method} ${url} tells ${word}:\n${answer.body.slice(0, 1_000)}`,
      );
    else
      assert.ok(
        !text.includes(word),
        `${name}: ${method} ${url} ${payload ?? ''} tells ${word}:\n${answer.body.slice(0, 1_000)}`,
      );
  }
  return answer;
}

function readable(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

/** Problems say what was wrong with the words that were sent. */
function withoutEcho(body: string): unknown {
  try {
    const { detail, instance, errors, corrected, ...rest } = JSON.parse(body) as Record<string, unknown>;
    return rest;
  } catch {
    return body;
  }
}

test('every route is for somebody', () => {
  for (const { method, path } of allRoutes())
    assert.ok(audience(method, path), `For whom is ${method} ${path}? Say it in this file.`);
});

test('without a session nothing is answered but what is for anybody', async () => {
  for (const { method, path } of allRoutes()) {
    if (audience(method, path) === 'anybody') continue;
    for (const headers of [{}, { authorization: 'Bearer tnd_nonsense' }, { cookie: 'tendero=nonsense' }]) {
      const answer = await app.inject({
        method: method as 'GET',
        url: path.replace(/:\w+/g, forbidden[0]!.id),
        headers,
      });
      assert.equal(answer.statusCode, audience(method, path) === 'signed' ? 404 : 401, `${method} ${path}`);
    }
  }
});

test('what is the administrators’ matter is refused to everybody else, whatever they send', async () => {
  const member = await person('member', null, []);
  let asked = 0;
  for (const [path, method] of operationsOf(document)) {
    if (audience(method, templateOf(path)) !== 'administrators' || /^\/api\/backups/.test(path)) continue;
    for (const one of [member, people.find(({ name }) => name === 'own')!])
      for (const request of samplesOf(path, method, 3)) {
        if (request.spoilt === 'method' || request.spoilt === 'path') continue;
        const answer = await ask(one, request.method, request.url, request.payload, request.headers['content-type']);
        assert.ok(
          [400, 403, 404, 409, 413, 415, 422].includes(answer.statusCode),
          `${method} ${path}: ${answer.statusCode} ${answer.body}`,
        );
        asked++;
      }
  }
  assert.ok(asked > 200, `only ${asked} requests`);
});

test('no answer of any route tells what is not for whoever asks', async () => {
  let answered = 0;
  for (const one of people) {
    for (const [path, method] of operationsOf(document)) {
      if (unasked.some((pattern) => pattern.test(path))) continue;
      for (const request of samplesOf(path, method, SAMPLES)) {
        const answer = await ask(one, request.method, request.url, request.payload, request.headers['content-type']);
        assert.ok(answer.statusCode < 500, `${request.method} ${request.url}: ${answer.body}`);
        if (answer.statusCode < 300) answered++;
      }
    }
  }
  assert.ok(answered > 400, `only ${answered} answers`);
  // Nobody touched what they do not see.
  const after = await states();
  const limited = new Map(people.filter(isLimited).map(({ userId, name }) => [userId, name]));
  assert.deepEqual(
    after.flatMap(({ by }) => limited.get(by ?? '') ?? []),
    [],
  );
});

test('looking for the words finds nothing: lists, searches, sorts, totals, files, duplicates, histories', async () => {
  const encode = (value: unknown) => encodeURIComponent(JSON.stringify(value));
  for (const one of people) {
    for (const word of one.secrets) {
      for (const object of [
        'account',
        'contact',
        'opportunity',
        'note',
        'task',
        'comment',
        'attachment',
        'savedView',
        'webhook',
        'role',
        'notification',
      ]) {
        for (const query of [
          `search=${word}`,
          `search=${word}&count=exact`,
          `search=${word}&deleted=true`,
          'deleted=true&limit=200',
          'limit=500&expand=account,contact,opportunity,owner',
          'limit=500',
        ])
          await ask(one, 'GET', `/api/records/${object}?${query}`);
        for (const field of [
          'name',
          'description',
          'subject',
          'body',
          'jobTitle',
          'emails',
          'website',
          'tags',
          'nextStep',
          'account.name',
          'account.description',
          'contact.emails',
        ]) {
          await ask(one, 'GET', `/api/records/${object}?filter=${encode({ [field]: { contains: word } })}&count=exact`);
          await ask(one, 'GET', `/api/records/${object}?sort=${field}&limit=200`);
          const count = await ask(
            one,
            'POST',
            `/api/records/${object}/aggregate`,
            JSON.stringify({ filter: { [field]: { contains: word } }, measures: { n: { count: true } } }),
          );
          if (count.statusCode === 200)
            assert.equal(
              JSON.stringify(count.json()).includes('"n":0') || !JSON.stringify(count.json()).includes('"n"'),
              true,
              `${one.name} counts ${object}.${field}: ${count.body}`,
            );
          await ask(
            one,
            'POST',
            `/api/records/${object}/aggregate`,
            JSON.stringify({ groupBy: [field], measures: { n: { count: true } } }),
          );
        }
        for (const format of ['csv', 'xlsx', 'vcf']) {
          await ask(one, 'GET', `/api/exports/${object}.${format}`);
          await ask(one, 'GET', `/api/exports/${object}.${format}?search=${word}`);
        }
        await ask(
          one,
          'POST',
          `/api/records/${object}/duplicates`,
          JSON.stringify({ name: `Uždara ${word} 2`, lastName: 'Slaptuolis', firstName: word }),
        );
      }
      for (const url of [
        `/api/search?q=${word}`,
        `/api/search?q=${word.slice(0, 5)}`,
        `/api/search?q=${word.slice(0, -1)}x`,
        '/api/duplicates?object=account',
        '/api/duplicates',
        '/api/jobs',
        '/api/imports',
        '/api/objects',
        '/api/users',
        '/api/webhooks',
        '/api/audit',
        '/api/preferences',
        '/api/sessions',
        '/api/keys',
      ])
        await ask(one, 'GET', url);
    }
    for (const { object, id } of forbidden) {
      if (!isLimited(one)) continue;
      for (const tail of ['', '?deleted=true', '/history', '?expand=owner'])
        assert.ok(
          [403, 404].includes((await ask(one, 'GET', `/api/records/${object}/${id}${tail}`)).statusCode),
          `${one.name} ${object} ${tail}`,
        );
    }
    if (isLimited(one))
      for (const id of ids.get('file')!)
        for (const tail of ['', '/mail'])
          assert.ok([403, 404].includes((await ask(one, 'GET', `/api/files/${id}${tail}`)).statusCode), one.name);
    for (const changeSet of changeSets) await ask(one, 'POST', `/api/changes/${changeSet}/undo`);
  }
});

test('what is not there and what may not be seen are answered alike', async () => {
  const own = people.find(({ name }) => name === 'own')!;
  for (const { object, id } of forbidden.filter((one) =>
    ['account', 'contact', 'opportunity', 'note', 'task'].includes(one.object),
  )) {
    const nowhere = '0190aaaa-0000-7000-8000-000000000001';
    for (const [method, payload] of [['GET'], ['PATCH', '{"owner":"me"}'], ['DELETE']] as const) {
      const shape = async (which: string) => {
        const { statusCode, body } = await ask(own, method, `/api/records/${object}/${which}`, payload);
        return `${statusCode} ${body.replaceAll(which, 'ID')}`;
      };
      assert.equal(await shape(id), await shape(nowhere), `${method} ${object}`);
    }
  }
});

test('the live feed tells of nothing that may not be seen, and of nothing more once a right is gone', async () => {
  const own = people.find(({ name }) => name === 'own')!;
  const reader = people.find(({ name }) => name === 'reader')!;
  const heard = await Promise.all([listen(own), listen(reader)]);
  const { id: visible } = await boss.create('account', { name: 'Heard', owner: own.userId });
  await boss.update('account', forbidden[0]!.id, { description: `live ${inRecords}` });
  await boss.update('account', visible, { employees: 3 });
  await until(() => heard[0]!.text().includes(visible));
  for (const { text } of heard) assert.ok(!text().includes(forbidden[0]!.id), 'the feed tells of a forbidden record');
  // The role goes: the feed falls silent, and the next request is refused.
  const [role] = (await system.list('role', { filter: { name: 'own' } })).items;
  await system.update('role', role!.id, { grants: {} });
  assert.equal((await ask(own, 'GET', '/api/records/account')).statusCode, 403);
  const before = heard[0]!.text();
  await boss.update('account', visible, { employees: 4 });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  assert.ok(!heard[0]!.text().slice(before.length).includes(visible), 'the feed goes on telling');
  for (const { stop } of heard) stop();
});

async function listen({ key: own }: Person) {
  const stopping = new AbortController();
  const response = await call('/api/live', { key: own, signal: stopping.signal });
  let text = '';
  (async () => {
    for await (const chunk of response.body!) text += Buffer.from(chunk).toString();
  })().catch(() => undefined);
  return { text: () => text, stop: () => stopping.abort() };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let at = 0; at < 100 && !isSo(); at++) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(isSo());
}

/** Who changed each forbidden record last, and whether it is still there. */
async function states(): Promise<{ id: string; by: string | null }[]> {
  const all: { id: string; by: string | null }[] = [];
  for (const { object, id } of forbidden) {
    const { table } = workspace.model.objects.get(object)!;
    const [row] = await runtime.database.run(
      `select updated_by_id::text from "${workspace.schema}"."${table}" where id = $1::uuid`,
      [id],
    );
    assert.ok(row, `${object} ${id} is gone`);
    all.push({ id, by: row[0] as string | null });
  }
  return all;
}

function samplesOf(path: string, method: string, numRuns: number) {
  const world = { ids: (object: string) => ids.get(object) ?? [], cursors, changeSets };
  const arbitrary = requests(document, world, (otherPath, otherMethod) => otherPath !== path || otherMethod !== method);
  return fc.sample(arbitrary, { numRuns, seed: path.length * 31 + method.length });
}

function operationsOf(api: ApiDocument): [path: string, method: string][] {
  return Object.entries(api.paths).flatMap(([path, item]) =>
    Object.keys(item).flatMap((method): [string, string][] => (method === 'parameters' ? [] : [[path, method]])),
  );
}

/** Records have a path for each object in the document, and one for all in the server. */
function templateOf(path: string): string {
  return path.replace(/^\/api\/records\/(?!\{)\w+/, '/api/records/:object').replace(/\{(\w+)\}/g, ':$1');
}

function audience(method: string, path: string) {
  const verb = method.toUpperCase();
  if (
    verb === 'GET' &&
    /^\/(assets\/|[^/]+$)/.test(path) &&
    /\.(js|css|svg|png|ico|html|woff2|webmanifest|json)$/.test(path)
  )
    return 'anybody';
  const fitting = Object.keys(routes).filter((start) => {
    const [own, from = own] = start.split(' ') as [string, string?];
    return (
      (start.includes(' ') ? own === verb : true) &&
      (path === from || path.startsWith(`${from}/`) || path.startsWith(`${from}.`))
    );
  });
  const best = fitting.sort(
    (a, b) => lengthOf(b) - lengthOf(a) || Number(b.includes(' ')) - Number(a.includes(' ')),
  )[0];
  return best === undefined ? undefined : routes[best];
}

function lengthOf(start: string): number {
  return start.slice(start.indexOf('/')).length;
}

/** Every route that the server has, whether or not it is in the document. */
function allRoutes(): { method: string; path: string }[] {
  const found: { method: string; path: string }[] = [];
  const trail: string[] = [];
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const match = /^([│ ]*(?:├── |└── ))(\S.*?)(?: \(([A-Z, ]+)\))?$/.exec(line);
    if (!match) continue;
    const depth = match[1]!.length / 4 - 1;
    trail.length = depth;
    trail.push(match[2]!);
    for (const method of (match[3] ?? '').split(', ').filter(Boolean))
      if (method !== 'HEAD' && method !== 'OPTIONS') found.push({ method, path: trail.join('') });
  }
  return found;
}
