/**
 * Mails as people write them, made by rule so that each run has the same: plain and HTML, threads that quote what was said
 * before, signatures, files. Of each ten, seven are of 6 to 15 kB, two quote long threads, one carries a file.
 */
export function* letters(count: number, people: number): Generator<Buffer> {
  for (let index = 0; index < count; index++) yield letter(index, people);
}

const words = (
  'oak doors windows delivery Thursday invoice price order measured hinge colour varnish agreed please thank you tomorrow ' +
  'warehouse pallet truck address Vilnius Kaunas Girona contract signed offer quantity discount payment reminder question'
).split(' ');

function letter(index: number, people: number): Buffer {
  const person = (index * 7919) % people;
  const thread = index - (index % 4);
  const id = (number: number) => `<letter-${number}@customer${person % 300}.example>`;
  const isAnswer = index !== thread;
  const kind = index % 10;
  const said = text(index, kind < 7 ? 120 + ((index * 37) % 160) : 200);
  const quoted =
    kind === 7 || kind === 8
      ? text(index + 1, 2_500).replaceAll(/^/gm, '> ')
      : isAnswer
        ? text(index + 2, 150).replaceAll(/^/gm, '> ')
        : '';
  const plain = `Hello,\n\n${said}\n\n--\nClient No ${person}\nCustomer ${person % 300} Ltd\n+370 612 ${String(10_000 + person)}\n\n${quoted}`;
  const html = `<html><head><style>p{margin:0}</style></head><body>${plain
    .split('\n')
    .map((line) => `<p style="font-family:Calibri,sans-serif;font-size:11pt">${line || '&nbsp;'}</p>`)
    .join('\n')}</body></html>`;
  const date = new Date(Date.UTC(2026, 9, 1) - index * 613 * 1000).toUTCString();
  const head = [
    `Return-Path: <client${person}@customer${person % 300}.example>`,
    `Received: from mx.customer.example (mx.customer.example [192.0.2.7]) by mail.example.com with ESMTPS id ${index.toString(36)}; ${date}`,
    `DKIM-Signature: v=1; a=rsa-sha256; d=customer.example; s=one; h=from:to:subject; bh=${'A'.repeat(43)}=; b=${'B'.repeat(170)}`,
    `From: "Client No ${person}" <client${person}@customer${person % 300}.example>`,
    'To: Ona <ona@example.com>',
    `Subject: ${isAnswer ? 'Re: ' : ''}=?UTF-8?Q?Durys_ir_langai_${thread}_=E2=80=93_=C5=B3?=`,
    `Message-ID: ${id(index)}`,
    ...(isAnswer ? [`In-Reply-To: ${id(thread)}`, `References: ${id(thread)}`] : []),
    `Date: ${date}`,
    'MIME-Version: 1.0',
  ];
  const alternative = [
    'Content-Type: multipart/alternative; boundary="alt"',
    '',
    '--alt',
    'Content-Type: text/plain; charset="utf-8"',
    'Content-Transfer-Encoding: 8bit',
    '',
    plain,
    '--alt',
    'Content-Type: text/html; charset="utf-8"',
    'Content-Transfer-Encoding: 8bit',
    '',
    html,
    '--alt--',
    '',
  ];
  if (kind !== 9) return mail([...head, ...alternative]);
  const file = Buffer.alloc(20_000 + ((index * 131) % 160_000), `${index} `)
    .toString('base64')
    .replaceAll(/.{76}/g, '$&\n');
  return mail([
    ...head,
    'Content-Type: multipart/mixed; boundary="mix"',
    '',
    '--mix',
    ...alternative,
    '--mix',
    `Content-Type: application/pdf; name="order-${index}.pdf"`,
    `Content-Disposition: attachment; filename="order-${index}.pdf"`,
    'Content-Transfer-Encoding: base64',
    '',
    file,
    '--mix--',
    '',
  ]);
}

function mail(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join('\n').replaceAll('\n', '\r\n'));
}

function text(seed: number, length: number): string {
  const lines: string[] = [];
  for (let at = 0; at < length; at += 12)
    lines.push(
      Array.from({ length: 12 }, (_, n) => words[(seed * 31 + (at + n) * 17 + n * n) % words.length]).join(' '),
    );
  return lines.join('.\n');
}
