import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordOf } from '#kernel/object/definition.ts';
import type { Problem } from '#kernel/problems/problem.ts';
import type { Records } from '#kernel/records/records.ts';
import { buildAccount, buildOpportunity, buildWorkspace } from '#test/build.ts';
import { opportunity, stage } from './index.ts';

const { records, workspace, principal } = await buildWorkspace();
const stages = (await records.list(stage, { sort: ['position'] })).items;
const [first, second, , negotiation, won, lost] = stages as [Stage, Stage, Stage, Stage, Stage, Stage];

type Stage = RecordOf<typeof stage>;
type Opportunity = RecordOf<typeof opportunity>;

test('every workspace begins with a pipeline of six stages', () => {
  assert.deepEqual(
    stages.map((one) => [one.name, one.probability, one.kind, one.isClosed]),
    [
      ['New', 10, 'open', false],
      ['Qualified', 25, 'open', false],
      ['Proposal', 50, 'open', false],
      ['Negotiation', 75, 'open', false],
      ['Won', 100, 'won', true],
      ['Lost', 0, 'lost', true],
    ],
  );
});

test('an opportunity without a stage begins in the first one', async () => {
  const account = await buildAccount(records);
  const one = await records.create(opportunity, { name: 'Wine', account: account.id, amount: 1000 });
  assert.deepEqual([one.pipeline, one.stage, one.probability], [first.pipeline, first.id, 10]);
  assert.deepEqual(one.weighted, { amount: 100, currency: 'EUR', base: 100 });
  assert.ok(one.stageSince && one.startedOn);
});

test('a stage sets the probability, unless the same save does', async () => {
  const { id } = await build();
  assert.equal((await records.update(opportunity, id, { stage: second.id })).probability, 25);
  assert.equal((await records.update(opportunity, id, { stage: negotiation.id, probability: 90 })).probability, 90);
  assert.equal((await records.update(opportunity, id, { name: 'Other' })).probability, 90);
});

test('entering a stage is remembered', async () => {
  const { id, stageSince } = await build();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const renamed = await records.update(opportunity, id, { name: 'Other' });
  assert.equal(renamed.stageSince, stageSince);
  const moved = await records.update(opportunity, id, { stage: second.id });
  assert.ok(moved.stageSince! > stageSince!);
});

test('won: dates, probability and forecast; back again: all of it undone', async () => {
  const { id } = await build();
  await records.update(opportunity, id, { stage: second.id });
  const closed = await act('win', id);
  assert.deepEqual([closed.stage, closed.probability, closed.forecast, closed.lostAt], [won.id, 100, 'closed', null]);
  assert.ok(closed.wonAt);
  assert.match(closed.closeOn!, /^\d{4}-\d\d-\d\d$/);

  const open = await act('reopen', id);
  assert.equal(open.stage, second.id, 'the stage it was in before');
  assert.deepEqual([open.wonAt, open.closeOn, open.forecast, open.probability], [null, null, 'pipeline', 25]);
});

test('lost: the reason, the words and when', async () => {
  const { id } = await build();
  const closed = await act('lose', id, { reason: 'price', note: 'Eight per cent too dear.' });
  assert.deepEqual([closed.stage, closed.probability, closed.forecast], [lost.id, 0, 'omitted']);
  assert.deepEqual([closed.lostReason, closed.lostNote, closed.wonAt], ['price', 'Eight per cent too dear.', null]);
  assert.ok(closed.lostAt);
  const open = await act('reopen', id);
  assert.deepEqual([open.lostReason, open.lostNote, open.lostAt], [null, null, null]);
});

test('a sale brought over as won on an earlier day was won on that day', async () => {
  const one = await build({ stage: won.id, closeOn: '2025-02-17' });
  assert.deepEqual([one.closeOn, one.wonAt], ['2025-02-17', '2025-02-17T12:00:00.000Z']);
});

test('a stage of another pipeline is refused; another pipeline alone means its first stage', async () => {
  const tenders = await records.create('pipeline', { name: 'Tenders', position: 2 });
  const announced = await records.create('stage', {
    name: 'Announced',
    pipeline: tenders.id,
    position: 1,
    probability: 5,
  });
  const { id } = await build();
  await assert.rejects(records.update(opportunity, id, { stage: announced.id }), (error: Problem) => {
    assert.deepEqual(
      error.errors.map((one) => [one.field, one.code]),
      [['stage', 'opportunity.stage-of-other-pipeline']],
    );
    return true;
  });
  const moved = await records.update(opportunity, id, { pipeline: tenders.id });
  assert.deepEqual([moved.stage, moved.probability], [announced.id, 5]);
  await assert.rejects(act('win', id), (error: Problem) => error.code === 'pipeline.no-stage');
});

test('a stage with opportunities keeps its kind and does not go', async () => {
  await build({ stage: second.id });
  await assert.rejects(
    records.update(stage, second.id, { kind: 'won' }),
    (error: Problem) => error.errors[0]!.code === 'stage.not-empty',
  );
  await assert.rejects(records.remove(stage, second.id), (error: Problem) => error.code === 'record.in-use');
  await assert.rejects(records.remove('pipeline', first.pipeline), (error: Problem) => error.code === 'record.in-use');
});

test('one main contact per opportunity', async () => {
  const { id } = await build();
  const contacts = [
    await records.create('contact', { lastName: 'One' }),
    await records.create('contact', { lastName: 'Two' }),
  ];
  for (const contact of contacts) {
    await records.create('opportunityContact', { opportunity: id, contact: contact.id, role: 'user', primary: true });
  }
  const main = await records.list('opportunityContact', { filter: { opportunity: id, primary: true } });
  assert.deepEqual(
    main.items.map((one) => one.contact),
    [contacts[1]!.id],
  );
});

test('actions are offered where they make sense', async () => {
  const open = await build();
  const isOffered = (record: Opportunity) =>
    workspace.actions
      .get('opportunity')!
      .filter((action) => action.isAvailable?.({ ...record }) ?? true)
      .map((action) => action.name);
  assert.deepEqual(isOffered(open), ['win', 'lose', 'startPlaybook']);
  assert.deepEqual(isOffered(await act('win', open.id)), ['reopen', 'startPlaybook']);
});

function build(overrides: Record<string, unknown> = {}): Promise<Opportunity> {
  return buildOpportunity(records, { stage: first.id, ...overrides }) as unknown as Promise<Opportunity>;
}

async function act(name: string, id: string, input: Record<string, unknown> = {}): Promise<Opportunity> {
  const action = workspace.actions.get('opportunity')!.find((one) => one.name === name)!;
  const context = {
    records: records as Records,
    now: new Date(),
    userId: principal.userId,
    timeZone: principal.timeZone,
  };
  return (await action.run({
    records,
    record: { ...(await records.read(opportunity, id)) },
    input,
    context,
    changeSet: '',
  })) as Opportunity;
}
