import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { checkTaxNumber } from '#modules/customers/index.ts';
import { modules } from '../modules.ts';
import { type DemoStage, demoCompany } from './company.ts';
import { feminineSurname } from './people.ts';

const now = new Date('2026-05-14T09:00:00Z');
const stages: DemoStage[] = (['open', 'open', 'open', 'open', 'won', 'lost'] as const).map((kind, index) => ({
  id: `0190aaaa-0000-7000-8000-00000000000${index}`,
  pipeline: '0190aaaa-0000-7000-8000-00000000000a',
  kind,
}));
const company = [...demoCompany({ now, stages })];
const of = (object: string, parts = company) =>
  parts.filter((part) => part.object === object).flatMap((part) => part.records);

test('the same seed gives the same company, another seed another one', () => {
  assert.deepEqual([...demoCompany({ now, stages })], company);
  assert.notDeepEqual([...demoCompany({ now, stages, seed: 7 })][1], company[1]);
});

test('ids and names do not depend on the day', () => {
  const later = [...demoCompany({ now: new Date('2027-01-31T22:00:00Z'), stages })];
  for (const object of ['account', 'contact', 'opportunity']) {
    const rows = of(object, later);
    assert.deepEqual(
      rows.map(({ id }) => id),
      of(object).map(({ id }) => id),
    );
    if (object === 'account')
      assert.deepEqual(
        rows.map(({ name }) => name),
        of(object).map(({ name }) => name),
      );
  }
});

test('whoever looks around sells in place of the head of sales, and nothing else is another', () => {
  const you = '0190bbbb-0000-7000-8000-000000000001';
  const person = { id: you, name: 'Ona Onaitė', email: 'ona@example.com' };
  const yours = [...demoCompany({ now, stages, you: person })];
  const [head] = of('user');
  const atYourDesk = (user: Record<string, unknown>) => (user.manager === head!.id ? { ...user, manager: you } : user);
  assert.deepEqual(of('user', yours), of('user').slice(1).map(atYourDesk));
  assert.deepEqual(
    of('task', yours),
    of('task').map((task) => ({
      ...task,
      ...Object.fromEntries(Object.entries(task).flatMap(([name, value]) => (value === head!.id ? [[name, you]] : []))),
    })),
  );
  const open = of('task', yours).filter(({ owner, status }) => owner === you && status === 'open');
  assert.ok(open.length > 10, `${open.length} to do`);
  const called = (parts: typeof company, user: unknown) =>
    new Set(of('participant', parts).flatMap((one) => (one.user === user ? [`${one.name} ${one.address}`] : [])));
  assert.deepEqual(called(yours, you), new Set(['Ona Onaitė ona@example.com']));
});

test('numbers and addresses are labelled with words that every language has', () => {
  const points = [...of('account'), ...of('contact')].flatMap(({ emails, phones }) => [
    ...(emails as { label: string }[]),
    ...(phones as { label: string }[]),
  ]);
  assert.deepEqual([...new Set(points.map(({ label }) => label))].sort(), ['home', 'work']);
});

test('it is of the size of a real one', () => {
  const sizes = Object.fromEntries(company.map(({ object }) => [object, of(object).length]));
  assert.equal(sizes.user, 6);
  assert.equal(sizes.account, 500);
  assert.equal(sizes.contact, 900);
  assert.equal(sizes.lead, 38);
  assert.equal(sizes.opportunity, 700);
  assert.equal(sizes.task, 1500);
  assert.equal(sizes.note, 400);
  const mails = of('interaction').filter(({ conversation }) => conversation);
  assert.equal(sizes.interaction, 1200 + mails.length);
  const planned = of('interaction').filter(({ state }) => state === 'planned');
  assert.ok(planned.length > 5, `${planned.length} planned`);
  assert.ok(planned.every(({ at }) => (at as string) > now.toISOString()));
  assert.ok(sizes.relationship! > 80, `${sizes.relationship} relationships`);
});

const stamps = ['createdAt', 'createdBy', 'updatedAt', 'updatedBy'];

test('every record was entered on a working day of the two years, after what it points to', () => {
  const made = new Map<string, string>();
  for (const { object, records } of company) {
    if (object === 'user' || object === 'team') continue;
    for (const record of records) {
      const { id, createdAt, updatedAt } = record as Record<string, string>;
      made.set(id!, createdAt!);
      assert.ok(createdAt! > '2024-03-01' && createdAt! <= updatedAt! && updatedAt! < now.toISOString(), createdAt);
      assert.ok(new Date(createdAt!).getUTCDay() % 6 !== 0, createdAt);
      assert.deepEqual([record.createdBy, record.updatedBy], [record.owner, record.owner]);
      for (const [name, value] of Object.entries(record)) {
        if (name === 'competitor') continue;
        const pointed = made.get(value as string);
        if (pointed) assert.ok(pointed <= createdAt!, `${object}.${name} of ${createdAt} points to one of ${pointed}`);
      }
    }
  }
  const months = new Set(of('interaction').map(({ createdAt }) => (createdAt as string).slice(0, 7)));
  assert.ok(months.size >= 24, `interactions of ${months.size} months`);
});

