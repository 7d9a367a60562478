import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailIn } from './fetched.ts';

const answer = (payload: string, ...literals: string[]) => ({
  payload: Buffer.from(payload),
  literals: literals.map((literal) => Buffer.from(literal)),
});

test('what a server tells of a mail in the usual words is read at once', () => {
  const listed = mailIn(
    answer(
      '* 12 FETCH (UID 34 FLAGS (\\Seen $Forwarded) INTERNALDATE "23-Nov-2026 12:37:25 +0200" RFC822.SIZE 4140 MODSEQ (17) BODY[HEADER.FIELDS (MESSAGE-ID FROM SUBJECT)] {9}\r\n)',
      'From: a\r\n',
    ),
  )!;
  assert.deepEqual(
    { ...listed, headers: listed.headers?.toString(), flags: [...listed.flags!] },
    {
      seq: 12,
      uid: 34,
      flags: ['\\Seen', '$Forwarded'],
      internalDate: new Date('2026-11-23T10:37:25Z'),
      size: 4140,
      modseq: 17n,
      headers: 'From: a\r\n',
    },
  );
  const source = mailIn(answer('* 1 fetch (body[] {4}\r\n uid 9 flags ())', 'text'))!;
  assert.deepEqual([source.uid, source.source?.toString(), source.flags], [9, 'text', new Set()]);
});

test('all other words are left to the client', () => {
  for (const odd of [
    answer('* 1 FETCH (FLAGS (\\Seen))'),
    answer('* 1 FETCH (UID 9 BODY[] "quoted")'),
    answer('* 1 FETCH (UID 9 BODY[] NIL)'),
    answer('* 1 FETCH (UID 9 BODY[] ~{4}\r\n)', 'text'),
    answer('* 1 FETCH (UID 9 BODY[]<0> {4}\r\n)', 'text'),
    answer('* 1 FETCH (UID 9 BODY[] {4}\r\n)'),
    answer('* 1 FETCH (UID 9 BODY[] {4}\r\n)', 'text', 'more'),
    answer('* 1 FETCH (UID 9 FLAGS (a "b"))'),
    answer('* 1 FETCH (UID 9 INTERNALDATE "yesterday")'),
    answer('* 1 FETCH (UID 99999999999)'),
    answer('* 1 FETCH (UID 9 ENVELOPE ("x"))'),
    answer('* 1 FETCH (UID 9'),
    answer('* 1 FETCH (UID 9) '),
    answer('* 1 FETCH ()'),
  ])
    assert.equal(mailIn(odd), null, odd.payload.toString());
});
