/** A customer writes, is answered where their mail is read, and answers again: through real servers, in one thread. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { createTransport } from 'nodemailer';
import type { Page } from 'playwright-core';
import { noDovecot, startDovecot } from '../real/dovecot.ts';
import { noPostfix, startPostfix } from '../real/postfix.ts';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

/** Where pictures of the screens go, when somebody wants to look at them. */
const pictures = process.env.TENDERO_PICTURES;
process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';
const skip = noBrowser || noDovecot || noPostfix;
const dovecot = skip ? null : await startDovecot();
const postfix = skip ? null : await startPostfix(dovecot!);

test('a mail is answered where it is read, and the customer’s answer joins it', { skip }, async () => {
  const house = await openHouse();
  const rasa = await openWindow(house, { as: administrator });
  const { page, call } = rasa;
  const [us, them] = [dovecot!.newUser(), dovecot!.newUser()];
  const [ours, theirs] = [`${us}@shop.example`, `${them}@client.example`];
  const customer = createTransport({ host: '127.0.0.1', port: postfix!.port, ignoreTLS: true });
  const account = await call<{ id: string }>('POST', '/records/account', { name: 'Ąžuolas UAB' });
  await call('POST', '/records/contact', {
    ...{ firstName: 'Ona', lastName: 'Ąžuolienė', emails: [theirs], account: account.id },
  });
  const imap = { host: '127.0.0.1', port: dovecot!.imap, security: 'none', username: us, password: 'secret' };
  await call('POST', '/mailboxes', { address: ours, imap, smtp: { ...imap, port: postfix!.port } });
  await customer.sendMail({
    from: `Ona <${theirs}>`,
    to: ours,
    subject: 'Two oak doors',
    text: 'When will they come?',
  });

  await page.goto(`/o/account/${account.id}`);
  await page.getByText('Two oak doors').first().waitFor();
  const entry = page.locator('article', { hasText: 'When will they come?' }).first();
  await entry.getByRole('button', { name: 'Reply', exact: true }).click();
  const text = page.getByRole('textbox', { name: 'Text of the mail' });
  await text.click();
  await page.keyboard.type('On Monday.');
  await page.getByText('Draft saved').waitFor();
  await look(page, 'reply');
  const { violations } = await new AxeBuilder({ page }).include('article').analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
    [],
  );
  await page.keyboard.press('ControlOrMeta+Enter');
  // It can be taken back, and is a draft again.
  await page.getByRole('button', { name: 'Undo' }).click();
  const dialog = page.getByRole('dialog', { name: 'New mail' });
  await dialog.getByText('On Monday.').waitFor();
  await look(page, 'taken-back');
  await dialog.getByRole('textbox', { name: 'Text of the mail' }).click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type(' At nine.');
  await call('PUT', '/preferences/mail.undo', { value: 0 });
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('On Monday. At nine.').first().waitFor();

  const [mail] = await eventuallyMails(call, account.id, 2);
  await customer.sendMail({
    ...{ from: `Ona <${theirs}>`, to: ours, subject: 'Re: Two oak doors', text: 'Thank you!' },
    ...{ inReplyTo: `<${mail!.messageId}>`, references: `<${mail!.messageId}>` },
  });
  customer.close();
  const all = await eventuallyMails(call, account.id, 3);
  assert.equal(new Set(all.map(({ conversation }) => conversation)).size, 1);
  await page.getByText('Thank you!').first().waitFor();
  await look(page, 'thread');

  // A new one, from the contact's page, to somebody found by name.
  await page.goto(`/o/account/${account.id}`);
  await page.getByRole('button', { name: 'E-mail', exact: true }).first().click();
  const to = page.getByRole('textbox', { name: 'To', exact: true });
  await to.fill('Ąžuol');
  await page.getByRole('option', { name: /Ona Ąžuolienė/ }).click();
  await page.getByRole('textbox', { name: 'Subject' }).fill('Invoice');
  await page.getByRole('textbox', { name: 'Text of the mail' }).click();
  await page.keyboard.type('Here it is.');
  await look(page, 'new');
  await page.getByRole('button', { name: 'More', exact: true }).last().click();
  await page.getByRole('menuitem', { name: 'Preview' }).click();
  await page.getByRole('dialog', { name: 'Invoice' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Discard the draft' }).click();
  rasa.assertQuiet();
});

type Mail = { conversation: string; messageId: string };

async function eventuallyMails(
  call: <T>(method: string, path: string) => Promise<T>,
  account: string,
  count: number,
): Promise<Mail[]> {
  const filter = encodeURIComponent(JSON.stringify({ account, state: 'done' }));
  let items: Mail[] = [];
  await eventually(async () => {
    ({ items } = await call<{ items: Mail[] }>('GET', `/records/interaction?filter=${filter}&sort=-at`));
    assert.equal(items.length, count);
  });
  return items;
}

async function look(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 390]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(300);
      await page.screenshot({ path: `${pictures}/compose-${name}-${colorScheme}-${width}.png` });
    }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}
