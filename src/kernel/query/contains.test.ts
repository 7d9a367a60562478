import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { administratorRole, type Role } from '#kernel/access/access.ts';
import { objectOf } from '#kernel/object/model.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { ListQuery, Page } from '#kernel/query/query.ts';
import { scopeOf } from '#kernel/records/door.ts';
import type { Records } from '#kernel/records/records.ts';
import { buildWorkspace, type TestWorkspace } from '#test/build.ts';
import { statement } from '../database/sql.ts';
import { compilePage } from './page.ts';
import { takeSample } from './sample.ts';

let at: TestWorkspace;
type Person = { id: string; firstName: string | null; lastName: string; name: string; emails: string; phones: string };
let people: Person[];

const firstNames = ['Žygimantas', 'Ona', 'José', 'Anne-Marie', null, 'O’Neil', "D'Arc", '100%', 'a_b', 'C:\\dir', '$1'];
const lastNames = ['Kazlauskas', 'Núñez', 'Petraitis', 'Čiurlionis', 'Ŝtêrn', '李小龍', 'McDonald', 'van der Berg'];

before(async () => {
  at = await buildWorkspace();
  const rows = Array.from({ length: 88 }, (_, n) => ({
    firstName: firstNames[n % firstNames.length]!,
    lastName: lastNames[n % lastNames.length]!,
    emails: [`info${n}@pavyzdys${n % 5}.example`, `Second.${n}@Other.Example`],
    phones: [`+3706${1_000_000 + n * 37}`],
    // Some have no value in what they are sorted by.
    ...(n % 4 === 0 ? {} : { department: `D${n % 3}` }),
  }));
  await at.records.createMany('contact', rows);
  people = (await at.records.list('contact', { limit: 500 })).items as unknown as Person[];
  assert.equal(people.length, 88);
});

test('what contains a text is found, whatever its letters and signs', async () => {
  const texts = [
    'kaz', 'KAZ', 'žyg', 'Žygimantas Kaz', 'nas kaz', 'núñ', '李小', 'neil', "d'arc", '100%', 'a_b', 'C:\\d', '\\', '%', '_',
    '$1', "';--", 'o’n', 'marie van', ' der ', 'zzqq', 'on', 'Ŝt', 'anne-marie',
  ]; // biome-ignore format: many
  for (const field of ['firstName', 'lastName', 'name'] as const) {
    for (const text of texts) {
      for (const [operator, holds] of Object.entries(tests)) {
        const found = await idsOf(at.records, { filter: { [field]: { [operator]: text } } });
        const expected = people.filter((person) => holds(person[field]?.toLowerCase() ?? '', text.toLowerCase()));
        assert.deepEqual(found.sort(), expected.map(({ id }) => id).sort(), `${field} ${operator} ${text}`);
      }
    }
  }
  for (const text of ['pavyzdys3', 'second.1', 'SECOND.17@other', 'info8']) {
    const found = await idsOf(at.records, { filter: { emails: { contains: text } } });
    const expected = people.filter(({ emails }) => JSON.stringify(emails).toLowerCase().includes(text.toLowerCase()));
    assert.deepEqual(found.sort(), expected.map(({ id }) => id).sort(), text);
    assert.ok(found.length > 0);
  }
  for (const text of ['61000037', '+370 6 1000', '6100', 'x', '(8-6) 1000']) {
    const digits = text.replace(/[^\d+x]/g, '') || text;
    const found = await idsOf(at.records, { filter: { phones: { contains: text } } });
    const expected = people.filter(({ phones }) => JSON.stringify(phones).includes(digits));
    assert.deepEqual(found.sort(), expected.map(({ id }) => id).sort(), text);
  }
  await assert.rejects(at.records.list('contact', { filter: { lastName: { contains: 'a\u0000b' } } }), Problem);
});

const tests: Record<string, (value: string, text: string) => boolean> = {
  contains: (value, text) => value.includes(text),
  startsWith: (value, text) => value.startsWith(text),
  endsWith: (value, text) => value.endsWith(text),
};

test('its negation finds the others', async () => {
  const filters: NonNullable<ListQuery['filter']>[] = [
    { not: { lastName: { contains: 'kaz' } } },
    { lastName: { notContains: 'kaz' } },
    { not: { or: [{ firstName: { contains: 'kaz' } }, { lastName: { contains: 'kaz' } }] } },
  ];
  for (const filter of filters) {
    assert.deepEqual(
      (await idsOf(at.records, { filter })).sort(),
      people
        .filter(({ lastName }) => lastName !== 'Kazlauskas')
        .map(({ id }) => id)
        .sort(),
    );
  }
});

