import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { LayoutDefinition, ShownLayout } from '#kernel/object/layout.ts';
import { buildWorkspace } from '#test/build.ts';
import { serve, type TestServer } from '#test/http.ts';

let server: TestServer;
before(async () => {
  const at = await buildWorkspace();
  server = await serve(at.runtime, at.workspace);
});

const lost: LayoutDefinition = {
  name: 'lost',
  when: { 'stage.kind': 'lost' },
  highlights: ['lostReason', 'amount'],
  left: [{ type: 'fields', fields: ['lostReason', 'lostNote'], label: { en: 'Why', lt: 'Kodėl' } }],
  tabs: [
    {
      name: 'overview',
      panels: [
        { type: 'timeline', brief: true },
        { type: 'text', text: { en: '<p>Ask again in spring.<script>steal()</script></p>' }, roles: ['member'] },
        { type: 'text', text: { en: '<p>For nobody here</p>' }, roles: ['seller'] },
      ],
    },
    { name: 'team', label: { en: 'Team' }, panels: [{ type: 'files' }], roles: ['seller'] },
  ],
  right: [{ type: 'related', object: 'task', field: 'opportunity', columns: ['subject', 'dueOn'] }],
};

async function layoutsOf(object: string, key = server.key): Promise<ShownLayout[]> {
  const answer = await server.call(`/api/objects/${object}`, { key });
  return ((await answer.json()) as { layouts: ShownLayout[] }).layouts;
}

function arrange(object: string, layouts: unknown, key = server.key): Promise<Response> {
  return server.call(`/api/objects/${object}`, { method: 'PATCH', json: { layouts }, key });
}

test('an object that nobody arranged has the layout of its definition', async () => {
  const [only, ...others] = await layoutsOf('opportunity');
  assert.equal(others.length, 0);
  assert.deepEqual(only!.highlights!.slice(0, 3), ['amount', 'probability', 'weighted']);
  const [fields] = only!.left;
  assert.ok(fields?.type === 'fields');
  assert.deepEqual(fields.fields.slice(0, 4), ['account', 'amount', 'stage', 'closeOn']);
  assert.equal(fields.fields.at(-1), 'owner');
  assert.deepEqual(
    only!.tabs.map(({ name }) => name),
    ['overview', 'activity'],
  );
});

test('what an administrator arranges is shown to those it is for, in their words', async () => {
  const { key } = await server.person();
  assert.equal((await arrange('opportunity', [lost])).status, 200);
  const [first, last, ...more] = await layoutsOf('opportunity', key);
  assert.equal(more.length, 0);
  assert.deepEqual([first!.name, first!.when, last!.name], ['lost', lost.when, 'default']);
  assert.equal(first!.left[0]!.label, 'Why');
  assert.deepEqual(
    first!.tabs.map(({ name }) => name),
    ['overview'],
  );
  const texts = first!.tabs[0]!.panels.flatMap((panel) => (panel.type === 'text' ? [panel.text] : []));
  assert.deepEqual(texts, ['<p>Ask again in spring.</p>']);
  const raw = (await (await server.call('/api/objects/opportunity/layouts')).json()) as {
    layouts: LayoutDefinition[];
    default: LayoutDefinition;
  };
  assert.equal(raw.layouts[0]!.tabs.length, 2);
  assert.equal(raw.default.name, 'default');
  assert.equal((await server.call('/api/objects/opportunity/layouts', { key })).status, 403);
  assert.equal((await arrange('opportunity', [], key)).status, 403);
});

