import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createKey } from '#app/identity/keys.ts';
import { createIdentity } from '#app/identity/people.ts';
import { createRuntime, type Runtime } from '#app/runtime.ts';
import { asSystem } from '#kernel/access/access.ts';
import { type EmbeddedDatabase, startEmbedded } from '#kernel/database/embedded.ts';
import { type Database, openDatabase } from '#kernel/database/pool.ts';
import { prepareJobs } from '#kernel/jobs/jobs.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { addWords, wordsOf } from '#kernel/search/words.ts';
import { preparePlatform } from '#kernel/workspace/platform.ts';
import { upgradeWorkspaces } from '#kernel/workspace/upgrade.ts';
import { createWorkspace, listWorkspaces } from '#kernel/workspace/workspace.ts';

/** Rows of the big workspace; `BENCH_SCALE=0.01` makes a small one for trying the benches out. */
const scale = Number(process.env.BENCH_SCALE ?? 1);
export const rows = {
  contact: Math.round(1_000_000 * scale),
  account: Math.round(200_000 * scale),
  opportunity: Math.round(500_000 * scale),
};

/** Each owns one record in a hundred. */
export const SELLERS = 100;

export const dataFolder = resolve(import.meta.dirname, `../.cache/bench-${scale}`);

export interface Million {
  readonly embedded: EmbeddedDatabase;
  readonly database: Database;
  readonly runtime: Runtime;
  readonly workspace: Workspace;
  /** API key of a member. */
  readonly key: string;
  readonly userId: string;
  stop(): Promise<void>;
}

/**
 * The workspace that the figures are measured on: 1,000,000 contacts, 200,000 accounts, 500,000 opportunities with skewed
 * names, made by SQL in about three minutes and kept in `.cache` for the next run.
 */
export async function openMillion(say: (line: string) => void): Promise<Million> {
  const done = resolve(dataFolder, 'complete');
  if (!existsSync(done)) await rm(dataFolder, { recursive: true, force: true });
  await mkdir(dataFolder, { recursive: true });
  const embedded = await startEmbedded({ dataFolder });
  const database = openDatabase(embedded.connection, { statementTimeout: 0 });
  await preparePlatform(database, 'bench');
  const runtime = createRuntime(database, dataFolder);
  if (!existsSync(done)) {
    await prepareJobs(database);
    await createWorkspace(
      database,
      { name: 'Bench', language: 'en', currency: 'EUR', timeZone: 'Europe/Vilnius', country: 'LT' },
      runtime.shipped,
    );
  }
  await upgradeWorkspaces(database, runtime.shipped, {
    onProgress: ({ description }) => say(`  ${description}`),
  });
  const [entry] = await listWorkspaces(database);
  const workspace = await runtime.workspace(entry!.id);
  if (!existsSync(done)) {
    await fill(runtime, workspace, say);
    await writeFile(done, new Date().toISOString());
  }
  await forgetEarlierRuns(database, workspace, say);
  await fillWords(database, workspace, say);
  const [identity] = await database.run(
    'select id::text, user_id::text from platform.identity order by created_at limit 1',
  );
  const { key } = await createKey(database, identity![0] as string, 'bench');
  return {
    embedded,
    database,
    runtime,
    workspace,
    key,
    userId: identity![1] as string,
    async stop() {
      await database.close();
      await embedded.stop();
    },
  };
}

/** What earlier runs created would be the newest records for ever, with names that no other record has. */
async function forgetEarlierRuns(database: Database, workspace: Workspace, say: (line: string) => void): Promise<void> {
  const table = `"${workspace.schema}".contact`;
  const count = await database.execute(`delete from ${table} where id > '01900000-ffff-7000-8000-ffffffffffff'`);
  if (count === 0) return;
  say(`  ${count} contacts of earlier runs taken away`);
  await database.run(`vacuum analyze ${table}`);
}

/** What the reader of the stream would have kept, had the records come through the door. */
async function fillWords(database: Database, workspace: Workspace, say: (line: string) => void): Promise<void> {
  const ws = `"${workspace.schema}"`;
  const [known] = await database.run(`select 1 from ${ws}.search_word limit 1`);
  if (known) return;
  const rows = await database.run(
    `select distinct unnest(string_to_array(search_text, ' ')) from (select search_text from ${ws}.contact union all select search_text from ${ws}.account) r`,
  );
  const words = wordsOf(rows.filter(([part]) => !/[\d@]/.test(part as string)).join(' '));
  await addWords(database, workspace.schema, words);
  await database.run(`vacuum analyze ${ws}.search_word`);
  say(`  ${words.size} words`);
}

const forenames =
  'Jonas Ona Antanas Janina Vytautas Irena Petras Elena Kazys Birute Andrius Rasa Tomas Egle Mantas Ieva Maria Jose Antonio Carmen Manuel Ana Francisco Isabel Juan Dolores Javier Pilar Anna James John Mary Robert Linda Michael Susan'.split(
    ' ',
  );
const syllables = 'ba ke lo mi nu ra se ti vo zu gal kaz mar pet ros sim tan val dom gin jur lau nor rim ser'.split(
  ' ',
);

