/** How long the candidates of one record take among many, by the index of match keys: `node bench/duplicates.ts` */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { openDatabase } from '#kernel/database/pool.ts';
import { type Prepared, prepareRecord, sharingKeys, writeKeys } from '#kernel/duplicates/keys.ts';
import { contactDuplicates } from '#modules/customers/duplicates/adapt.ts';
import { startTestServer } from '#test/server.ts';

const records = Math.round(1_000_000 * Number(process.env.BENCH_SCALE ?? 1));
const forenames =
  'Jonas Ona Antanas Janina Vytautas Irena Petras Elena Kazys Birutė Andrius Rasa Tomas Eglė Maria José Antonio Carmen'.split(
    ' ',
  );
const syllables = 'ba ke lo mi nu ra se ti vo zu gal kaz mar pet ros sim tan val dom gin jur lau nor rim ser'.split(
  ' ',
);

const server = await startTestServer();
const database = openDatabase(server.connection);
await database.run('create schema bench');
await database.run(
  'create table bench.match_key (key bigint not null, record_id uuid not null, primary key (key, record_id))',
);
await database.run('create index on bench.match_key (record_id)');
const started = performance.now();
let keys = 0;
await database.transaction(async ({ client }) => {
  const rows = function* () {
    for (let n = 0; n < records; n++) {
      const { id, keys: own } = personOf(n);
      keys += own.length;
      yield own.map((key) => `${key}\t${id}\n`).join('');
    }
  };
  await pipeline(Readable.from(rows()), client.query(copyFrom('copy bench.match_key (key, record_id) from stdin')));
});
const filled = performance.now() - started;
await database.run('vacuum analyze bench.match_key');
const [size] = await database.run(
  `select pg_total_relation_size('bench.match_key') / 1048576, (select max(c) from (select count(*) c from bench.match_key group by key) k)`,
);
console.log(
  `${records} contacts, ${keys} keys, filled in ${(filled / 1000).toFixed(0)} s, ${size![0]} MB, ${size![1]} records under the most frequent key`,
);

for (const many of [1, 500]) {
  const times: number[] = [];
  for (let n = 0; n < (many === 1 ? 500 : 10); n++) {
    const asked: Prepared[] = Array.from({ length: many }, (_, index) => ({
      ...personOf((n * 7919 + index * 104729) % records),
      id: null,
    }));
    const before = performance.now();
    await sharingKeys(database, 'bench', asked, many === 1 ? 50 : 12);
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)]!.toFixed(1);
  console.log(`candidates of ${many}: median ${at(0.5)} ms, p95 ${at(0.95)} ms`);
}
const rewritten = Array.from({ length: 500 }, (_, n) => ({ ...personOf(n), id: personOf(n + 17).id! }));
const before = performance.now();
await database.transaction((connection) => writeKeys(connection, 'bench', rewritten));
console.log(`keys of 500 changed records written in ${(performance.now() - before).toFixed(0)} ms`);
await database.close();
await server.stop();

/** Squared random numbers make the first names common and the last rare. */
function personOf(n: number): Prepared {
  const pick = (list: readonly string[], seed: number) =>
    list[Math.floor(list.length * (((n * seed) % 1_000_003) / 1_000_003) ** 2)]!;
  const family = pick(syllables, 7919) + pick(syllables, 104_729) + pick(syllables, 1_299_709);
  const given = pick(forenames, 15_485_863);
  return prepareRecord(contactDuplicates, {
    id: `01900000-cccc-7000-8000-${n.toString(16).padStart(12, '0')}`,
    firstName: given,
    lastName: `${family}as`,
    emails: [{ value: `${given}.${family}${n}@example.com`.toLowerCase() }],
    phones: [{ value: `+3706${String(n).padStart(7, '0')}` }],
    birthday: n % 2 ? `19${50 + (n % 50)}-0${1 + (n % 9)}-1${n % 10}` : null,
    address: n % 3 ? { street: `Gatvės g. ${n % 200}`, city: 'Kaunas' } : null,
  });
}
