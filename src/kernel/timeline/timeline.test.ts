import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSystem, memberRole, operations, type Role, roleOf } from '#kernel/access/access.ts';
import type { Door } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildAccount, buildContact, buildOpportunity, buildWorkspace } from '#test/build.ts';
import { fc } from '#test/property.ts';
import { readTimelineDays } from './days.ts';
import type { TimelineEntry } from './shapes.ts';
import { readTimeline, type TimelineQuery } from './timeline.ts';
import { readTimelineTop } from './top.ts';

const { workspace, records, principal, as } = await buildWorkspace();
const system = recordsFor(workspace, asSystem('test data'), 'setup');
const doorOf = (who = principal): Door => ({
  workspace,
  principal: who,
  via: 'rest',
  trusted: false,
  unit: null,
});
const read = (id: string, query: TimelineQuery = {}, who = principal) =>
  readTimeline(doorOf(who), 'account', id, query);
const keyOf = (entry: TimelineEntry) =>
  'event' in entry ? `change ${entry.event.position}` : `${entry.kind} ${entry.record.id}`;
const wordsOf = (entries: readonly TimelineEntry[]) =>
  entries.map((entry) => ('event' in entry ? `${entry.event.object} ${entry.event.operation}` : entry.record.subject));

/** An account with everything on it, and two below it, at a few moments that many of them share. */
const parent = await buildAccount(records, { name: 'Holding' });
const child = await buildAccount(records, { name: 'Daughter', parent: parent.id });
const grandchild = await buildAccount(records, { name: 'Granddaughter', parent: child.id });
const contact = await buildContact(records, { account: parent.id });
const deal = await buildOpportunity(records, { account: parent.id, contact: contact.id, name: 'Rye' });
const moments = ['2026-03-01T08:00:00Z', '2026-03-01T08:00:00Z', '2026-03-02T08:00:00.001Z', '2026-04-01T12:00:00Z'];
const channels = ['phone', 'email', 'visit'];
const subjects = [
  { account: parent.id },
  { account: parent.id, contact: contact.id, opportunity: deal.id },
  { account: child.id },
  { account: grandchild.id },
  { contact: contact.id },
  { opportunity: deal.id },
];
for (let n = 0; n < 48; n++) {
  const on = subjects[n % subjects.length]!;
  const at = moments[n % moments.length]!;
  await system.create('interaction', { channel: channels[n % 3], subject: `Talk ${n}`, at, ...on });
  if (n % 3 === 0)
    await system.create('note', { subject: `Note ${n}`, body: `<p>Note ${n}</p>`, createdAt: at, ...on } as never);
  if (n % 4 === 0) await system.create('task', { subject: `Task ${n}`, status: 'done', doneAt: at, ...on });
}
await records.create('comment', { body: 'Nice', targetObject: 'account', targetId: parent.id });
await records.create('comment', { body: 'Dear', targetObject: 'opportunity', targetId: deal.id });
await records.update('account', parent.id, { employees: 12 });
await records.update('opportunity', deal.id, { nextStep: 'Send samples' });

test('pages of any size, there and back, give every entry once and in the order of one long page', async () => {
  const reach = fc.constantFrom('own' as const, 'parts' as const, 'hierarchy' as const);
  const kinds = fc.constantFrom<string[] | undefined>(
    ...[undefined, ['interaction'], ['interaction:phone', 'note'], ['change'], ['change:opportunity', 'task']],
  );
  const question = fc.record({ reach, kinds, limit: fc.integer({ min: 1, max: 25 }) });
  await fc.assert(
    fc.asyncProperty(question, async ({ reach, kinds, limit }) => {
      const query = { reach, ...(kinds ? { kinds } : {}) };
      const whole = (await read(parent.id, { ...query, limit: 200 })).items;
      const inOrder = whole.map(({ at }) => at);
      assert.deepEqual(inOrder, inOrder.toSorted().reverse());
      assert.equal(new Set(whole.map(keyOf)).size, whole.length);
      const there: TimelineEntry[] = [];
      let cursor: string | undefined;
      let page = await read(parent.id, { ...query, limit });
      assert.equal(page.previous, null);
      for (;;) {
        there.push(...page.items);
        if (!page.next) break;
        cursor = page.next;
        page = await read(parent.id, { ...query, limit, cursor });
      }
      assert.deepEqual(there.map(keyOf), whole.map(keyOf));
      const back: TimelineEntry[] = [...page.items];
      while (page.previous) {
        page = await read(parent.id, { ...query, limit, cursor: page.previous });
        back.unshift(...page.items);
      }
      assert.deepEqual(back.map(keyOf), whole.map(keyOf));
    }),
    { numRuns: 15 },
  );
});

