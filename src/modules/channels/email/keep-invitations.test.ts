import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSystem } from '#kernel/access/access.ts';
import { keepGuest, noteAnswer, receivedOf } from '#kernel/calendar/invitation-state.ts';
import { parse } from '#kernel/mail/parse.ts';
import { newId } from '#kernel/records/new-id.ts';
import { inTransaction, recordsFor } from '#kernel/records/open.ts';
import { buildAccount, buildContact, buildUser, buildWorkspace } from '#test/build.ts';
import { keepInvitations } from './keep-invitations.ts';

const { workspace } = await buildWorkspace();
const program = asSystem('test data');
const records = recordsFor(workspace, program, 'setup');

const DAY_MS = 86_400_000;
const ahead = (days: number, hour = 9) =>
  `${new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)}T${String(hour).padStart(2, '0')}:00:00.000Z`;
const stamp = (iso: string) => iso.replaceAll(/[-:]/g, '').replace('.000', '');

interface Sent {
  method?: string;
  uid?: string;
  from?: string;
  organizer?: string;
  sequence?: number;
  at?: string;
  /** Hours of today at which it was written. */
  written?: number;
  lines?: string[];
}

function mail({ method = 'REQUEST', uid = 'u', from = 'client@customer.example', organizer = from, ...more }: Sent) {
  const { sequence = 0, at = ahead(2), written = 1, lines = [] } = more;
  const calendar = [
    ...['BEGIN:VCALENDAR', 'VERSION:2.0', `METHOD:${method}`, 'BEGIN:VEVENT', `UID:${uid}`, `SEQUENCE:${sequence}`],
    ...[
      `DTSTAMP:${stamp(ahead(0, written))}`,
      `DTSTART:${stamp(at)}`,
      'DURATION:PT45M',
      `ORGANIZER;CN=Client:mailto:${organizer}`,
    ],
    ...[...lines, 'END:VEVENT', 'END:VCALENDAR', ''],
  ].join('\r\n');
  return [
    ...[`From: Client <${from}>`, 'To: rasa@example.com', 'Subject: Invitation', 'MIME-Version: 1.0'],
    ...[
      'Content-Type: multipart/alternative; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'You are invited',
      '--b',
    ],
    ...[`Content-Type: text/calendar; charset=utf-8; method=${method}`, '', calendar, '--b--', ''],
  ].join('\r\n');
}

async function mailbox() {
  const user = await buildUser(records);
  const owner = { addresses: new Set(['rasa@example.com']), owner: user.id, team: null };
  const receive = async (...sent: Sent[]) => {
    const messages = await Promise.all(sent.map((one) => parse(Buffer.from(mail(one)))));
    await inTransaction(workspace, program, 'mail', (inside, connection) =>
      keepInvitations(inside, messages, {
        ...{
          connection,
          schema: workspace.schema,
          mailbox: newId(),
          owner,
          timeZone: 'Europe/Vilnius',
          now: new Date(),
        },
      }),
    );
  };
  const meetings = async () => (await records.list('interaction', { filter: { owner: user.id }, sort: ['at'] })).items;
  return { user, receive, meetings };
}

const attendee = (address: string, said = 'NEEDS-ACTION') => `ATTENDEE;PARTSTAT=${said}:mailto:${address}`;

test('an invitation becomes a meeting with the customer; it is moved and called off by whoever invited', async () => {
  const { receive, meetings, user } = await mailbox();
  const account = await buildAccount(records);
  const client = await buildContact(records, { account: account.id, emails: ['client@customer.example'] });
  const lines = [
    'SUMMARY:Contract',
    'LOCATION:Kaunas',
    attendee('rasa@example.com'),
    attendee('client@customer.example', 'ACCEPTED'),
  ];
  await receive({ uid: 'a', lines });
  const [made, ...more] = await meetings();
  assert.equal(more.length, 0);
  assert.deepEqual(
    [made!.subject, made!.place, made!.state, made!.direction, made!.account, made!.contact, made!.duration, made!.at],
    ['Contract', 'Kaunas', 'planned', 'in', account.id, client.id, 2700, ahead(2)],
  );
  await receive({ uid: 'a', sequence: 2, at: ahead(4), lines });
  assert.equal((await meetings())[0]!.at, ahead(4));
  // The one before, which comes late, and somebody else's.
  await receive({ uid: 'a', sequence: 1, at: ahead(3), lines });
  await receive({ uid: 'a', sequence: 9, at: ahead(5), from: 'thief@evil.example', lines });
  await receive({
    uid: 'a',
    sequence: 9,
    at: ahead(5),
    from: 'thief@evil.example',
    organizer: 'client@customer.example',
    lines,
  });
  await receive({ uid: 'a', method: 'CANCEL', sequence: 9, from: 'thief@evil.example', lines });
  assert.deepEqual([(await meetings())[0]!.at, (await meetings())[0]!.state], [ahead(4), 'planned']);
  await receive({ uid: 'a', method: 'CANCEL', sequence: 3, at: ahead(4), lines });
  assert.deepEqual([(await meetings()).length, (await meetings())[0]!.state], [1, 'cancelled']);
  assert.equal((await meetings())[0]!.owner, user.id);
});

