import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noBrowser, openHouse, openWindow, password } from './house.ts';

test('a first visit in Lithuanian: set up, look around, sign out, sign in', { skip: noBrowser }, async () => {
  const house = await openHouse(null);
  const { page, assertQuiet } = await openWindow(house, { locale: 'lt-LT' });
  await page.goto('/');

  await page.getByRole('heading', { name: 'Tendero paruošimas' }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'lt');
  await page.getByLabel('Įmonė', { exact: true }).fill('Žaliasis miškas UAB');
  await page.getByLabel('Jūsų vardas').fill('Rasa Petraitytė');
  await page.getByLabel('El. paštas').fill('rasa@example.com');
  await page.getByRole('textbox', { name: 'Slaptažodis' }).fill('password');
  assert.equal(await page.getByRole('combobox', { name: 'Laiko juosta' }).inputValue(), 'Europe/Vilnius');
  await page.getByRole('button', { name: 'Pradėti' }).click();
  // Too short: the browser's own check keeps the form where it is.
  assert.equal(new URL(page.url()).pathname, '/setup');
  await page.getByRole('textbox', { name: 'Slaptažodis' }).fill(password);
  await page.getByRole('button', { name: 'Pradėti' }).click();

  await page.getByText('Sukurkite pirmą').waitFor();
  await page.getByRole('main').getByRole('button', { name: 'Importuoti' }).waitFor();
  await page.getByText('Žaliasis miškas UAB').first().waitFor();

  await page.getByRole('button', { name: /Rasa Petraitytė/ }).click();
  await page.getByRole('menuitem', { name: 'Atsijungti' }).click();
  await page.getByRole('heading', { name: 'Prisijungimas' }).waitFor();
  await page.goto('/setup');
  await page.getByRole('heading', { name: 'Prisijungimas' }).waitFor();
  await page.getByLabel('El. paštas').fill('rasa@example.com');
  await page.getByRole('textbox', { name: 'Slaptažodis' }).fill('not my password');
  await page.getByRole('button', { name: 'Prisijungti' }).click();
  const refusal = await page.getByRole('alert').innerText();
  assert.match(refusal, /slaptažod/i);
  assert.equal(await page.getByLabel('El. paštas').inputValue(), 'rasa@example.com');
  await page.getByRole('textbox', { name: 'Slaptažodis' }).fill(password);
  await page.getByRole('textbox', { name: 'Slaptažodis' }).press('Enter');
  await page.getByText('Sukurkite pirmą').waitFor();
  assertQuiet();
});

test('the demo company shows how far it is and ends with a list full of customers', { skip: noBrowser }, async () => {
  const house = await openHouse(null);
  const { page, call, assertQuiet } = await openWindow(house);
  await page.goto('/');
  await page.getByLabel('Company', { exact: true }).fill('Demo');
  await page.getByLabel('Your name').fill('Rasa');
  await page.getByLabel('E-mail').fill('rasa@example.com');
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('switch', { name: 'Explore with a demo company' }).check();
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('progressbar', { name: 'Loading the demo company' }).waitFor();
  await page.getByRole('link', { name: 'Accounts' }).first().click({ timeout: 90_000 });
  await page.getByRole('grid', { name: 'Accounts' }).getByRole('row').nth(10).waitFor({ timeout: 90_000 });
  const { total } = await call<{ total: { value: number } }>('GET', '/records/account?count=exact&limit=1');
  assert.equal(total.value, 500);
  assertQuiet();
});