test('every id is a UUID of version 7 and stands once; references point back', () => {
  const objects = new Map(modules.flatMap((module) => module.objects ?? []).map((object) => [object.name, object]));
  const known = new Map<string, string>(
    stages.flatMap(({ id, pipeline }) => [
      [id, 'stage'],
      [pipeline, 'pipeline'],
    ]),
  );
  for (const { object, records } of company) {
    for (const record of records) {
      assert.match(record.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      if (object === 'user' || object === 'team') continue;
      const isNobodys = record.owner === null && (object === 'conversation' || object === 'lead');
      if (!isNobodys) assert.equal(known.get(record.owner as string), 'user');
      for (const [name, value] of Object.entries(record)) {
        if (name === 'id' || name === 'owner' || stamps.includes(name)) continue;
        const field = objects.get(object)!.fields[name] as { type: string; to?: string } | undefined;
        assert.ok(field, `${object}.${name} is no field`);
        if (field.type === 'reference' && value !== null)
          assert.equal(known.get(value as string), field.to, `${object}.${name}`);
      }
    }
    for (const { id } of records) {
      assert.ok(!known.has(id), id);
      known.set(id, object);
    }
  }
});

test('nothing in it reaches anybody', () => {
  for (const { records } of company) {
    for (const record of records) {
      for (const { value } of (record.emails ?? []) as { value: string }[])
        assert.match(value, /^[a-z0-9.-]+@[a-z0-9.-]+\.example$/);
      for (const { value } of (record.phones ?? []) as { value: string }[])
        assert.ok(parsePhoneNumberFromString(value)?.isValid(), value);
    }
  }
  for (const { email, phone } of of('user')) {
    assert.match(email as string, /^[a-z.]+@[a-z-]+\.example$/);
    assert.ok(parsePhoneNumberFromString(phone as string)?.isValid(), phone as string);
  }
});

test('tax numbers are right in structure and check digit, names of companies stand once', () => {
  for (const account of of('account')) {
    const country = (account.billingAddress as { country: string }).country;
    if (account.taxNumber)
      assert.equal(checkTaxNumber(account.taxNumber as string, country).ok, true, account.taxNumber as string);
    if (account.registrationCode) assert.equal(checkTaxNumber(account.registrationCode as string, 'LT').ok, true);
  }
  assert.equal(new Set(of('account').map((account) => account.name)).size, 500);
  assert.ok(of('account').some((account) => account.parent));
});

test('two years of sales: closed ones in the past, open ones moving, in every stage', () => {
  const today = now.toISOString().slice(0, 10);
  const kinds = Map.groupBy(of('opportunity'), (one) => stages.find((stage) => stage.id === one.stage)!.kind);
  for (const one of [...kinds.get('won')!, ...kinds.get('lost')!])
    assert.ok((one.closeOn as string) <= today && one.nextStep === null);
  for (const one of of('opportunity'))
    assert.ok((one.startedOn as string) > '2024-05-01' && (one.startedOn as string) <= today);
  assert.ok(kinds.get('won')!.length > 200, `${kinds.get('won')!.length} won`);
  assert.ok(kinds.get('lost')!.length > 150, `${kinds.get('lost')!.length} lost`);
  assert.ok(kinds.get('open')!.length > 40, `${kinds.get('open')!.length} open`);
  assert.equal(new Set(of('opportunity').map((one) => one.stage)).size, stages.length);
});

test('threads of mails end with whoever wrote last, and wait for whom they say', () => {
  const mails = Map.groupBy(of('interaction'), ({ conversation }) => conversation);
  for (const thread of of('conversation')) {
    const told = mails.get(thread.id)!;
    const last = told.at(-1)!;
    assert.deepEqual([thread.lastAt, thread.lastDirection, thread.subject], [last.at, last.direction, last.subject]);
    assert.equal(thread.status === 'open', last.direction === 'in');
    assert.deepEqual(
      told.map(({ at }) => at),
      told.map(({ at }) => at).sort(),
      'in order',
    );
    assert.ok(
      told.every((mail) => of('participant').filter(({ interaction }) => interaction === mail.id).length === 2),
    );
  }
  const open = of('conversation').filter(({ status }) => status === 'open');
  assert.equal(open.filter(({ owner }) => owner === null).length, 6);
  assert.ok(new Set(open.map(({ owner }) => owner)).size > 4);
});

test('texts are varied and filled in', () => {
  const bodiesOf = (object: string) => of(object).flatMap(({ body }) => (body ? [String(body)] : []));
  const texts = [...bodiesOf('note'), ...bodiesOf('interaction'), ...of('task').map(({ subject }) => String(subject))];
  for (const text of texts) assert.ok(!/[{}]|undefined|null/.test(text), text);
  const bodies = new Set(of('interaction').map(({ body }) => body));
  assert.ok(bodies.size > 900, `${bodies.size} different talks`);
});

test('a Lithuanian woman has her own form of the surname', () => {
  const forms = (surname: string) => [feminineSurname(surname, true), feminineSurname(surname, false)];
  assert.deepEqual(forms('Kazlauskas'), ['Kazlauskienė', 'Kazlauskaitė']);
  assert.deepEqual(forms('Jonaitis'), ['Jonaitienė', 'Jonaitytė']);
  assert.deepEqual(forms('Banys'), ['Banienė', 'Banytė']);
  assert.deepEqual(forms('Butkus'), ['Butkuvienė', 'Butkutė']);
  assert.deepEqual(forms('Stankevičius'), ['Stankevičienė', 'Stankevičiūtė']);
  assert.deepEqual(forms('Mažeika'), ['Mažeikienė', 'Mažeikaitė']);
});
