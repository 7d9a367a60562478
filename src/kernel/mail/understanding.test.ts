import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { realData } from '../transfer/test-data.ts';
import { readAutomatic } from './auto-reply.ts';
import { readBounce } from './bounce.ts';
import { parse } from './parse.ts';
import { readReply } from './reply-text.ts';
import { readSignature } from './signature.ts';
import { mail, unpackMails } from './test-mails.ts';

const fresh = (...lines: string[]) => readReply(lines.join('\n')).text;

test('what is new in a reply, as mailers of three languages quote', () => {
  for (const line of [
    'On Mon, 6 May 2024 at 10:00, Ana Ruiz <ana@example.com> wrote:',
    'On Mon, May 6, 2024 at 10:00 AM Ana Ruiz <\nana@example.com> wrote:',
    'On 06/05/2024 10:00, Ana Ruiz wrote:',
    'El lun, 6 may 2024 a las 10:00, Ana Ruiz (<ana@example.com>) escribió:',
    'El 6/5/24 a las 10:00, Ana Ruiz escribió:',
    'El 6 may 2024, a las 10:00, Ana Ruiz <ana@example.com>\nescribió:',
    '2024-05-06, pr, 10:00 Ana Ruiz <ana@example.com> rašė:',
    'Pirmadienis, 2024 m. gegužės 6 d. 10:00, Ana Ruiz rašė:',
    '2024-05-06 10:00, Ana Ruiz parašė:',
    'pr, 2024-05-06 10:00, Ana Ruiz <ana@example.com> rašė:',
    'Am 06.05.2024 um 10:00, Ana Ruiz schrieb:',
    '-----Original Message-----',
    '-----Mensaje original-----',
    '-----Pradinis laiškas-----',
    '---------- Forwarded message ---------',
    'From: Ana Ruiz <ana@example.com>\nSent: Monday, May 6, 2024 10:00 AM\nTo: us@example.org\nSubject: Offer',
    '*From:* Ana Ruiz\n*Sent:* Monday\n*To:* us\n*Subject:* Offer',
    '________________________________\nDe: Ana Ruiz <ana@example.com>\nEnviado: lunes, 6 de mayo de 2024 10:00\nPara: us@example.org\nAsunto: Oferta',
    'Nuo: Ana Ruiz <ana@example.com>\nIšsiųsta: 2024 m. gegužės 6 d. 10:00\nKam: us@example.org\nTema: Pasiūlymas',
  ]) {
    assert.equal(
      fresh('Yes, Tuesday is fine.', '', line, '', '> Shall we meet?', '> Ana'),
      'Yes, Tuesday is fine.',
      line,
    );
  }
  assert.equal(fresh('> Price?', '100', '', '> When?', 'May'), '100\n\nMay', 'answers between the lines');
  assert.equal(
    fresh('Wait.', 'On reflection we chose 3 things that Ana wrote about:', '- one'),
    'Wait.\nOn reflection we chose 3 things that Ana wrote about:\n- one',
  );
  assert.equal(
    fresh('---------- Forwarded message ---------', 'From: a', 'text'),
    '---------- Forwarded message ---------\nFrom: a\ntext',
  );
  assert.equal(fresh('From: here to there', 'it is far'), 'From: here to there\nit is far');
});

test('signatures are no part of it', () => {
  const parts = (...lines: string[]) => readReply(lines.join('\n'));
  assert.deepEqual(parts('Sveiki,', 'siunčiu.', '', 'Pagarbiai', 'Agnė Petrauskienė', 'UAB Litera'), {
    text: 'Sveiki,\nsiunčiu.',
    signature: 'Pagarbiai\nAgnė Petrauskienė\nUAB Litera',
    hasQuote: false,
  });
  assert.equal(parts('Ok', '', 'Un saludo,', 'Luis').text, 'Ok');
  assert.equal(
    parts('Ok', '', 'Enviado desde mi iPhone', '', 'El lun, 6 may 2024 a las 10:00, Ana escribió:', '> x').text,
    'Ok',
  );
  assert.equal(parts('Ok', '', 'Išsiųsta iš mano „iPhone“').text, 'Ok');
  assert.equal(parts('Best regards').text, 'Best regards', 'a mail of a greeting only is not empty');
});

