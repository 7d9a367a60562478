import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import { type Answer, type Ask, createOnce, type Entry, type Ledger, newEntry, type State, write } from './ledger.ts';

/** What all clients share. */
export interface Shop {
  readonly ledger: Ledger;
  readonly ask: Ask;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** Somebody else, who hears of the tasks they are given. */
  readonly colleague: string;
  /** Stages of one pipeline: two open ones, and one that is closed. */
  readonly stages: readonly string[];
  /** Accounts that all clients' opportunities belong to, so that their roll-ups are fought over. */
  readonly customers: readonly string[];
}

/** One client that works, a request after the other, until told to stop. It touches no other client's records. */
export async function work(shop: Shop, own: Entry[], isStopped: () => boolean): Promise<void> {
  while (!isStopped()) {
    const { acknowledged } = shop.ledger.told;
    await pick(shop, acts)(shop, own);
    // The server is away: not each millisecond another record whose fate is unknown.
    if (shop.ledger.told.acknowledged === acknowledged) await sleep(40);
  }
}

/** Derived fields of both kinds, somebody to notify, and accounts that everybody sells to. */
export async function openShop(ask: Ask): Promise<Pick<Shop, 'colleague' | 'stages' | 'customers'>> {
  const done = ({ status, body }: Answer) => {
    assert.ok(status === 200 || status === 201, JSON.stringify(body));
    return body as Record<string, unknown> & { id: string };
  };
  const derived: [string, object][] = [
    [
      'account',
      { name: 'dealCount', type: 'rollup', returns: 'integer', from: 'opportunity', via: 'account', measure: 'count' },
    ],
    [
      'account',
      {
        name: 'openAmount',
        type: 'rollup',
        returns: 'money',
        from: 'opportunity',
        via: 'account',
        measure: 'sum',
        field: 'amount',
        where: { 'stage.kind': 'open' },
      },
    ],
    ['opportunity', { name: 'accountSize', type: 'formula', returns: 'integer', formula: 'account.employees * 2' }],
  ];
  for (const [object, field] of derived) done(await ask('POST', `objects/${object}/fields`, field));
  const stages = done(await ask('GET', 'records/stage?sort=position')).items as { id: string; kind: string }[];
  const colleague = done(await ask('POST', 'records/user', { name: 'Jonas', email: 'jonas@example.com' }));
  const customers: string[] = [];
  for (const name of ['Litera', 'Giria', 'Medus'])
    customers.push(done(await ask('POST', 'records/account', { name, employees: 5 })).id);
  const open = stages.filter(({ kind }) => kind === 'open');
  const won = stages.find(({ kind }) => kind === 'won')!;
  return { colleague: colleague.id, stages: [open[0]!.id, open[1]!.id, won.id], customers };
}

type Act = (shop: Shop, own: Entry[]) => Promise<void>;

const acts: readonly Act[] = [
  createAccount,
  createOpportunity,
  createTask,
  createTasks,
  createWithKey,
  update,
  update,
  moveStage,
  moveStage,
  remove,
  restore,
];

async function createAccount(shop: Shop, own: Entry[]): Promise<void> {
  await create(shop, own, 'account', { name: name(shop, 'Account'), employees: whole(shop, 100), description: 'ąčę' });
}

async function createOpportunity(shop: Shop, own: Entry[]): Promise<void> {
  const account = pick(shop, shop.customers);
  const stage = pick(shop, shop.stages);
  await create(shop, own, 'opportunity', {
    name: name(shop, 'Sale'),
    account,
    stage,
    amount: euros(whole(shop, 1_000)),
  });
}

async function createTask(shop: Shop, own: Entry[]): Promise<void> {
  await create(shop, own, 'task', { subject: name(shop, 'Task'), owner: shop.colleague, priority: 'low' });
}

async function createTasks({ ledger, ask, ...shop }: Shop, own: Entry[]): Promise<void> {
  const rows = Array.from({ length: 2 + Math.floor(shop.random() * 20) }, (_, index) => ({
    id: uuid(),
    subject: `Bulk ${index}`,
    priority: 'normal',
  }));
  const moves = rows.map(({ id, ...values }) => ({
    entry: newEntry(ledger, 'task', id),
    to: { version: 1, deleted: false, values },
  }));
  const answer = await write(ledger, moves, () => ask('POST', 'records/task/bulk', { create: rows }));
  if (answer && answer.succeeded !== rows.length) ledger.unexpected.push(`bulk: ${JSON.stringify(answer)}`);
  own.push(...moves.map(({ entry }) => entry));
}

