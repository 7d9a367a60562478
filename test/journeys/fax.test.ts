/** A gateway is set up, a fax comes and its pages are read, one is sent and what became of it is seen. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { noDovecot, startDovecot } from '../real/dovecot.ts';
import { noPostfix, startPostfix } from '../real/postfix.ts';
import { fax as tiff } from '../tiff.ts';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';
import { look } from './look.ts';

process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';
const skip = noBrowser || noDovecot || noPostfix;
const dovecot = skip ? null : await startDovecot();
const postfix = skip ? null : await startPostfix(dovecot!);

test('a fax is read page by page, and one is sent', { skip }, async () => {
  const house = await openHouse();
  const rasa = await openWindow(house, { as: administrator });
  const { page, call } = rasa;
  const [us, machine] = [dovecot!.newUser(), dovecot!.newUser()];
  const account = await call<{ id: string }>('POST', '/records/account', {
    ...{ name: 'Ąžuolas UAB', phones: [{ value: '+37052111111', label: 'fax' }] },
  });
  const imap = { host: '127.0.0.1', port: dovecot!.imap, security: 'none', username: us, password: 'secret' };
  const smtp = { ...imap, port: postfix!.port };
  await call('POST', '/mailboxes', { name: 'Faxes', address: `${us}@shop.example`, imap, smtp });
  await call('PUT', '/preferences/mail.undo', { value: 0 });

  await page.goto('/settings/fax');
  await look(page, 'fax-none');
  await page.getByRole('button', { name: 'Add a gateway' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Add a gateway' });
  await look(page, 'fax-dialog');
  await dialog.getByRole('combobox', { name: 'Service' }).click();
  await page.getByRole('option', { name: 'Retarus' }).click();
  await dialog.getByRole('textbox', { name: 'Address', exact: true }).fill(`${machine}+{number}@fax.example`);
  await dialog.getByRole('combobox', { name: 'Mailbox' }).click();
  await page.getByRole('option', { name: 'Faxes' }).click();
  await dialog.getByLabel('Our fax number').fill('+37052000000');
  await dialog.getByRole('textbox', { name: 'Subject' }).fill('{secret} {subject}');
  await dialog.getByLabel('Comes from').fill('fax.example');
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Secret').fill('PIN-4711');
  await look(page, 'fax-gateway');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Secret kept').waitFor();
  await look(page, 'fax-gateways');

  const parts = [
    'From: Gateway <fax@fax.example>',
    'Subject: Fax from +370 5 211 1111',
    `Date: ${new Date().toUTCString()}`,
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'Three pages.',
    '--b',
    'Content-Type: image/tiff',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="fax.tif"',
    '',
    tiff.toString('base64').replaceAll(/.{76}/g, '$&\r\n'),
    '--b--',
    '',
  ];
  await dovecot!.deliver(us, parts.join('\r\n'));
  await page.goto(`/o/account/${account.id}`);
  const came = page.locator('article', { hasText: 'got a fax' }).first();
  await came.getByRole('button', { name: 'Read the pages' }).click();
  const preview = page.getByRole('dialog', { name: 'fax.tif' });
  await preview.getByText('Page 1 of 3').waitFor();
  // The first dot is black, the ninth is white.
  await page.waitForFunction(`(() => {
    const canvas = document.querySelector('canvas');
    const dot = (x) => canvas.getContext('2d').getImageData(x, 0, 1, 1).data.join();
    return canvas?.width === 96 && dot(0) === '0,0,0,255' && dot(8) === '255,255,255,255';
  })()`);
  await look(page, 'fax-pages');
  await preview.getByRole('button', { name: 'Next page' }).click();
  await preview.getByText('Page 2 of 3').waitFor();
  await page.keyboard.press('Escape');
  await preview.waitFor({ state: 'hidden' });

  await page.getByRole('button', { name: 'Fax', exact: true }).click();
  const write = page.getByRole('dialog', { name: 'Send a fax' });
  await write.getByLabel('Subject').fill('Doors');
  await write.getByLabel('Text').fill('See the plan');
  await write.locator('input[type=file]').setInputFiles({
    ...{ name: 'plan.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF\n') },
  });
  await write.getByText('plan.pdf').waitFor();
  await look(page, 'fax-write');
  const { violations } = await new AxeBuilder({ page })
    .include('[role=dialog]')
    .withTags(['wcag2a', 'wcag2aa'])
    .analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
    [],
  );
  await write.getByRole('button', { name: 'Send', exact: true }).click();
  await write.waitFor({ state: 'hidden' });
  const sent = page.locator('article', { hasText: 'sent a fax' }).first();
  await sent.getByText('See the plan').waitFor();
  // A gateway answers what it was sent.
  const filter = encodeURIComponent(JSON.stringify({ channel: 'fax', delivery: 'sent' }));
  await eventually(async () => {
    const { items } = await call<{ items: unknown[] }>('GET', `/records/interaction?filter=${filter}`);
    assert.equal(items.length, 1);
  });
  const answer = ['From: report@fax.example', 'Subject: Fax to +37052111111: delivered', '', 'OK', ''];
  await dovecot!.deliver(us, answer.join('\r\n'));
  await sent.getByText('The gateway says that it arrived.').waitFor();
  await look(page, 'fax-delivered');
  rasa.assertQuiet();
});
