/**
 * Data of the version that landed last, upgraded by the program as it is now: whoever changes definitions, indexes, fixed
 * tables or the platform's schema learns here what that does to a company that is at work. How the data was made: make.ts.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { newestStep } from '#app/upgrades/upgrade.ts';
import { enterSite, eventually, makeFolder, type Site } from '../kill/site.ts';
import { tendero } from '../program.ts';
import { ask, type Client, type Landed, landedFile, landedPerson, type Question } from './landed.ts';

const landed = JSON.parse(readFileSync(landedFile('json'), 'utf8')) as Landed;

const advice = `
The data was made by version ${landed.version}, and companies have such data. Bring it along: a step of the planner, a
number in platform.ts, a default. Never edit a landed number. Only when an answer was changed on purpose, and says as much as
before, make the data anew, of a commit that has landed: node test/upgrade/make.ts <commit>`;

let site: Site;
let client: Client;
let kills = 0;

before(async () => {
  const folder = makeFolder();
  const restored = await tendero({ TENDERO_DATA: folder }, 'restore', landedFile('tar.gz'));
  assert.equal(restored.code, 0, `The backup of ${landed.version} cannot be restored: ${restored.stderr}`);
  for (const more of [[], ['more']]) {
    for (let steps = 2; (await killed(folder, steps, ...more)) === 'SIGKILL'; steps += 20) {
      kills++;
      assert.ok(kills < 50, `The upgrade never arrives.${advice}`);
    }
  }
  site = await enterSite(folder, landedPerson.email);
  client = { url: site.server.url, key: site.key };
});

test('an upgrade that was killed again and again has arrived, and every table is as the definitions say', async () => {
  assert.ok(kills >= 3, `killed ${kills} times`);
  await site.inside(async (database) => {
    const states = 'select state, journal, steps_done from platform.workspace';
    assert.deepEqual(await rows(database, states), [['ready', null, newestStep]]);
    const invalid = await rows(database, 'select indexrelid::regclass::text from pg_index where not indisvalid');
    assert.deepEqual(invalid, []);
  });
  const { code, stdout, stderr } = await tendero({ TENDERO_DATA: site.folder }, 'upgrade', '--check', '--json');
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout).due, [], `The upgrade does not come to its end.${advice}`);
});

test('records, history, searches, totals and roll-ups are answered as before', async () => {
  for (const { question, answer } of landed.answers) {
    const { next, ...said } = answer;
    const { next: nextNow, ...now } = await asNow(question);
    for (const fault of differences(said, now, ''))
      assert.fail(`${JSON.stringify(question)} ${fault}, unlike in ${landed.version}.${advice}`);
    assert.equal(typeof nextNow, typeof next, JSON.stringify(question));
    if (typeof next === 'string') {
      // What a cursor looks like is its version's own matter; where it leads is not, for somebody may be half way through.
      const { items } = await asNow(behind(question, next));
      assert.deepEqual(
        items,
        (await asNow(behind(question, nextNow as string))).items,
        `${JSON.stringify(question)} next`,
      );
      assert.ok((items as unknown[]).length > 0);
    }
  }
});

test('what is computed is computed on, and the events go on without a gap', async () => {
  const before = await head();
  const [account] = await list('account', { visits: { gte: 2 } });
  const visit = await ask(client, 'POST', '/api/records/visit', { subject: 'After', account: account!.id, minutes: 5 });
  const { visits: after } = await ask(client, 'GET', `/api/records/account/${account!.id}`);
  assert.equal(after, (account!.visits as number) + 1);
  assert.equal(visit.number, `V-${(await list('visit', {})).length}`, 'human numbers go on');
  await ask(client, 'PATCH', `/api/records/account/${account!.id}`, { credit: { amount: 7 } });
  const changed = await ask(client, 'GET', `/api/records/account/${account!.id}`);
  assert.equal((changed.halfCredit as { amount: number }).amount, 3.5);
  // In one statement: jobs are at work meanwhile.
  const [[count, first, last, end]] = (await site.inside((database) =>
    rows(
      database,
      `select count(*)::integer, min(e.position)::integer, max(e.position)::integer,
         (select value::integer from ws_litera.counter where name = 'event') from ws_litera.event e`,
    ),
  )) as [[number, number, number, number]];
  assert.deepEqual([count, first, last], [end, 1, end], `The events have a gap.${advice}`);
  assert.ok(last > before);
});

test('a change set of the older version can be undone, and its readers go on where they were', async () => {
  const { items } = (await ask(client, 'GET', '/api/records/account?search=upcyte')) as { items: { id: string }[] };
  const history = await ask(client, 'GET', `/api/records/account/${items[0]!.id}/history?limit=50`);
  const merge = (history.items as { operation: string; changeSet: string }[]).find(
    ({ operation }) => operation === 'merge',
  );
  const { conflicts } = await ask(client, 'POST', `/api/merges/${merge!.changeSet}/unmerge`, {});
  assert.deepEqual(conflicts, []);
  await eventually('the readers reach the end', 60_000, async () => {
    const behind = await site.inside((database) =>
      rows(
        database,
        `select r.name, r.position, r.error from ws_litera.reader r, ws_litera.counter c where c.name = 'event' and r.position < c.value`,
      ),
    );
    return behind.map((reader) => JSON.stringify(reader));
  });
});

async function killed(folder: string, steps: number, ...more: string[]): Promise<NodeJS.Signals | null> {
  const program = fileURLToPath(new URL('killed.ts', import.meta.url));
  const child = spawn(process.execPath, [program, folder, String(steps), ...more], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  assert.ok(signal === 'SIGKILL' || code === 0, `${said}${advice}`);
  return signal;
}

async function list(object: string, filter: object): Promise<Record<string, unknown>[]> {
  const { items } = await ask(client, 'POST', `/api/records/${object}/query`, { filter, sort: ['id'], limit: 500 });
  return items as Record<string, unknown>[];
}

async function head(): Promise<number> {
  const query = `select value::integer from ws_litera.counter where name = 'event'`;
  return (await site.inside((database) => rows(database, query)))[0]![0] as number;
}

async function rows(database: pg.Client, text: string): Promise<unknown[][]> {
  return (await database.query({ text, rowMode: 'array' })).rows;
}

function asNow(question: Question): Promise<Record<string, unknown>> {
  return ask(client, ...question).catch((error: Error) => assert.fail(`${error.message}${advice}`));
}

function behind([method, path]: Question, cursor: string): Question {
  return [method, `${path}&cursor=${encodeURIComponent(cursor)}`];
}

/** Where an answer lacks or changes what it said before. What it says beyond that is no fault. */
function* differences(was: unknown, is: unknown, path: string): Generator<string> {
  if (Array.isArray(was) && Array.isArray(is)) {
    if (was.length !== is.length) yield `has ${is.length} instead of ${was.length} at ${path}`;
    else for (const [index, item] of was.entries()) yield* differences(item, is[index], `${path}[${index}]`);
  } else if (typeof was === 'object' && was !== null && typeof is === 'object' && is !== null) {
    for (const [key, value] of Object.entries(was))
      yield* differences(value, (is as Record<string, unknown>)[key], `${path}.${key}`);
  } else if (was !== is) yield `says ${JSON.stringify(is)} instead of ${JSON.stringify(was)} at ${path}`;
}
