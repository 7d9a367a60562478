import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import { realData } from '../transfer/test-data.ts';
import { asAddress, readAddresses } from './address.ts';
import { textOfHtml } from './html-text.ts';
import type { Message } from './message.ts';
import { messageKey, parse } from './parse.ts';
import { mail, unpackAllMails } from './test-mails.ts';
import { openTnef } from './tnef.ts';

const codes = (message: Message) => message.notes.map(({ code }) => code);
const head = [
  'From: Ana <ana@example.com>',
  'To: us@example.org',
  'Message-ID: <1@example.com>',
  'Date: Mon, 6 May 2024 10:00:00 +0200',
];

test('a mail as people send it', async () => {
  const message = await parse(
    mail(
      'From: =?utf-8?q?Agn=C4=97_Petrauskien=C4=97?= <Agne@Litera.LT>',
      'Sender: assistant@litera.lt',
      'To: Sales: "Ruiz, Luis" <luis@example.es>, maria@example.es;, us@example.org',
      'Cc: undisclosed-recipients:;',
      'Reply-To: <office@litera.lt>',
      'Subject: =?utf-8?B?VcW+c2FreW1hcw==?=',
      ' =?utf-8?Q?_Nr._12?=',
      'Date: Mon, 6 May 2024 10:00:00 +0300 (EEST)',
      'Message-ID: <abc@litera.lt>',
      'In-Reply-To: <first@example.org>',
      'References: <zero@example.org>',
      '\t<first@example.org>  <zero@example.org>',
      'X-Priority: 1',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: multipart/related; boundary=c',
      '',
      '--c',
      'Content-Type: text/html; charset=windows-1257',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      '<p>Labas, =E1=EB=F8</p><img src=3D"cid:logo">',
      '--c',
      'Content-Type: image/png; name="logo.png"',
      'Content-ID: <logo>',
      'Content-Transfer-Encoding: base64',
      '',
      'iVBORw0KGgo=',
      '--c--',
      '--b',
      'Content-Type: text/calendar; method=REQUEST',
      '',
      'BEGIN:VCALENDAR',
      'METHOD:REQUEST',
      'END:VCALENDAR',
      '--b',
      `Content-Disposition: attachment; filename*=UTF-8''..%2F..%2F%C4%85%C5%BEuolas.pdf`,
      'Content-Type: application/pdf',
      '',
      'x',
      '--b--',
    ),
  );
  assert.deepEqual(message.from, { name: 'Agnė Petrauskienė', address: 'Agne@litera.lt' });
  assert.deepEqual(message.sender, { name: '', address: 'assistant@litera.lt' });
  assert.deepEqual(message.to, [
    { name: 'Ruiz, Luis', address: 'luis@example.es' },
    { name: '', address: 'maria@example.es' },
    { name: '', address: 'us@example.org' },
  ]);
  assert.deepEqual(message.cc, []);
  assert.deepEqual(message.replyTo, [{ name: '', address: 'office@litera.lt' }]);
  assert.equal(message.subject, 'Užsakymas Nr. 12');
  assert.equal(message.date?.toISOString(), '2024-05-06T07:00:00.000Z');
  assert.deepEqual([message.messageId, message.inReplyTo], ['abc@litera.lt', 'first@example.org']);
  assert.deepEqual(message.references, ['zero@example.org', 'first@example.org']);
  assert.equal(message.text, 'Labas, įėų');
  assert.equal(message.headers['x-priority'], '1');
  assert.deepEqual(
    message.attachments.map(({ name, type, inline, contentId, size }) => [name, type, inline, contentId, size]),
    [
      ['logo.png', 'image/png', true, 'logo', 8],
      ['file-2.ics', 'text/calendar', false, null, 45],
      ['ąžuolas.pdf', 'application/pdf', false, null, 2],
    ],
  );
  assert.equal(message.calendars[0]?.method, 'REQUEST');
  assert.deepEqual(message.notes, []);
});

test('one mail in several mailboxes has one key, another sender with its Message-ID another', async () => {
  const [ours, theirs, forged] = await Promise.all([
    parse(mail('Received: by a.example; Mon, 6 May 2024 10:00:01 +0200', ...head, 'Subject: Hi', '', 'text')),
    parse(mail('Delivered-To: b', ...head, 'Subject: [list] Hi', '', 'text', 'footer')),
    parse(mail(...head.map((line) => line.replace('ana@', 'eve@')), 'Subject: Hi', '', 'text')),
  ]);
  assert.equal(ours.key, theirs.key);
  assert.equal(ours.key, messageKey('1@example.com', { name: '', address: 'ANA@example.com' }));
  assert.notEqual(ours.key, forged.key);
  const [one, two] = await Promise.all(['one', 'two'].map((text) => parse(mail('From: a@b.c', '', text))));
  assert.notEqual(one!.key, two!.key, 'without a Message-ID the text decides');
});

