import assert from 'node:assert/strict';
import { test } from 'node:test';
import { realData } from '../transfer/test-data.ts';
import { parse } from './parse.ts';
import { readPreview, readSubject } from './preview.ts';
import { mail, unpackAllMails } from './test-mails.ts';

const odd = Buffer.from('X-Odd: ąčę\r\n');

test('headers say the same whether they are read the short way or the long one', async () => {
  for (const headers of [
    mail('Message-ID: <a@example.com>', 'From: Ana <ana@example.com>', 'Subject: Hello', '', ''),
    mail('message-id:<a@example.com>', 'FROM:  ana@example.com ', 'Subject:', ' folded', '\tonce more', ''),
    mail(
      'Subject: =?utf-8?q?Pasi=C5=ABlymas?=',
      ' =?utf-8?q?_mums?=',
      'From: a@example.com',
      'From: b@example.com',
      '',
    ),
    mail(
      'Message-ID:',
      ' <a@example.com>',
      'From: "A, B" <ana@example.com>, c@example.com',
      '',
      'Subject: in the body',
    ),
    Buffer.from('Message-ID: <a@example.com>\nFrom: ana@example.com\n\nFrom: body@example.com\n'),
    mail('From : ana@example.com', 'Subject: a space before the colon', ''),
    mail('no header at all'),
    Buffer.from('Subject: it ends here'),
    Buffer.from(''),
  ]) {
    const [short, long] = [await readPreview(headers), await readPreview(Buffer.concat([odd, headers]))];
    assert.deepEqual(short, long, headers.toString());
  }
});

test('the real mails: both ways, and as the whole mail is read', { skip: realData.skip }, async () => {
  let read = 0;
  for (const [path, raw] of unpackAllMails()) {
    const short = await readPreview(raw);
    assert.deepEqual(short, await readPreview(Buffer.concat([odd, raw])), path);
    const message = await parse(raw);
    const isOdd = message.notes.some(({ code }) => code === 'odd-letters' || code === 'kept-raw');
    if (isOdd || short.messageId === null) continue;
    assert.equal(short.key, message.key, path);
    assert.equal(readSubject(short.rawSubject), message.subject, path);
    assert.equal(short.from, message.from?.address ?? null, path);
    read++;
  }
  assert.ok(read > 300, String(read));
});
