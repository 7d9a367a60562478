import assert from 'node:assert/strict';
import { test } from 'node:test';
import { administrator, noBrowser, openHouse, openWindow } from './house.ts';

const csv = `First name,Last name,Company,Salutation,Phone
Jūratė,Žemaitytė,Žalias miškas UAB,Ponia,+37061234567
Íñigo,Etxeberria,La Casa del Pan SL,Mr,
Eglė,Kazlauskienė,Žalias miškas UAB,Ponia,12
`;

test('a file whose words are not ours comes in without a map file', { skip: noBrowser }, async () => {
  const house = await openHouse();
  const { page, call, assertQuiet } = await openWindow(house, { as: administrator });
  await page.goto('/import?object=contact');
  const template = await page.request.get(
    (await page.getByRole('link', { name: 'Download a template' }).getAttribute('href'))!,
  );
  assert.equal(template.status(), 200);
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'contacts.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });

  // What a value means, what is missing, what is the same for all.
  await page.getByRole('button', { name: '1 value unknown' }).click();
  await page.getByRole('combobox', { name: 'Meaning of Ponia' }).click();
  await page.getByRole('option', { name: 'Ms', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('checkbox', { name: /^Create missing Accounts/ }).check();
  await page.getByRole('button', { name: 'Add a value' }).click();
  await page.getByRole('option', { name: 'Department', exact: true }).click();
  await page.getByRole('textbox', { name: 'Value for Department' }).fill('Purchasing of {{Company}}');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();

  // The whole file is tried; the one bad row is mended where it stands.
  await page.getByRole('button', { name: 'Try without saving' }).click();
  await page.getByText('Rows with errors (1)').click();
  await page.getByRole('button', { name: 'Change Phone in row 3: 12' }).click();
  await page.getByRole('textbox', { name: 'Phone' }).fill('+34 612 345 678');
  await page.getByRole('textbox', { name: 'Phone' }).press('Enter');
  await page.getByRole('button', { name: 'Change Phone in row 3: +34 612 345 678' }).waitFor();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('heading', { name: 'Done' }).waitFor();

  type Page = { items: { lastName: string; salutation: string; department: string; account: string }[] };
  const { items } = await call<Page>('GET', '/records/contact?fields=lastName,salutation,department,account');
  assert.equal(items.length, 3);
  const named = (name: string) => items.find((one) => one.lastName === name)!;
  assert.deepEqual([named('Žemaitytė').salutation, named('Etxeberria').salutation], ['ms', 'mr']);
  assert.equal(named('Etxeberria').department, 'Purchasing of La Casa del Pan SL');
  assert.equal(named('Žemaitytė').account, named('Kazlauskienė').account);
  const accounts = await call<{ items: { name: string }[] }>('GET', '/records/account?sort=name&fields=name');
  assert.deepEqual(
    accounts.items.map(({ name }) => name),
    ['La Casa del Pan SL', 'Žalias miškas UAB'],
  );

  await page.getByRole('button', { name: 'Take the import back' }).click();
  await page.getByRole('heading', { name: 'Taken back' }).waitFor();
  assertQuiet();
});
