import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createKey } from '#app/identity/keys.ts';
import { createIdentity } from '#app/identity/people.ts';
import { modules } from '#app/modules.ts';
import { createRuntime } from '#app/runtime.ts';
import { asSystem } from '#kernel/access/access.ts';
import { startEmbedded } from '#kernel/database/embedded.ts';
import { type Database, openDatabase } from '#kernel/database/pool.ts';
import { type Sql, statement } from '#kernel/database/sql.ts';
import { dayIn } from '#kernel/fields/calendar.ts';
import { prepareJobs } from '#kernel/jobs/jobs.ts';
import type { Door } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { addMonth } from '#kernel/schema/partitions.ts';
import { readTimeline, type TimelineQuery } from '#kernel/timeline/timeline.ts';
import { preparePlatform } from '#kernel/workspace/platform.ts';
import { createWorkspace, listWorkspaces } from '#kernel/workspace/workspace.ts';
import { type Figure, figure } from './figure.ts';
import { benchInbox } from './inbox.ts';
import type { Million } from './million.ts';
import { cpuOf, measure, send, startServer } from './requests.ts';

const scale = Number(process.env.BENCH_SCALE ?? 1);
/** What a big customer has on their timeline after three years; the more of it, the more of it is of the last months. */
const ENTRIES = {
  interaction: 60_000 * scale,
  note: 10_000 * scale,
  task: 10_000 * scale,
  comment: 5_000 * scale,
  event: 15_000 * scale,
};
const CONTACTS = 200;
const SALES = 100;
const BELOW = 20;
const MONTHS = 36;
const account = uuidOf('aaaa', 0);

/**
 * A customer's one window: its timeline, 100,000 entries long, paged and filtered; and the inbox of a team that has a million
 * conversations.
 * @param only `timeline` or `inbox`; both when left out
 */
export async function benchChannels(say: (line: string) => void, only?: string): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tendero-bench-channels-'));
  const embedded = await startEmbedded({ dataFolder: folder });
  const database = openDatabase(embedded.connection, { statementTimeout: 0 });
  try {
    const { schema, key, door } = await prepare(database, folder);
    const figures: Figure[] = [];
    await fill(database, schema, door.principal.userId!);
    if (only !== 'inbox') {
      say(`${Object.values(ENTRIES).reduce((sum, n) => sum + n, 0)} entries, ${CONTACTS} contacts, ${SALES} sales`);
      figures.push(...(await measureAll({ embedded, database, key } as Million, door, say)));
    }
    if (only !== 'timeline') figures.push(...(await benchInbox(database, embedded, door, folder, say)));
    return figures;
  } finally {
    await database.close();
    await embedded.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Question {
  readonly name: string;
  readonly path: (n: number) => string;
  /** The same without HTTP, for its statements. */
  readonly ask: (door: Door, n: number) => Promise<unknown>;
  /** Milliseconds, p95. */
  readonly target: number | null;
}

/** What the modules know of the account, one after the other. */
async function glanceAt({ workspace, principal }: Door): Promise<void> {
  const records = recordsFor(workspace, principal, 'rest');
  const today = dayIn(new Date(), principal.timeZone);
  for (const { object, read } of modules.flatMap(({ glance }) => glance ?? []))
    if (object === 'account') await read({ records, id: account, workspace, today });
}

async function measureAll(million: Million, door: Door, say: (line: string) => void): Promise<Figure[]> {
  const server = await startServer('requests-server.ts', million);
  const figures: Figure[] = [];
  try {
    const cursors = await cursorsOf(server.port, million.key);
    const deep = (n: number) => cursors[(n * 7919) % cursors.length]!;
    const page = (name: string, query: (n: number) => TimelineQuery, target: number | null): Question => ({
      ...{ name: `timeline page of 100,000 entries${name}`, target, path: (n) => pathOf(query(n)) },
      ask: (recorded, n) => readTimeline(recorded, 'account', account, query(n)),
    });
    const questions: Question[] = [
      page('', (n) => ({ reach: 'parts', cursor: deep(n) }), 30),
      page(', the first', () => ({ reach: 'parts' }), 30),
      page(', own only', (n) => ({ cursor: deep(n) }), 30),
      page(', also 20 below', (n) => ({ reach: 'hierarchy', cursor: deep(n) }), 30),
      page(', a rare channel', () => ({ reach: 'parts', kinds: ['interaction:fax'] }), null),
      page(', a word', () => ({ reach: 'parts', search: 'oats' }), null),
      { name: 'header of the same account', path: () => `/api/glance/account/${account}`, ask: glanceAt, target: 100 },
    ];
    for (const { name, path, ask, target } of questions) {
      const make = (n: number) => ({ method: 'GET', path: path(n) });
      const { cpu, median, p95 } = await measure(server, million, { name, target: 0, count: 100, make }, 1);
      const floor = await floorOf(million, door, ask);
      const of = (value: number, least: number) => `${value.toFixed(1)} (floor ${least.toFixed(1)})`;
      say(`${name}: CPU ${of(cpu, floor.cpu)}, median ${of(median, floor.median)}, p95 ${of(p95, floor.p95)} ms`);
      figures.push(
        figure(name, 'CPU ms/request', cpu, 'lower', null, floor.cpu),
        figure(name, 'median ms', median, 'lower', null, floor.median),
        figure(name, 'p95 ms', p95, 'lower', target, floor.p95),
      );
    }
  } finally {
    server.process.kill();
  }
  return figures;
}

function pathOf({ kinds, ...query }: TimelineQuery): string {
  const given = Object.entries({ ...query, ...(kinds ? { kinds: kinds.join() } : {}) });
  const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
  return `/api/timeline/account/${account}?${search}`;
}

/** Cursors all along the timeline: notes are everywhere in it. */
async function cursorsOf(port: number, key: string): Promise<string[]> {
  const agent = new http.Agent({ keepAlive: true });
  const cursors: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const path = pathOf({ kinds: ['note'], limit: 200, ...(cursor ? { cursor } : {}) });
    cursor = (JSON.parse(await send(agent, port, key, { method: 'GET', path })) as { next: string | null }).next;
    if (!cursor) break;
    cursors.push(cursor);
  }
  agent.destroy();
  return cursors;
}