async function createWithKey({ ledger, ask }: Shop): Promise<void> {
  await createOnce(ledger, ask, `key-${uuid()}`);
}

async function create(
  { ledger, ask }: Shop,
  own: Entry[],
  object: string,
  values: Record<string, unknown>,
): Promise<void> {
  const entry = newEntry(ledger, object, uuid());
  own.push(entry);
  await write(ledger, [{ entry, to: { version: 1, deleted: false, values } }], () =>
    ask('POST', `records/${object}`, { id: entry.id, ...values }),
  );
}

async function update(shop: Shop, own: Entry[]): Promise<void> {
  const [entry, state] = someone(shop, own, (state) => !state.deleted);
  if (!entry || !state) return;
  const changes = changesOf(shop, entry.object, state);
  await patch(shop, entry, state, changes);
}

async function moveStage(shop: Shop, own: Entry[]): Promise<void> {
  const [entry, state] = someone(shop, own, ({ deleted }, object) => !deleted && object === 'opportunity');
  if (!entry || !state) return;
  const others = shop.stages.filter((stage) => stage !== state.values.stage);
  await patch(shop, entry, state, { stage: pick(shop, others) });
}

async function patch({ ledger, ask }: Shop, entry: Entry, state: NonNullable<State>, changes: object): Promise<void> {
  const { version, values } = state;
  const to = { version: version + 1, deleted: false, values: { ...values, ...changes } };
  await write(ledger, [{ entry, to }], () =>
    ask('PATCH', `records/${entry.object}/${entry.id}`, { version, ...changes }),
  );
}

async function remove(shop: Shop, own: Entry[]): Promise<void> {
  // Tasks stay: of what lies in the trash nobody is told, and who is told is counted.
  const [entry, state] = someone(shop, own, ({ deleted }, object) => !deleted && object !== 'task');
  if (!entry || !state) return;
  const to = { ...state, version: state.version + 1, deleted: true };
  await write(shop.ledger, [{ entry, to }], () => shop.ask('DELETE', `records/${entry.object}/${entry.id}`));
}

async function restore(shop: Shop, own: Entry[]): Promise<void> {
  const [entry, state] = someone(shop, own, ({ deleted }) => deleted);
  if (!entry || !state) return;
  const to = { ...state, version: state.version + 1, deleted: false };
  await write(shop.ledger, [{ entry, to }], () => shop.ask('POST', `records/${entry.object}/${entry.id}/restore`));
}

function changesOf(shop: Shop, object: string, { values, version }: NonNullable<State>): Record<string, unknown> {
  switch (object) {
    case 'account':
      return { employees: (values.employees as number) + 1, description: `version ${version + 1}` };
    case 'opportunity':
      return { amount: euros((values.amount as { amount: number }).amount + 1) };
    default:
      return { subject: name(shop, `Version ${version + 1}`) };
  }
}

/** One of the client's records whose state is known. */
function someone(
  shop: Shop,
  own: readonly Entry[],
  isWanted: (state: NonNullable<State>, object: string) => boolean,
): [Entry?, NonNullable<State>?] {
  for (let tries = 0; tries < 20 && own.length > 0; tries++) {
    const entry = pick(shop, own);
    const [state, other] = entry.possible;
    if (state && other === undefined && isWanted(state, entry.object)) return [entry, state];
  }
  return [];
}

function pick<T>({ random }: Pick<Shop, 'random'>, among: readonly T[]): T {
  return among[Math.floor(random() * among.length)]!;
}

function whole({ random }: Shop, below: number): number {
  return 1 + Math.floor(random() * below);
}

function name({ random }: Shop, what: string): string {
  return `${what} ${Math.floor(random() * 1e9).toString(36)} žuvėdra`;
}

function euros(amount: number): { amount: number; currency: string; base: number } {
  return { amount, currency: 'EUR', base: amount };
}
