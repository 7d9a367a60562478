import { fork, spawn } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { createKey } from '#app/identity/keys.ts';
import { importHouse, newImportPath, queueImportWork } from '#app/imports.ts';
import { principalOf } from '#app/principal.ts';
import { createRuntime, type Runtime } from '#app/runtime.ts';
import { setUpCompany } from '#app/set-up.ts';
import type { Principal } from '#kernel/access/access.ts';
import { type EmbeddedDatabase, startEmbedded } from '#kernel/database/embedded.ts';
import { type Database, openDatabase } from '#kernel/database/pool.ts';
import { prepareJobs } from '#kernel/jobs/jobs.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { configureImport, createImport, queueImport } from '#kernel/transfer/import/imports.ts';
import { readImport } from '#kernel/transfer/import/store.ts';
import { preparePlatform } from '#kernel/workspace/platform.ts';
import { freePort } from '../test/debian.ts';
import { type Figure, figure } from './figure.ts';
import type { Done, Task } from './import-run.ts';
import { isUp } from './start.ts';

const rows = Math.round(1_000_000 * Number(process.env.BENCH_SCALE ?? 1));
/** Of a second file, which a server takes in while it answers requests. */
const besideRequests = Math.round(rows / 5);
const folder = resolve(import.meta.dirname, '../.cache/bench-import');

/**
 * A file of contacts into a fresh workspace, whole: parsed, normalised, checked by the rules, deduplicated by key, with
 * history and events; then all indexes, an export of them all, the undo of it all, and the same by a server that has
 * requests to answer. The floors are COPY and one merge by key into a bare table, and COPY into the same columns with
 * events and indexes, in the same run: the machine's mood is in all of them.
 */
export async function benchImport(say: (line: string) => void): Promise<Figure[]> {
  await mkdir(folder, { recursive: true });
  const file = await contactsFile(rows, 'K');
  const data = join(folder, 'data');
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true });
  const embedded = await startEmbedded({ dataFolder: data });
  const database = openDatabase(embedded.connection);
  try {
    const floor = await bareCopy(database, file, say);
    const site = await prepareSite(embedded, database, data);
    const ours = await importFile(site, file, say);
    const full = await fullCopy(database, site.workspace.schema, say);
    const exported = await inProcess(site, 'export', ours.id);
    say(`export ${exported.seconds.toFixed(1)} s, CPU ${perRow(exported.cpuSeconds)} µs/row, ${exported.megabytes} MB`);
    const undone = await inProcess(site, 'undo', ours.id);
    say(`undo ${undone.seconds.toFixed(1)} s, CPU ${perRow(undone.cpuSeconds)} µs/row, ${undone.megabytes} MB`);
    const beside = await importBesideRequests(site, say);
    const name = 'Import of contacts';
    const perSecond = (seconds: number): number => Math.round(rows / seconds);
    return [
      figure(`${name}: size of the file`, 'rows', rows, 'higher', null),
      figure(
        `${name}: checked, merged by key, with events`,
        'rows/s',
        perSecond(ours.rowsSeconds),
        'higher',
        40_000,
        floor.perSecond,
      ),
      figure(`${name}: checked, merged by key, with events`, 'CPU µs/row', ours.rowsCpu, 'lower', 50, floor.cpu),
      figure(
        `${name}: beside COPY of the same columns with events`,
        'rows/s',
        perSecond(ours.rowsSeconds),
        'higher',
        null,
        full.rowsPerSecond,
      ),
      figure(
        `${name}: beside COPY of the same columns with events`,
        'CPU µs/row',
        ours.rowsCpu,
        'lower',
        null,
        full.rowsCpu,
      ),
      figure(`${name}: until all indexes stand`, 'rows/s', perSecond(ours.seconds), 'higher', null, full.perSecond),
      figure(`${name}: until all indexes stand`, 'CPU µs/row', ours.cpu, 'lower', null, full.cpu),
      figure(`${name}: largest memory of the process`, 'MB RSS', ours.megabytes, 'lower', 300),
      figure(`${name}: by a server that answers requests and its readers`, 'rows/s', beside.perSecond, 'higher'),
      figure(`${name}: requests meanwhile`, 'median ms', beside.median, 'lower'),
      figure(`${name}: requests meanwhile`, 'p95 ms', beside.p95, 'lower'),
      figure(`${name}: largest memory of that server`, 'MB RSS', beside.megabytes, 'lower', 400),
      figure('Export of contacts as CSV', 'rows/s', perSecond(exported.seconds), 'higher'),
      figure('Export of contacts as CSV, largest memory of the process', 'MB RSS', exported.megabytes, 'lower', 300),
      figure('Undo of an import', 'rows/s', perSecond(undone.seconds), 'higher'),
      figure('Undo of an import, largest memory of the process', 'MB RSS', undone.megabytes, 'lower', 300),
    ];
  } finally {
    await database.close();
    await embedded.stop();
  }
}