test('what is for a team is shown to whoever is in it, by its name, and follows who comes and goes', async () => {
  const { key, userId } = await server.person();
  const made = await server.call('/api/records/team', { json: { name: 'Kaunas' } });
  const { id: team, version } = (await made.json()) as { id: string; version: number };
  const own: LayoutDefinition = {
    name: 'own',
    left: [{ type: 'fields', fields: ['name'] }],
    tabs: [
      { name: 'overview', panels: [{ type: 'files', teams: ['Kaunas'] }, { type: 'timeline' }] },
      { name: 'sellers', panels: [{ type: 'timeline' }], teams: ['Kaunas'], roles: ['nobody'] },
    ],
    right: [],
  };
  assert.equal((await arrange('contact', [{ ...own, teams: ['Kaunas', 'Vilnius'] }])).status, 200);
  const shown = async () =>
    (await layoutsOf('contact', key)).map(({ name, tabs }) => [name, tabs[0]!.panels.length, tabs.length]);
  const standard = await shown();
  assert.deepEqual(standard[0]![0], 'default');

  const join = { json: { teams: [team] }, method: 'PATCH' };
  assert.equal((await server.call(`/api/records/user/${userId}`, join)).status, 200);
  assert.deepEqual(await shown(), [['own', 2, 1]]);
  const [layout] = await layoutsOf('contact', key);
  assert.ok(!JSON.stringify(layout).includes('Kaunas'), 'whom it is for is the administrators’ matter');
  const rename = { json: { name: 'Klaipėda', version }, method: 'PATCH' };
  assert.equal((await server.call(`/api/records/team/${team}`, rename)).status, 200);
  assert.deepEqual(await shown(), standard);
  assert.equal((await arrange('contact', [{ ...own, teams: [] }])).status, 422);
  assert.equal((await arrange('contact', [])).status, 200);
});

test('a layout without a condition stands for the one of the definition; none brings it back', async () => {
  const { when: _when, ...always } = lost;
  assert.equal((await arrange('opportunity', [always])).status, 200);
  assert.deepEqual(
    (await layoutsOf('opportunity')).map(({ name }) => name),
    ['lost'],
  );
  assert.equal((await arrange('opportunity', [])).status, 200);
  assert.deepEqual(
    (await layoutsOf('opportunity')).map(({ name }) => name),
    ['default'],
  );
});

const chart = { type: 'chart', object: 'task', field: 'opportunity', by: 'status' };

test('what names something that is not there is refused where it stands', async () => {
  const wrong: [unknown, string][] = [
    [[{ ...lost, highlights: ['amount', 'colour'] }], 'layouts.0.highlights.1'],
    [[lost, lost], 'layouts.1.name'],
    [[{ ...lost, when: { 'stage.pipeline.name': 'x' } }], 'layouts.0.when.stage.pipeline.name'],
    [[{ ...lost, when: { name: { contains: 'x' } } }], 'layouts.0.when.name'],
    [[{ ...lost, when: { or: [{ not: { nobody: 1 } }] } }], 'layouts.0.when.or.0.not.nobody'],
    [[{ ...lost, right: [{ type: 'related', object: 'task', field: 'account' }] }], 'layouts.0.right.0.field'],
    [[{ ...lost, right: [{ type: 'related', object: 'nobody', field: 'x' }] }], 'layouts.0.right.0.field'],
    [[{ ...lost, left: [{ type: 'fields', fields: ['name', 'x'] }] }], 'layouts.0.left.0.fields.1'],
    [[{ ...lost, left: [{ type: 'frame', url: 'https://example.com' }] }], 'layouts.0.left.0'],
    [[{ ...lost, left: [{ type: 'frame', address: 'http://example.com/' }] }], 'layouts.0.left.0.address'],
    [[{ ...lost, left: [{ type: 'frame', address: 'https://{{name}}.lt/' }] }], 'layouts.0.left.0.address'],
    [[{ ...lost, left: [{ type: 'frame', address: 'https://a.lt/{{colour}}' }] }], 'layouts.0.left.0.address'],
    [[{ ...lost, left: [{ ...chart, by: 'checklist' }] }], 'layouts.0.left.0.by'],
    [[{ ...lost, left: [{ ...chart, by: 'status:month' }] }], 'layouts.0.left.0.by'],
    [[{ ...lost, left: [{ ...chart, measure: 'sum', of: 'status' }] }], 'layouts.0.left.0.of'],
    [[{ ...lost, left: [{ ...chart, field: 'account' }] }], 'layouts.0.left.0.field'],
    [[{ ...lost, tabs: [] }], 'layouts.0.tabs'],
    ['all', 'layouts'],
  ];
  for (const [layouts, field] of wrong) {
    const answer = await arrange('opportunity', layouts);
    const { errors } = (await answer.json()) as { errors: { field: string }[] };
    assert.equal(answer.status, 422, field);
    assert.ok(
      errors.some((error) => error.field.startsWith(field)),
      `${field}: ${JSON.stringify(errors).slice(0, 300)}`,
    );
  }
});

