/**
 * What people and programs send by mistake or on purpose: each is a 4xx problem that names the field and the reason in
 * the reader's language, and leaves nothing behind.
 */
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { before, test } from 'node:test';
import { languages } from '#kernel/i18n/translate.ts';
import { buildAccount, buildContact, buildOpportunity, buildWorkspace } from './build.ts';
import { serve } from './http.ts';

const { runtime, workspace, records } = await buildWorkspace();
const { call, url, key, person } = await serve(runtime, workspace);

const parent = await buildAccount(records, { name: 'Parent' });
const child = await buildAccount(records, { name: 'Child', parent: parent.id });
const grandchild = await buildAccount(records, { name: 'Grandchild', parent: child.id });
const changed = await records.update('account', child.id, { description: 'Changed since' });
const used = await buildOpportunity(records, { account: (await buildAccount(records)).id });
await buildContact(records);
const nowhere = '00000000-0000-4000-8000-000000000000';

/** `field` as the answer names it. A body that is a text is sent as it is. */
interface Case {
  name: string;
  request: `${'GET' | 'POST' | 'PATCH' | 'DELETE'} ${string}`;
  body?: unknown;
  type?: string;
  status: number;
  code: string;
  field?: string;
  reason?: string;
}

const account = '/api/records/account';
const refused = (name: string, body: object, field: string, reason: string): Case => ({
  name,
  request: `POST ${account}`,
  body: { name: 'X', ...body },
  status: 422,
  code: 'record.invalid',
  field,
  reason,
});
const query = (name: string, body: object, field: string, reason: string, code = 'query.invalid'): Case => ({
  name,
  request: `POST ${account}/query`,
  body,
  status: 400,
  code,
  field,
  reason,
});
const nested = (depth: number) => `${'{"not":'.repeat(depth)}{}${'}'.repeat(depth)}`;

