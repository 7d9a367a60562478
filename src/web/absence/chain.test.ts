import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chainAfter, standingThrough } from './chain.ts';
import type { NearAbsence } from './near-absences.ts';

const away = (user: string, delegate: string, more: Partial<NearAbsence> = {}): NearAbsence => ({
  record: { id: user, version: 1 },
  ...{ id: user, user, userName: user.toUpperCase(), delegate, delegateName: delegate.toUpperCase() },
  ...{ from: '2026-11-20', until: '2026-11-30', scope: [], handover: '', when: 'now' },
  ...more,
});

test('the chain goes on while whoever comes next is away too', () => {
  const all = [away('ona', 'petras'), away('petras', 'jonas'), away('jonas', 'rasa'), away('zita', 'ona')];
  assert.deepEqual(
    chainAfter(all[0]!, all).map(({ delegate }) => delegate),
    ['jonas', 'rasa'],
  );
  assert.deepEqual(chainAfter(away('x', 'rasa'), all), []);
  // Entered in a circle by whatever way: it ends.
  const circle = [away('a', 'b'), away('b', 'c'), away('c', 'a')];
  assert.deepEqual(
    chainAfter(circle[0]!, circle).map(({ user }) => user),
    ['b', 'c'],
  );
  assert.deepEqual(chainAfter(away('a', 'a'), [away('a', 'a')]), []);
});

test('somebody stands in through others with what all of them leave, until the first is back', () => {
  const all = [
    away('ona', 'petras', { scope: ['accounts', 'tasks'] }),
    away('petras', 'jonas', { scope: ['tasks', 'cases'], until: '2026-11-25' }),
  ];
  assert.deepEqual(
    standingThrough('jonas', all).map(({ user, via, scope, until }) => ({ user, via, scope, until })),
    [{ user: 'ona', via: ['PETRAS'], scope: ['tasks'], until: '2026-11-25' }],
  );
  // Directly is not through others, and nobody stands in for themself.
  assert.deepEqual(standingThrough('petras', all), []);
  assert.deepEqual(
    standingThrough('ona', [...all, away('jonas', 'ona')]).map(({ user }) => user),
    ['petras'],
  );
  // Nothing in common: nothing is left.
  assert.deepEqual(standingThrough('jonas', [away('ona', 'petras', { scope: ['accounts'] }), all[1]!]), []);
  const whole = [away('ona', 'petras'), away('petras', 'jonas', { scope: ['cases'] })];
  assert.deepEqual(standingThrough('jonas', whole)[0]!.scope, ['cases']);
});