test('a field that was taken away leaves the layout that names it', async () => {
  const added = await server.call('/api/objects/account/fields', { json: { name: 'segment', type: 'text' } });
  assert.equal(added.status, 201);
  const layout = { ...lost, when: undefined, name: 'own', highlights: ['segment'], right: [] };
  const left = [{ type: 'fields', fields: ['segment', 'name'] }];
  assert.equal((await arrange('account', [{ ...layout, left }])).status, 200);
  assert.equal((await server.call('/api/objects/account/fields/segment', { method: 'DELETE' })).status, 200);
  const [own] = await layoutsOf('account');
  assert.deepEqual(own!.highlights, []);
  assert.deepEqual(own!.left, [{ type: 'fields', fields: ['name'] }]);
});

test('a page of another server is framed only where a layout that one sees says so, and apart from everything', async () => {
  const address = 'https://erp.example.com/customers?number={{taxNumber}}';
  const frame = (at: string, key = server.key) => server.call(`/api/frames?address=${encodeURIComponent(at)}`, { key });
  const filled = 'https://erp.example.com/customers?number=%22%3E%3Cscript%3E';
  assert.equal((await frame(filled)).status, 404, 'denied by default');

  const { key, userId } = await server.person();
  const layout = { name: 'own', left: [], right: [{ type: 'frame', address }, { type: 'mail' }, { type: 'calendar' }] };
  const tab = {
    name: 'overview',
    panels: [{ ...chart, object: 'opportunity', field: 'account', by: 'closeOn:month' }],
  };
  assert.equal((await arrange('account', [{ ...layout, tabs: [tab] }])).status, 200);
  const answer = await frame(filled, key);
  assert.equal(answer.status, 200);
  const policy = answer.headers.get('content-security-policy')!;
  assert.match(policy, /^default-src 'none';.* frame-src https:\/\/erp\.example\.com; frame-ancestors 'self';/);
  assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
  const page = await answer.text();
  assert.match(page, /<iframe src="https:\/\/erp\.example\.com\/customers\?number=%22%3E%3Cscript%3E"/);
  assert.match(page, /sandbox="allow-scripts allow-forms allow-popups" referrerpolicy="no-referrer"/);
  assert.ok(!page.includes('<script>'));
  for (const other of [
    'https://example.com/',
    'http://erp.example.com/',
    'https://erp.example.com.evil.lt/',
    'javascript:1',
    'x',
  ])
    assert.equal((await frame(other, key)).status, 404, other);
  assert.equal((await server.call(`/api/frames?address=${filled}`, { key: 'none' })).status, 401);
  // The app itself still frames nothing but this server.
  const app = (await server.call('/')).headers.get('content-security-policy')!;
  assert.ok(!app.includes('erp.example.com') && app.includes("default-src 'self'") && !app.includes('frame-src'));

  // Whoever does not see the number sees nothing that is made of it.
  const grants = { '*': { read: 'all' } };
  const fields = { 'account.taxNumber': 'masked', 'opportunity.closeOn': 'hidden' };
  const made = await server.call('/api/records/role', { json: { name: 'blind', grants, fields } });
  const role = (await made.json()) as { id: string };
  assert.equal(made.status, 201);
  await server.call(`/api/records/user/${userId}`, { json: { roles: [role.id] }, method: 'PATCH' });
  const [own] = await layoutsOf('account', key);
  assert.deepEqual(
    own!.right.map(({ type }) => type),
    ['mail', 'calendar'],
  );
  assert.deepEqual(own!.tabs[0]!.panels, []);
  assert.equal((await frame(filled, key)).status, 404);
  assert.equal((await arrange('account', [])).status, 200);
});