interface Site {
  embedded: EmbeddedDatabase;
  database: Database;
  data: string;
  runtime: Runtime;
  workspace: Workspace;
  principal: Principal;
  userId: string;
  identityId: string;
}

async function prepareSite(embedded: EmbeddedDatabase, database: Database, data: string): Promise<Site> {
  await preparePlatform(database, 'bench');
  await prepareJobs(database);
  const runtime = createRuntime(database, data);
  const { workspaceId, identityId } = await setUpCompany(runtime, {
    company: 'Bench',
    email: 'importer@example.com',
    password: 'correct horse battery',
    language: 'en',
    currency: 'EUR',
    timeZone: 'Europe/Vilnius',
  });
  const workspace = await runtime.workspace(workspaceId);
  const [identity] = await database.run('select user_id::text from platform.identity');
  const userId = identity![0] as string;
  const principal = (await principalOf(workspace, userId))!;
  return { embedded, database, data, runtime, workspace, principal, userId, identityId };
}

const forenames =
  'Jonas Ona Antanas Janina Vytautas Irena Petras Elena María José Antonio Carmen Manuel Ana Francisco Isabel Anna James John Mary'.split(
    ' ',
  );
const surnames =
  'Kazlauskas Petrauskas Jankauskas Žukauskas Stankevičius García Fernández González Rodríguez López Smith Johnson Williams Brown Jones'.split(
    ' ',
  );
const cities = 'Vilnius Kaunas Klaipėda Madrid Barcelona Valencia Sevilla Zaragoza London Dublin'.split(' ');
const titles = ['Buyer', 'Director', 'Accountant', 'Engineer', 'Head of purchasing'];

async function contactsFile(count: number, key: string): Promise<string> {
  const file = join(folder, `contacts-${key}-${count}.csv`);
  if (!existsSync(file)) await pipeline(Readable.from(contacts(count, key)), createWriteStream(file));
  return file;
}

function* contacts(count: number, key: string): Generator<string> {
  yield 'Key,First Name,Last Name,Email,Phone,Job Title,Street,City,Postcode,Country\r\n';
  let piece = '';
  for (let n = 0; n < count; n++) {
    const first = forenames[n % forenames.length];
    const last = `${surnames[(n * 7) % surnames.length]}${n % 997}`;
    piece += `${key}${n},${first},${last},person${n}@example${n % 5000}.com,+3706${String(n % 10_000_000).padStart(7, '0')},${titles[n % titles.length]},"Gedimino pr. ${n % 200}, ${n % 90}",${cities[n % cities.length]},LT-0${1000 + (n % 9000)},Lithuania\r\n`;
    if (piece.length > 64_000) {
      yield piece;
      piece = '';
    }
  }
  yield piece;
}

/** Cells as they are, into an unlogged table, then one statement into a table with the key and an index on the name. */
async function bareCopy(
  database: Database,
  file: string,
  say: (line: string) => void,
): Promise<{ perSecond: number; cpu: number }> {
  const cpu = await cpuMeter(database);
  await database.run('create schema bare');
  const columns =
    'key text, first_name text, last_name text, email text, phone text, job_title text, street text, city text, postcode text, country text';
  await database.run(`create unlogged table bare.stage (${columns})`);
  await database.run(`create table bare.contact (${columns}, constraint uq_key unique (key))`);
  await database.run('create index on bare.contact (last_name, first_name)');
  const started = performance.now();
  await database.transaction(async ({ client, run }) => {
    await pipeline(
      createReadStream(file),
      withoutHeader(),
      client.query(copyFrom('copy bare.stage from stdin with (format csv)')),
    );
    await run('insert into bare.contact select distinct on (key) * from bare.stage on conflict do nothing');
  });
  const seconds = (performance.now() - started) / 1_000;
  const used = cpu();
  say(
    `floor: COPY and merge ${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} rows/s, CPU ${perRow(used.process)} + ${perRow(used.database)} µs/row`,
  );
  await database.run('drop schema bare cascade');
  await database.run('checkpoint');
  return { perSecond: Math.round(rows / seconds), cpu: perRow(used.process + used.database) };
}

function withoutHeader(): Transform {
  let isPast = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const from = isPast ? 0 : chunk.indexOf(10) + 1;
      isPast = true;
      done(null, chunk.subarray(from));
    },
  });
}

const targets = [
  ...['externalId', 'firstName', 'lastName', 'emails', 'phones', 'jobTitle'],
  ...['address.street', 'address.city', 'address.postcode', 'address.country'],
];

