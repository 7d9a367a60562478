import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSystem } from '#kernel/access/access.ts';
import { parse } from '#kernel/mail/parse.ts';
import { mail, unpackAllMails } from '#kernel/mail/test-mails.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { realData } from '#kernel/transfer/test-data.ts';
import { buildAccount, buildContact, buildWorkspace } from '#test/build.ts';
import { keepInteractions } from '../keep-interactions.ts';
import { receivedMail } from './received-mail.ts';

const { records, workspace } = await buildWorkspace();
const system = recordsFor(workspace, asSystem('mail comes in'), 'channel');
const ours = { addresses: new Set(['info@tendero.example']), owner: null, team: null };
const now = new Date('2026-11-22T10:00:00Z');

test('a question, our answer and the customer’s thanks are one thread on the account', async () => {
  const account = await buildAccount(records);
  const ona = await buildContact(records, { emails: ['ona@azuolas.example'], account: account.id });
  const mails = [
    mail(
      'From: Ona <Ona@azuolas.example>\nTo: info@tendero.example\nSubject: Durys\nMessage-ID: <q@a>',
      'Date: Fri, 20 Nov 2026 10:00:00 +0200\nContent-Type: text/plain; charset=utf-8\n\nAr jau išsiuntėte duris?\n\n--\nOna, UAB Ąžuolas',
    ),
    mail(
      'From: info@tendero.example\nTo: ona@azuolas.example\nSubject: Re: Durys\nMessage-ID: <a@t>\nIn-Reply-To: <q@a>',
      'Date: Fri, 20 Nov 2026 11:00:00 +0200\nContent-Type: text/plain; charset=utf-8\n\nTaip, vakar.\n\n2026-11-20 10:00, Ona <ona@azuolas.example> rašė:\n> Ar jau išsiuntėte duris?',
    ),
    mail(
      'From: ona@azuolas.example\nTo: info@tendero.example\nCc: info@tendero.example, boss@azuolas.example\nSubject: Re: Durys\nMessage-ID: <t@a>',
      'References: <q@a> <a@t>\nDate: Fri, 20 Nov 2026 12:00:00 +0200\nContent-Type: text/plain; charset=utf-8\n\nAčiū!',
    ),
  ];
  const received = await Promise.all(mails.map(async (raw) => receivedMail(await parse(raw), ours, now)));
  const kept = await keepInteractions(system, received);
  assert.equal(new Set(kept.map(({ conversation }) => conversation)).size, 1);
  const { items } = await records.list('interaction', {
    filter: { account: account.id },
    sort: ['at'],
    fields: ['direction', 'subject', 'body', 'contact', 'at'],
  });
  assert.deepEqual(
    items.map(({ direction, subject, body, contact }) => [direction, subject, body, contact]),
    [
      ['in', 'Durys', 'Ar jau išsiuntėte duris?', ona.id],
      ['out', 'Re: Durys', 'Taip, vakar.', ona.id],
      ['in', 'Re: Durys', 'Ačiū!', ona.id],
    ],
  );
});

test('every mail of the corpora is kept, the broken ones too', { skip: realData.skip }, async () => {
  const received = [];
  for (const raw of unpackAllMails().values()) received.push(receivedMail(await parse(raw), ours, now));
  const keys = new Set(received.map(({ key }) => key));
  const kept = [];
  for (let at = 0; at < received.length; at += 100)
    kept.push(...(await keepInteractions(system, received.slice(at, at + 100))));
  assert.equal(kept.length, received.length);
  assert.ok(kept.length > 500, `${kept.length} mails`);
  assert.equal(new Set(kept.map(({ id }) => id)).size, keys.size);
  const again = await keepInteractions(system, received.slice(0, 100));
  assert.deepEqual(
    again.map(({ id, isNew }) => [id, isNew]),
    kept.slice(0, 100).map(({ id }) => [id, false]),
  );
});
