import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standardRoles } from '#app/standard-roles.ts';
import { asSystem, type Principal } from '#kernel/access/access.ts';
import { catchUp } from '#kernel/events/readers.ts';
import type { Filter } from '#kernel/query/filter.ts';
import { runAction } from '#kernel/records/actions.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildAccount, buildContact, buildOpportunity, buildUser, buildWorkspace } from '#test/build.ts';
import { keepInteractions, type Received } from './keep-interactions.ts';
import { mentionsReader } from './mentions.reader.ts';

const { records, workspace, principal } = await buildWorkspace();
const system = recordsFor(workspace, asSystem('mail comes in'), 'channel');
let number = 0;

/** A mail that came. @returns ids of its thread and of itself */
async function came(overrides: Partial<Received> = {}) {
  const id = `${++number}@azuolas.example`;
  const [kept] = await keepInteractions(system, [
    {
      ...{ channel: 'email', direction: 'in', key: `key-${number}`, messageId: id, references: [] },
      ...{ subject: `Doors ${number}`, body: 'When will they come?', owner: null },
      at: new Date(Date.UTC(2026, 10, 20, 8, number)),
      participants: [{ role: 'from', name: 'Ona', address: `ona${number}@azuolas.example` }],
      ...overrides,
    },
  ]);
  return { conversation: kept!.conversation, interaction: kept!.id, messageId: overrides.messageId ?? id };
}

const thread = (id: string) => records.read('conversation', id);
const act = (object: string, id: string, name: string, input: unknown, as: Principal = principal) =>
  runAction(workspace, as, object, id, name, input) as Promise<Record<string, string>>;

test('what nobody’s mailbox has, whoever looks after the account has', async () => {
  const keeper = await buildUser(system);
  const team = await system.create('team', { name: 'Doors' });
  const account = await buildAccount(system, { owner: keeper.id });
  await buildContact(system, { account: account.id, emails: ['jonas@azuolas.example'] });
  const participants = [{ role: 'from', name: 'Jonas', address: 'jonas@azuolas.example' }] as const;
  assert.equal((await thread((await came({ participants })).conversation)).owner, keeper.id);
  const ofTeam = await thread((await came({ participants, team: team.id })).conversation);
  assert.deepEqual([ofTeam.owner, ofTeam.team], [null, team.id]);
  assert.equal((await thread((await came()).conversation)).owner, null);
});

test('a note among colleagues goes out to nobody, and whoever is named in it hears of it', async () => {
  const { conversation } = await came();
  const before = await thread(conversation);
  const asked = await buildUser(system);
  const note = await records.create('interaction', {
    ...{ channel: 'note', direction: 'out', conversation },
    body: `What do you think, @{${asked.id}}?`,
  });
  assert.equal(note.direction, 'internal');
  const after = await thread(conversation);
  assert.deepEqual(after.mentioned, [asked.id]);
  assert.deepEqual(
    [after.lastAt, after.lastDirection, after.preview, after.status],
    [before.lastAt, before.lastDirection, before.preview, before.status],
  );
  await catchUp(workspace, mentionsReader);
  const { items } = await records.list('notification', { filter: { user: asked.id } });
  assert.deepEqual(
    items.map(({ kind, targetId }) => [kind, targetId]),
    [['mentioned', conversation]],
  );
});

test('what is written down in a thread stands with its customer, and opens it again when the customer rang', async () => {
  const account = await buildAccount(records);
  const { conversation } = await came();
  await records.update('conversation', conversation, { account: account.id, status: 'done' });
  const call = await records.create('interaction', {
    ...{ channel: 'phone', direction: 'out', conversation, body: 'They come on Friday.' },
  });
  assert.equal(call.account, account.id);
  const after = await thread(conversation);
  assert.deepEqual([after.status, after.lastDirection, after.preview], ['done', 'out', 'They come on Friday.']);
  await records.create('interaction', { channel: 'phone', direction: 'in', conversation, body: 'And the keys?' });
  assert.equal((await thread(conversation)).status, 'open');
});