test('how far it reaches: the account, its contacts and sales, the accounts below it', async () => {
  const own = await read(parent.id, { limit: 200 });
  assert.ok(own.items.every(({ of }) => of === null));
  assert.ok(!wordsOf(own.items).includes('Task 4'), 'told of the contact alone');
  const parts = (await read(parent.id, { reach: 'parts', limit: 200 })).items;
  assert.ok(wordsOf(parts).includes('Task 4') && wordsOf(parts).includes('Talk 5'));
  assert.ok(!wordsOf(parts).includes('Talk 2'), 'told of the account below it');
  assert.ok(wordsOf(parts).includes('opportunity update') && wordsOf(parts).includes('contact create'));
  assert.deepEqual(parts.find((entry) => 'record' in entry && entry.record.subject === 'Talk 5')!.of, {
    object: 'opportunity',
    id: deal.id,
    title: 'Rye',
  });
  const all = (await read(parent.id, { reach: 'hierarchy', limit: 200 })).items;
  assert.ok(wordsOf(all).includes('Talk 2') && wordsOf(all).includes('Talk 3'));
  const ofContact = await readTimeline(doorOf(), 'contact', contact.id, { reach: 'parts', limit: 200 });
  assert.ok(wordsOf(ofContact.items).includes('Talk 5'));
});

test('a circle of accounts, which no rule lets through, ends', async () => {
  const [a, b] = [await buildAccount(records), await buildAccount(records)];
  await records.update('account', b.id, { parent: a.id });
  const table = `"${workspace.schema}".account`;
  await workspace.database.run(`update ${table} set parent_id = $1::uuid where id = $2::uuid`, [b.id, a.id]);
  await system.create('interaction', { channel: 'phone', subject: 'Below', account: b.id });
  const { items } = await read(a.id, { reach: 'hierarchy', kinds: ['interaction'] });
  assert.deepEqual(wordsOf(items), ['Below']);
});

test('filters: kind, channel, person, team, days in the reader’s zone, words', async () => {
  const team = await system.create('team', { name: 'Vilnius' });
  const { principal: rasa, records: hers } = await as([memberRole]);
  await system.update('user', rasa.userId!, { teams: [team.id] });
  const account = await buildAccount(records);
  const late = '2026-05-01T21:30:00Z';
  await hers.create('interaction', { channel: 'phone', subject: 'Late rye', account: account.id, at: late });
  await records.create('interaction', {
    channel: 'email',
    subject: 'Early oats',
    account: account.id,
    at: '2026-05-01',
  });
  await records.update('account', account.id, { employees: 7 });
  const find = async (query: TimelineQuery) => wordsOf((await read(account.id, query)).items);
  assert.deepEqual(await find({ kinds: ['interaction:phone'] }), ['Late rye']);
  assert.deepEqual(await find({ person: rasa.userId! }), ['Late rye']);
  assert.deepEqual(await find({ team: team.id }), ['Late rye']);
  assert.deepEqual(await find({ team: team.id, person: principal.userId! }), []);
  // 21:30 in UTC is after midnight in Vilnius.
  assert.deepEqual(await find({ from: '2026-05-02', until: '2026-05-02' }), ['Late rye']);
  assert.deepEqual(await find({ until: '2026-05-01' }), ['Early oats']);
  assert.deepEqual(await find({ search: 'rye' }), ['Late rye']);
  assert.deepEqual(await find({ search: 'employees' }), ['account update']);
  assert.deepEqual(await find({ search: '100%_\\\'"' }), []);
});

test('nothing of what the reader may not see: records, fields, whose it is, words of hidden changes', async () => {
  const account = await buildAccount(records, { owner: principal.userId });
  const sale = await buildOpportunity(records, { account: account.id, name: 'Secret sale' });
  await records.create('interaction', { channel: 'phone', subject: 'Open', account: account.id });
  await records.create('interaction', { channel: 'phone', subject: 'Of the sale', opportunity: sale.id });
  await records.update('account', account.id, { description: 'slapta' });
  const all = Object.fromEntries(operations.map((operation) => [operation, 'all']));
  const grants = { account: all, interaction: all } as unknown as Role['grants'];
  const limited = await as([roleOf({ name: 'limited', grants, fields: { 'account.description': 'hidden' } })]);
  const seen = await read(account.id, { reach: 'hierarchy' }, limited.principal);
  assert.deepEqual(wordsOf(seen.items).sort(), ['Open', 'account create']);
  assert.deepEqual((await read(account.id, { search: 'slapta' }, limited.principal)).items, []);
  assert.doesNotMatch(JSON.stringify(seen), /slapta|Secret sale/);
  const masked = await as([roleOf({ name: 'unlinked', grants, fields: { 'interaction.account': 'hidden' } })]);
  assert.deepEqual(wordsOf((await read(account.id, { kinds: ['interaction'] }, masked.principal)).items), []);
  const own = Object.fromEntries(operations.map((operation) => [operation, 'own']));
  const owner = await as([roleOf({ name: 'own', grants: { account: all, interaction: own } as never })]);
  await system.create('interaction', {
    ...{ channel: 'visit', subject: 'Theirs', account: account.id, owner: owner.principal.userId },
  });
  assert.deepEqual(wordsOf((await read(account.id, { kinds: ['interaction'] }, owner.principal)).items), ['Theirs']);
  const nobody = await as([roleOf({ name: 'none', grants: { interaction: all } as never })]);
  await assert.rejects(read(account.id, {}, nobody.principal), { code: 'record.not-found' });
});