test('read newest first, what was called off never comes; long ago, deleted here, and sent by us neither', async () => {
  const { receive, meetings } = await mailbox();
  await receive({ uid: 'b', method: 'CANCEL', sequence: 1 }, { uid: 'b', sequence: 0 });
  await receive({ uid: 'c', at: '2020-01-01T09:00:00.000Z' });
  await receive({ uid: 'd', from: 'rasa@example.com' });
  assert.deepEqual(await meetings(), []);
  await receive({ uid: 'e' });
  const [{ id }] = (await meetings()) as unknown as [{ id: string }];
  await records.remove('interaction', id);
  await receive({ uid: 'e', sequence: 1 });
  assert.deepEqual(await meetings(), []);
});

/** A meeting of ours, of which Ona was told, moved once since. */
async function ours() {
  const { receive, user } = await mailbox();
  const meeting = await records.create('interaction', {
    ...{ owner: user.id, channel: 'meeting', direction: 'out', subject: 'Ours', state: 'planned', at: ahead(2) },
    duration: 2700,
  });
  const ona = await records.create('participant', {
    ...{ interaction: meeting.id, role: 'attendee', name: 'Ona', address: 'ona@x.example' },
  });
  await keepGuest(workspace.database, workspace.schema, meeting.id, {
    ...{ address: 'ona@x.example', participant: ona.id, language: 'lt', sequence: 1, state: 'invited', fault: null },
    ...{ outgoing: null, mail: null },
  });
  const reply = { method: 'REPLY', uid: `${meeting.id}@tendero`, organizer: 'rasa@example.com', sequence: 1 };
  const says = (from: string, more: Sent & { said?: string; of?: string } = {}) =>
    receive({ ...reply, from, lines: [attendee(more.of ?? from, more.said ?? 'ACCEPTED')], ...more });
  const answers = async () =>
    (await records.list('participant', { filter: { interaction: meeting.id }, sort: ['address'] })).items.map(
      ({ address, response, role }) => `${address} ${response} ${role}`,
    );
  const proposals = async () =>
    (await records.list('participant', { filter: { interaction: meeting.id }, sort: ['address'] })).items.map(
      ({ proposedAt, proposedDuration, comment }) => [proposedAt, proposedDuration, comment],
    );
  const at = async () => (await records.read('interaction', meeting.id)).at;
  return { says, answers, proposals, at, receive, id: meeting.id };
}

test('who was invited from here answers for themself, and to what is so now', async () => {
  const { says, answers } = await ours();
  // To the meeting as it was before it moved.
  await says('ona@x.example', { sequence: 0 });
  assert.deepEqual(await answers(), ['ona@x.example null attendee']);
  await says('ona@x.example', { written: 3 });
  await says('thief@evil.example', { of: 'ona@x.example', said: 'DECLINED', written: 9 });
  // Written before, and later on its way.
  await says('ona@x.example', { said: 'DECLINED', written: 2 });
  assert.deepEqual(await answers(), ['ona@x.example accepted attendee']);
  await says('ona@x.example', { said: 'DECLINED', written: 4, sequence: 99 });
  assert.deepEqual(await answers(), ['ona@x.example declined attendee']);
  // What was never said of a later change keeps nobody from answering.
  await says('ona@x.example', { said: 'TENTATIVE', written: 5 });
  assert.deepEqual(await answers(), ['ona@x.example tentative attendee']);
});