const cases: readonly Case[] = [
  // Values
  refused('a number where text belongs', { name: 5 }, 'name', 'field.not-text'),
  refused('a list where text belongs', { name: ['a'] }, 'name', 'field.not-text'),
  refused('text where a number belongs', { employees: 'many' }, 'employees', 'field.not-a-number'),
  refused('a fraction where a whole number belongs', { employees: 1.5 }, 'employees', 'field.not-an-integer'),
  refused('a number below the least', { employees: -1 }, 'employees', 'field.too-small'),
  refused('an unknown field', { nonsense: 1 }, 'nonsense', 'field.unknown'),
  refused('a word of JavaScript', { constructor: 1 }, 'constructor', 'field.unknown'),
  refused(
    'a field that only the program writes',
    { createdAt: '2020-01-01T00:00:00Z' },
    'createdAt',
    'field.read-only',
  ),
  refused('over-long text', { name: 'x'.repeat(300) }, 'name', 'field.too-long'),
  refused('very long text', { name: 'x'.repeat(900_000) }, 'name', 'field.too-long'),
  refused('NUL', { name: 'a\u0000b' }, 'name', 'field.not-text'),
  refused('a lone surrogate', { name: 'a\ud800b' }, 'name', 'field.not-text'),
  refused('nothing where something is required', { name: '' }, 'name', 'field.required'),
  refused('only blanks', { name: ' \t\n ' }, 'name', 'field.required'),
  refused('a huge amount', { annualRevenue: 1e300 }, 'annualRevenue', 'field.out-of-range'),
  refused(
    'an unknown currency',
    { annualRevenue: { amount: 1, currency: 'XXQ' } },
    'annualRevenue',
    'field.unknown-currency',
  ),
  refused('an unknown part of a value', { annualRevenue: { amount: 1, tax: 2 } }, 'annualRevenue', 'field.unknown-key'),
  refused('an option that does not exist', { kind: 'robot' }, 'kind', 'field.not-an-option'),
  refused('an address of the web that is a program', { website: 'javascript:alert(1)' }, 'website', 'field.not-a-url'),
  refused('not an e-mail address', { emails: ['a@'] }, 'emails', 'field.not-an-email'),
  refused('not a phone number', { phones: ['12'] }, 'phones', 'field.not-a-phone'),
  refused(
    'too many values',
    { emails: Array.from({ length: 51 }, (_, i) => `a${i}@example.com`) },
    'emails',
    'field.too-many',
  ),
  refused('an unknown country', { billingAddress: { country: 'Atlantis' } }, 'billingAddress', 'field.unknown-country'),
  refused('a reference to nothing', { parent: nowhere }, 'parent', 'field.unknown-reference'),
  refused('a reference that is none', { parent: 'Litera' }, 'parent', 'field.not-a-reference'),
  refused('an owner who does not exist', { owner: nowhere }, 'owner', 'field.unknown-reference'),
  refused('an id that is none', { id: 'one' }, 'id', 'field.not-a-reference'),
  refused('an id that is taken', { id: parent.id }, 'id', 'field.not-unique'),
  {
    name: 'a day that does not exist',
    request: 'POST /api/records/task',
    body: { subject: 'X', dueOn: '2026-02-30' },
    status: 422,
    code: 'record.invalid',
    field: 'dueOn',
    reason: 'field.not-a-date',
  },
  {
    name: 'a day in the year 10000',
    request: 'POST /api/records/task',
    body: { subject: 'X', dueOn: '10000-01-01' },
    status: 422,
    code: 'record.invalid',
    field: 'dueOn',
    reason: 'field.not-a-date',
  },
  {
    name: 'a time zone that does not exist',
    request: 'PATCH /api/session',
    body: { timeZone: 'Nowhere/Land' },
    status: 422,
    code: 'record.invalid',
    field: 'timeZone',
    reason: 'user.not-a-time-zone',
  },
  {
    name: 'a comment on nothing',
    request: 'POST /api/records/comment',
    body: { body: 'Hello', targetObject: 'account', targetId: 'x' },
    status: 422,
    code: 'record.invalid',
    field: 'targetId',
    reason: 'field.not-a-reference',
  },
  {
    name: 'a comment on what is left out',
    request: 'POST /api/records/comment',
    body: { body: 'Hello' },
    status: 422,
    code: 'record.invalid',
    field: 'targetObject',
    reason: 'field.required',
  },
  // Hierarchies, versions, what is in use
  {
    name: 'above itself',
    request: `PATCH ${account}/${parent.id}`,
    body: { parent: parent.id },
    status: 422,
    code: 'record.invalid',
    field: 'parent',
    reason: 'field.circle',
  },
  {
    name: 'below its own grandchild',
    request: `PATCH ${account}/${parent.id}`,
    body: { parent: grandchild.id },
    status: 422,
    code: 'record.invalid',
    field: 'parent',
    reason: 'field.circle',
  },
  {
    name: 'a stale version',
    request: `PATCH ${account}/${child.id}`,
    body: { name: 'Mine', version: changed.version - 1 },
    status: 409,
    code: 'record.stale',
    field: 'description',
    reason: 'field.changed-meanwhile',
  },
  {
    name: 'a stale version of what is deleted',
    request: `DELETE ${account}/${child.id}?version=${changed.version - 1}`,
    status: 409,
    code: 'record.stale',
  },
  {
    name: 'a version that is none',
    request: `PATCH ${account}/${child.id}`,
    body: { version: 'last' },
    status: 400,
    code: 'request.invalid',
    field: 'version',
    reason: 'field.invalid',
  },
  {
    name: 'deleting what others need',
    request: `DELETE ${account}/${used.account}`,
    status: 409,
    code: 'record.in-use',
  },
  {
    name: 'restoring what is not deleted',
    request: `POST ${account}/${parent.id}/restore`,
    status: 409,
    code: 'record.not-deleted',
  },
  { name: 'a record that does not exist', request: `GET ${account}/${nowhere}`, status: 404, code: 'record.not-found' },
  { name: 'an id that cannot be one', request: `GET ${account}/' or 1=1 --`, status: 404, code: 'record.not-found' },
  { name: 'an object that does not exist', request: 'GET /api/records/__proto__', status: 404, code: 'object.unknown' },
  {
    name: 'an action that does not exist',
    request: `POST ${account}/${parent.id}/actions/explode`,
    body: {},
    status: 404,
    code: 'action.unknown',
  },
  {
    name: 'an action with the wrong input',
    request: `POST /api/records/opportunity/${used.id}/actions/lose`,
    body: { reason: 'boredom' },
    status: 400,
    code: 'request.invalid',
    field: 'reason',
    reason: 'field.invalid',
  },
  // Queries
  query('a filter on an unknown field', { filter: { nonsense: 1 } }, 'nonsense', 'field.unknown', 'field.unknown'),
  query('an unknown operator', { filter: { name: { resembles: 'x' } } }, 'name.resembles', 'query.unknown-operator'),
  query('a wrong operand', { filter: { employees: { gte: 'x' } } }, 'employees', 'field.not-a-number'),
  query('NUL in a filter', { filter: { name: { contains: 'a\u0000' } } }, 'name', 'query.not-a-text'),
  query(
    'an unknown period',
    { filter: { createdAt: { within: 'the-nineties' } } },
    'createdAt',
    'field.unknown-period',
  ),
  query('a filter that is a list', { filter: [] }, 'filter', 'query.not-an-object'),
  query('too deep a filter', JSON.parse(`{"filter":${nested(20)}}`) as object, 'filter', 'query.too-deep'),
  query(
    'too many conditions',
    { filter: { or: Array.from({ length: 300 }, () => ({ name: 'x' })) } },
    'filter',
    'query.too-many-conditions',
  ),
  query('sorting by what has no order', { sort: ['tags'] }, 'tags', 'query.not-sortable'),
  query('expanding what is no reference', { expand: ['name'] }, 'name', 'query.not-a-reference'),
  query(
    'a path through too many records',
    { fields: ['parent.parent.parent.parent.name'] },
    'parent.parent.parent.parent.name',
    'query.too-many-references',
  ),
  query('a cursor of nobody', { cursor: 'AAAA' }, 'cursor', 'query.cursor', 'query.cursor-invalid'),
  query(
    'a cursor of a list in another order',
    { cursor: Buffer.from(JSON.stringify([0, 'Litera', nowhere])).toString('base64url'), sort: ['employees'] },
    'cursor',
    'query.cursor',
    'query.cursor-invalid',
  ),
  query('a page too long', { limit: 5000 }, 'limit', 'field.invalid', 'request.invalid'),
  query('an unknown setting', { page: 2 }, 'page', 'field.unknown', 'request.invalid'),
  {
    name: 'a filter that is not JSON',
    request: `GET ${account}?filter={name`,
    status: 400,
    code: 'query.invalid',
    field: 'filter',
    reason: 'query.not-json',
  },
  {
    name: 'the same setting twice',
    request: `GET ${account}?limit=1&limit=2`,
    status: 400,
    code: 'request.invalid',
    field: 'limit',
    reason: 'field.invalid',
  },
  {
    name: 'a measure that takes the name of the key',
    request: `POST ${account}/aggregate`,
    body: { measures: { key: { count: true } } },
    status: 400,
    code: 'query.invalid',
    field: 'key',
    reason: 'query.measures',
  },
  {
    name: 'a sum of texts',
    request: `POST ${account}/aggregate`,
    body: { measures: { n: { sum: 'name' } } },
    status: 400,
    code: 'query.invalid',
    field: 'n',
    reason: 'query.not-measurable',
  },
  {
    name: 'months of a text',
    request: `POST ${account}/aggregate`,
    body: { groupBy: ['name:month'], measures: { n: { count: true } } },
    status: 400,
    code: 'query.invalid',
    field: 'name:month',
    reason: 'query.bucket',
  },
  {
    name: 'four groups',
    request: `POST ${account}/aggregate`,
    body: { groupBy: ['kind', 'status', 'industry', 'owner'], measures: { n: { count: true } } },
    status: 400,
    code: 'query.invalid',
    field: 'groupBy',
    reason: 'query.too-many-groups',
  },
  // Bulk
  {
    name: 'two verbs at once',
    request: `POST ${account}/bulk`,
    body: { create: [], delete: { ids: [] } },
    status: 400,
    code: 'request.invalid',
    field: 'delete',
    reason: 'field.invalid',
  },
  {
    name: 'no verb',
    request: `POST ${account}/bulk`,
    body: {},
    status: 400,
    code: 'request.invalid',
    field: 'create',
    reason: 'field.required',
  },
  {
    name: 'a verb of nothing',
    request: `POST ${account}/bulk`,
    body: { update: null },
    status: 400,
    code: 'request.invalid',
    field: 'update',
    reason: 'field.not-an-object',
  },
  {
    name: 'all or nothing, with one wrong',
    request: `POST ${account}/bulk`,
    body: { atomic: true, create: [{ name: 'Right' }, { name: 5 }] },
    status: 422,
    code: 'record.invalid',
    field: '1.name',
    reason: 'field.not-text',
  },
  {
    name: 'ids that are none',
    request: `POST ${account}/bulk`,
    body: { delete: { ids: ['x'] } },
    status: 400,
    code: 'request.invalid',
    field: 'delete.ids.0',
    reason: 'field.not-a-reference',
  },
  // The request itself
  { name: 'not JSON', request: `POST ${account}`, body: '{"name":', status: 400, code: 'request.not-json' },
  {
    name: 'JSON that changes prototypes',
    request: `POST ${account}`,
    body: '{"name":"X","__proto__":{"a":1}}',
    status: 400,
    code: 'request.not-json',
  },
  {
    name: 'bottomless JSON',
    request: `POST ${account}`,
    body: `{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    status: 422,
    code: 'record.invalid',
    field: 'name',
    reason: 'field.not-text',
  },
  {
    name: 'a list for a record',
    request: `POST ${account}`,
    body: [],
    status: 400,
    code: 'request.invalid',
    field: '',
    reason: 'field.not-an-object',
  },
  {
    name: 'plain text',
    request: `POST ${account}`,
    body: 'name=X',
    type: 'text/plain',
    status: 415,
    code: 'request.unsupported-type',
  },
  {
    name: 'a form',
    request: `POST ${account}`,
    body: 'name=X',
    type: 'application/x-www-form-urlencoded',
    status: 415,
    code: 'request.unsupported-type',
  },
  {
    name: 'a body of 2 MB',
    request: `POST ${account}`,
    body: { name: 'x'.repeat(2_000_000) },
    status: 413,
    code: 'request.too-large',
  },
  { name: 'an address that is not one', request: 'GET /api/records/%ff', status: 404, code: 'request.route-unknown' },
  { name: 'an unknown address', request: 'GET /api/nothing', status: 404, code: 'request.route-unknown' },
  {
    name: 'what is missing',
    request: 'GET /api/search',
    status: 400,
    code: 'request.invalid',
    field: 'q',
    reason: 'field.required',
  },
];

const keys = new Map<string, string>();
before(async () => {
  for (const language of languages) {
    const somebody = await person();
    await call('/api/session', { method: 'PATCH', json: { language }, key: somebody.key });
    keys.set(language, somebody.key);
  }
});

for (const { name, request, body, type = 'application/json', status, code, field, reason } of cases) {
  test(name, async () => {
    const [method, path] = request.split(/ (.*)/s) as [string, string];
    const was = await state();
    const messages = new Set<string>();
    for (const language of languages) {
      const answer = await call(path, {
        method,
        key: keys.get(language),
        headers: { 'accept-language': language, ...(body === undefined ? {} : { 'content-type': type }) },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const problem = (await answer.json()) as {
        status: number;
        code: string;
        title: string;
        detail: string;
        errors: { field: string; code: string; message: string }[];
      };
      const shown = JSON.stringify(problem).slice(0, 500);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8');
      assert.deepEqual([answer.status, problem.status, problem.code], [status, status, code], shown);
      assert.ok(!/^problem\.|\{\{/.test(`${problem.title} ${problem.detail}`), shown);
      if (field !== undefined) {
        const error = problem.errors.find((one) => one.field === field);
        assert.equal(error?.code, reason, shown);
        assert.ok(error!.message !== reason && !error!.message.includes('{{'), shown);
        messages.add(error!.message);
      } else messages.add(problem.title);
    }
    assert.equal(messages.size, languages.length, `each language has its own words: ${[...messages].join(' | ')}`);
    assert.equal(await state(), was, 'nothing is left behind');
  });
}

test('a bulk request says of each row what is wrong with it, and keeps what is right', async () => {
  const answer = await call(`${account}/bulk`, {
    json: { create: [{ name: 'Right' }, { name: 5 }, { name: '' }] },
    key: keys.get('lt'),
  });
  assert.equal(answer.status, 200);
  const { succeeded, failed, results } = (await answer.json()) as {
    succeeded: number;
    failed: number;
    results: { problem?: { title: string; errors: { message: string }[] } }[];
  };
  assert.deepEqual([succeeded, failed], [1, 2]);
  assert.equal(results[0]!.problem, undefined);
  assert.equal(results[2]!.problem!.errors[0]!.message, 'Šį lauką būtina užpildyti.');
});

test('what rules wrote for a refused row of a bulk request does not stay', async () => {
  const contact = await buildContact(records);
  const first = await records.create('accountContact', { account: parent.id, contact: contact.id, primary: true });
  const second = { contact: contact.id, account: nowhere, primary: true };
  const answer = await call('/api/records/accountContact/bulk', {
    json: { create: [second, { contact: contact.id, account: child.id }] },
  });
  const { succeeded, failed } = (await answer.json()) as { succeeded: number; failed: number };
  assert.deepEqual([succeeded, failed], [1, 1]);
  assert.equal((await records.read('accountContact', first.id)).primary, true);
});

test('what a record in the trash still points to cannot be deleted for good', async () => {
  const owner = await buildAccount(records);
  const opportunity = await buildOpportunity(records, { account: owner.id });
  await records.remove('opportunity', opportunity.id);
  await records.remove('account', owner.id);
  const answer = await call(`${account}/${owner.id}?purge=true`, { method: 'DELETE' });
  assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [409, 'record.in-use']);
});

for (const announced of [true, false]) {
  test(`a body of 100 MB ${announced ? 'that says so' : 'that does not say so'} is refused without being read into memory`, async () => {
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    let highest = before;
    const status = await flood(announced, () => {
      highest = Math.max(highest, process.memoryUsage().rss);
    });
    assert.equal(status, 413);
    const grown = Math.round((highest - before) / 1024 ** 2);
    assert.ok(grown < 50, `memory grew by ${grown} MB`);
    assert.equal((await call('/api/health')).status, 200);
  });
}

/** Sends 100 MB, or as much of it as the server takes, and answers the status. */
function flood(announced: boolean, onChunk: () => void): Promise<number | undefined> {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const chunks = (100 * 1024 ** 2) / chunk.length;
  return new Promise((done) => {
    let status: number | undefined;
    const request = httpRequest(`${url}${account}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        ...(announced ? { 'content-length': chunks * chunk.length } : {}),
      },
    });
    request.on('response', (response) => {
      status = response.statusCode;
      response.resume();
      response.on('close', () => {
        request.destroy();
        done(status);
      });
    });
    // The server hangs up on who goes on talking.
    request.on('error', () => done(status));
    let sent = 0;
    const send = (): void => {
      while (sent < chunks && status === undefined && !request.destroyed) {
        sent++;
        onChunk();
        if (!request.write(chunk)) {
          request.once('drain', send);
          return;
        }
      }
    };
    send();
  });
}

/** Everything that writing leaves: the events, and the rows with their versions. */
async function state(): Promise<string> {
  const tables = [...workspace.model.objects.values()].map(
    (object) => `(select count(*) || ':' || coalesce(sum(version), 0) from "${workspace.schema}"."${object.table}")`,
  );
  const events = `(select count(*)::text from "${workspace.schema}".event)`;
  return JSON.stringify(await runtime.database.run(`select ${[events, ...tables].join(', ')}`));
}