test('above it: what is pinned, and what is to come, the soonest first', async () => {
  const account = await buildAccount(records);
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  await system.create('interaction', { channel: 'visit', subject: 'Visit', at: day(3), account: account.id });
  await system.create('interaction', { channel: 'phone', subject: 'Was', at: day(-3), account: account.id });
  const forgotten = { state: 'planned', subject: 'Forgotten', at: day(-90) };
  await system.create('interaction', { channel: 'phone', account: account.id, ...forgotten });
  await system.create('task', { subject: 'Call', dueOn: 'today+1', account: account.id });
  await system.create('task', { subject: 'Some day', account: account.id });
  await system.create('task', { subject: 'Dropped', status: 'cancelled', account: account.id });
  await system.create('note', { body: '<p>Deaf in one ear</p>', pinned: true, account: account.id });
  const top = await readTimelineTop(doorOf(), 'account', account.id);
  assert.deepEqual(wordsOf(top.pinned), ['Deaf in one ear']);
  assert.deepEqual(wordsOf(top.ahead), ['Call', 'Visit', 'Some day']);
  const past = wordsOf((await read(account.id, { kinds: ['interaction', 'task'] })).items);
  assert.deepEqual(past, ['Was', 'Forgotten']);
});

test('of meetings that repeat the next one stands above, for all that follow; what was forgotten is found below', async () => {
  const account = await buildAccount(records);
  const [ona, jonas] = [await buildContact(records, { account: account.id }), await buildContact(records)];
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const daily = { channel: 'meeting', subject: 'Daily', repeats: 'FREQ=DAILY', account: account.id, contact: ona.id };
  await system.create('interaction', { ...daily, at: day(1) });
  await system.create('interaction', { ...daily, subject: 'Weekly', at: day(7), repeats: 'FREQ=WEEKLY' });
  await system.create('task', { subject: 'Call', dueOn: 'today+40', account: account.id });
  await system.create('interaction', { channel: 'visit', subject: 'Visit', at: day(60), account: account.id });
  const filter = { subject: 'Daily', account: account.id };
  const { items } = await records.list('interaction', { filter, sort: ['at'], limit: 6 });
  const [one, other, next, second, third] = items.map(({ id }) => id);
  await system.update('interaction', one!, { at: day(-2) });
  await system.update('interaction', other!, { at: day(-3) });
  const ahead = async (who = principal, reach: 'own' | 'parts' = 'own') =>
    (await readTimelineTop(doorOf(who), 'account', account.id, reach)).ahead;
  const isNext = async (id: string, who = principal) =>
    assert.equal(keyOf((await ahead(who))[0]!), `interaction ${id}`);
  assert.deepEqual(wordsOf(await ahead()), ['Daily', 'Weekly', 'Call', 'Visit']);
  await isNext(next!);
  const past = (await read(account.id, { kinds: ['interaction'] })).items;
  assert.deepEqual(past.map(keyOf), [`interaction ${one}`, `interaction ${other}`]);
  // It is one for the people of the account, too, whoever each of them is with; and for somebody it is the next that they see.
  await system.update('interaction', next!, { contact: jonas.id });
  assert.deepEqual(wordsOf(await ahead(principal, 'parts')), ['Daily', 'Weekly', 'Call', 'Visit']);
  const all = Object.fromEntries(operations.map((operation) => [operation, 'all']));
  const own = Object.fromEntries(operations.map((operation) => [operation, 'own']));
  const { principal: rasa } = await as([
    roleOf({ name: 'her own', grants: { account: all, interaction: own } as never }),
  ]);
  assert.deepEqual(await ahead(rasa), []);
  await system.update('interaction', third!, { owner: rasa.userId });
  await isNext(third!, rasa);
  await system.update('interaction', next!, { state: 'cancelled' });
  await isNext(second!);
});

