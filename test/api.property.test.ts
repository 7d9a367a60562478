/**
 * Thousands of requests made of the OpenAPI document, right and wrong ones: the server never fails, answers only what the
 * document says, and a refused request leaves nothing behind.
 *
 *   API_REQUESTS=20000 API_SEED=7 node --test test/api.property.test.ts
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { fc } from '#test/property.ts';
import { buildAccount, buildContact, buildOpportunity, buildWorkspace } from './build.ts';
import { serve } from './http.ts';
import { type ApiDocument, type ApiRequest, requests } from './openapi-requests.ts';

const REQUESTS = Number(process.env.API_REQUESTS ?? 4_000);
const SEED = Number(process.env.API_SEED ?? 42);
const TIME_MS = Number(process.env.API_TIME_MS ?? 60_000);

/** Not asked here: what never ends, signs this test out, or costs a password hash or new tables each time. */
const rare = [/^\/api\/live/, /^\/api\/session/, /^\/api\/setup/, /^\/api\/objects/, /^\/api\/keys/];

const { runtime, workspace, records } = await buildWorkspace();
const { app, key, userId } = await serve(runtime, workspace);
const document = (await app.inject({ url: '/api/openapi.json', headers: bearer() })).json() as ApiDocument;
const answers = answerChecks(document);

const ids = new Map<string, string[]>();
const cursors: string[] = [];
const changeSets: string[] = [];
const world = { ids: (object: string) => ids.get(object) ?? [], cursors, changeSets };

const failures: unknown[] = [];
const onFailure = (error: unknown) => failures.push(error);
before(() => process.on('unhandledRejection', onFailure));
after(() => process.off('unhandledRejection', onFailure));

before(async () => {
  for (let index = 0; index < 5; index++) {
    const account = await buildAccount(records, {
      tags: ['a', 'b'],
      industry: 'retail',
      annualRevenue: { amount: index * 10 },
    });
    const contact = await buildContact(records);
    await records.create('accountContact', { account: account.id, contact: contact.id });
    await records.create('comment', { body: 'Yes', targetObject: 'account', targetId: account.id });
    await records.create('follow', { user: userId, targetObject: 'contact', targetId: contact.id });
    await buildOpportunity(records, {
      account: account.id,
      amount: { amount: 100 * index, currency: index % 2 ? 'USD' : 'EUR' },
    });
    await records.create('task', { subject: `Task ${index}` });
    await records.create('note', { body: `Note ${index}`, account: account.id }).catch(() => {});
  }
  for (const object of workspace.model.objects.keys()) {
    const { items } = await records.list(object, { limit: 10 });
    // Whoever asks is left alone: without their user they could ask nothing more.
    ids.set(
      object,
      items.map((item) => item.id).filter((id) => id !== userId),
    );
    const page = await records.list(object, { limit: 1 });
    if (page.next) cursors.push(page.next);
  }
});

test('no request makes the server fail, answer outside the document, or leave half of anything', async () => {
  const seen = new Map<string, number>();
  let last = await state();
  await fc.assert(
    fc.asyncProperty(
      requests(document, world, (path) => rare.some((pattern) => pattern.test(path))),
      async (request) => {
        const answer = await app.inject({
          method: request.method as 'GET',
          url: request.url,
          headers: { ...request.headers, ...bearer() },
          payload: request.payload,
        });
        seen.set(
          `${request.spoilt} ${answer.statusCode}`,
          (seen.get(`${request.spoilt} ${answer.statusCode}`) ?? 0) + 1,
        );
        checkAnswer(request, answer.statusCode, String(answer.headers['content-type'] ?? ''), answer.body);
        if (answer.statusCode === 401) last = await welcomeBack();
        else if (answer.statusCode >= 400) assert.equal(await state(), last, 'a refused request left something behind');
        else {
          learn(request.path, answer.body);
          last = await state();
        }
        assert.deepEqual(failures, []);
      },
    ),
    {
      numRuns: REQUESTS,
      seed: SEED,
      interruptAfterTimeLimit: TIME_MS,
      markInterruptAsFailure: false,
      endOnFailure: true,
    },
  );
  const total = [...seen.values()].reduce((sum, count) => sum + count, 0);
  const right = [...seen].reduce((sum, [kind, count]) => (/ 2\d\d$/.test(kind) ? sum + count : sum), 0);
  console.log(
    `${total} requests: ${[...seen]
      .sort()
      .map(([kind, count]) => `${kind}: ${count}`)
      .join(', ')}`,
  );
  assert.ok(right > total / 10, `only ${right} of ${total} were accepted: the requests are too wrong to try much`);
});

test('the same for the routes that change definitions and sessions, fewer times', async () => {
  const asked = [/^\/api\/session$/, /^\/api\/objects/, /^\/api\/keys/, /^\/api\/setup/];
  const leftOut = (path: string, method: string) =>
    !asked.some((pattern) => pattern.test(path)) ||
    (path === '/api/session' && (method === 'delete' || method === 'post'));
  await fc.assert(
    fc.asyncProperty(requests(document, world, leftOut), async (request) => {
      const answer = await app.inject({
        method: request.method as 'GET',
        url: request.url,
        headers: { ...request.headers, ...bearer() },
        payload: request.payload,
      });
      checkAnswer(request, answer.statusCode, String(answer.headers['content-type'] ?? ''), answer.body);
    }),
    {
      numRuns: Math.ceil(REQUESTS / 20),
      seed: SEED,
      interruptAfterTimeLimit: TIME_MS / 3,
      markInterruptAsFailure: false,
      endOnFailure: true,
    },
  );
  assert.deepEqual(failures, []);
});