test('dates: missing, absurd, of the future, in the writing of old mailers', async () => {
  const receivedAt = new Date('2024-05-06T12:00:00Z');
  const dated = async (date: string | null, ...more: string[]) => {
    const message = await parse(mail('From: a@b.c', ...(date === null ? [] : [`Date: ${date}`]), ...more, '', ''), {
      receivedAt,
    });
    return [
      message.date?.toISOString(),
      codes(message)
        .filter((code) => code.endsWith('date'))
        .join(),
    ];
  };
  const received = receivedAt.toISOString();
  assert.deepEqual(await dated(null), [received, 'no-date']);
  assert.deepEqual(await dated('<HR>'), [received, 'odd-date']);
  assert.deepEqual(await dated('Mon, 30 Jun 3609 15:33:50 +0600'), [received, 'odd-date']);
  assert.deepEqual(await dated('Thu, 1 Jan 1970 00:00:00 +0000'), [received, 'odd-date']);
  assert.deepEqual(await dated('6 May 24 10:00:00 EST'), ['2024-05-06T15:00:00.000Z', '']);
  assert.deepEqual(await dated('Mon, 06 May 2024 10:00:00 CEST'), ['2024-05-06T10:00:00.000Z', '']);
  assert.deepEqual(await dated('lun., 6 May 2024 10:00:00 +0200'), ['2024-05-06T08:00:00.000Z', '']);
  const message = await parse(mail('From: a@b.c', 'Received: by x; Mon, 6 May 2024 10:00:00 +0000', '', ''));
  assert.equal(message.date?.toISOString(), '2024-05-06T10:00:00.000Z');
  assert.equal((await parse(mail('Subject: x', '', ''))).date, null);
});

test('addresses: what is none stays as text', () => {
  const read = (header: string) => readAddresses(header).map(({ name, address }) => address ?? `?${name}`);
  assert.deepEqual(read('a@b.c, "x@y.z" <a@b.c>, Ana Ruiz, ana at example, <>'), [
    'a@b.c',
    'a@b.c',
    '?Ana Ruiz',
    '?ana at example',
  ]);
  assert.deepEqual(read('=?utf-8?q?evil=40x=2Ecom=0d=0aBcc=3A=20v=40w.x?= <a@b.c>'), ['a@b.c']);
  assert.equal(readAddresses('=?utf-8?q?A=0d=0aBcc=3A=20v=40w.x?= <a@b.c>')[0]?.name, 'A Bcc: v@w.x');
  assert.deepEqual(read('<@relay.example:mary@example.net>, mailto:a@b.c'), ['mary@example.net', 'a@b.c']);
  for (const good of ['ąžuolas@pavyzdys.lt', "o'neil@x.co", '"a b"@x.y', 'root@localhost', 'a+b@[192.0.2.1]'])
    assert.ok(asAddress(good), good);
  for (const bad of [
    '',
    '@',
    'a@',
    '@b',
    'a b@c.d',
    'a@b..c',
    'a@-b.c',
    'a\n@b.c',
    'a@b c',
    `${'x'.repeat(65)}@b.c`,
    'a@b@',
  ])
    assert.equal(asAddress(bad), null, bad);
});

test('headers that try to be more than one line, or to look like something else', async () => {
  const message = await parse(
    mail(
      ...head,
      'From: boss@example.org',
      'Subject: =?utf-8?q?Invoice=0d=0aBcc:_victim@example.net?= =?utf-8?q?=E2=80=AEgpj.exe?=',
      'Content-Disposition: attachment; filename="C:\\\\Users\\\\..\\\\..\\\\cv\u202excod.exe"',
      '',
      'body',
    ),
  );
  assert.equal(message.subject, 'Invoice Bcc: victim@example.net gpj.exe');
  assert.equal(message.from?.address, 'ana@example.com');
  assert.equal(message.attachments[0]?.name, 'cv xcod.exe');
  assert.deepEqual(codes(message), ['odd-header', 'several-senders']);
});