/** The same statements, prepared, sent by the bare driver, one after the other. */
export async function floorOf(
  { embedded, database }: Pick<Million, 'embedded' | 'database'>,
  door: Door,
  ask: (door: Door, n: number) => Promise<unknown>,
) {
  const seen: { text: string; values: unknown[] }[] = [];
  const recording: Database = {
    ...database,
    run(text: string | Sql, values?: readonly unknown[]) {
      seen.push(typeof text === 'string' ? { text, values: [...(values ?? [])] } : statement(text));
      return database.run(text as string, values);
    },
  };
  const client = new pg.Client({ ...embedded.connection, options: '-c search_path= -c timezone=UTC -c jit=off' });
  await client.connect();
  const recorded = { ...door, workspace: { ...door.workspace, database: recording } };
  const used = () => cpuOf({ process: { pid: process.pid } } as never, { embedded } as Million);
  const names = new Map<string, string>();
  const times: number[] = [];
  let cpu = 0;
  for (let n = 0; n < 120; n++) {
    seen.length = 0;
    await ask(recorded, n);
    const before = used();
    const started = performance.now();
    for (const { text, values } of seen) {
      names.set(text, names.get(text) ?? `s${names.size}`);
      await client.query({ text, values, rowMode: 'array', name: names.get(text)! });
    }
    // Prepared and planned for good by then.
    if (n < 20) continue;
    times.push(performance.now() - started);
    const after = used();
    cpu += after.node + after.postgres - before.node - before.postgres;
  }
  await client.end();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)]!;
  return { cpu: cpu / times.length, median: at(0.5), p95: at(0.95) };
}

async function prepare(database: Database, folder: string) {
  await preparePlatform(database, 'bench');
  await prepareJobs(database);
  const runtime = createRuntime(database, folder);
  const settings = { name: 'B', language: 'en', currency: 'EUR', timeZone: 'Europe/Vilnius', country: 'LT' } as const;
  await createWorkspace(database, settings, runtime.shipped);
  const [entry] = await listWorkspaces(database);
  const workspace = await runtime.workspace(entry!.id);
  const system = recordsFor(workspace, asSystem('bench data'), 'setup');
  for (const module of runtime.modules) await module.seed?.(system, 'en');
  const { identityId, userId } = await createIdentity(database, workspace, {
    ...{ name: 'Bench', email: 'bench@example.com', language: 'en', timeZone: 'Europe/Vilnius', administrator: true },
  });
  const { key } = await createKey(database, identityId, 'bench');
  const principal = { ...asSystem('floor of a bench'), userId };
  const door: Door = { workspace, principal, via: 'rest', trusted: false, unit: null };
  return { schema: workspace.schema, key, door };
}

