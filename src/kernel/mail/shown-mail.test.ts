import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { networkGuard } from '../net/guard.ts';
import { parse } from './parse.ts';
import { showMail } from './shown-mail.ts';

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR42mP4z8CAFTEMKQkA0BM/wUK3p4kAAAAASUVORK5CYII=';

const asked: string[] = [];
const elsewhere = createServer((request, response) => {
  asked.push(request.url!);
  if (request.url === '/page.png') return response.end('<html><script>alert(1)</script></html>');
  if (request.url === '/moved.png') return response.writeHead(302, { location: '/good.png' }).end();
  if (request.url === '/endless.png') {
    const more = () => {
      if (response.destroyed) return;
      response.write(Buffer.alloc(200_000, 0x89));
      setTimeout(more, 5);
    };
    return more();
  }
  response.end(Buffer.from(png, 'base64'));
});
let home = '';
before(async () => {
  await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
  home = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
});
after(() => {
  elsewhere.close();
  elsewhere.closeAllConnections();
});

const mailOf = (html: string) =>
  parse(
    Buffer.from(
      [
        'From: Ana <ana@example.com>',
        'Subject: Two pictures',
        'Content-Type: multipart/related; boundary=b',
        '',
        '--b',
        'Content-Type: text/html; charset=utf-8',
        '',
        html,
        '--b',
        'Content-Type: image/png; name=logo.png',
        'Content-ID: <logo@x>',
        'Content-Transfer-Encoding: base64',
        '',
        png,
        '--b',
        'Content-Type: image/png; name=page.png',
        'Content-ID: <page@x>',
        '',
        '<svg onload="alert(1)"></svg>',
        '--b',
        'Content-Type: application/pdf; name=offer.pdf',
        '',
        '%PDF-1.7',
        '--b--',
        '',
      ].join('\r\n'),
    ),
  );

test('pictures of the mail stand in the document; what only says that it is one does not', async () => {
  const message = await mailOf('<p>Hello <img src="cid:logo@x" alt="logo"><img src="cid:page@x" alt="page"></p>');
  const shown = await showMail(message);
  assert.match(
    shown.frame!,
    /<img src="data:image\/png;base64,iVBOR[^"]*" alt="logo"|alt="logo"[^>]*src="data:image\/png/,
  );
  assert.ok(!shown.frame!.includes('svg'));
  assert.deepEqual(
    shown.attachments.map(({ name }) => name),
    ['offer.pdf'],
  );
  assert.deepEqual([shown.subject, shown.remotePictures, shown.trackers], ['Two pictures', 0, 0]);
});

test('pictures from elsewhere are asked for when the reader wants them, and only those that are pictures stay', async () => {
  const names = ['good', 'page', 'moved', 'endless'];
  const html = names.map((name) => `<img src="${home}/${name}.png" alt="${name}">`).join('');
  const message = await mailOf(`${html}<img src="${home}/point.png" width="1" height="1">`);
  const without = await showMail(message);
  assert.deepEqual([without.remotePictures, without.trackers, asked], [4, 1, []]);
  const shown = await showMail(message, networkGuard('127.0.0.1'));
  assert.equal(shown.remotePictures, 3);
  assert.equal(shown.frame!.match(/src="data:image\/png/g)?.length, 1);
  assert.deepEqual([...asked].sort(), ['/endless.png', '/good.png', '/moved.png', '/page.png']);
});

test('nothing is fetched from the own network', async () => {
  asked.length = 0;
  const shown = await showMail(await mailOf(`<img src="${home}/good.png" alt="good">`), networkGuard(''));
  assert.equal(shown.remotePictures, 1);
  assert.deepEqual(asked, []);
});

test('a mail without HTML has no frame', async () => {
  const shown = await showMail(await parse(Buffer.from('From: a@b.example\r\nSubject: Plain\r\n\r\nHello')));
  assert.deepEqual([shown.frame, shown.text.trim()], [null, 'Hello']);
});
