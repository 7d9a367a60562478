import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { noDovecot, startDovecot } from '../real/dovecot.ts';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

/** Where pictures of the screens go, when somebody wants to look at them. */
const pictures = process.env.TENDERO_PICTURES;
process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';
const skip = noBrowser || noDovecot;
const mailServer = skip ? null : await startDovecot();

const letter = (id: string, subject: string, from = 'Ona <ona@azuolas.example>') =>
  [
    `From: ${from}`,
    'To: rasa@example.com',
    `Subject: ${subject}`,
    `Message-ID: <${id}@azuolas.example>`,
    `Date: ${new Date().toUTCString()}`,
    '',
    'When will the oak doors come?',
    '',
  ].join('\r\n');

test('somebody connects a mailbox, and its mails stand with the customer', { skip }, async () => {
  const house = await openHouse();
  const rasa = await openWindow(house, { as: administrator });
  const { page, call } = rasa;
  const account = await call<{ id: string }>('POST', '/records/account', { name: 'Ąžuolas UAB' });
  await call('POST', '/records/contact', {
    ...{ firstName: 'Ona', lastName: 'Ąžuolienė', emails: ['ona@azuolas.example'], account: account.id },
  });
  const name = mailServer!.newUser();
  await mailServer!.deliver(name, letter('first', 'Two oak doors'));

  await page.goto('/profile');
  await page.getByRole('button', { name: 'My mailboxes' }).click();
  await page.getByText('No mailbox yet').waitFor();
  await page.getByRole('button', { name: 'Connect a mailbox' }).click();
  const dialog = page.getByRole('dialog', { name: 'Connect a mailbox' });
  await dialog.getByLabel(/^E-mail address/).fill('rasa@litera.example');
  const password = dialog.getByRole('textbox', { name: 'Password' });
  await password.fill('wrong');
  const incoming = dialog.getByRole('group', { name: 'Incoming mail (IMAP)' });
  const host = incoming.getByLabel(/^Host/);
  await eventually(async () => assert.equal(await host.inputValue(), 'imap.litera.example'));
  await host.fill('127.0.0.1');
  // Nothing is sent in this journey.
  await dialog.getByRole('group', { name: 'Outgoing mail (SMTP)' }).getByLabel(/^Host/).fill('');
  await incoming.getByLabel('Encryption').first().click();
  await page.getByRole('option', { name: 'None (this machine only)' }).click();
  await incoming.getByLabel(/^Port/).fill(String(mailServer!.imap));
  await incoming.getByLabel(/^User name/).fill(name);
  await dialog.getByRole('button', { name: 'Try' }).click();
  await dialog.getByText('The server does not accept the user name or the password.').waitFor();
  await look(page, 'refused');
  await password.fill('secret');
  await dialog.getByRole('button', { name: 'Try' }).click();
  await dialog.getByText('It works.').waitFor();
  assert.equal(await dialog.getByLabel(/^INBOX/).isChecked(), true);
  assert.equal(await dialog.getByLabel(/^Trash/).isChecked(), false);
  await look(page, 'reached');
  await dialog.getByRole('button', { name: 'Connect a mailbox' }).click();

  await page.getByRole('heading', { name: 'rasa@litera.example' }).waitFor();
  await page.getByText('Up to date', { exact: true }).waitFor();
  // What comes while it is open is told without asking.
  await mailServer!.deliver(name, letter('second', 'And three windows'));
  await eventually(async () => {
    const inbox = page.getByRole('row', { name: /INBOX/ });
    assert.match(await inbox.innerText(), /\b2\b/);
  });
  await page.getByLabel('Subject').fill('windows');
  await page.getByRole('button', { name: 'Look for it' }).click();
  await page.getByRole('link', { name: 'It is here.' }).waitFor();
  await look(page, 'mailbox');
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
    [],
  );

  await page.goto(`/o/account/${account.id}`);
  await page.getByText('Two oak doors').first().waitFor();
  await page.getByText('And three windows').first().waitFor();
  await look(page, 'account');

  await page.goto('/mailboxes');
  await page.getByRole('link', { name: /rasa@litera\.example/ }).click();
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByText('No mailbox yet').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('link', { name: /rasa@litera\.example/ }).waitFor();
  await look(page, 'list');
  rasa.assertQuiet();
});

async function look(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 390]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${pictures}/mail-${name}-${colorScheme}-${width}.png` });
    }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}