test('letters: raw bytes in headers and bodies, charsets nobody knows', async () => {
  const latin = (text: string) => Buffer.from(text, 'latin1');
  const message = await parse(latin('From: Jos\xe9 <a@b.c>\r\nSubject: Ni\xf1o\r\n\r\nA\xf1o\r\n'));
  assert.deepEqual([message.from?.name, message.subject, message.text.trim()], ['José', 'Niño', 'Año']);
  const baltic = await parse(
    latin('From: a@b.c\r\nSubject: \xe0\xe8\xe6\r\nContent-Type: text/plain; charset=windows-1257\r\n\r\n\xe0\xe8\xe6'),
  );
  assert.deepEqual([baltic.subject, baltic.text.trim()], ['ąčę', 'ąčę']);
  const unknown = await parse(latin('From: a@b.c\r\nContent-Type: text/plain; charset=x-klingon\r\n\r\nA\xf1o'));
  assert.equal(unknown.text.trim(), 'Año');
});

test('the lines of a body, however they end, and dashes that end no part', async () => {
  const raw = (body: string, ...headers: string[]) => Buffer.from([...head, ...headers, '', body].join('\r\n'));
  const textOf = async (bytes: Buffer) => (await parse(bytes)).text;
  assert.equal(await textOf(raw('a\r\nb\nc\r\r\nd\re\r\r\rf\r\n\r\n--\r\nAna')), 'a\nb\nc\nd\ne\n\n\nf\n\n--\nAna\n');
  assert.equal(await textOf(raw('--')), '--\n');
  const parts = raw(
    '--b\r\n\r\none\r\n--\r\n-- \r\n--bc\r\ntwo\r\n--b--\r\nthree',
    'Content-Type: multipart/mixed; boundary=b',
  );
  assert.equal(await textOf(parts), 'one\n--\n-- \n--bc\ntwo\n');
});

test('text is made of HTML where there is none', () => {
  assert.equal(
    textOfHtml(
      '<html><head><title>x</title><style>p{}</style></head><body><p>One&nbsp;&amp; <b>two</b><br>three</p><ul><li>a<li>b</ul>' +
        '<div>1 < 2 &lt;b&gt; &#8364;&#x20AC;</div><blockquote>quoted<blockquote>deeper</blockquote></blockquote><!-- no --><script>no</script></body>',
    ),
    'One & two\nthree\n\n* a\n* b\n\n1 < 2 <b> €€\n\n> quoted\n>\n>> deeper',
  );
  const hostile = [
    '<',
    '<!--',
    '<a href="',
    '<style>',
    '<p '.repeat(100_000),
    '<blockquote>'.repeat(100_000),
    '&'.repeat(100_000),
  ];
  for (const html of hostile) {
    const start = performance.now();
    textOfHtml(html);
    assert.ok(performance.now() - start < 1_000, html.slice(0, 20));
  }
});

test('a large file does not reach the parser, whatever it is inside of', async () => {
  const content = Buffer.alloc(50 * 1024 * 1024);
  for (let at = 0; at < content.length; at += 4_096) content.writeUInt32LE(at, at);
  const encoded = content.toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  const part = (type: string, body: string, encoding = 'base64') =>
    `--b\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n`;
  const start = 'From: a@b.c\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n';
  const raw = Buffer.from(`${start}${part('text/plain', 'hello', '7bit')}${part('application/zip', encoded)}--b--\r\n`);
  const before = process.memoryUsage().rss;
  const message = await parse(raw);
  const taken = (process.memoryUsage().rss - before) / 1024 ** 2;
  assert.equal(message.text.trim(), 'hello');
  assert.ok(content.equals(message.attachments[0]!.bytes), 'the file is not the one that was sent');
  assert.ok(taken < 250, `${Math.round(taken)} MB were taken for a file of 50 MB`);

  const small = content.subarray(0, 300_000).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  const inner = `${start}${part('application/zip', small)}--b--\r\n`;
  const forwarded = await parse(
    Buffer.from(
      `From: a@b.c\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--o--`,
    ),
  );
  const again = await parse(forwarded.attachments[0]!.bytes);
  assert.ok(
    content.subarray(0, 300_000).equals(again.attachments[0]!.bytes),
    'a file in a forwarded mail is another one',
  );

  const words = 'žodis '.repeat(60_000);
  const text = await parse(
    Buffer.from(
      `From: a@b.c\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(words).toString('base64')}`,
    ),
  );
  assert.equal(text.text.trim(), words.trim());
});

