import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { buildAccount, buildContact, buildOpportunity, buildWorkspace } from '#test/build.ts';
import { testDatabase } from '#test/database.ts';
import { preparePlatform } from '../workspace/platform.ts';
import { writeBackup } from './backup.ts';
import { type Database, openDatabase } from './pool.ts';
import { restoreBackup } from './restore.ts';
import { RestoreError } from './restore-error.ts';
import { identifier } from './sql.ts';
import { StartError } from './start-error.ts';
import { readTar, tarEnd, tarHeader, tarPadding } from './tar.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendero-backup-'));
const opened: Database[] = [];
after(async () => {
  await Promise.all(opened.map((db) => db.close()));
  rmSync(folder, { recursive: true });
});

const { records, runtime, workspace } = await buildWorkspace();
const source = runtime.database;
const account = await buildAccount(records, { name: 'Quote " comma, semicolon; back\\slash \\N and "\nlines\r\n' });
await buildContact(records, { firstName: 'Žydrūnė', lastName: 'Ñandú 🦤', emails: ['a@b.lt'] });
await buildOpportunity(records, { account: account.id, amount: { amount: 1234.5, currency: 'EUR' } });
const trashed = await buildAccount(records, { name: '\\.' });
await records.remove('account', trashed.id);
const files = join(folder, 'files');
mkdirSync(join(files, 'ab'), { recursive: true });
writeFileSync(join(files, 'ab', 'abcdef'), Buffer.alloc(700_000, 'x'));
writeFileSync(join(files, 'empty'), '');

const file = join(folder, 'backup.tar.gz');
const written = await writeBackup(source, file, { programVersion: '1.2.3', filesFolder: files });

async function empty(): Promise<Database> {
  const db = openDatabase((await testDatabase()).connection, { max: 2 });
  opened.push(db);
  return db;
}

/** Everything that is the same after a restore: columns, indexes, keys, and every row. */
async function describe(db: Database, schema: string): Promise<unknown> {
  const columns = await db.run(
    `select c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated::text,
       pg_get_expr(d.adbin, d.adrelid)
     from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
     where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped order by 1, 2`,
    [schema],
  );
  const indexes = await db.run('select indexname::text, indexdef from pg_indexes where schemaname = $1 order by 1', [
    schema,
  ]);
  const constraints = await db.run(
    `select conname::text, contype::text, conrelid::regclass::text, confrelid::regclass::text, convalidated
     from pg_constraint where connamespace = $1::regnamespace order by 1, 3`,
    [schema],
  );
  const rows: Record<string, unknown> = {};
  for (const table of new Set(columns.map(([table]) => table as string))) {
    const names = columns.filter(([name]) => name === table).map(([, column]) => identifier(column as string));
    rows[table] = await db.run(
      `select row(${names.join(', ')})::text from ${identifier(schema)}.${identifier(table)} order by 1`,
    );
  }
  return { columns, indexes, constraints, rows };
}

test('what comes back is the same, down to keys, computed columns and partitions', async () => {
  const db = await empty();
  const target = join(folder, 'restored');
  const summary = await restoreBackup(db, file, { filesFolder: target });
  assert.deepEqual([summary.rows, summary.tables, summary.files, summary.kept], [written.rows, written.tables, 2, []]);
  assert.deepEqual(await describe(db, workspace.schema), await describe(source, workspace.schema));
  const [there] = await db.run('select name, settings, snapshot from platform.workspace');
  assert.deepEqual(there, (await source.run('select name, settings, snapshot from platform.workspace'))[0]);
  assert.deepEqual(readFileSync(join(target, 'ab', 'abcdef')), readFileSync(join(files, 'ab', 'abcdef')));
  assert.equal(statSync(join(target, 'empty')).size, 0);
  await preparePlatform(db, '1.2.3');
});

test('the file is for its owner only, and nothing unfinished lies beside it', () => {
  if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('unfinished')),
    [],
  );
});

test('it is of one moment, whatever is written meanwhile', async () => {
  const later = join(folder, 'later.tar.gz');
  let isWritten = false;
  await writeBackup(source, later, {
    programVersion: '1.2.3',
    // Between two tables: the snapshot is taken already.
    onProgress: () => {
      isWritten = true;
      void source.run(`update platform.workspace set name = 'Meanwhile'`);
    },
  });
  assert.ok(isWritten);
  const db = await empty();
  await restoreBackup(db, later);
  assert.deepEqual(await db.run('select name from platform.workspace'), [['Test']]);
  await source.run(`update platform.workspace set name = 'Test'`);
});

test('a database in use is replaced only by force, and what was there is kept', async () => {
  const db = await empty();
  await restoreBackup(db, file);
  await db.run(`update platform.workspace set name = 'In use'`);
  await assert.rejects(restoreBackup(db, file), RestoreError);
  const { kept } = await restoreBackup(db, file, { force: true });
  assert.deepEqual(
    kept.map((name) => name.replace(/\d+$/, '')),
    ['platform_before_', `${workspace.schema}_before_`],
  );
  assert.deepEqual(await db.run(`select name from ${identifier(kept[0]!)}.workspace`), [['In use']]);
  assert.deepEqual(await db.run('select name from platform.workspace'), [['Test']]);
});

