import http from 'node:http';
import { createKey } from '#app/identity/keys.ts';
import { asSystem, operations, type Role } from '#kernel/access/access.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { type Figure, figure } from './figure.ts';
import { type Million, rows, SELLERS } from './million.ts';
import { accountId, contactId, list, measure, type Request, send, startServer } from './requests.ts';

/** Records shared one by one with the person of the last kind. */
const SHARES = Math.min(5_000, rows.contact / 20);

/**
 * What rights cost: the same questions of somebody who sees all, one record in a hundred by owner, one in five by team and
 * reporting tree, one in a hundred by the account, and 5,000 that were shared one by one. Each answer twice the CPU of the
 * first at most.
 */
export async function benchAccess(million: Million, say: (line: string) => void): Promise<Figure[]> {
  const people = await buildPeople(million, say);
  const server = await startServer('requests-server.ts', million);
  const figures: Figure[] = [];
  try {
    const agent = new http.Agent();
    for (const { key } of people.values()) await send(agent, server.port, key, list({ limit: 1 }));
    agent.destroy();
    const [stage] = (await million.database.run(
      `select id::text from "${million.workspace.schema}".stage order by position limit 1`,
    )) as [string][];
    for (const question of questions(stage![0])) {
      let all = 0;
      for (const [kind, { key }] of people) {
        const { cpu, median, p95 } = await measure(server, { ...million, key }, question, 1);
        if (kind === 'all') all = cpu;
        say(
          `${question.name.padEnd(24)} ${kind.padEnd(28)} ${cpu.toFixed(2)} ms CPU (${(cpu / all).toFixed(1)}×), median ${median.toFixed(2)}, p95 ${p95.toFixed(2)}`,
        );
        const name = `${question.name}, ${kind}`;
        const target = kind === 'all' || !Number.isFinite(question.target) ? null : question.target * all;
        figures.push(figure(name, 'CPU ms/request', cpu, 'lower', target, all));
        figures.push(figure(name, 'p95 ms', p95, 'lower', 50));
      }
    }
  } finally {
    server.process.kill();
  }
  return figures;
}

/** The target of each is how many times the CPU of whoever sees all it may cost. */
function questions(stage: string): Request[] {
  const columns = 'name,jobTitle,account,emails,phones,owner,updatedAt';
  const of = (name: string, make: Request['make'], count = 200): Request => ({ name, target: 2, count, make });
  return [
    of('list by name', () => list({ sort: 'name', limit: 50, count: 'estimate', fields: columns })),
    // As nobody asked before: nothing is kept of it, see decision 036.
    {
      ...of('list by name, another each time', (n) =>
        list({ filter: { lastName: { isNot: `${n}` } }, sort: 'name', limit: 50, count: 'estimate', fields: columns }),
      ),
      target: Number.POSITIVE_INFINITY,
    },
    of('list, newest first', () => list({ limit: 50, count: 'estimate', fields: columns })),
    of('search, one word', (n) => ({
      method: 'GET',
      path: `/api/search?q=${['galkaz', 'maria', 'domger', 'anna'][n % 4]}`,
    })),
    of('count of a filter', () => list({ filter: { firstName: 'Jonas' }, limit: 1, fields: 'id', count: 'estimate' })),
    of('sum of amount by stage', () => ({
      method: 'POST',
      path: '/api/records/opportunity/aggregate',
      body: { groupBy: ['stage'], measures: { total: { sum: 'amount' }, n: { count: true } } },
    })),
    of('a column of the board', () =>
      list(
        {
          filter: { stage },
          limit: 50,
          count: 'estimate',
          fields: 'name,account,amount,closeOn,owner',
          expand: 'account',
        },
        'opportunity',
      ),
    ),
  ];
}

/** By kind of scope, a key. */
async function buildPeople(million: Million, say: (line: string) => void): Promise<Map<string, { key: string }>> {
  const { workspace, database } = million;
  const system = recordsFor(workspace, asSystem('people of a bench'), 'setup');
  const sellers = (await database.run(
    `select i.id::text, i.user_id::text from platform.identity i where i.workspace_id = $1::uuid and i.email like 'seller%' order by i.created_at, i.id`,
    [workspace.id],
  )) as [string, string][];
  const [all, one, lead, heir, helper] = sellers.slice(0, 5).map(([identity, user]) => ({ identity, user }));
  const objects = ['account', 'contact', 'opportunity'];
  const scoped = (scope: unknown) => Object.fromEntries(operations.map((operation) => [operation, scope]));
  const role = async (name: string, grants: unknown): Promise<string> => {
    const known = await system.find('role', { name });
    if (known) return known.id;
    return (await system.create('role', { name, grants: grants as Role['grants'] })).id;
  };
  const everywhere = (scope: unknown) => Object.fromEntries(objects.map((object) => [object, scoped(scope)]));
  const give = (user: string, roles: string[], more = {}) => system.update('user', user, { roles, ...more });

  await give(one!.user, [await role('Bench own', everywhere('own'))]);
  const team =
    (await system.find('team', { name: 'Bench' }))?.id ?? (await system.create('team', { name: 'Bench' })).id;
  await give(lead!.user, [await role('Bench team and tree', everywhere(['team', 'tree']))], { teams: [team] });
  const tenth = Math.floor(SELLERS / 10);
  for (const [, user] of sellers.slice(10, 10 + tenth)) await system.update('user', user, { teams: [team] });
  for (const [, user] of sellers.slice(10 + tenth, 10 + 2 * tenth))
    await system.update('user', user, { manager: lead!.user });
  const through = {
    account: scoped('own'),
    contact: scoped({ through: 'account' }),
    opportunity: scoped({ through: 'account' }),
  };
  await give(heir!.user, [await role('Bench by account', through)]);
  await give(helper!.user, [await role('Bench own', everywhere('own'))]);
  const shared = await system.count('share', { user: { is: helper!.user } });
  if (shared.value < SHARES) {
    say(`  ${SHARES} shares`);
    const share = (targetObject: string, targetId: string) => ({ targetObject, targetId, user: helper!.user });
    const inputs = Array.from({ length: SHARES }, (_, n) =>
      n % 5 === 0 ? share('account', accountId(n * 37)) : share('contact', contactId(n * 191)),
    );
    await system.createMany('share', inputs, { note: 'bench' });
    await database.run(`analyze "${workspace.schema}".share`);
  }
  const keyOf = async (identity: string) => ({ key: (await createKey(database, identity, 'bench')).key });
  return new Map([
    ['all', await keyOf(all!.identity)],
    ['1 % by owner', await keyOf(one!.identity)],
    ['20 % by team and tree', await keyOf(lead!.identity)],
    ['1 % by account', await keyOf(heir!.identity)],
    ['1 % and 5,000 shares', await keyOf(helper!.identity)],
  ]);
}
