/**
 * Clients write while the server, its database or a part of that is killed at random, again and again: everything that
 * was acknowledged is there, nothing is there twice, and what is derived from it is right.
 *
 *   KILL_ROUNDS   50, or as many as 140 seconds allow on a busy machine; a number that is given is reached
 *   KILL_SEED     a number; the order of things then repeats as far as timing allows
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '#test/seeded.ts';
import { auditHistory, auditKeys, auditReaders, auditTables, lagOfReaders, unseenLies } from './audit.ts';
import { openShop, type Shop, work } from './clients.ts';
import { asker, createOnce, type Entry, newLedger, settle } from './ledger.ts';
import { eventually, isRunning, openSite, type Site, signal } from './site.ts';

const rounds = Number(process.env.KILL_ROUNDS ?? 50);
const LONGEST_MS = process.env.KILL_ROUNDS ? Number.POSITIVE_INFINITY : 140_000;
const seed = Number(process.env.KILL_SEED ?? Math.floor(Math.random() * 1e9));
const CLIENTS = 6;
/** As if the minute had passed after which a request whose process died is given to whoever asks next. */
const WITHOUT_WAITING = `update platform.idempotency set created_at = now() - interval '2 minutes' where status is null`;
const hasProc = process.platform === 'linux';

test('killed at random during writes, nothing acknowledged is lost and nothing is twice', {
  skip: hasProc ? false : 'finds the processes to kill in /proc, which only Linux has',
}, async (t) => {
  t.diagnostic(`KILL_SEED=${seed}`);
  const began = performance.now();
  const random = seeded(seed);
  const site = await openSite();
  const ledger = newLedger();
  const ask = asker(ledger, () => site.server.url, site.key);
  const shop: Shop = { ledger, ask, random, ...(await openShop(ask)) };
  const owned: Entry[][] = Array.from({ length: CLIENTS }, () => []);
  const kills: Record<string, number> = {};

  let round = 0;
  while (round < rounds && performance.now() - began < LONGEST_MS) {
    round++;
    let isOver = false;
    const writing = Promise.all(owned.map((own) => work(shop, own, () => isOver)));
    const enough = ledger.told.acknowledged + 5 + Math.floor(random() * 50);
    for (const late = Date.now() + 2_000; ledger.told.acknowledged < enough && Date.now() < late; ) await sleep(5);
    await sleep(random() * 10);
    const how = howToKill(random());
    kills[how] = (kills[how] ?? 0) + 1;
    const before = new Set(ledger.entries.keys());
    await killers[how](site, random);
    // Some requests meet a server or a database that is away, or is just coming back.
    await sleep(random() * 150);
    isOver = true;
    await writing;
    const isKilled = how === 'the program' || how === 'both' || how === 'asked to stop';
    assert.equal(isRunning(site.server.process.pid!), !isKilled, `round ${round}, ${how}: ${site.server.output()}`);
    if (isKilled) await site.start();
    const words = `round ${round}, ${how}`;
    await eventually(`${words}: served again`, 20_000, async () => {
      const { status } = await ask('GET', 'records/stage?limit=1');
      return status === 200 ? [] : [`${status}`, site.server.output()];
    });

    const doubtful = [...ledger.entries.values()].filter(({ id, possible }) => possible.length > 1 || !before.has(id));
    assert.deepEqual(await settle(ask, doubtful), [], words);
    await site.inside((client) => client.query(WITHOUT_WAITING));
    for (const key of [...ledger.doubtfulKeys]) await createOnce(ledger, ask, key);
    assert.deepEqual(await site.inside((client) => auditKeys(client, ledger)), [], words);
    assert.deepEqual(await site.inside(auditTables), [], words);
    assert.deepEqual(ledger.unexpected, [], words);
  }

  assert.ok(round >= 5, `only ${round} rounds`);
  const { acknowledged, unknown } = ledger.told;
  t.diagnostic(`${round} rounds: ${JSON.stringify(kills)}`);
  t.diagnostic(`${acknowledged} writes acknowledged, ${unknown} of unknown outcome`);
  await eventually('every reader at the end', 30_000, () => site.inside(lagOfReaders));
  assert.deepEqual(await settle(ask, [...ledger.entries.values()]), []);
  assert.deepEqual(await site.inside((client) => auditHistory(client, ledger)), []);
  assert.deepEqual(await site.inside((client) => auditReaders(client, shop.colleague)), []);

  assert.deepEqual(await site.inside((client) => unseenLies(client, ledger, shop.colleague)), []);

  const postmaster = site.postmaster()!;
  const { code, stderr } = await site.server.stop();
  assert.equal(code, 0, stderr);
  assert.equal(isRunning(postmaster), false);
  assert.equal(site.postmaster(), undefined);
});

type How = 'the program' | 'the database' | 'the database, again and again' | 'both' | 'a backend' | 'asked to stop';

function howToKill(number: number): How {
  if (number < 0.25) return 'the program';
  if (number < 0.4) return 'the database';
  if (number < 0.45) return 'the database, again and again';
  if (number < 0.6) return 'both';
  return number < 0.88 ? 'a backend' : 'asked to stop';
}

const killers: Record<How, (site: Site, random: () => number) => Promise<void>> = {
  async 'the program'({ server }) {
    await server.stop('SIGKILL');
  },
  async 'the database'(site) {
    signal(site.postmaster(), 'SIGKILL');
  },
  /** Several times, each as soon as it is back, or just coming back. */
  async 'the database, again and again'(site, random) {
    for (let times = 0; times < 3; times++) {
      signal(site.postmaster(), 'SIGKILL');
      await eventually('started again', 20_000, async () => (site.postmaster() ? [] : [site.server.output()]));
      await sleep(random() * 400);
    }
  },
  async both(site) {
    signal(site.postmaster(), 'SIGKILL');
    await site.server.stop('SIGKILL');
  },
  /** One that works for a client, or for the database itself: the checkpointer, the writer of the log … */
  async 'a backend'(site, random) {
    await site.inside(async (client) => {
      const { rows } = await client.query<{ pid: number }>(
        'select pid from pg_stat_activity where pid <> pg_backend_pid() order by backend_start',
      );
      signal(rows[Math.floor(random() * rows.length)]?.pid, 'SIGKILL');
    });
  },
  async 'asked to stop'({ server }) {
    const { code, stderr } = await server.stop('SIGTERM');
    assert.equal(code, 0, stderr);
  },
};
