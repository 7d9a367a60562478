/**
 * Mails that want to run something, call home or leave their frame, shown in a real browser: nothing runs, nobody is asked
 * for anything, and what they say can still be read.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { before, test } from 'node:test';
import { beforeDrop } from '../database.ts';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

/** Whatever a mail asks for arrives here. */
const asked: string[] = [];
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR42mP4z8CAFTEMKQkA0BM/wUK3p4kAAAAASUVORK5CYII=',
  'base64',
);
const elsewhere = createServer((request, response) => {
  asked.push(request.url ?? '');
  response.writeHead(200, { 'content-type': 'image/png', 'access-control-allow-origin': '*' });
  response.end(png);
});
let home = '';
before(async () => {
  await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
  home = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  // The test's own server stands in for the internet.
  process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.1';
});
beforeDrop(async () => {
  elsewhere.closeAllConnections();
  elsewhere.close();
});

const attacks = (): string[] => [
  `<script>fetch('${home}/script')</script>`,
  `<img src=x onerror="fetch('${home}/onerror')">`,
  `<svg onload="fetch('${home}/svg')"><script>fetch('${home}/svg-script')</script></svg>`,
  `<iframe src="${home}/frame"></iframe><iframe srcdoc="<script>parent.document.title='taken'</script>"></iframe>`,
  `<object data="${home}/object"></object><embed src="${home}/embed">`,
  `<link rel="stylesheet" href="${home}/sheet.css"><link rel="prefetch" href="${home}/prefetch"><link rel="dns-prefetch" href="${home}">`,
  `<style>@import url('${home}/import.css'); body { background: url('${home}/style') }</style>`,
  `<p style="background:url('${home}/background');position:fixed;inset:0">over everything</p>`,
  `<table background="${home}/table"><tr><td background="${home}/cell">cell</td></tr></table>`,
  `<video src="${home}/video" poster="${home}/poster" autoplay></video><audio src="${home}/audio" autoplay></audio>`,
  `<form action="${home}/form" id="f"><input name="password" autofocus onfocus="document.forms[0].submit()"></form>`,
  `<meta http-equiv="refresh" content="0;url=${home}/refresh"><base href="${home}/base/">`,
  `<a id="top" target="_top" href="javascript:top.location='${home}/js'">click</a>`,
  `<img srcset="${home}/srcset 1x"><picture><source srcset="${home}/source"><img src="${home}/tracker" width="1" height="1"></picture>`,
  `<img src="${home}/picture.png" width="200" height="80" alt="An offer">`,
];

/** Read differently by one who cleans and one who shows; nobody can say where it ends. */
const endless = () =>
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=fetch('${home}/mxss')&gt;">`;

test('a hostile mail is only read', { skip: noBrowser }, async (t) => {
  const house = await openHouse();
  const { page, call } = await openWindow(house, { as: administrator });
  const mail = (html: string) =>
    [
      'From: "Your bank" <offer@evil.example>',
      'To: rasa@example.com',
      'Subject: =?utf-8?q?Ap=C5=BEvelkite_pasi=C5=ABlym=C4=85?=',
      'Date: Fri, 20 Nov 2026 10:00:00 +0200',
      'Message-ID: <hostile@evil.example>',
      'Content-Type: text/html; charset=utf-8',
      '',
      `<html><body onload="fetch('${home}/onload')"><p>Hello Rasa</p>${html}</body></html>`,
    ].join('\r\n');
  const account = await call<{ id: string }>('POST', '/records/account', { name: 'Akmenė' });
  const dropMail = async (name: string, content: string) => {
    await page.goto(`/o/account/${account.id}`);
    await page.getByRole('heading', { name: 'Akmenė' }).waitFor();
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({ name, mimeType: 'message/rfc822', buffer: Buffer.from(content) });
    await page.locator('article').getByRole('button', { name, exact: true }).click();
    await page.getByRole('dialog').getByText('offer@evil.example').first().waitFor();
  };
  const frame = () => page.getByRole('dialog').frameLocator('iframe');

  await t.test('nothing runs and nobody is asked', async () => {
    await dropMail('hostile.eml', mail(`${attacks().join('\n')}<p>The end</p>${endless()}`));
    await frame().getByText('Hello Rasa').waitFor();
    await frame().getByText('The end').waitFor();
    await page.getByRole('dialog').getByText('Apžvelkite pasiūlymą').waitFor();
    await page.getByText(/pictures? from elsewhere/).waitFor();
    const inside = frame().locator('html');
    assert.equal(await inside.evaluate('document.scripts.length + document.forms.length'), 0);
    assert.equal(await inside.evaluate('document.querySelectorAll("iframe,object,embed,svg,math,link").length'), 0);
    assert.equal(await inside.evaluate('self.origin'), 'null');
    assert.notEqual(await page.title(), 'taken');
    assert.deepEqual(asked, []);
  });

  await t.test('its frame cannot reach out even for what the cleaning might miss', async () => {
    const refused = page.waitForEvent('console', {
      predicate: (message) => /slipped.*violates.*img-src data:/.test(message.text()),
    });
    await frame().locator('html').evaluate(`void (new Image().src = '${home}/slipped')`);
    await refused;
    assert.deepEqual(asked, []);
  });

  await t.test('pictures come when they are asked for, through the server; points that only report never', async () => {
    await page.getByRole('button', { name: 'Show pictures' }).click();
    await eventually(async () => {
      const source = await frame().getByRole('img', { name: 'An offer' }).getAttribute('src');
      assert.match(source ?? '', /^data:image\/png/);
    });
    assert.ok(asked.includes('/picture.png'));
    assert.ok(!asked.includes('/tracker') && !asked.includes('/slipped'));
  });

  await t.test('as plain text there is no frame', async () => {
    await page.getByText('Plain text', { exact: true }).click();
    await page.getByRole('dialog').locator('pre').getByText('Hello Rasa').waitFor();
    assert.equal(await page.locator('iframe').count(), 0);
  });
});