test('winmail.dat: its files, also what breaks off in the middle', async () => {
  const tnef = winmail([
    ['ataskaita.txt', Buffer.from('labas')],
    ['b.pdf', Buffer.alloc(3_000, 1)],
  ]);
  const message = await parse(
    mail(
      ...head,
      'Content-Type: application/ms-tnef; name=winmail.dat',
      'Content-Transfer-Encoding: base64',
      '',
      tnef.toString('base64'),
    ),
  );
  assert.deepEqual(
    message.attachments.map(({ name, type, size }) => [name, type, size]),
    [
      ['ataskaita.txt', 'text/plain', 5],
      ['b.pdf', 'application/pdf', 3_000],
    ],
  );
  assert.deepEqual(codes(message), ['winmail-opened']);
  for (let length = 0; length < tnef.length; length += 7) openTnef(tnef.subarray(0, length));
  fc.assert(
    fc.property(fc.nat(tnef.length - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, bytes) => {
      const broken = Buffer.from(tnef);
      broken.set(bytes.subarray(0, broken.length - at), at);
      openTnef(broken);
    }),
    { numRuns: 500 },
  );
  const kept = await parse(mail(...head, 'Content-Type: application/ms-tnef', '', 'not one'));
  assert.deepEqual(codes(kept), ['winmail-kept']);
  assert.equal(kept.attachments.length, 1);
});

test('mails made to hurt are read or kept, each in less than a second', async () => {
  const nested = (depth: number) =>
    Array.from({ length: depth }, (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`).join(
      '',
    );
  const cases: Record<string, string> = {
    empty: '',
    'one line feed': '\n',
    'only a body': '\r\n\r\nbody',
    zeros: '\0'.repeat(100_000),
    'no end of line': 'x'.repeat(1_000_000),
    'a header without an end': `Subject: ${'x'.repeat(3_000_000)}`,
    'many headers': `${'X-A: b\r\n'.repeat(200_000)}\r\nbody`,
    'many folded lines': `Subject: a\r\n${' b\r\n'.repeat(200_000)}\r\n`,
    'many recipients': `From: a@b.c\r\nTo: ${'"x, y" <a@b.c>, '.repeat(60_000)}\r\n\r\n`,
    'open quotes': `From: ${'"a '.repeat(100_000)}\r\n\r\n`,
    'open comments': `From: ${'('.repeat(300_000)}\r\n\r\n`,
    'open angles': `References: ${'<'.repeat(500_000)}\r\n\r\n`,
    'many references': `References: ${'<a@b> '.repeat(100_000)}\r\n\r\n`,
    'encoded words': `Subject: ${'=?utf-8?B?YQ==?= '.repeat(50_000)}\r\n\r\n`,
    'half an encoded word': `Subject: ${'=?utf-8?Q?'.repeat(80_000)}\r\n\r\n`,
    'parts in parts': `${nested(2_000)}\r\nx`,
    'many parts': `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: application/x\r\n\r\nx\r\n'.repeat(30_000)}`,
    'a boundary that is everywhere': `Content-Type: multipart/mixed; boundary=""\r\n\r\n${'--\r\n'.repeat(100_000)}`,
    'a name in many pieces': `Content-Type: application/x;${Array.from({ length: 20_000 }, (_, at) => ` name*${at}=a;`).join('\r\n')}\r\n\r\nx`,
    'a date of letters': `Date: ${'Mon, '.repeat(50_000)}\r\n\r\n`,
    'mails in mails': `${'Content-Type: message/rfc822\r\n\r\n'.repeat(5_000)}\r\nx`,
    'a body of many lines': `From: a@b.c\r\n\r\n${'x\r\n'.repeat(1_000_000)}`,
    'quoted-printable of equal signs': `Content-Transfer-Encoding: quoted-printable\r\n\r\n${'='.repeat(2_000_000)}`,
    'base64 of padding': `Content-Transfer-Encoding: base64\r\nContent-Type: application/x\r\n\r\n${'=='.repeat(1_000_000)}`,
    'a very large text': `From: a@b.c\r\n\r\n${'words of a very large text\r\n'.repeat(1_000_000)}`,
  };
  for (const [name, text] of Object.entries(cases)) {
    const raw = Buffer.from(text);
    const start = process.cpuUsage();
    const message = await parse(raw);
    const { user, system } = process.cpuUsage(start);
    assert.equal(message.size, raw.length, name);
    assert.ok((user + system) / 1_000 < 1_000, `${name}: ${Math.round((user + system) / 1_000)} ms`);
    assert.ok(message.text.length <= 1_000_000 && message.subject.length <= 998, name);
  }
  const deep = await parse(Buffer.from(cases['parts in parts']!));
  assert.deepEqual([deep.attachments[0]?.type, codes(deep)[0]], ['message/rfc822', 'too-many-parts']);
  const large = await parse(Buffer.from(cases['a very large text']!));
  assert.deepEqual([large.from?.address, large.attachments[0]?.size], ['a@b.c', large.size]);
});

test('any bytes are a mail', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
      assert.equal((await parse(bytes)).size, bytes.length);
    }),
    { numRuns: 200 },
  );
  const lines = fc.constantFrom(
    ...[
      'From: "',
      'a@b.c>',
      '\r\n',
      '\n',
      ' ',
      '=?utf-8?B?',
      '?=',
      'Content-Type: multipart/mixed; boundary=b',
      '--b',
      '--b--',
      '\0',
    ],
    ...[
      'Content-Transfer-Encoding: base64',
      'Date: ',
      'To: g:;',
      '(',
      '\\',
      '\xff',
      'Content-Type: message/rfc822',
      'Subject: x',
    ],
  );
  await fc.assert(
    fc.asyncProperty(fc.array(lines, { maxLength: 60 }), async (parts) => {
      const message = await parse(Buffer.from(parts.join(''), 'latin1'));
      assert.ok(message.key.length === 43);
    }),
    { numRuns: 500 },
  );
});