test('a platform that was prepared but never set up is in nobody’s way', async () => {
  const db = await empty();
  await preparePlatform(db, '1.2.3');
  assert.deepEqual((await restoreBackup(db, file)).kept, []);
});

test('damaged, cut, foreign, newer or hostile: refused in one line, and the database is as it was', async () => {
  const db = await empty();
  await restoreBackup(db, file);
  await db.run(`update platform.workspace set name = 'As it was'`);
  const bytes = readFileSync(file);
  const tampered = (edit: (entries: [string, Buffer][]) => [string, Buffer][]) => repacked(bytes, edit);
  const attempts: [string, Buffer, RegExp][] = [
    ['cut', bytes.subarray(0, bytes.length / 2), /damaged/],
    ['text', Buffer.from('a,b,c'), /no backup/],
    ['nothing', Buffer.alloc(0), /no backup|damaged/],
    ['other archive', await tampered(() => [['x', Buffer.from('1')]]), /no backup/],
    ['no manifest', await tampered((all) => all.slice(0, -1)), /too early/],
    [
      'a row less',
      await tampered((all) =>
        all.map(([path, content]) => [path, path.includes('/contact/') ? Buffer.alloc(0) : content]),
      ),
      /damaged/,
    ],
    [
      'another row',
      await tampered((all) =>
        all.map(([path, content]) => [path, Buffer.from(content.toString().replace('Žydrūnė', 'Zydrune'))]),
      ),
      /damaged/,
    ],
    [
      'another file',
      await tampered((all) =>
        all.map(([path, content]) => [path, path === 'files/empty' ? Buffer.from('!') : content]),
      ),
      /damaged/,
    ],
    [
      'unknown table',
      await tampered((all) => [...all.slice(0, -1), ['tables/public/x/000001', Buffer.from('1')], all.at(-1)!]),
      /none of its tables/,
    ],
    [
      'a way out',
      await tampered((all) => [...all.slice(0, -1), ['files/../../escaped', Buffer.from('1')], all.at(-1)!]),
      /no place/,
    ],
  ];
  const target = join(folder, 'target', 'files');
  for (const [name, content, words] of attempts) {
    const path = join(folder, 'attempt.tar.gz');
    writeFileSync(path, content);
    await assert.rejects(restoreBackup(db, path, { force: true, filesFolder: target }), (error: Error) => {
      assert.ok(error instanceof RestoreError, `${name}: ${error.stack}`);
      assert.match(error.message, words, name);
      return !error.message.includes('\n');
    });
    assert.deepEqual(await db.run('select name from platform.workspace'), [['As it was']], name);
  }
  assert.equal(existsSync(join(folder, 'escaped')), false);

  const newer = join(folder, 'newer.tar.gz');
  writeFileSync(
    newer,
    await tampered((all) =>
      all.map(([path, content]) => [
        path,
        Buffer.from(content.toString().replace(/"platformVersion":\d+/, '"platformVersion":999')),
      ]),
    ),
  );
  await assert.rejects(
    restoreBackup(db, newer, { force: true }),
    (error) => error instanceof StartError && error.code === 'database-too-new',
  );
});

test('interrupted or killed in the middle, it leaves the database as it was', async () => {
  const db = await empty();
  const stopping = new AbortController();
  await assert.rejects(
    restoreBackup(db, file, {
      signal: stopping.signal,
      onProgress: (line) => line.includes('indexes') && stopping.abort(),
    }),
    { name: 'AbortError' },
  );
  assert.deepEqual(await db.run(`select nspname::text from pg_namespace where nspname ~ '^(platform|ws_)'`), []);

  await assert.rejects(
    restoreBackup(db, file, {
      onProgress: (line) => {
        if (line.includes('indexes'))
          void source.run('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [nameOf(db)]);
      },
    }),
  );
  assert.deepEqual(await db.run(`select nspname::text from pg_namespace where nspname ~ '^(platform|ws_)'`), []);
  assert.deepEqual((await restoreBackup(db, file)).rows, written.rows);
});

test('a backup that cannot be written leaves nothing behind, also not over an older one', async () => {
  const older = join(folder, 'older.tar.gz');
  writeFileSync(older, 'older');
  const stopping = new AbortController();
  await assert.rejects(
    writeBackup(source, older, { programVersion: '1', signal: stopping.signal, onProgress: () => stopping.abort() }),
  );
  assert.equal(readFileSync(older, 'utf8'), 'older');
  await assert.rejects(writeBackup(source, join(folder, 'missing', 'x.tar.gz'), { programVersion: '1' }), {
    code: 'ENOENT',
  });
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('unfinished')),
    [],
  );
});

function nameOf(db: Database): string {
  return db.pool.options.database!;
}

async function repacked(bytes: Buffer, edit: (entries: [string, Buffer][]) => [string, Buffer][]): Promise<Buffer> {
  const entries: [string, Buffer][] = [];
  const whole = gunzipSync(bytes);
  for await (const { path, content } of readTar(
    (async function* () {
      yield whole;
    })(),
  )) {
    const pieces: Buffer[] = [];
    for await (const piece of content) pieces.push(piece);
    entries.push([path, Buffer.concat(pieces)]);
  }
  const parts = edit(entries).flatMap(([path, content]) => [
    tarHeader(path, content.length, new Date(0)),
    content,
    tarPadding(content.length),
  ]);
  return gzipSync(Buffer.concat([...parts, tarEnd()]), { level: 1 });
}