test('pages of a contains filter go forward and back over every record once, in any order, for any reader', async () => {
  const own: Role = { name: 'own', grants: { '*': administratorRole.grants['*']!, contact: { read: 'own' } } };
  const some: Role = {
    name: 'some',
    grants: { contact: { read: { filter: { phones: { contains: '61000' } } } } },
  };
  const seller = await at.as([own, some]);
  await at.records.updateMany(
    'contact',
    { ids: people.slice(0, 50).map(({ id }) => id) },
    { owner: seller.principal.userId },
  );
  for (const records of [at.records, seller.records]) {
    for (const sort of [['-updatedAt'], ['name'], ['-lastName', 'name'], ['department', '-name'], ['-department']]) {
      for (const query of [
        { filter: { name: { contains: 'a' } } },
        { filter: { name: { contains: 'kaz' } } },
        { search: 'pavyz' },
      ]) {
        const all = await idsOf(records, { ...query, sort });
        assert.ok(all.length > 5);
        const forward: string[] = [];
        let cursor: string | null = null;
        let last: string | null = null;
        do {
          const page: Page<{ id: string }> = await records.list('contact', {
            ...query,
            sort,
            limit: 4,
            ...(cursor ? { cursor } : {}),
          });
          forward.push(...page.items.map(({ id }) => id));
          last = page.previous;
          cursor = page.next;
        } while (cursor);
        assert.deepEqual(forward, all);
        const back: string[] = [];
        while (last) {
          const page = await records.list('contact', { ...query, sort, limit: 4, cursor: last });
          back.unshift(...page.items.map(({ id }) => id));
          last = page.previous;
        }
        assert.deepEqual(back, all.slice(0, back.length));
        assert.ok(back.length >= all.length - 4);
      }
    }
  }
});

test('a word that many have is met on the way, a rare one looked up: the pages are the same', async () => {
  const { records, workspace, principal } = await buildWorkspace();
  const names = Array.from({ length: 5_500 }, (_, n) => `${lastNames[n % 5]} ${n % 50 === 0 ? 'Retenis' : ''}${n}`);
  await records.createMany(
    'contact',
    names.map((lastName, n) => ({ lastName, jobTitle: n % 3 === 0 ? 'Petraitis' : null })),
  );
  const door = { workspace, principal, via: 'rest', trusted: false, unit: null };
  const contact = objectOf(workspace.model, 'contact');
  await takeSample(workspace, contact, names.length);
  const walks = (query: ListQuery) =>
    compilePage(scopeOf(door), contact, query).queries.every((one) => !statement(one).text.includes("'%"));
  const frequent: ListQuery = { filter: { lastName: { contains: 'petr' } } };
  const rare: ListQuery = { filter: { lastName: { contains: 'reten' } } };
  assert.ok(walks({ ...frequent, sort: ['name'] }) && walks({ search: 'petr' }));
  assert.ok(!walks(rare) && !walks({ search: 'reten' }));
  // Common in the record, but not in this field.
  assert.ok(!walks({ filter: { firstName: { contains: 'petr' } } }));
  // Nothing to walk along.
  assert.ok(!walks({ ...frequent, sort: ['jobTitle'] }));
  for (const [query, word] of [
    [frequent, 'Petr'],
    [rare, 'Reten'],
    [{ search: 'petraitis reten' }, 'Petraitis Reten'],
  ] as const) {
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<Record<string, unknown>> = await records.list('contact', {
        ...query,
        sort: ['-lastName'],
        limit: 450,
        ...(cursor ? { cursor } : {}),
      });
      found.push(...page.items.map(({ lastName }) => lastName as string));
      cursor = page.next;
    } while (cursor);
    const isWanted = (name: string, n: number) =>
      word
        .split(' ')
        .every((part) => name.includes(part) || (query.search && n % 3 === 0 && 'Petraitis'.includes(part)));
    assert.deepEqual([...found].sort(), names.filter(isWanted).sort());
    assert.equal(new Set(found).size, found.length);
  }
});

async function idsOf(records: Records, query: ListQuery): Promise<string[]> {
  return (await records.list('contact', { limit: 500, fields: ['id'], ...query })).items.map(({ id }) => id);
}