function bearer() {
  return { authorization: `Bearer ${key}` };
}

function checkAnswer(request: ApiRequest, status: number, type: string, body: string): void {
  const shown = `${request.method} ${request.url.slice(0, 300)} ${request.payload?.slice(0, 600) ?? ''} (${request.spoilt})\n→ ${status} ${body.slice(0, 800)}`;
  assert.ok(status < 500, shown);
  if (status >= 400 && request.method !== 'HEAD') {
    assert.match(type, /^application\/problem\+json/, shown);
    const problem = JSON.parse(body) as {
      status: number;
      code: string;
      title: string;
      detail: string;
      errors: { field: string; code: string; message: string }[];
    };
    assert.equal(problem.status, status, shown);
    assert.ok(!problem.title.startsWith('problem.') && !problem.detail.startsWith('problem.'), `no words: ${shown}`);
    for (const { code, message } of problem.errors)
      assert.ok(message !== code && !/\{\{(?!x)/.test(message), `no words for ${code}: ${shown}`);
    if (
      ['request.invalid', 'query.invalid', 'record.invalid', 'field.unknown', 'query.cursor-invalid'].includes(
        problem.code,
      )
    ) {
      assert.ok(problem.errors.length > 0, `no field: ${shown}`);
    }
  }
  const fault = answers(request.method, request.path, status, body, request.spoilt !== 'nothing');
  assert.equal(fault, null, `${fault}: ${shown}`);
}

/** A bulk change of all users may have locked out whoever asks. */
async function welcomeBack(): Promise<string> {
  const table = `"${workspace.schema}"."user"`;
  await runtime.database.run(`update ${table} set active = true, deleted_at = null where id = $1::uuid`, [userId]);
  return state();
}

/** Records, change sets and cursors that came to be are used by later requests. */
function learn(path: string, body: string): void {
  const { id, changeSet, next } = (body.startsWith('{') ? JSON.parse(body) : {}) as Record<string, unknown>;
  if (typeof changeSet === 'string') remember(changeSets, changeSet);
  if (typeof next === 'string') remember(cursors, next);
  const object = /^\/api\/records\/(\w+)$/.exec(path)?.[1];
  const known = object && ids.get(object);
  if (known && typeof id === 'string') remember(known, id);
}

function remember(list: string[], value: string): void {
  if (list.length > 50) list.shift();
  list.push(value);
}

/** Everything that writing leaves: the events and the rows. */
async function state(): Promise<string> {
  const tables = [...workspace.model.objects.values()].map(
    (object) => `(select count(*) || ':' || coalesce(sum(version), 0) from "${workspace.schema}"."${object.table}")`,
  );
  const [row] = await runtime.database.run(
    `select ${[`(select count(*)::text from "${workspace.schema}".event)`, ...tables].join(', ')}`,
  );
  return JSON.stringify(row);
}

/** What is wrong with an answer, by the document; null when nothing is. */
function answerChecks(api: ApiDocument) {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  ajv.addSchema(api as object, 'api');
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
  return (method: string, asked: string, status: number, body: string, isSpoilt: boolean): string | null => {
    const path = routeOf(api, asked, method.toLowerCase());
    const operation = api.paths[path]?.[method.toLowerCase()];
    const pointer = operation
      ? pointerOf(api, path, method.toLowerCase(), status)
      : status === 404 || status === 401 || status === 400 || status === 413 || status === 415 || method === 'HEAD'
        ? '/components/schemas/Problem'
        : undefined;
    if (pointer === undefined) return isSpoilt && status === 404 ? null : `status ${status} is not in the document`;
    if (method === 'HEAD' || pointer === null || status === 204) return null;
    let check = compiled.get(pointer);
    if (!check) {
      check = ajv.compile({ $ref: `api#${pointer}` });
      compiled.set(pointer, check);
    }
    if (check(JSON.parse(body))) return null;
    return `not as documented: ${JSON.stringify(check.errors?.slice(0, 3))}`;
  };
}

/** With another method an address may be that of another route: DELETE /identity-providers/scim is DELETE /identity-providers/{kind}. */
function routeOf(api: ApiDocument, path: string, method: string): string {
  if (api.paths[path]?.[method]) return path;
  const fits = (template: string) =>
    new RegExp(`^${template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path);
  return Object.keys(api.paths).find((template) => api.paths[template]![method] && fits(template)) ?? path;
}

/** Where the schema of an answer is; null when it has none, undefined when the status is not documented. */
function pointerOf(api: ApiDocument, path: string, method: string, status: number): string | null | undefined {
  const response = api.paths[path]![method]!.responses[status];
  if (!response) return undefined;
  if (response.$ref) return '/components/schemas/Problem';
  const type = Object.keys(response.content ?? {})[0];
  // The content of a file is no JSON.
  if (type !== 'application/json' || !response.content![type]!.schema) return null;
  const escaped = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
  return `/paths/${escaped(path)}/${method}/responses/${status}/content/${escaped(type)}/schema`;
}