async function fill(runtime: Runtime, workspace: Workspace, say: (line: string) => void): Promise<void> {
  const { database } = runtime;
  const ws = `"${workspace.schema}"`;
  const system = recordsFor(workspace, asSystem('bench data'), 'setup');
  for (const module of runtime.modules) await module.seed?.(system, 'en');
  const people: string[] = [];
  for (let n = 0; n < SELLERS; n++) {
    const { userId } = await createIdentity(database, workspace, {
      name: `Seller ${n}`,
      email: `seller${n}@example.com`,
      language: 'en',
      timeZone: 'Europe/Vilnius',
    });
    people.push(userId);
  }
  const run = async (label: string, text: string, values: unknown[] = []) => {
    const started = performance.now();
    await database.run(text, values);
    say(`  ${label} ${((performance.now() - started) / 1000).toFixed(1)} s`);
  };
  const indexes = (await database.run(
    `select indexname, indexdef from pg_catalog.pg_indexes where schemaname = $1 and tablename in ('contact', 'account', 'opportunity') and indexname !~ '^pk_'`,
    [workspace.schema],
  )) as [string, string][];
  for (const [name] of indexes) await database.run(`drop index ${ws}."${name}"`);

  // Squaring a uniform number makes the first names of the list common and the last rare.
  const pick = (array: string, length: number, seed: string) =>
    `(${array})[1 + floor(${length} * power(abs(hashint8(n * ${seed})) / 2147483648.0, 2))::int]`;
  const surname = `initcap(${pick('$2::text[]', syllables.length, '7919')} || ${pick('$2::text[]', syllables.length, '104729')} || ${pick('$2::text[]', syllables.length, '1299709')} || 'as')`;
  const uuidOf = (kind: string) => `('01900000-${kind}-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;
  const stamps = `now() - (n % 1000000) * interval '31 seconds'`;
  const owner = `($3::uuid[])[1 + n % ${SELLERS}]`;
  await run(
    'accounts',
    `insert into ${ws}.account (id, name, kind, status, industry, tax_number, emails, emails_all, emails_labels, owner_id, created_at, created_by_id, updated_at, updated_by_id, version, search_text)
     select ${uuidOf('aaaa')}, s || ' ' || n || ' UAB', 'business', (array['prospect','customer','former'])[1 + n % 3], (array['retail','food','wholesale','technology'])[1 + n % 4], 'LT' || (100000000 + n),
       'info@' || lower(s) || n || '.example', array['info@' || lower(s) || n || '.example'], null::text[], ${owner}, ${stamps}, ($3::uuid[])[1], ${stamps}, ($3::uuid[])[1], 1,
       lower(s) || ' ' || n || ' uab lt' || (100000000 + n) || ' info@' || lower(s) || n || '.example'
     from (select n, ${surname} s, $1::text[] is null x from generate_series(1, ${rows.account}::bigint) n) a`,
    [forenames, syllables, people],
  );
  await run(
    'contacts',
    `insert into ${ws}.contact (id, first_name, last_name, job_title, account_id, emails, emails_all, emails_labels, phones, phones_all, phones_labels, do_not_call, do_not_email, do_not_contact, owner_id, created_at, created_by_id, updated_at, updated_by_id, version, search_text)
     select ${uuidOf('cccc')}, f, s, (array['Buyer','Director','Accountant','Engineer'])[1 + n % 4], ('01900000-aaaa-7000-8000-' || lpad(to_hex(1 + n % ${rows.account}), 12, '0'))::uuid,
       e, array[e], null::text[], p, array[p], null::text[], false, false, false, ${owner}, ${stamps}, ($3::uuid[])[1], ${stamps}, ($3::uuid[])[1], 1,
       lower(f) || ' ' || lower(s) || ' ' || lower((array['Buyer','Director','Accountant','Engineer'])[1 + n % 4]) || ' ' || e || ' ' || substr(p, 2)
     from (select n, f, s, lower(f || '.' || s) || n || '@example.com' e, '+3706' || lpad(n::text, 7, '0') p
           from (select n, ${pick('$1::text[]', forenames.length, '15485863')} f, ${surname} s from generate_series(1, ${rows.contact}::bigint) n) a) b`,
    [forenames, syllables, people],
  );
  const stages = (await database.run(
    `select id::text, pipeline_id::text, probability from ${ws}.stage order by position`,
  )) as [string, string, number][];
  await run(
    'opportunities',
    `insert into ${ws}.opportunity (id, name, account_id, pipeline_id, stage_id, amount, amount_currency, amount_base, probability, close_on, forecast, owner_id, created_at, created_by_id, updated_at, updated_by_id, version, search_text)
     select ${uuidOf('dddd')}, 'Order ' || n, ('01900000-aaaa-7000-8000-' || lpad(to_hex(1 + n % ${rows.account}), 12, '0'))::uuid, ($2::uuid[])[1 + n % cardinality($2::uuid[])], ($1::uuid[])[1 + n % cardinality($1::uuid[])],
       100 + n % 90000, 'EUR', 100 + n % 90000, 50, current_date + (n % 700)::int - 350, 'pipeline', ${owner}, ${stamps}, ($3::uuid[])[1], ${stamps}, ($3::uuid[])[1], 1, 'order ' || n
     from generate_series(1, ${rows.opportunity}::bigint) n`,
    [stages.map(([id]) => id), stages.map(([, pipeline]) => pipeline), people],
  );
  await database.run(`set maintenance_work_mem = '512MB'`);
  for (const [name, definition] of indexes) await run(name, definition);
  await database.run(
    `insert into ${ws}.object_count (object, live) values ('contact', $1), ('account', $2), ('opportunity', $3) on conflict (object) do update set live = excluded.live`,
    [rows.contact, rows.account, rows.opportunity],
  );
  for (const table of ['contact', 'account', 'opportunity'])
    await run(`vacuum ${table}`, `vacuum analyze ${ws}.${table}`);
  await database.run('checkpoint');
}