test('another time is a proposal; it moves nothing', async () => {
  const { says, answers, proposals, at } = await ours();
  const counter = { method: 'COUNTER', lines: [attendee('ona@x.example', 'DECLINED'), 'COMMENT:After lunch'] };
  await says('ona@x.example', { ...counter, at: ahead(9), written: 2 });
  assert.deepEqual(await answers(), ['ona@x.example tentative attendee']);
  assert.deepEqual(await proposals(), [[ahead(9), 2700, 'After lunch']]);
  assert.equal(await at(), ahead(2));
  // The same time, and one that has passed, are none.
  await says('ona@x.example', { ...counter, at: ahead(2), written: 3 });
  assert.deepEqual(await proposals(), [[null, null, 'After lunch']]);
  await says('ona@x.example', { ...counter, at: ahead(9), written: 4 });
  await says('ona@x.example', { written: 5 });
  assert.deepEqual(await proposals(), [[null, null, null]]);
});

test('who was not invited is shown, however many they are, and takes no part', async () => {
  const { says, answers, proposals, receive, id } = await ours();
  await says('jonas@x.example', { said: 'DECLINED' });
  await says('jonas@x.example', { method: 'COUNTER', at: ahead(9), written: 2 });
  assert.deepEqual(await answers(), ['jonas@x.example tentative uninvited', 'ona@x.example null attendee']);
  assert.equal((await proposals())[0]![0], ahead(9));
  for (let number = 0; number < 30; number++) await says(`flood${number}@x.example`);
  assert.equal((await answers()).length, 21);
  // Nor do they invite to what is ours, by its name.
  await receive({ uid: `${id}@tendero`, from: 'thief@evil.example', at: ahead(5), sequence: 9 });
  await receive({ uid: `${id}@tendero`, from: 'thief@evil.example', method: 'CANCEL', sequence: 10 });
  const meeting = await records.read('interaction', id);
  assert.deepEqual([meeting.at, meeting.state], [ahead(2), 'planned']);
});

test('it is noted which of our addresses was invited; only by whoever invited first, and anew when it moves', async () => {
  const { receive, meetings } = await mailbox();
  const lines = [attendee('RASA@example.com')];
  await receive({ uid: 'r', lines });
  const [{ id }] = (await meetings()) as unknown as [{ id: string }];
  const noted = async () =>
    (await receivedOf(workspace.database, workspace.schema, [id])).map(
      ({ address, organizer, sequence, answer }) => `${address} ${organizer.address} ${sequence} ${answer}`,
    );
  const first = ['rasa@example.com client@customer.example 0 null'];
  assert.deepEqual(await noted(), first);
  await receive({ uid: 'r', from: 'thief@evil.example', sequence: 5, lines });
  assert.deepEqual(await noted(), first);
  await noteAnswer(workspace.database, workspace.schema, { interaction: id, address: 'rasa@example.com' }, 'declined');
  await records.update('interaction', id, { state: 'cancelled' });
  // Another guest came along: what was declined stays so.
  await receive({ uid: 'r', written: 2, lines: [...lines, attendee('jonas@x.example')] });
  assert.deepEqual(
    [(await meetings())[0]!.state, ...(await noted())],
    ['cancelled', first[0]!.replace('null', 'declined')],
  );
  await receive({ uid: 'r', sequence: 1, at: ahead(4), lines });
  assert.deepEqual(
    [(await meetings())[0]!.state, ...(await noted())],
    ['planned', 'rasa@example.com client@customer.example 1 null'],
  );
});

test('a series comes as far as one looks ahead; what is none, or hostile, changes nothing', async () => {
  const { receive, meetings } = await mailbox();
  await receive({ uid: 'f', lines: ['RRULE:FREQ=WEEKLY', 'SUMMARY:Weekly'] });
  const all = await meetings();
  assert.ok(all.length >= 25 && all.length <= 27, String(all.length));
  await receive(
    { uid: 'g', at: 'nothing' },
    { uid: '', lines: [] },
    { uid: 'h', lines: ['RRULE:FREQ=SECONDLY'], method: 'PUBLISH' },
  );
  assert.equal((await meetings()).length, all.length);
});
