import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runAction } from '#kernel/records/actions.ts';
import { buildAccount, buildWorkspace } from '#test/build.ts';

const { records, workspace, principal } = await buildWorkspace();
const door = { latitude: 54.8985, longitude: 23.9036 };
const near = { latitude: 54.8994, longitude: 23.9036 };

async function planned(values: Record<string, unknown> = {}) {
  const account = await buildAccount(records, { position: door });
  return records.create('interaction', {
    ...{ channel: 'visit', state: 'planned', at: '2026-11-23T07:00:00Z', account: account.id },
    ...values,
  });
}

test('a visit is planned from an account, on a day, before anybody knows at what time', async () => {
  const account = await buildAccount(records);
  const plan = (input: unknown) => runAction(workspace, principal, 'account', account.id, 'planVisit', input);
  const { interaction } = (await plan({ day: '2026-11-24', purpose: 'Samples' })) as { interaction: string };
  const visit = await records.read('interaction', interaction);
  assert.deepEqual(
    [visit.channel, visit.state, visit.account, visit.subject, visit.owner],
    ['visit', 'planned', account.id, 'Samples', principal.userId],
  );
  assert.match(String(visit.at), /^2026-11-24T/);
  for (const input of [{}, { day: 'soon' }, { day: '2026-02-30' }, { day: '2026-11-24', owner: 'x' }])
    await assert.rejects(plan(input), JSON.stringify(input));
});

test('a visit took place when somebody was there, for as long as they stayed', async () => {
  const { id } = await planned();
  await records.update('interaction', id, { arrivedAt: '2026-11-20T08:12:00Z', arrivedPlace: near });
  const there = await records.read('interaction', id);
  assert.deepEqual([there.at, there.state, there.distance], ['2026-11-20T08:12:00.000Z', 'planned', 100]);
  // All of it at once, as it comes from a phone that was without a network.
  await records.update('interaction', id, { leftAt: '2026-11-20T08:45:30Z', body: 'Wants two doors' });
  const left = await records.read('interaction', id);
  assert.deepEqual([left.state, left.duration, left.subject], ['done', 33.5 * 60, 'Wants two doors']);
  // What somebody mends afterwards holds.
  await records.update('interaction', id, { duration: 600 });
  assert.equal((await records.read('interaction', id)).duration, 600);
});

test('nobody leaves before they arrive, and a place that is none is refused', async () => {
  const { id } = await planned();
  const refused = (changes: Record<string, unknown>, field: string) =>
    assert.rejects(records.update('interaction', id, changes), (error: { errors: { field: string }[] }) => {
      assert.deepEqual(
        error.errors.map((one) => one.field),
        [field],
      );
      return true;
    });
  await refused({ arrivedAt: '2026-11-20T09:00:00Z', leftAt: '2026-11-20T08:00:00Z' }, 'leftAt');
  await refused({ arrivedPlace: { latitude: 91, longitude: 0 } }, 'arrivedPlace');
  const unknown = await planned({ account: null, arrivedPlace: near });
  assert.equal(unknown.distance, null);
});
