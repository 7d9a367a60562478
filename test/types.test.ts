/**
 * What the definitions say, the compiler knows: this file is checked by `tsc`. A line under `@ts-expect-error` that
 * compiles is an error too.
 */
import { test } from 'node:test';
import type { Money } from '#kernel/fields/money/index.ts';
import type { RecordOf } from '#kernel/object/definition.ts';
import { defineObject } from '#kernel/object/definition.ts';
import { defineRules } from '#kernel/object/rules.ts';
import type { Records } from '#kernel/records/records.ts';
import { account } from '#modules/customers/index.ts';
import { opportunity } from '#modules/sales/index.ts';

test('types are checked by tsc', () => {});

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_proof: Equal<A, B>): void => {};

const visit = defineObject({
  name: 'visit',
  plural: 'visits',
  title: 'subject',
  icon: 'walk',
  fields: {
    subject: { type: 'text', required: true },
    kind: { type: 'select', required: true, options: [{ value: 'first' }, { value: 'return' }] },
    days: { type: 'integer' },
    cost: { type: 'money' },
    tags: { type: 'tags' },
    emails: { type: 'email', many: true },
    email: { type: 'email' },
    account: { type: 'reference', to: 'account' },
    people: { type: 'references', to: 'contact' },
    overdue: { type: 'formula', returns: 'boolean', formula: 'days > 3' },
    doneOn: { type: 'date' },
  },
});
type Visit = RecordOf<typeof visit>;

same<Visit['subject'], string>(true);
same<Visit['kind'], 'first' | 'return'>(true);
same<Visit['days'], number | null>(true);
same<Visit['cost'], Money | null>(true);
same<Visit['tags'], string[] | null>(true);
same<Visit['emails'], { value: string; label: string | null }[] | null>(true);
same<Visit['email'], string | null>(true);
same<Visit['account'], string | null>(true);
same<Visit['people'], string[] | null>(true);
same<Visit['overdue'], boolean | null>(true);
same<Visit['doneOn'], string | null>(true);
same<Visit['version'], number>(true);
same<Visit['deletedAt'], string | null>(true);

export async function reading(records: Records): Promise<void> {
  const page = await records.list(account, { filter: { industry: 'retail' }, sort: ['-name'] });
  same<(typeof page.items)[number], RecordOf<typeof account>>(true);
  const [first] = page.items;
  same<typeof first, RecordOf<typeof account> | undefined>(true);
  // @ts-expect-error: accounts have no such field
  first?.nonsense;

  const found = await records.find(opportunity, { stage: first!.id });
  same<typeof found, RecordOf<typeof opportunity> | null>(true);
  const one = await records.read(opportunity, first!.id);
  same<typeof one.name, string>(true);
  same<typeof one.account, string | null>(true);

  const anything = await records.read('account', first!.id);
  same<typeof anything.name, unknown>(true);
  same<typeof anything.id, string>(true);
}

export async function writing(records: Records): Promise<void> {
  const created = await records.create(visit, { subject: 'x', kind: 'first' });
  same<typeof created, Visit>(true);
  // @ts-expect-error: visits have no such field
  await records.create(visit, { subject: 'x', nonsense: 1 });
  const updated = await records.update(visit, created.id, { days: 2 }, { version: created.version });
  same<typeof updated.kind, 'first' | 'return'>(true);
  // @ts-expect-error: visits have no such field
  await records.update(visit, created.id, { nonsense: 1 });
  await records.aggregate(visit, { groupBy: ['kind'], measures: { cost: { sum: 'cost' }, n: { count: true } } });
  // @ts-expect-error: there is no such measure
  await records.aggregate(visit, { measures: { cost: { median: 'cost' } } });
}

defineRules(visit, {
  beforeSave({ after, changed, set, refuse }) {
    same<typeof after.days, number | null>(true);
    if (changed('days')) set('cost', { amount: 1, currency: 'EUR' });
    refuse('kind', 'visit.wrong');
    // @ts-expect-error: visits have no such field
    changed('nonsense');
  },
});

// @ts-expect-error: the title has to be one of the fields
defineObject({ name: 'a', plural: 'b', title: 'c', icon: 'd', fields: { e: { type: 'text' } } });
// @ts-expect-error: there is no such type
defineObject({ name: 'a', plural: 'b', title: 'e', icon: 'd', fields: { e: { type: 'words' } } });