test('the corpora: without its HTML a mail is the same', { skip: realData.skip }, async () => {
  const receivedAt = new Date('2026-01-01');
  for (const [path, raw] of unpackAllMails()) {
    const [whole, plain] = [await parse(raw, { receivedAt }), await parse(raw, { receivedAt, withHtml: false })];
    // That a long HTML was cut is told of the HTML.
    assert.deepEqual(plain, { ...whole, html: null, notes: plain.notes }, path);
    assert.ok(
      plain.notes.every(({ code }) => codes(whole).includes(code)),
      path,
    );
  }
});

test('the corpora: every file is read or kept, each in less than a second', { skip: realData.skip }, async (t) => {
  const kept: string[] = [];
  let slowest = 0;
  const mails = unpackAllMails();
  assert.ok(mails.size > 500, `only ${mails.size} files`);
  for (const [path, raw] of mails) {
    const start = process.cpuUsage();
    const message = await parse(raw);
    const { user, system } = process.cpuUsage(start);
    slowest = Math.max(slowest, user + system);
    assert.ok((user + system) / 1_000 < 1_000, path);
    if (codes(message).some((code) => code === 'kept-raw' || code === 'too-many-parts')) kept.push(path);
    const hasSomething =
      message.text.trim() !== '' ||
      message.attachments.length > 0 ||
      /\w{3}/.test(textOfHtml(message.html ?? '')) ||
      message.html?.includes('<title>');
    const body = raw.toString('latin1').replace(/^[\s\S]*?\n\r?\n/, '');
    const isHeadOnly =
      body.split('\n').every((line) => /^\s*$|^--|^[\w-]+:/.test(line)) || !/\n\r?\n/.test(raw.toString('latin1'));
    assert.ok(hasSomething || isHeadOnly, `nothing was found in ${path}`);
    for (const { name, size, bytes } of message.attachments) {
      assert.ok(name !== '' && !/[\\/\p{Cc}]/u.test(name), `${path}: ${name}`);
      assert.equal(size, bytes.length);
    }
  }
  t.diagnostic(`${mails.size} files, the slowest ${Math.round(slowest / 1_000)} ms, kept as they are: ${kept.length}`);
  // Multiparts whose boundary is not the one that they announce, or that have no parts.
  assert.equal(kept.length, 8, kept.join('\n'));
});

function winmail(files: [string, Buffer][]): Buffer {
  const attribute = (id: number, data: Buffer) => {
    const header = Buffer.alloc(9);
    header.writeUInt8(2, 0);
    header.writeUInt32LE(id, 1);
    header.writeUInt32LE(data.length, 5);
    return Buffer.concat([header, data, Buffer.alloc(2)]);
  };
  const signature = Buffer.alloc(6);
  signature.writeUInt32LE(0x22_3e_9f_78);
  return Buffer.concat([
    signature,
    ...files.flatMap(([name, bytes]) => [
      attribute(0x00_06_90_02, Buffer.alloc(14)),
      attribute(0x00_01_80_10, Buffer.from(`SHORT~1.TXT\0`)),
      attribute(0x00_06_80_0f, bytes),
      attribute(0x00_06_90_05, longName(name)),
    ]),
  ]);
}

/** A number, then the long name as UTF-16. */
function longName(name: string): Buffer {
  const text = Buffer.from(`${name}\0`, 'utf16le');
  const padding = Buffer.alloc((4 - (text.length % 4)) % 4);
  const numbers = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
  return Buffer.concat([numbers(2, 0x0e_21_00_03, 7, 0x37_07_00_1f, 1, text.length), text, padding]);
}