async function fill(database: Database, schema: string, userId: string): Promise<void> {
  const ws = `"${schema}"`;
  for (let month = 1; month < MONTHS; month++) {
    const first = new Date();
    first.setUTCMonth(first.getUTCMonth() - month, 1);
    await addMonth(database, schema, first.toISOString().slice(0, 7));
  }
  const [stage] = await database.run(`select id::text, pipeline_id::text from ${ws}.stage order by position limit 1`);
  const system = 'owner_id, created_at, created_by_id, updated_at, updated_by_id, version, search_text';
  const stamps = (at: string, words: string) =>
    `'${userId}', ${at}, '${userId}', now(), '${userId}', 1, lower(${words})`;
  const uuid = (kind: string, n = 'n') => `('01900000-${kind}-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
  const insert = (into: string, columns: string, values: string, from: number, to: number) =>
    database.run(
      `insert into ${ws}.${into} (${columns}) select ${values} from generate_series(${from}::int, ${to}::int) n`,
    );
  const parent = `case when n > 0 then '${account}'::uuid end`;
  await insert(
    'account',
    `id, name, kind, status, parent_id, ${system}`,
    `${uuid('aaaa')}, 'Account ' || n, 'business', 'customer', ${parent}, ${stamps('now()', "'account'")}`,
    0,
    BELOW,
  );
  await insert(
    'contact',
    `id, last_name, account_id, do_not_call, do_not_email, do_not_contact, ${system}`,
    `${uuid('cccc')}, 'Contact ' || n, '${account}'::uuid, false, false, false, ${stamps('now()', "'contact'")}`,
    1,
    CONTACTS,
  );
  await insert(
    'opportunity',
    `id, name, account_id, stage_id, pipeline_id, forecast, ${system}`,
    `${uuid('dddd')}, 'Sale ' || n, '${account}'::uuid, '${stage![0]}'::uuid, '${stage![1]}'::uuid, 'pipeline', ${stamps('now()', "'sale'")}`,
    1,
    SALES,
  );
  const of = (contact: string, sale: string) =>
    `'${account}'::uuid, case when n % 2 = 0 then ${contact} end, case when n % 5 = 0 then ${sale} end`;
  const about = of(uuid('cccc', `1 + n % ${CONTACTS}`), uuid('dddd', `1 + n % ${SALES}`));
  const words = `(array['We spoke of the rye', 'Wheat for spring', 'The invoice is late', 'Thank you'])[1 + n % 4] || case when n % 1000 = 0 then ' oats ' else ' ' end || n`;
  const at = (all: number) => `now() - n * interval '${(MONTHS * 30 * 86_400) / all} seconds'`;
  await insert(
    'interaction',
    `id, channel, direction, subject, body, at, state, account_id, contact_id, opportunity_id, pinned, visibility, ${system}`,
    `${uuid('1111')}, case when n % 1000 = 0 then 'fax' else (array['email', 'phone', 'visit'])[1 + n % 3] end, 'in', 'Subject ' || n,
     repeat(${words} || ' ', 8), ${at(ENTRIES.interaction)}, 'done', ${about}, false, 'full', ${stamps('now()', words)}`,
    1,
    ENTRIES.interaction,
  );
  await insert(
    'note',
    `id, subject, body, pinned, account_id, contact_id, opportunity_id, ${system}`,
    `${uuid('2222')}, 'Note ' || n, '<p>' || ${words} || '</p>', n <= 3, ${about}, ${stamps(at(ENTRIES.note), words)}`,
    1,
    ENTRIES.note,
  );
  await insert(
    'task',
    `id, subject, priority, status, done_at, account_id, contact_id, opportunity_id, ${system}`,
    `${uuid('3333')}, ${words}, 'normal', 'done', ${at(ENTRIES.task)}, ${about}, ${stamps('now()', words)}`,
    1,
    ENTRIES.task,
  );
  await insert(
    'comment',
    `id, target_object, target_id, body, ${system}`,
    `${uuid('4444')}, 'account', '${account}', ${words}, ${stamps(at(ENTRIES.comment), words)}`,
    1,
    ENTRIES.comment,
  );
  const record = `case n % 3 when 0 then '${account}'::uuid when 1 then ${uuid('cccc', `1 + n % ${CONTACTS}`)} else ${uuid('dddd', `1 + n % ${SALES}`)} end`;
  await insert(
    'event',
    'position, at, change_set, object, record_id, operation, version, actor_id, via, changes',
    `n, ${at(ENTRIES.event).replace('n *', '(n - 1000000) *')}, ${uuid('5555')}, (array['account', 'contact', 'opportunity'])[1 + n % 3], ${record}, 'update', n, '${userId}'::uuid, 'rest',
     '{"description": ["a", "b"]}'::jsonb`,
    1_000_000,
    1_000_000 + ENTRIES.event,
  );
  await database.run('vacuum analyze');
}

export function uuidOf(kind: string, n: number): string {
  return `01900000-${kind}-7000-8000-${n.toString(16).padStart(12, '0')}`;
}
