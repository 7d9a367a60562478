import assert from 'node:assert/strict';
import { test } from 'node:test';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

/** Where pictures of the screens go, when somebody wants to look at them. */
const pictures = process.env.TENDERO_PICTURES;

test('somebody asks what is held about them, and is erased', { skip: noBrowser }, async () => {
  const house = await openHouse();
  const { page, call, assertQuiet, close } = await openWindow(house, { as: administrator });
  const account = await call<{ id: string }>('POST', '/records/account', { name: 'Baltasis amalas UAB' });
  const contact = await call<{ id: string }>('POST', '/records/contact', {
    firstName: 'Elena',
    lastName: 'Kalvaitytė',
    account: account.id,
    emails: ['elena@amalas.example'],
    phones: ['+37061234567'],
  });
  await call('POST', '/records/note', { body: '<p>Elena likes tea</p>', contact: contact.id });
  await call('POST', '/records/note', { body: '<p>Elena Kalvaitytė was at the fair</p>', account: account.id });
  const look = async (name: string) => {
    if (!pictures) return;
    for (const [scheme, width] of [
      ['light', 1440],
      ['dark', 1440],
      ['light', 390],
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(300);
      await page.screenshot({ path: `${pictures}/${name}-${scheme}-${width}.png` });
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1440, height: 900 });
  };

  // A consent is recorded on the contact's page, and stays as it is.
  await page.goto(`/o/contact/${contact.id}`);
  await page.getByRole('heading', { name: 'Elena Kalvaitytė' }).waitFor();
  await call('POST', '/records/consent', {
    contact: contact.id,
    purpose: 'newsletter',
    channel: 'email',
    how: 'form',
    shownText: 'Yes, send me the newsletter',
  });
  await page.getByText('Newsletter').first().waitFor();
  await look('contact');

  // Everything that is held, on one page that can be printed.
  await page.getByRole('button', { name: 'More actions', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Everything we hold' }).click();
  await page.getByRole('heading', { name: 'What is held about Elena Kalvaitytė' }).waitFor();
  await page.getByText('likes tea').first().waitFor();
  await page.getByText('elena@amalas.example').first().waitFor();
  await look('holdings');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'JSON' }).click();
  assert.equal((await download).suggestedFilename(), `contact-${contact.id}.json`);
  await page.getByRole('link', { name: 'Elena Kalvaitytė' }).first().click();

  // Erased: told what goes and what stays, asked plainly, done.
  await page.getByRole('button', { name: 'More actions', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Erase personal data' }).click();
  const dialog = page.getByRole('dialog', { name: 'Erase Elena Kalvaitytė' });
  await dialog.getByText('1 anonymised').first().waitFor();
  await dialog.getByText('The name or an address also stands').waitFor();
  await look('erase');
  assert.ok(await dialog.getByRole('button', { name: 'Anonymise' }).isDisabled());
  await dialog.getByRole('radio', { name: 'Delete for good' }).click();
  await dialog.getByText('1 deleted').first().waitFor();
  await dialog.getByRole('checkbox').check();
  await dialog.getByRole('button', { name: 'Delete for good' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Deleted for good').first().waitFor();
  const left = await call<{ items: unknown[] }>('GET', '/records/contact');
  assert.equal(left.items.length, 0);

  // The proof and the audit know of it, without a name.
  await page.goto('/settings/privacy');
  await page.getByText('At their request').waitFor();
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByRole('button', { name: 'What would happen?' }).click();
  await page.getByText('0 records now').waitFor();
  await look('privacy');
  await page.goto('/settings/audit');
  await page.getByText('Erased personal data').first().waitFor();
  // What the person at the screen visited is forgotten, and not brought back by their browser.
  const remembered = JSON.stringify(await call('GET', '/preferences'));
  assert.ok(!remembered.includes('Kalvaitytė'), remembered);
  await look('audit');
  await page.getByRole('link', { name: 'Proof and settings' }).click();
  await page.getByRole('button', { name: 'Verify now' }).click();
  await page.getByText(/All \d+ events fit/).waitFor();
  await look('proof');
  await page.goto('/settings/audit');
  await page.getByRole('combobox', { name: 'What', exact: true }).click();
  await page.getByRole('option', { name: 'Signed in', exact: true }).click();
  await eventually(async () => assert.equal(await page.getByRole('cell', { name: /Erased personal data/ }).count(), 0));
  await page
    .getByRole('cell', { name: /Signed in/ })
    .first()
    .waitFor();
  assertQuiet();
  await close();
});
