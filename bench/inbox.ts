import { createKey } from '#app/identity/keys.ts';
import { createIdentity } from '#app/identity/people.ts';
import { makeStandardRoles, standardRoles } from '#app/standard-roles.ts';
import { asSystem } from '#kernel/access/access.ts';
import type { startEmbedded } from '#kernel/database/embedded.ts';
import type { Database } from '#kernel/database/pool.ts';
import type { Filter } from '#kernel/query/filter.ts';
import type { Door } from '#kernel/records/door.ts';
import { openRecords, recordsFor } from '#kernel/records/open.ts';
import { floorOf, uuidOf } from './channels.ts';
import { type Figure, figure } from './figure.ts';
import type { Million } from './million.ts';
import { measure, startServer } from './requests.ts';

const CONVERSATIONS = 1_000_000 * Number(process.env.BENCH_SCALE ?? 1);
/** People of the team. Of 100 conversations 95 are done, 4 open, 1 is put off; of 50 one is nobody's. */
const PEOPLE = 50;
const PAGE = 80;
/** What the list of the inbox asks for. */
const FIELDS = [
  ...['subject', 'channel', 'status', 'snoozedUntil', 'lastAt', 'lastDirection', 'preview', 'tags'],
  ...['account', 'contact', 'owner', 'team', 'mentioned'],
];

/** A page of each folder of the inbox, as somebody of a team that has a million conversations opens it. */
export async function benchInbox(
  database: Database,
  embedded: Awaited<ReturnType<typeof startEmbedded>>,
  door: Door,
  folder: string,
  say: (line: string) => void,
): Promise<Figure[]> {
  const { workspace } = door;
  const system = recordsFor(workspace, asSystem('bench data'), 'setup');
  const team = await system.create('team', { name: 'Everything' });
  const { representative } = await makeStandardRoles(system, 'en');
  const person = await createIdentity(database, workspace, {
    ...{ name: 'Member', email: 'member@example.com', language: 'en', timeZone: 'Europe/Vilnius' },
    ...{ roles: [representative], teams: [team.id] },
  });
  const { key } = await createKey(database, person.identityId, 'bench');
  const colleagues = [person.userId];
  for (let n = 1; n < PEOPLE; n++)
    colleagues.push(
      (await system.create('user', { name: `Colleague ${n}`, email: `c${n}@example.com`, teams: [team.id] })).id,
    );
  await fill(database, workspace.schema, team.id, colleagues);
  say(`${CONVERSATIONS} conversations of a team of ${PEOPLE}`);
  const role = standardRoles.find(({ name }) => name === 'representative')!;
  const principal = { userId: person.userId, roles: [role], language: 'en', timeZone: 'Europe/Vilnius' };
  const member: Door = {
    ...door,
    principal: { ...principal, teams: [team.id], teammates: colleagues, sharedObjects: [] },
  };
  const million = { embedded, database, key, folder } as unknown as Million;
  const folders: [string, Filter, string][] = [
    ['mine', { owner: { is: 'me' }, status: 'open' }, '-lastAt'],
    ['team', { team: { is: team.id }, status: 'open' }, '-lastAt'],
    ['unassigned', { owner: null, team: { in: ['mine'] }, status: 'open' }, '-lastAt'],
    ['snoozed', { owner: { is: 'me' }, status: 'snoozed' }, 'snoozedUntil'],
    ['snoozed, of the team', { team: { is: team.id }, status: 'snoozed' }, 'snoozedUntil'],
    ['done', { owner: { is: 'me' }, status: 'done' }, '-lastAt'],
    ['done, of the team', { team: { is: team.id }, status: 'done' }, '-lastAt'],
    ['mentions', { mentioned: { hasAny: ['me'] } }, '-lastAt'],
  ];
  const server = await startServer('requests-server.ts', million);
  const figures: Figure[] = [];
  const keep = async (name: string, path: string, ask: (door: Door) => Promise<unknown>) => {
    const make = () => ({ method: 'GET', path });
    const { cpu, median, p95 } = await measure(server, million, { name, target: 0, count: 100, make }, 1);
    const floor = await floorOf(million, member, ask);
    const of = (value: number, least: number) => `${value.toFixed(1)} (floor ${least.toFixed(1)})`;
    say(`${name}: CPU ${of(cpu, floor.cpu)}, median ${of(median, floor.median)}, p95 ${of(p95, floor.p95)} ms`);
    figures.push(
      figure(name, 'CPU ms/request', cpu, 'lower', null, floor.cpu),
      figure(name, 'median ms', median, 'lower', null, floor.median),
      figure(name, 'p95 ms', p95, 'lower', 30, floor.p95),
    );
  };
  try {
    for (const [name, filter, sort] of folders) {
      const query = { filter, sort: [sort], limit: PAGE, fields: FIELDS, expand: ['account', 'contact', 'owner'] };
      const search = new URLSearchParams({
        ...{ filter: JSON.stringify(filter), sort, limit: String(PAGE) },
        ...{ fields: FIELDS.join(), expand: query.expand.join() },
      });
      const path = `/api/records/conversation?${search}`;
      await keep(`inbox of 1,000,000, ${name}`, path, (recorded) => openRecords(recorded).list('conversation', query));
    }
    const filter = { team: { is: team.id }, status: 'open' };
    const search = new URLSearchParams({
      ...{ filter: JSON.stringify(filter), fields: 'id', limit: '1', count: 'estimate' },
    });
    await keep('inbox of 1,000,000, how many wait for the team', `/api/records/conversation?${search}`, (recorded) =>
      openRecords(recorded).list('conversation', { filter, fields: ['id'], limit: 1, count: 'estimate' }),
    );
  } finally {
    server.process.kill();
  }
  return figures;
}

async function fill(database: Database, schema: string, team: string, people: readonly string[]): Promise<void> {
  const ws = `"${schema}"`;
  const [first] = people;
  const listed = `array[${people.map((id) => `'${id}'`).join()}]::uuid[]`;
  const status = `(case when h % 100 < 95 then 'done' when h % 100 < 99 then 'open' else 'snoozed' end)`;
  const at = `now() - n * interval '${(3 * 365 * 86_400) / CONVERSATIONS} seconds'`;
  for (let from = 1; from <= CONVERSATIONS; from += 100_000)
    await database.run(`
      insert into ${ws}.conversation (id, subject, channel, status, snoozed_until, team_id, account_id, last_at, last_direction,
        preview, owner_id, created_at, created_by_id, updated_at, updated_by_id, version, search_text)
      select ('01900000-6666-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'About the doors ' || n,
        (array['email', 'phone', 'form'])[1 + n % 3], ${status},
        case when ${status} = 'snoozed' then now() + (n % 1000) * interval '1 hour' end, '${team}'::uuid,
        '${uuidOf('aaaa', 0)}'::uuid, ${at}, (array['in', 'out'])[1 + n % 2], 'We spoke of the doors, and of what comes then',
        case when h % 49 <> 7 then (${listed})[1 + (h / 100) % ${people.length}] end,
        ${at}, '${first}', ${at}, '${first}', 1, lower('about the doors ' || n)
      from (select n, abs(hashint4(n)) h from generate_series(${from}::int, ${Math.min(CONVERSATIONS, from + 99_999)}::int) n) x`);
  await database.run(`
    insert into ${ws}.conversation__mentioned (from_id, to_id, position)
    select id, '${first}'::uuid, 0 from ${ws}.conversation where last_at > now() - interval '3 days' limit 200`);
  await database.run('vacuum analyze');
}