async function configured({ runtime, workspace, principal }: Site, file: string): Promise<string> {
  const house = importHouse(runtime, workspace.id);
  const path = await newImportPath(house);
  await pipeline(createReadStream(file), createWriteStream(join(house.folder, path)));
  const { size } = await stat(file);
  const { id } = await createImport(house, principal, { object: 'contact', fileName: 'contacts.csv', path, size });
  await configureImport(workspace, principal, id, {
    settings: {
      columns: Object.fromEntries(targets.map((target, column) => [column, { target }])),
      mode: 'upsert',
      key: ['externalId'],
    },
  });
  return id;
}

async function importFile(site: Site, file: string, say: (line: string) => void) {
  const { database, workspace, principal } = site;
  const id = await configured(site, file);
  await queueImport(workspace, principal, id, ['ready']);
  const cpu = await cpuMeter(database);
  const started = performance.now();
  let rowsCpu = 0;
  let told = 0;
  const done = await inProcess(site, 'import', id, ({ done, total, rowsIn }) => {
    if (rowsIn) rowsCpu = cpu().database;
    if (done === undefined || done < told + rows / 10) return;
    told = done;
    say(`  ${done} of ${total} rows, ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  });
  const { state, counts } = done.outcome as { state: string; counts: { created: number } };
  if (state !== 'done' || counts.created !== rows)
    throw new Error(`The import ended ${state}: ${JSON.stringify(done.outcome)}`);
  const used = cpu().database;
  say(
    `import: rows ${done.rowsSeconds.toFixed(1)} s, CPU ${perRow(done.rowsCpuSeconds)} + ${perRow(rowsCpu)} µs/row; with indexes ${done.seconds.toFixed(1)} s, CPU ${perRow(done.cpuSeconds)} + ${perRow(used)} µs/row; ${done.megabytes} MB`,
  );
  return { ...done, id, rowsCpu: perRow(done.rowsCpuSeconds + rowsCpu), cpu: perRow(done.cpuSeconds + used) };
}

interface Message {
  done?: number;
  total?: number;
  rowsIn?: true;
  finished?: Done;
}

function inProcess(
  site: Site,
  act: Task['act'],
  importId: string,
  hear: (message: Message) => void = () => {},
): Promise<Done> {
  const child = fork(resolve(import.meta.dirname, 'import-run.ts'));
  child.send({
    act,
    connection: site.embedded.connection,
    dataFolder: site.data,
    userId: site.userId,
    importId,
  } satisfies Task);
  return new Promise((done, fail) => {
    child.on('message', (message: Message) => {
      if (message.finished) done(message.finished);
      else hear(message);
    });
    child.once('exit', (code) => fail(new Error(`The process ended with ${code}.`)));
  });
}

/** The real server, its worker and readers at work, imports a file; somebody lists, reads, searches and writes meanwhile. */
async function importBesideRequests(site: Site, say: (line: string) => void) {
  const { database, runtime, workspace, principal, data } = site;
  const id = await configured(site, await contactsFile(besideRequests, 'B'));
  const { key } = await createKey(database, site.identityId, 'bench');
  const port = await freePort();
  const server = spawn(process.execPath, [resolve(import.meta.dirname, '../src/server/main.ts')], {
    env: { ...process.env, PORT: String(port), TENDERO_DATA: data },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    while (!(await isUp(port))) {
      if (server.exitCode !== null) throw new Error('The server did not start.');
      await sleep(50);
    }
    const ask = (path: string, body?: unknown): Promise<unknown> =>
      fetch(`http://127.0.0.1:${port}/api/${path}`, {
        headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
      }).then(async (response) => {
        if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
        return response.json();
      });
    const { id: account } = (await ask('records/account', { name: 'Somebody else' })) as { id: string };
    const requests: (() => Promise<unknown>)[] = [
      () => ask('records/contact?sort=-updatedAt&limit=50&count=estimate'),
      () => ask(`records/account/${account}`),
      () => ask('records/task', { subject: 'Call back' }),
      () => ask('search?q=somebody'),
    ];
    for (const request of requests) await request();
    const started = performance.now();
    await queueImportWork(runtime, workspace.id, principal, id, 'run');
    const times: number[] = [];
    let rowsAt = 0;
    for (let n = 0; ; n++) {
      if (n % 10 === 0) {
        const { state, position } = await readImport(database, workspace.schema, id);
        if (position >= besideRequests && rowsAt === 0) rowsAt = performance.now();
        if (state === 'done') break;
        if (state !== 'queued' && state !== 'running') throw new Error(`The import of the server ended ${state}.`);
      }
      const at = performance.now();
      await requests[n % requests.length]!();
      times.push(performance.now() - at);
      await sleep(20);
    }
    times.sort((a, b) => a - b);
    const seconds = (rowsAt - started) / 1_000;
    const megabytes = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))![1]) / 1e3;
    const median = times[Math.floor(times.length / 2)]!;
    const p95 = times[Math.floor(times.length * 0.95)]!;
    say(
      `beside ${times.length} requests: ${Math.round(besideRequests / seconds)} rows/s, requests median ${median.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, longest ${times.at(-1)!.toFixed(0)} ms; server ${megabytes.toFixed(0)} MB`,
    );
    return { perSecond: Math.round(besideRequests / seconds), median, p95, megabytes: Math.round(megabytes) };
  } finally {
    const ended = new Promise((done) => server.once('exit', done));
    server.kill('SIGTERM');
    await ended;
  }
}

