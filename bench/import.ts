import { createReadStream, createWriteStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { createIdentity } from '#app/identity.ts';
import { importHouse, newImportPath } from '#app/imports.ts';
import { principalOf } from '#app/principal.ts';
import { createRuntime } from '#app/runtime.ts';
import { startEmbedded } from '#kernel/database/embedded.ts';
import { type Database, openDatabase } from '#kernel/database/pool.ts';
import { prepareJobs } from '#kernel/jobs/jobs.ts';
import { configureImport, createImport, queueImport } from '#kernel/transfer/import/imports.ts';
import { runImport } from '#kernel/transfer/import/run.ts';
import { preparePlatform } from '#kernel/workspace/platform.ts';
import { createWorkspace, listWorkspaces } from '#kernel/workspace/workspace.ts';
import type { Figure } from './figure.ts';

const rows = Math.round(1_000_000 * Number(process.env.BENCH_SCALE ?? 1));
const folder = resolve(import.meta.dirname, '../.cache/bench-import');

/**
 * A file of contacts into a fresh workspace, whole: parsed, normalised, checked by the rules, deduplicated by key, with
 * history and events, all indexes back. The floor is the same file with COPY into a bare table and one merge by key, with
 * an index on the name, in the same run: the machine's mood is in both.
 */
export async function benchImport(say: (line: string) => void): Promise<Figure[]> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `contacts-${rows}.csv`);
  if (!existsSync(file)) await pipeline(Readable.from(contacts(rows)), createWriteStream(file));
  const data = join(folder, 'data');
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true });
  const embedded = await startEmbedded({ dataFolder: data });
  const database = openDatabase(embedded.connection);
  try {
    const floor = await bareCopy(database, file, say);
    const ours = await importFile(database, data, file, say);
    const full = await fullCopy(database, ours.schema, say);
    return [
      {
        name: 'Import of contacts',
        unit: 'rows/s',
        value: Math.round(ours.perSecond),
        better: 'higher',
        target: 40_000,
        floor: Math.round(floor.perSecond),
      },
      {
        name: 'Import of contacts beside COPY with the same columns, indexes and events',
        unit: 'rows/s',
        value: Math.round(ours.perSecond),
        better: 'higher',
        target: null,
        floor: Math.round(full.perSecond),
      },
      {
        name: 'Import of contacts beside COPY with the same columns, indexes and events',
        unit: 'CPU µs/row',
        value: ours.cpu,
        better: 'lower',
        target: null,
        floor: full.cpu,
      },
      {
        name: 'Import of contacts, process and database',
        unit: 'CPU µs/row',
        value: ours.cpu,
        better: 'lower',
        target: 50,
        floor: floor.cpu,
      },
      {
        name: 'Import of contacts, largest memory of the process',
        unit: 'MB',
        value: ours.megabytes,
        better: 'lower',
        target: 300,
        floor: null,
      },
    ];
  } finally {
    await database.close();
    await embedded.stop();
  }
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

function* contacts(count: number): Generator<string> {
  yield 'Key,First Name,Last Name,Email,Phone,Job Title,Street,City,Postcode,Country\r\n';
  let piece = '';
  for (let n = 0; n < count; n++) {
    const first = forenames[n % forenames.length];
    const last = `${surnames[(n * 7) % surnames.length]}${n % 997}`;
    piece += `K${n},${first},${last},person${n}@example${n % 5000}.com,+3706${String(n % 10_000_000).padStart(7, '0')},${titles[n % titles.length]},"Gedimino pr. ${n % 200}, ${n % 90}",${cities[n % cities.length]},LT-0${1000 + (n % 9000)},Lithuania\r\n`;
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
  return { perSecond: rows / seconds, cpu: perRow(used.process + used.database) };
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

async function importFile(database: Database, data: string, file: string, say: (line: string) => void) {
  await preparePlatform(database, 'bench');
  await prepareJobs(database);
  const runtime = createRuntime(database, data);
  await createWorkspace(
    database,
    { name: 'Bench', language: 'en', currency: 'EUR', timeZone: 'Europe/Vilnius', country: 'LT' },
    runtime.shipped,
  );
  const [entry] = await listWorkspaces(database);
  const workspace = await runtime.workspace(entry!.id);
  const { userId } = await createIdentity(database, workspace, {
    name: 'Importer',
    email: 'importer@example.com',
    password: 'correct horse battery',
    language: 'en',
    timeZone: 'Europe/Vilnius',
  });
  const principal = (await principalOf(workspace, userId))!;
  const house = importHouse(runtime, workspace.id);
  const path = await newImportPath(house);
  await pipeline(createReadStream(file), createWriteStream(join(house.folder, path)));
  const { id } = await createImport(house, principal, {
    object: 'contact',
    fileName: 'contacts.csv',
    path,
    size: (await stat(file)).size,
  });
  const targets = [
    'externalId',
    'firstName',
    'lastName',
    'emails',
    'phones',
    'jobTitle',
    'address.street',
    'address.city',
    'address.postcode',
    'address.country',
  ];
  await configureImport(workspace, principal, id, {
    settings: {
      columns: Object.fromEntries(targets.map((target, column) => [column, { target }])),
      mode: 'upsert',
      key: ['externalId'],
    },
  });
  await queueImport(workspace, principal, id, ['ready']);
  const cpu = await cpuMeter(database);
  const started = performance.now();
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 100);
  let indexesAt = 0;
  const done = await runImport(house, id, {
    onProgress: (done, total, phase) => {
      if (phase === 'indexes' && indexesAt === 0) indexesAt = performance.now();
      if (phase === 'rows' && done % 100_000 === 0)
        say(`  ${done} of ${total} rows, ${((performance.now() - started) / 1_000).toFixed(1)} s`);
    },
  });
  clearInterval(watch);
  if (done.state !== 'done' || done.counts.created !== rows)
    throw new Error(`The import ended ${done.state}: ${JSON.stringify([done.counts, done.message])}`);
  const seconds = (performance.now() - started) / 1_000;
  const used = cpu();
  say(
    `import ${seconds.toFixed(1)} s, of which indexes ${((performance.now() - indexesAt) / 1_000).toFixed(1)} s, CPU ${perRow(used.process)} + ${perRow(used.database)} µs/row`,
  );
  return {
    perSecond: rows / seconds,
    cpu: perRow(used.process + used.database),
    megabytes: Math.round(peak / 1e6),
    schema: workspace.schema,
  };
}

/**
 * The same records from a file that is ready for it, with nothing to parse or to check: COPY into a table of the same
 * columns, an event for each, and the same indexes built behind, two at a time. What is left above this is our work.
 */
async function fullCopy(
  database: Database,
  schema: string,
  say: (line: string) => void,
): Promise<{ perSecond: number; cpu: number }> {
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
    `COPY with the same columns, indexes and events ${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} rows/s, CPU ${perRow(used.process)} + ${perRow(used.database)} µs/row`,
  );
  await database.run('drop schema bare cascade');
  return { perSecond: rows / seconds, cpu: perRow(used.process + used.database) };
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
