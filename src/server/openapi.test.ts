import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';

interface Document {
  paths: Record<string, Record<string, { security?: unknown[]; responses: Record<string, unknown> }>>;
  components: { schemas: Record<string, { properties: Record<string, unknown> }> };
}

const { runtime, workspace } = await buildWorkspace();
const { call, url } = await serve(runtime, workspace);
const documentOf = async (answer: Response | Promise<Response>) => (await (await answer).json()) as Document;

test('the document is valid OpenAPI 3.1, for a visitor and for anybody', async () => {
  for (const document of [
    await documentOf(call('/api/openapi.json')),
    await documentOf(fetch(`${url}/api/openapi.json`)),
  ]) {
    const { valid, errors } = await new Validator().validate(structuredClone(document) as never);
    assert.ok(valid, JSON.stringify(errors));
  }
});

test('every object has its paths, and every operation says which problems may come', async () => {
  const { paths } = await documentOf(call('/api/openapi.json'));
  for (const object of workspace.model.objects.keys()) {
    for (const end of ['', '/query', '/aggregate', '/bulk', '/{id}', '/{id}/restore', '/{id}/history']) {
      assert.ok(paths[`/api/records/${object}${end}`], `${object}${end}`);
    }
  }
  assert.ok(paths['/api/records/opportunity/{id}/actions/win']!.post);
  const { responses } = paths['/api/records/account']!.post!;
  assert.deepEqual(Object.keys(responses), [
    '201',
    '400',
    '401',
    '403',
    '404',
    '409',
    '413',
    '415',
    '422',
    '429',
    '503',
  ]);
  assert.deepEqual(paths['/api/health']!.get!.security, []);
  assert.equal(paths['/api/session']!.get!.security, undefined);
});

test('every operation describes what it answers', async () => {
  const { paths } = await documentOf(call('/api/openapi.json'));
  const mute = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { responses = {} }]) => {
      const good = Object.entries(responses as Record<string, { content?: Record<string, { schema?: object }> }>);
      const isDescribed = good.some(
        ([status, { content }]) =>
          status === '204' || (status.startsWith('2') && Object.values(content ?? {}).some(({ schema }) => schema)),
      );
      return method === 'parameters' || isDescribed ? [] : [`${method} ${path}`];
    }),
  );
  assert.deepEqual(mute, [], 'add a response schema to src/server/answers.ts and to the route');
});

test('an object added at run time is described to those who have it, whatever its name', async () => {
  const definition = {
    name: 'problem',
    plural: 'problems',
    title: 'name',
    icon: 'bug',
    fields: { name: { type: 'text', required: true }, seenOn: { type: 'date' } },
  };
  assert.equal((await call('/api/objects', { json: definition })).status, 201);
  const document = await documentOf(call('/api/openapi.json'));
  assert.ok(document.components.schemas.Problem!.properties.errors, 'Problem is still the problem');
  assert.ok(document.components.schemas.Problem_!.properties.seenOn);
  const { valid, errors } = await new Validator().validate(structuredClone(document) as never);
  assert.ok(valid, JSON.stringify(errors));

  await call('/api/objects/problem/fields', { json: { name: 'severity', type: 'integer' } });
  const later = await documentOf(call('/api/openapi.json'));
  assert.ok(later.components.schemas.Problem_!.properties.severity, 'a change of the definitions is seen at once');
  assert.equal((await documentOf(fetch(`${url}/api/openapi.json`))).components.schemas.Problem_, undefined);
});

test('the reference page is for anybody, and shows the document', async () => {
  for (const path of ['/api/reference', '/api/reference/static/swagger-initializer.js']) {
    assert.equal((await fetch(`${url}${path}`)).status, 200, path);
  }
  const page = await (await fetch(`${url}/api/reference/static/swagger-initializer.js`)).text();
  assert.match(page, /'x-csrf': csrf/, 'what changes something can be tried out');
  const shown = await documentOf(call('/api/reference/json'));
  assert.deepEqual(shown, await documentOf(call('/api/openapi.json')));
});