/**
 * The same records from a file that is ready for it, with nothing to parse or to check: COPY into a table of the same
 * columns, an event for each, and the same indexes built behind, two at a time. What is left above this is our work.
 */
async function fullCopy(
  database: Database,
  schema: string,
  say: (line: string) => void,
): Promise<{ perSecond: number; cpu: number; rowsPerSecond: number; rowsCpu: number }> {
  const names = (
    await database.run(
      `select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped and attgenerated = ''`,
      [`${schema}.contact`],
    )
  )[0]![0] as string;
  const file = join(folder, 'records.copy');
  await database.transaction(({ client }) =>
    pipeline(client.query(copyTo(`copy ${schema}.contact (${names}) to stdout`)), createWriteStream(file)),
  );
  const indexes = (
    await database.run(
      `select pg_get_indexdef(indexrelid) from pg_index where indrelid = to_regclass($1) and not indisprimary`,
      [`${schema}.contact`],
    )
  ).map(([definition]) => (definition as string).replace(/INDEX \S+ ON \S+ /, 'INDEX ON bare.contact '));
  await database.run('create schema bare');
  await database.run(
    `create table bare.contact (like ${schema}.contact including generated including defaults, primary key (id))`,
  );
  await database.run(`create table bare.event (like ${schema}.event, primary key (position, at))`);
  await database.run('create index on bare.event (record_id, position)');
  await database.run('create index on bare.event (change_set)');
  await database.run('checkpoint');
  const cpu = await cpuMeter(database);
  const started = performance.now();
  await database.transaction(async ({ client, run }) => {
    await pipeline(createReadStream(file), client.query(copyFrom(`copy bare.contact (${names}) from stdin`)));
    await run(`insert into bare.event (position, at, change_set, object, record_id, operation, version, actor_id, via)
      select row_number() over (), created_at, '00000000-0000-7000-8000-000000000000', 'contact', id, 'create', 1, created_by_id, 'import' from bare.contact`);
  });
  const rowsSeconds = (performance.now() - started) / 1_000;
  const rowsUsed = cpu();
  const build = async (): Promise<void> => {
    const client = await database.dedicated();
    await client.query(`set maintenance_work_mem = '256MB'`);
    for (let definition = indexes.shift(); definition; definition = indexes.shift()) await client.query(definition);
    await client.end();
  };
  await Promise.all([build(), build()]);
  const seconds = (performance.now() - started) / 1_000;
  const used = cpu();
  say(
    `COPY with the same columns and events ${rowsSeconds.toFixed(1)} s, CPU ${perRow(rowsUsed.process)} + ${perRow(rowsUsed.database)} µs/row; with indexes ${seconds.toFixed(1)} s, CPU ${perRow(used.process)} + ${perRow(used.database)} µs/row`,
  );
  await database.run('drop schema bare cascade');
  return {
    perSecond: Math.round(rows / seconds),
    cpu: perRow(used.process + used.database),
    rowsPerSecond: Math.round(rows / rowsSeconds),
    rowsCpu: perRow(rowsUsed.process + rowsUsed.database),
  };
}

function perRow(seconds: number): number {
  return Math.round((seconds * 1e7) / rows) / 10;
}

/** CPU seconds of this process and of PostgreSQL with all its children, also those that ended, since it was made (Linux). */
async function cpuMeter(database: Database): Promise<() => { process: number; database: number }> {
  const [row] = await database.run('select pg_backend_pid()');
  const postmaster = Number(statOf(String(row![0]))[1]);
  const start = { process: process.cpuUsage(), database: databaseCpu(postmaster) };
  return () => {
    const own = process.cpuUsage(start.process);
    return { process: (own.user + own.system) / 1e6, database: databaseCpu(postmaster) - start.database };
  };
}

function databaseCpu(postmaster: number): number {
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    // State, parent, …; 11 to 14 are user, system, and those of ended children.
    const stat = statOf(pid).map(Number);
    if (Number(pid) === postmaster) ticks += stat[11]! + stat[12]! + stat[13]! + stat[14]!;
    else if (stat[1] === postmaster) ticks += stat[11]! + stat[12]!;
  }
  return ticks / 100;
}

/** What stands behind the name of a process; nothing when it ended meanwhile. */
function statOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return [];
  }
}