test('the corpus of replies', { skip: realData.skip }, () => {
  const files = new Map(
    Array.from(unpackMails('github_email_reply_parser'), ([path, raw]) => [
      path.replace(/^.*\//, '').replace('.txt', ''),
      raw.toString(),
    ]),
  );
  const text = (name: string) => readReply(files.get(name)!).text;
  assert.match(text('email_1_1'), /^Hi folks[\s\S]*HTTP API\.$/);
  assert.match(text('email_1_2'), /^Hi,\nYou can list the keys|^Hi,\n\nYou can list/);
  assert.match(text('email_1_2'), /delete them all individually\."$/);
  assert.equal(text('email_1_3'), 'Oh thanks.\n\nHaving the function would be great.');
  assert.equal(text('email_1_4'), "Awesome! I haven't had another problem with it.");
  assert.match(text('email_1_5'), /^One: Here's what[\s\S]*for a while\.$/);
  assert.equal(text('email_1_6'), 'I get proper rendering as well.');
  assert.equal(text('email_1_7'), ':+1:');
  assert.equal(text('email_1_8').replaceAll(/\s+/g, ' '), 'I will reply under this one and under this.');
  assert.equal(text('email_2_1'), 'Outlook with a reply');
  assert.equal(text('email_2_2'), 'Outlook with a reply directly above line');
  assert.equal(text('email_2_3'), 'Outlook with a reply directly above line');
  assert.equal(text('correct_sig'), 'this is an email with a correct -- signature.');
  for (const device of ['email_BlackBerry', 'email_iPhone', 'email_multi_word_sent_from_my_mobile_device'])
    assert.equal(text(device), 'Here is another email', device);
  assert.match(text('email_sent_from_my_not_signature'), /Sent from my desk/);
  assert.match(text('email_sig_delimiter_in_middle_of_line'), /kthxbai$/);
  assert.match(text('greedy_on'), /^On your remote host[\s\S]*tunnel is not working\.$/);
  assert.match(text('email_one_is_not_on'), /One outstanding question I had:[\s\S]*when I run\.\.\.$/);
  assert.match(text('email_bullets'), /and another$/);
  assert.match(text('pathological'), /^I think you're onto something/);
});

test('no text takes long', () => {
  for (const hostile of [
    'On '.repeat(200_000),
    'On x\n'.repeat(100_000),
    `${'> '.repeat(100_000)}\n`.repeat(3),
    'From: x\n'.repeat(50_000),
    '-- \n'.repeat(100_000),
    `Sent from ${'a '.repeat(200_000)}`,
    'a@'.repeat(200_000),
    '1 '.repeat(200_000),
  ]) {
    const start = process.cpuUsage();
    readReply(hostile);
    readSignature(hostile, 'Ana');
    const { user, system } = process.cpuUsage(start);
    assert.ok((user + system) / 1_000 < 1_000, `${hostile.slice(0, 20)}: ${(user + system) / 1_000} ms`);
  }
});

test('a signature names a person, a post, a company and phones', () => {
  assert.deepEqual(
    readSignature(
      'Pagarbiai\nAgnė Petrauskienė | Pardavimų vadovė\nUAB „Litera“\nMob. +370 612 34567, tel.: (8 5) 212 3456\nFaks: +370 5 212 3457\nagne@litera.lt | www.litera.lt\nKonstitucijos pr. 7, LT-09308 Vilnius',
      'Agnė',
    ),
    {
      name: 'Agnė Petrauskienė',
      title: 'Pardavimų vadovė',
      company: 'UAB „Litera“',
      phones: ['+370 612 34567', '(8 5) 212 3456', '+370 5 212 3457'],
      addresses: ['agne@litera.lt'],
      links: ['www.litera.lt'],
    },
  );
  const spanish = readSignature(
    'Un saludo,\n--\nLuis de la Torre\nDirector Comercial, Maderas del Norte, S.L.\nT: 91 555 12 34\nFax: 91 555 12 35\nC/ Mayor 3, 28013 Madrid',
    'Luis de la Torre',
  );
  assert.deepEqual(
    [spanish.name, spanish.title, spanish.company, spanish.phones],
    ['Luis de la Torre', 'Director Comercial', 'Maderas del Norte, S.L.', ['91 555 12 34']],
  );
  const english = readSignature(
    'Ana Smith, Head of Sales\nAcme Ltd\n+44 20 7946 0958\nCompany no. 01234567',
    'Ana Smith',
  );
  assert.deepEqual(
    [english.name, english.title, english.company, english.phones],
    ['Ana Smith', 'Head of Sales', 'Acme Ltd', ['+44 20 7946 0958']],
  );
  assert.deepEqual(readSignature('', 'Ana').name, null);
});

test('who may be answered by a program', async () => {
  const of = async (...lines: string[]) => {
    const { kind, mayBeAnswered } = readAutomatic(await parse(mail('From: ana@example.com', ...lines, '', 'text')));
    return `${kind} ${mayBeAnswered}`;
  };
  assert.equal(await of('Subject: Question', 'Auto-Submitted: no'), 'null true');
  assert.equal(await of('Auto-Submitted: auto-replied (vacation)'), 'reply false');
  assert.equal(await of('Auto-Submitted: auto-generated; owner-email="a@b.c"'), 'notice false');
  assert.equal(await of('X-Auto-Response-Suppress: DR, OOF, AutoReply'), 'null false');
  assert.equal(await of('Return-Path: <>'), 'null false');
  assert.equal(await of('List-Id: <news.example.com>'), 'list false');
  assert.equal(await of('Precedence: bulk'), 'list false');
  for (const subject of [
    'Automatic reply: Offer',
    'Respuesta automática: Oferta',
    'Automatinis atsakymas: Pasiūlymas',
    'Out of Office: x',
    'Fuera de la oficina',
  ])
    assert.equal(await of(`Subject: ${Buffer.from(subject).toString('utf8')}`), 'reply false', subject);
  assert.equal(await of('Subject: Our office is out of chairs'), 'null true');
  const noReply = readAutomatic(await parse(mail('From: no-reply@shop.example', 'Subject: Your order', '', 'x')));
  assert.deepEqual(noReply, { kind: null, mayBeAnswered: false });
});

test('bounces: the class and the status of the corpus', { skip: realData.skip }, async (t) => {
  const mails = unpackMails('sisimai_bounces_odd');
  const rows = readFileSync(realData.path('mail', 'sisimai_bounces_odd_expected.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  const bounces = new Map<string, ReturnType<typeof readBounce>>();
  const count = { all: 0, class: 0, withStatus: 0, status: 0 };
  for (const row of rows) {
    const [path, number, status, , reason, isHard] = row.split(',') as [string, string, string, string, string, string];
    if (!bounces.has(path)) bounces.set(path, readBounce(await parse(mails.get(path)!)));
    const bounce = bounces.get(path)!;
    const recipient = bounce?.recipients[Math.min(Number(number), bounce.recipients.length) - 1];
    const expected =
      reason === 'vacation'
        ? undefined
        : reason === 'feedback'
          ? 'complaint'
          : reason === 'delivered'
            ? 'delivered'
            : isHard === 'true'
              ? 'hard'
              : 'soft';
    const kind = recipient?.kind === 'delayed' ? 'soft' : recipient?.kind;
    count.all++;
    if (kind === expected) count.class++;
    if (status === '') continue;
    count.withStatus++;
    // Numbers like 5.0.911 are the corpus's own for a mail that has no status: there is none to be found.
    const isInvented = /\.0\.9\d\d$|\.1\.351$/.test(status);
    const found = recipient?.status ?? null;
    if (isInvented ? found === null || found[0] === status[0] : found === status) count.status++;
  }
  const share = (part: number, all: number) => `${((part / all) * 100).toFixed(1)} %`;
  t.diagnostic(
    `class right ${share(count.class, count.all)} of ${count.all}, status ${share(count.status, count.withStatus)} of ${count.withStatus}`,
  );
  assert.ok(count.class / count.all >= 0.95, `class right: ${share(count.class, count.all)}`);
  assert.ok(count.status / count.withStatus >= 0.9, `status right: ${share(count.status, count.withStatus)}`);
});

test('mails that are none are no bounces', { skip: realData.skip }, async () => {
  const taken: string[] = [];
  for (const archive of ['cpython_test_email_data', 'mikel_mail_fixtures', 'nodemailer_mailparser_fixtures'] as const) {
    for (const [path, raw] of unpackMails(archive)) {
      const message = await parse(raw);
      const isReport =
        /multipart\/report/i.test(message.headers['content-type'] ?? '') ||
        /^(?:warning|returned mail|delivery|banned file|mail system error)/i.test(message.subject);
      if (!isReport && readBounce(message)) taken.push(path);
    }
  }
  assert.deepEqual(taken, []);
  const ours = [
    'From: no-reply@bank.example\nSubject: Your payment was rejected',
    'From: ana@example.com\nSubject: Mailbox full of apples',
    'From: postmaster@example.com\nSubject: New mail server on Monday',
  ];
  for (const text of ours)
    assert.equal(readBounce(await parse(mail(text, '', 'Write to us: help@bank.example'))), null, text);
});

test('a report tells of each recipient, and which mail it was', async () => {
  const bounce = readBounce(
    await parse(
      mail(
        'From: MAILER-DAEMON@mx.example.com',
        'Subject: Undelivered',
        'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
        '',
        '--b',
        '',
        'Sorry.',
        '--b',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx.example.com',
        '',
        'Final-Recipient: rfc822; gone@example.net',
        'Action: failed',
        'Status: 5.0.0',
        'Diagnostic-Code: smtp; 550 5.1.1 <gone@example.net>: Recipient address rejected:',
        ' User unknown',
        '',
        'Final-Recipient: rfc822; full@example.net',
        'Action: delayed',
        'Status: 4.2.2',
        '',
        'Final-Recipient: rfc822; here@example.net',
        'Action: relayed',
        'Status: 2.0.0',
        '--b',
        'Content-Type: text/rfc822-headers',
        '',
        'Subject: Offer',
        'Message-ID:',
        ' <offer-1@example.org>',
        '--b--',
      ),
    ),
  );
  assert.equal(bounce?.messageId, 'offer-1@example.org');
  assert.equal(bounce?.kind, 'hard');
  assert.deepEqual(
    bounce?.recipients.map(({ address, kind, status, reason }) => [address, kind, status, reason]),
    [
      ['gone@example.net', 'hard', '5.1.1', 'no-such-address'],
      ['full@example.net', 'delayed', '4.2.2', 'mailbox-full'],
      ['here@example.net', 'delivered', '2.0.0', 'delivered'],
    ],
  );
});