test('every way to a source has an index in the order of the timeline', () => {
  for (const object of workspace.model.objects.values()) {
    const { timeline, indexes, target } = object.definition;
    if (!timeline) continue;
    const walked = Object.values(indexes ?? {}).map((fields) => fields.join());
    const links = target ? [[target.object, target.id]] : linksOfCustomers(object.name);
    for (const link of links)
      assert.ok(walked.includes([...link, `-${timeline.at}`].join()), `${object.name} by ${link}`);
    if (timeline.pinned) assert.equal(object.fields.get(timeline.pinned)!.definition.index, true);
  }
});

function linksOfCustomers(name: string): string[][] {
  return [...workspace.model.objects.get(name)!.fields.values()]
    .filter(({ target, system: own }) => !own && ['account', 'contact', 'opportunity'].includes(target ?? ''))
    .map((field) => [field.name]);
}

test('cursors and filters that make no sense are refused, whatever is in them', async () => {
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const cursor of [
    ...['x', '', '%%%', encoded(null), encoded({}), encoded([0, 'when', 'note', contact.id])],
    ...[encoded([0, '2026-01-01', 'note', 'x']), encoded([2, '2026-01-01', 'note', contact.id])],
    ...[encoded([0, "2026-01-01'; drop table x; --", 'note', contact.id]), encoded([0, '2026-01-01', 'change', '-'])],
    encoded([0, '99999-99-99', 'note', contact.id]),
  ])
    await assert.rejects(read(parent.id, { cursor }), { code: 'query.cursor-invalid' }, cursor);
  await assert.rejects(read(parent.id, { kinds: ['interaction:carrierPigeon'] }), { code: 'query.invalid' });
  assert.deepEqual((await read(parent.id, { kinds: ['stage', 'change:nothing', 'notes'] })).items, []);
});

test('days tell what is due and what takes place on them, of whatever belongs to the record and is seen', async () => {
  const account = await buildAccount(records, { name: 'Diary' });
  const person = await buildContact(records, { account: account.id });
  const create = (object: string, values: object) => system.create(object, values as never);
  await create('task', { subject: 'Due', dueOn: '2026-05-04', contact: person.id });
  await create('task', { subject: 'Done late', dueOn: '2026-05-31', account: account.id, status: 'done' });
  await create('task', { subject: 'Later', dueOn: '2026-06-01', account: account.id });
  await create('task', { subject: 'Some day', account: account.id });
  const on = { account: account.id, channel: 'meeting' };
  // Half an hour before June begins where the reader is.
  await create('interaction', { subject: 'Lunch', at: '2026-05-31T20:30:00Z', state: 'planned', ...on });
  await create('interaction', { subject: 'In June', at: '2026-05-31T21:00:00Z', state: 'planned', ...on });
  await create('interaction', { subject: 'Met', at: '2026-05-02T09:00:00Z', ...on });
  await create('interaction', { subject: 'Rang', at: '2026-05-03T09:00:00Z', ...on, channel: 'phone' });
  const may = { from: '2026-05-01', until: '2026-05-31', kinds: ['task', 'interaction:meeting'] };
  const days = async (query: Partial<Parameters<typeof readTimelineDays>[3]>, who = principal) => {
    const there = { ...who, timeZone: 'Europe/Vilnius' };
    const { items, isCut } = await readTimelineDays(doorOf(there), 'account', account.id, { ...may, ...query });
    assert.equal(isCut, false);
    return items.map((entry) => `${wordsOf([entry])[0]} ${entry.at.slice(0, 10)}`);
  };
  assert.deepEqual(await days({ reach: 'parts' }), [
    'Met 2026-05-02',
    'Due 2026-05-04',
    'Done late 2026-05-31',
    'Lunch 2026-05-31',
  ]);
  assert.deepEqual(await days({ kinds: ['task'] }), ['Done late 2026-05-31']);
  const june = await days({ from: '2026-06-01', until: '2026-06-01' });
  assert.deepEqual(june.sort(), ['In June 2026-05-31', 'Later 2026-06-01']);
  const noTasks = roleOf({ name: 'noTasks', grants: { '*': { read: 'all' }, task: { read: 'none' } } });
  assert.deepEqual(await days({ reach: 'parts' }, { ...principal, roles: [noTasks] }), [
    'Met 2026-05-02',
    'Lunch 2026-05-31',
  ]);
  await assert.rejects(days({}, { ...principal, roles: [roleOf({ name: 'none', grants: {} })] }), {
    code: 'record.not-found',
  });
});
