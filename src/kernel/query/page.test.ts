import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { administratorRole, type Role } from '#kernel/access/access.ts';
import type { Database } from '#kernel/database/pool.ts';
import type { Sql } from '#kernel/database/sql.ts';
import { objectOf } from '#kernel/object/model.ts';
import { type Door, scopeOf } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildAccount, buildContact, buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { compilePage } from './page.ts';
import type { ListQuery } from './query.ts';

const everything = administratorRole.grants['*']!;
const role = (read: Role['grants'][string]['read'] & {}): Role => ({
  name: 'heir',
  grants: { '*': everything, account: { ...everything, read: 'own' }, contact: { ...everything, read } },
});

let at: TestWorkspace;
before(async () => {
  at = await buildWorkspace();
});

/** All pages, forward; what is walked along the order, there and back, has to be the same. */
async function pagesOf(door: Door, query: ListQuery): Promise<{ ids: string[]; walked: number }> {
  const ids: string[] = [];
  let walked = 0;
  const page = async (cursor: string | undefined) => {
    const contact = objectOf(at.workspace.model, 'contact');
    const statement = compilePage(scopeOf(door), contact, { ...query, ...(cursor && { cursor }) }, true);
    const rows: unknown[][] = [];
    for (const one of statement.queries)
      if (rows.length <= statement.limit) rows.push(...(await at.workspace.database.run(one)));
    const nearby = statement.nearby ? await at.workspace.database.run(statement.nearby) : [];
    if (nearby.length > statement.limit) {
      walked++;
      assert.deepEqual(nearby, rows.slice(0, statement.limit + 1));
    }
    return { statement, rows };
  };
  for (let cursor: string | undefined; ; ) {
    const { statement, rows } = await page(cursor);
    ids.push(...rows.slice(0, statement.limit).map(([id]) => id as string));
    if (rows.length > 0) await page(statement.cursorOf(rows[0]!, 'previous'));
    if (rows.length <= statement.limit) return { ids, walked };
    cursor = statement.cursorOf(rows[statement.limit - 1]!, 'next');
  }
}

test('a page that is met on the way along the order is the page, and what is taken away is not on it', async () => {
  const { records } = at;
  const heir = await at.as([role([{ through: 'account' }, 'own'])]);
  const door: Door = { workspace: at.workspace, principal: heir.principal, via: 'rest', trusted: false, unit: null };
  const mine = await buildAccount(records, { owner: heir.principal.userId });
  const other = await buildAccount(records);
  const seen = new Set<string>();
  const shares: string[] = [];
  for (let n = 0; n < 60; n++) {
    const { id } = await buildContact(records, {
      firstName: n % 7 === 0 && n % 11 !== 0 ? null : 'Ona',
      lastName: n % 11 === 0 ? null : ['Kazlauskas', 'Petraitė', 'de la Cruz'][n % 3],
      account: n % 5 === 0 ? mine.id : n % 5 === 1 ? null : other.id,
      owner: n % 9 === 0 ? heir.principal.userId : at.principal.userId,
    });
    const isShared = n % 4 === 0;
    const user = heir.principal.userId;
    if (isShared) shares.push((await records.create('share', { targetObject: 'contact', targetId: id, user })).id);
    if (n % 5 === 0 || n % 9 === 0 || isShared) seen.add(id);
  }
  const orders = [['name'], ['-name'], ['lastName', 'firstName'], ['-lastName'], ['updatedAt'], undefined];
  const filters: ListQuery['filter'][] = [undefined, { firstName: 'Ona' }, { 'account.owner': heir.principal.userId }];
  const compare = async () => {
    let walked = 0;
    for (const sort of orders) {
      for (const filter of filters) {
        // Few steps look up each right, many read them first.
        for (const limit of [4, 8]) {
          const query = {
            limit,
            fields: ['name'],
            expand: ['account'],
            ...(sort && { sort }),
            ...(filter && { filter }),
          };
          const pages = await pagesOf(door, query);
          walked += pages.walked;
          assert.equal(new Set(pages.ids).size, pages.ids.length);
          if (!filter) assert.deepEqual(new Set(pages.ids), seen);
          else assert.ok(pages.ids.every((id) => seen.has(id)));
        }
      }
    }
    return walked;
  };
  assert.ok((await compare()) > 60);

  await records.update('account', mine.id, { owner: at.principal.userId });
  for (const share of shares) await records.remove('share', share);
  const left = await records.list('contact', { filter: { owner: heir.principal.userId }, limit: 100, fields: [] });
  seen.clear();
  for (const { id } of left.items) seen.add(id);
  assert.ok(seen.size > 4);
  await compare();
});

test('of many records, the way to a page is chosen by a sample; a right that is taken away is gone with the next list', async () => {
  const { records, workspace } = at;
  const { database, schema } = workspace;
  const heir = await at.as([role({ through: 'account' })]);
  const statements: string[] = [];
  const run: Database['run'] = (query: Sql | string, values?: readonly unknown[]) => {
    if (typeof query === 'string') return database.run(query, values);
    statements.push(query.text.join('$'));
    return database.run(query);
  };
  const own = recordsFor({ ...workspace, database: { ...database, run } }, heir.principal, 'rest');
  const mine = await buildAccount(records, { owner: heir.principal.userId });
  const other = await buildAccount(records);
  const many = 25_000;
  await database.run(
    `insert into "${schema}".contact (id, first_name, account_id, do_not_call, do_not_email, do_not_contact, created_at, updated_at, version)
     select gen_random_uuid(), 'Ona ' || n, case when n % 50 = 0 then $1::uuid else $2::uuid end, false, false, false, now(), now() - n * interval '1 second', 1
     from generate_series(1, ${many}) n`,
    [mine.id, other.id],
  );
  await database.run(
    `insert into "${schema}".object_count (object, live) values ('contact', ${many}) on conflict (object) do update set live = excluded.live`,
  );
  const list = async () => {
    statements.length = 0;
    const { items } = await own.list('contact', { limit: 20, fields: ['firstName', 'account'] });
    return { items, walks: statements.filter((text) => text.includes('"k0"')).length };
  };
  const first = await list();
  assert.equal(first.walks, 1);
  assert.deepEqual(
    first.items.map(({ firstName }) => firstName),
    Array.from({ length: 20 }, (_, n) => `Ona ${(n + 1) * 50}`),
  );

  await records.update('account', mine.id, { owner: at.principal.userId });
  // Whoever sees nothing does not walk in vain a second time.
  assert.deepEqual(await list(), { items: [], walks: 1 });
  assert.deepEqual(await list(), { items: [], walks: 0 });
  const share = await records.create('share', {
    targetObject: 'account',
    targetId: other.id,
    user: heir.principal.userId,
  });
  assert.equal((await list()).items[0]!.firstName, 'Ona 1');
  await records.remove('share', share.id);
  assert.deepEqual((await list()).items, []);
});