test('a thread that is given to another customer takes its messages along', async () => {
  const [wrong, right] = [await buildAccount(records), await buildAccount(records)];
  const { conversation, interaction, messageId } = await came();
  const answer = await came({ references: [messageId], participants: [{ role: 'from', name: 'X', address: null }] });
  assert.equal(answer.conversation, conversation);
  await records.update('conversation', conversation, { account: wrong.id });
  const sale = await buildOpportunity(records, { account: right.id });
  await records.update('conversation', conversation, { account: right.id, opportunity: sale.id });
  for (const id of [interaction, answer.interaction]) {
    const message = await records.read('interaction', id);
    assert.deepEqual([message.account, message.opportunity], [right.id, sale.id]);
  }
});

test('messages that were joined by mistake leave their thread, answers follow them, and all of it is undone', async () => {
  const first = await came();
  const second = await came({ references: [first.messageId], subject: 'Something else', body: 'Another matter.' });
  assert.equal(second.conversation, first.conversation);
  const split = (interactions: string[]) => act('conversation', first.conversation, 'split', { interactions });
  const { changeSet, conversation } = await split([second.interaction]);
  assert.equal((await records.read('interaction', second.interaction)).conversation, conversation);
  const [old, fresh] = [await thread(first.conversation), await thread(conversation!)];
  assert.deepEqual([fresh.subject, fresh.preview], ['Something else', 'Another matter.']);
  assert.equal(old.lastAt, (await records.read('interaction', first.interaction)).at);
  assert.equal((await came({ references: [second.messageId] })).conversation, conversation);
  // One message has to stay, and those of other threads stay where they are.
  const other = await came();
  for (const wrong of [[first.interaction], [other.interaction]])
    await assert.rejects(split(wrong), { code: 'conversation.not-to-split' });
  const later = await came();
  const lone = await came({ references: [later.messageId] });
  const apart = await act('conversation', later.conversation, 'split', { interactions: [lone.interaction] });
  await records.undo(apart.changeSet!);
  assert.equal((await records.read('interaction', lone.interaction)).conversation, later.conversation);
  assert.ok(changeSet);
});

test('a macro works on many as one, and is taken back as one', async () => {
  const ids = [(await came()).conversation, (await came()).conversation];
  await records.update('conversation', ids[0]!, { tags: ['late', 'Old'] });
  const made = await records.create('macro', {
    name: 'Deliveries',
    steps: [
      { do: 'assign', owner: 'me' },
      { do: 'snooze', days: 3 },
      { do: 'tag', tags: ['delivery'] },
      { do: 'untag', tags: ['old'] },
      { do: 'note', text: 'Asked the warehouse.' },
      { do: 'insert', text: 'We have asked the warehouse.' },
    ],
  });
  const { changeSet, insert } = await act('macro', made.id, 'run', { conversations: ids });
  assert.equal(insert, 'We have asked the warehouse.');
  const after = await thread(ids[0]!);
  assert.deepEqual([after.owner, after.status, after.tags], [principal.userId, 'snoozed', ['late', 'delivery']]);
  assert.ok(new Date(String(after.snoozedUntil)) > new Date());
  const notes = () => records.count('interaction', { conversation: { in: ids }, channel: 'note' });
  assert.equal((await notes()).value, 2);
  await records.undo(changeSet!);
  assert.equal((await notes()).value, 0);
  const back = await thread(ids[0]!);
  assert.deepEqual([back.owner, back.status, back.tags], [null, 'open', ['late', 'Old']]);
});

test('steps that are none are refused', async () => {
  const make = (steps: unknown) => records.create('macro', { name: 'Wrong', steps });
  for (const wrong of [
    [],
    'assign',
    [{ do: 'delete' }],
    [{ do: 'assign', owner: 'somebody' }],
    [{ do: 'snooze', days: 1e9 }],
    [{ do: 'note', text: '' }],
    [{ do: 'status', status: 'done', also: 'this' }],
    new Array(21).fill({ do: 'status', status: 'done' }),
  ])
    await assert.rejects(make(wrong), { code: 'record.invalid' });
});

