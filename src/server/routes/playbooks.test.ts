import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeStandardRoles } from '#app/standard-roles.ts';
import { asSystem } from '#kernel/access/access.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';

const { runtime, workspace, records } = await buildWorkspace();
const system = recordsFor(workspace, asSystem('test data'), 'setup');
const { call, key, person } = await serve(runtime, workspace);

type Step = Record<string, unknown> & { id: string; version: number };
const stepsOf = async (playbook: string) =>
  (await records.list('playbookStep', { filter: { playbook }, sort: ['position'] })).items as unknown as Step[];
const put = (id: string, body: object, as = key) =>
  call(`/api/playbooks/${id}`, { method: 'PUT', key: as, json: body });

test('a playbook is written with all its steps, as one change that is taken back as one', async () => {
  const { id } = await records.create('playbook', { name: 'Welcome' });
  const steps = [
    { subject: 'Call', days: 0, after: 'start', who: 'owner', priority: 'high' },
    { subject: 'Send the list', days: 2, after: 'previous', who: 'accountOwner', checklist: [{ text: 'Prices' }] },
    { subject: 'Ask', days: 5, after: 'start' },
  ];
  const made = await put(id, { values: { name: 'Welcome to us', description: 'How we begin' }, version: 1, steps });
  assert.equal(made.status, 200);
  const before = await stepsOf(id);
  assert.deepEqual(
    before.map(({ subject, position, days, after }) => [subject, position, days, after]),
    [
      ['Call', 1, 0, 'start'],
      ['Send the list', 2, 2, 'previous'],
      ['Ask', 3, 5, 'start'],
    ],
  );

  // The last one first, one of them gone, one of them new.
  const [call1, , ask] = before;
  const { version } = await records.read('playbook', id);
  const wanted = [{ id: ask!.id, subject: 'Ask', days: 4 }, { id: call1!.id, subject: 'Call' }, { subject: 'Thank' }];
  const { changeSet } = (await (await put(id, { values: { name: 'Welcome' }, version, steps: wanted })).json()) as {
    changeSet: string;
  };
  assert.deepEqual(
    (await stepsOf(id)).map(({ subject, days }) => [subject, days]),
    [
      ['Ask', 4],
      ['Call', 0],
      ['Thank', 0],
    ],
  );
  await records.undo(changeSet);
  assert.deepEqual(
    (await stepsOf(id)).map((step) => [step.id, step.subject, step.days]),
    before.map((step) => [step.id, step.subject, step.days]),
  );
  assert.equal((await records.read('playbook', id)).name, 'Welcome to us');
});

test('what is wrong with a step is told with its number, and nothing of the rest is kept', async () => {
  const { id } = await records.create('playbook', { name: 'Strict' });
  const { id: other } = await records.create('playbook', { name: 'Other' });
  const foreign = await records.create('playbookStep', { playbook: other, position: 1, subject: 'Theirs' });
  const good = { subject: 'Good' };
  const errorsOf = async (body: object) => {
    const answer = await put(id, { values: {}, ...body });
    const { errors = [] } = (await answer.json()) as { errors?: { field: string }[] };
    return [answer.status, ...errors.map(({ field }) => field)];
  };
  assert.deepEqual(await errorsOf({ steps: [good, { subject: '' }] }), [422, 'steps.1.subject']);
  assert.deepEqual(await errorsOf({ steps: [{ ...good, who: 'person' }] }), [422, 'steps.0.person']);
  assert.deepEqual(await errorsOf({ steps: [{ ...good, days: 4_000 }] }), [422, 'steps.0.days']);
  assert.deepEqual(await errorsOf({ values: { name: '' }, steps: [good] }), [422, 'name']);
  assert.deepEqual(await errorsOf({ version: 9, steps: [good] }), [409]);
  assert.deepEqual(await errorsOf({ steps: [{ ...good, id: foreign.id }] }), [404]);
  assert.deepEqual(await errorsOf({ steps: [{ ...good, playbook: other, position: 7 }] }), [200]);
  const [only, ...more] = await stepsOf(id);
  assert.deepEqual([only!.subject, only!.position, more.length], ['Good', 1, 0]);
  assert.equal((await stepsOf(other)).length, 1);
  assert.equal((await put(id, { values: {}, steps: Array(101).fill(good) })).status, 400);
  assert.equal((await put('0', { values: {}, steps: [] })).status, 400);
  // Who may only read them changes none.
  const roles = [(await makeStandardRoles(system, 'en')).representative];
  const seller = await person();
  await system.update('user', seller.userId, { roles });
  assert.ok([403, 404].includes((await put(id, { values: {}, steps: [] }, seller.key)).status));
  assert.equal((await stepsOf(id)).length, 1);
});

test('the days of steps are those on which the company works', async () => {
  const company = (body: object) => call('/api/company', { method: 'PATCH', json: body });
  const days = async (body: object) =>
    (await (await call('/api/playbooks/days', { json: body })).json()) as {
      days: string[];
      holidays: object[];
    };
  const steps = [
    { days: 0, after: 'previous' },
    { days: 2, after: 'previous' },
    { days: 1, after: 'previous' },
    { days: 1, after: 'start' },
  ];
  // A Friday.
  assert.deepEqual((await days({ on: '2026-12-18', steps })).days, [
    '2026-12-18',
    '2026-12-22',
    '2026-12-23',
    '2026-12-21',
  ]);
  const holidays = [
    { on: '2026-12-24', name: 'Kūčios' },
    { on: '2026-12-21', name: 'Away day' },
    { on: '2026-12-21', name: 'Outing' },
  ];
  assert.equal((await company({ holidays })).status, 200);
  assert.deepEqual(await days({ on: '2026-12-18', steps }), {
    ...{ on: '2026-12-18', days: ['2026-12-18', '2026-12-23', '2026-12-25', '2026-12-22'] },
    holidays: [
      { on: '2026-12-21', name: 'Outing' },
      { on: '2026-12-24', name: 'Kūčios' },
    ],
  });
  assert.equal((await company({ holidays: [{ on: '2026-02-30', name: '' }] })).status, 400);
  assert.equal((await company({ holidays: null })).status, 200);
  assert.equal((await days({ on: '2026-12-18', steps })).days[1], '2026-12-22');
  assert.equal((await call('/api/playbooks/days', { json: { steps: [{ days: -1 }] } })).status, 400);
});
