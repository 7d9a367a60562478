import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSystem } from '#kernel/access/access.ts';
import { parse } from '#kernel/mail/parse.ts';
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
  lines?: string[];
}

function mail({ method = 'REQUEST', uid = 'u', from = 'client@customer.example', organizer = from, ...more }: Sent) {
  const { sequence = 0, at = ahead(2), lines = [] } = more;
  const calendar = [
    ...['BEGIN:VCALENDAR', 'VERSION:2.0', `METHOD:${method}`, 'BEGIN:VEVENT', `UID:${uid}`, `SEQUENCE:${sequence}`],
    ...[
      `DTSTAMP:${stamp(ahead(0, 1))}`,
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
        ...{ connection, schema: workspace.schema, owner, timeZone: 'Europe/Vilnius', now: new Date() },
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

test('who was invited from here answers for themself', async () => {
  const { receive, user } = await mailbox();
  const meeting = await records.create('interaction', {
    ...{ owner: user.id, channel: 'meeting', direction: 'out', subject: 'Ours', state: 'planned', at: ahead(2) },
  });
  await records.create('participant', {
    interaction: meeting.id,
    role: 'attendee',
    name: 'Ona',
    address: 'ona@x.example',
  });
  const reply = { method: 'REPLY', uid: `${meeting.id}@tendero`, organizer: 'rasa@example.com' };
  const answers = async () =>
    (await records.list('participant', { filter: { interaction: meeting.id }, sort: ['address'] })).items.map(
      ({ address, response }) => `${address} ${response}`,
    );
  await receive({ ...reply, from: 'ona@x.example', lines: [attendee('ona@x.example', 'ACCEPTED')] });
  await receive({ ...reply, from: 'thief@evil.example', lines: [attendee('ona@x.example', 'DECLINED')] });
  assert.deepEqual(await answers(), ['ona@x.example accepted']);
  await receive({
    ...reply,
    method: 'COUNTER',
    from: 'ona@x.example',
    at: ahead(9),
    lines: [attendee('ona@x.example', 'DECLINED')],
  });
  await receive({ ...reply, from: 'jonas@x.example', lines: [attendee('jonas@x.example', 'DECLINED')] });
  assert.deepEqual(await answers(), ['jonas@x.example declined', 'ona@x.example tentative']);
  assert.equal((await records.read('interaction', meeting.id)).at, ahead(2));
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