test('a team’s conversation is each member’s to take, and nobody else’s', async () => {
  const team = await system.create('team', { name: 'Windows' });
  const seller = standardRoles.find(({ name }) => name === 'representative')!;
  const somebody = async (teams: string[]) => {
    const { id } = await buildUser(system, { teams });
    const who: Principal = { userId: id, roles: [seller], language: 'en', timeZone: 'UTC', teams };
    return { who, records: recordsFor(workspace, who, 'rest') };
  };
  const [member, stranger] = [await somebody([team.id]), await somebody([])];
  const { conversation, interaction } = await came({ team: team.id });
  const waiting = { team: { in: ['mine'] }, status: 'open' };
  const seen = async ({ records: own }: typeof member) =>
    (await own.list('conversation', { filter: waiting })).items.map(({ id }) => id);
  assert.deepEqual([await seen(member), await seen(stranger)], [[conversation], []]);
  assert.ok(await member.records.read('interaction', interaction));
  await assert.rejects(stranger.records.read('interaction', interaction), { code: 'record.not-found' });
  await member.records.update('conversation', conversation, { owner: member.who.userId });
  await assert.rejects(stranger.records.update('conversation', conversation, { status: 'done' }), {
    code: 'record.not-found',
  });
  // A macro that is one's own shows nothing of what one may not see.
  const macro = await stranger.records.create('macro', { name: 'Take', steps: [{ do: 'assign', owner: 'me' }] });
  await assert.rejects(act('macro', macro.id, 'run', { conversations: [conversation] }, stranger.who), {
    code: 'record.not-found',
  });
  await assert.rejects(member.records.read('macro', macro.id), { code: 'record.not-found' });
});

test('who asks for what is their own, or their team’s, is shown just that, and no more for asking so', async () => {
  const [ours, theirs] = [
    await system.create('team', { name: 'Ours' }),
    await system.create('team', { name: 'Theirs' }),
  ];
  const seller = standardRoles.find(({ name }) => name === 'representative')!;
  const { id } = await buildUser(system, { teams: [ours.id] });
  const who: Principal = { userId: id, roles: [seller], language: 'en', timeZone: 'UTC', teams: [ours.id] };
  const own = recordsFor(workspace, who, 'rest');
  const [a, b, c] = [
    (await came({ team: ours.id })).conversation,
    (await came({ team: theirs.id })).conversation,
    (await came({ owner: id })).conversation,
  ];
  const seen = async (filter: Filter) => {
    const page = await own.list('conversation', { filter, sort: ['lastAt'], count: 'exact' });
    assert.equal(page.total?.value, page.items.length, JSON.stringify(filter));
    return page.items.map((one) => one.id);
  };
  assert.deepEqual(await seen({ team: ours.id }), [a]);
  assert.deepEqual(await seen({ team: { is: ours.id }, status: 'open' }), [a]);
  assert.deepEqual(await seen({ team: { in: ['mine'] } }), [a]);
  assert.deepEqual(await seen({ owner: 'me' }), [c]);
  assert.deepEqual(await seen({ owner: { is: 'me' }, status: 'done' }), []);
  // Of another team, of another person, one of several, all but one's own: the rules decide.
  assert.deepEqual(await seen({ team: theirs.id }), []);
  assert.deepEqual(await seen({ owner: { is: principal.userId! } }), []);
  assert.deepEqual(await seen({ or: [{ team: ours.id }, { team: theirs.id }] }), [a]);
  assert.deepEqual(await seen({ team: { in: [ours.id, theirs.id] } }), [a]);
  assert.deepEqual(await seen({ not: { team: ours.id }, id: { in: [a, b, c] } }), [c]);
  assert.deepEqual(await seen({ team: { isNot: ours.id }, id: { in: [a, b, c] } }), [c]);
});
