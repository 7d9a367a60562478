import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { administratorRole, type Principal, type Role } from '#kernel/access/access.ts';
import { objectOf } from '#kernel/object/model.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { compilePage } from '#kernel/query/page.ts';
import type { ListQuery } from '#kernel/query/query.ts';
import { type Door, scopeOf } from '#kernel/records/door.ts';
import type { Records } from '#kernel/records/records.ts';
import { buildAccount, buildContact, buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { seeded } from '#test/seeded.ts';
import { keptPage } from './kept-order.ts';

const everything = administratorRole.grants['*']!;
const scoped = (read: Role['grants'][string]['read'] & {}): Role['grants'] => ({
  '*': everything,
  account: { ...everything, read: 'own' },
  contact: { ...everything, read },
});
/** Sees the people of the accounts that are its own. */
const heirRole: Role = { name: 'heir', grants: scoped({ through: 'account' }) };
/** Sees besides the people that are its own. */
const bothRole: Role = { name: 'both', grants: scoped([{ through: 'account' }, 'own']) };

let at: TestWorkspace;
let heir: { principal: Principal; records: Records };
let both: { principal: Principal; records: Records };
before(async () => {
  at = await buildWorkspace();
  heir = await at.as([heirRole]);
  both = await at.as([bothRole]);
});

const doorOf = (principal: Principal): Door => ({
  workspace: at.workspace,
  principal,
  via: 'rest',
  trusted: false,
  unit: null,
});

/** A page as it is kept, and as it is without. */
async function bothWays(principal: Principal, query: ListQuery) {
  const door = doorOf(principal);
  const contact = objectOf(at.workspace.model, 'contact');
  const page = compilePage(scopeOf(door), contact, query);
  const plain = async () => {
    const rows: unknown[][] = [];
    for (const one of page.queries) if (rows.length <= page.limit) rows.push(...(await at.workspace.database.run(one)));
    return rows;
  };
  let isKept = true;
  const kept = await keptPage(
    door,
    contact,
    page,
    () => {
      isKept = false;
      return plain();
    },
    0,
  );
  const shown = (rows: readonly (readonly unknown[])[]) =>
    rows.slice(0, page.limit + 1).map((row) => row.slice(0, page.selection.width));
  const rows = await plain();
  return { page, rows, kept: shown(kept.rows), plain: shown(rows), length: kept.length, isKept };
}

const orders = [
  ['name'],
  ['-name'],
  ['lastName', '-firstName'],
  ['-lastName'],
  ['account.name'],
  ['updatedAt'],
  undefined,
];
const filters: ListQuery['filter'][] = [
  undefined,
  { firstName: { in: ['Ona', 'Jonas'] } },
  { 'account.industry': 'food' },
];

test('the page of a kept list is the page, whatever happens in between', async () => {
  const { records } = at;
  const random = seeded(20_261_123);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const owners = [at, heir, both].map(({ principal }) => principal.userId);
  const accounts = [
    await buildAccount(records, { owner: heir.principal.userId, industry: 'food' }),
    await buildAccount(records, { owner: both.principal.userId }),
    await buildAccount(records),
  ].map(({ id }) => id);
  const values = (): Record<string, unknown> => ({
    firstName: pick([null, 'Ona', 'Jonas', 'Žygimantas']),
    lastName: pick(['Kazlauskas', 'Petraitė', 'de la Cruz', `Nr. ${Math.floor(random() * 50)}`]),
    account: pick([null, ...accounts]),
    owner: pick(owners),
  });
  const alive = async () =>
    (await records.list('contact', { limit: 500, fields: [] })).items.map(({ id }) => id as string);
  const trash: string[] = [];
  const shares: string[] = [];
  const acts: (() => Promise<unknown>)[] = [
    () => records.create('contact', values()),
    () => records.createMany('contact', [values(), values(), values()]),
    async () => records.update('contact', pick(await alive()), values()),
    async () => records.update('contact', pick(await alive()), { lastName: pick(['A', 'Ž', 'Ómar']) }),
    async () => records.update('contact', pick(await alive()), { jobTitle: `${random()}` }),
    async () => {
      const id = pick(await alive());
      await records.remove('contact', id);
      trash.push(id);
    },
    async () => {
      if (trash.length > 0) await records.restore('contact', trash.pop()!);
    },
    async () => {
      if (trash.length > 0 && random() < 0.2) await records.purge('contact', trash.pop()!);
    },
    async () => {
      const [survivor, other] = await alive();
      const { changeSet } = await records.merge('contact', { survivor: survivor!, others: [other!] });
      if (random() < 0.5) await records.unmerge(changeSet);
    },
    async () => {
      if (random() < 0.3) await records.update('account', pick(accounts), { owner: pick(owners) });
    },
    async () => {
      if (random() < 0.3) await records.update('account', pick(accounts), { name: `Renamed ${random()}` });
    },
    () => records.update('account', pick(accounts), { website: `https://example.org/${random()}` }),
    async () => {
      if (random() > 0.6) return;
      const [targetObject, targetId] = pick([
        ['account', pick(accounts)],
        ['contact', pick(await alive())],
      ]);
      shares.push((await records.create('share', { targetObject, targetId, user: pick(owners.slice(1)) })).id);
    },
    async () => {
      if (shares.length > 0 && random() < 0.3) await records.remove('share', shares.pop()!);
    },
  ];
  for (let n = 0; n < 40; n++) await records.create('contact', values());
  let kept = 0;
  let asked = 0;
  for (let step = 0; step < 50; step++) {
    for (let n = pick([0, 1, 1, 3]); n > 0; n--) await pick(acts)().catch(unlessRefused);
    for (const { principal, records } of [heir, both]) {
      for (const sort of orders) {
        if (random() < 0.5) continue;
        const filter = pick(filters);
        const query = {
          limit: pick([1, 4, 9]),
          fields: ['name'],
          expand: ['account'],
          ...(sort && { sort }),
          ...(filter && { filter }),
        };
        let cursor: string | undefined;
        // There, and once back.
        for (let turn = 0; turn < 4; turn++) {
          const answer = await bothWays(principal, { ...query, ...(cursor && { cursor }) });
          assert.deepEqual(answer.kept, answer.plain, JSON.stringify([query, turn]));
          asked++;
          if (answer.isKept) kept++;
          if (answer.length !== null) assert.equal(answer.length, (await records.count('contact', filter)).value);
          const { page, rows } = answer;
          if (rows.length <= page.limit) break;
          cursor = turn === 2 ? page.cursorOf(rows[0]!, 'previous') : page.cursorOf(rows[page.limit - 1]!, 'next');
        }
      }
    }
  }
  assert.ok(kept > asked / 3, `${kept} of ${asked} were kept`);
});

test('what is taken away is gone with the next page, and a page that nothing concerned is not found again', async () => {
  const { records, workspace } = at;
  const { principal } = await at.as([heirRole]);
  const mine = await buildAccount(records, { owner: principal.userId });
  const other = await buildAccount(records);
  const { id } = await buildContact(records, { account: mine.id, lastName: 'Aras' });
  await buildContact(records, { account: mine.id, lastName: 'Bitinas' });
  const list = async () => {
    const { kept, isKept, length } = await bothWays(principal, { sort: ['name'], limit: 5, fields: ['lastName'] });
    return { names: kept.map((row) => row[2]), isKept, length };
  };
  while (!(await list()).isKept);
  assert.deepEqual(await list(), { names: ['Aras', 'Bitinas'], isKept: true, length: 2 });
  // Behind the back of the program nothing new is looked for, and what may not be seen is not shown.
  await workspace.database.run(
    `insert into "${workspace.schema}".contact (id, last_name, account_id, do_not_call, do_not_email, do_not_contact, created_at, updated_at, version)
     values (gen_random_uuid(), 'Cinas', $1::uuid, false, false, false, now(), now(), 1)`,
    [mine.id],
  );
  await workspace.database.run(`update "${workspace.schema}".contact set account_id = $1::uuid where id = $2::uuid`, [
    other.id,
    id,
  ]);
  assert.deepEqual((await list()).names, ['Bitinas']);
  // As it was, and then changed as people do.
  await records.update('contact', id, { account: mine.id });
  assert.deepEqual(await list(), { names: ['Aras', 'Bitinas'], isKept: true, length: null });
  await records.update('contact', id, { account: other.id });
  assert.deepEqual((await list()).names, ['Bitinas']);
  await records.update('contact', id, { account: mine.id });
  await records.update('account', mine.id, { owner: at.principal.userId });
  assert.deepEqual(await list(), { names: [], isKept: false, length: null });
  while (!(await list()).isKept);
  const user = principal.userId;
  const { id: share } = await records.create('share', { targetObject: 'contact', targetId: id, user });
  assert.deepEqual(await list(), { names: ['Aras'], isKept: false, length: null });
  while (!(await list()).isKept);
  assert.deepEqual((await list()).names, ['Aras']);
  await records.remove('share', share);
  assert.deepEqual((await list()).names, []);
});

/** Some acts are not possible at their moment: what was taken for the second of two is gone. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
}
