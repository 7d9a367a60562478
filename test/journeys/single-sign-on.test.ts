/** An administrator sets up single sign-on with two real providers; people come in through them; nobody is locked out. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Accounts, clientId, clientSecret, startProvider } from '#test/oidc.ts';
import { administrator, type House, noBrowser, openHouse, openWindow, password } from './house.ts';

process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.1/32';

let house: House;
const accounts: Accounts = {
  ona: { email: 'ona@litera.example', email_verified: true, name: 'Ona Lukšienė' },
  forger: { email: 'rasa@example.com', email_verified: false, name: 'Rasa' },
};

before(async () => {
  if (!noBrowser) house = await openHouse();
});

test('a provider is set up, tried and saved; a colleague comes in; a forger does not', {
  skip: noBrowser,
}, async () => {
  const boss = await openWindow(house, { as: administrator });
  const { page } = boss;
  await page.goto('/settings/single-sign-on');
  await page.getByRole('link', { name: /^OpenID Connect/ }).click();
  const redirectUri = await page.getByLabel(/redirect URI/).inputValue();
  const { issuer, stop } = await startProvider(accounts, redirectUri);
  await page.getByLabel('Issuer').fill(issuer);
  await page.getByLabel('Client ID').fill(clientId);
  await page.getByLabel('Client secret').fill(clientSecret);
  await page.getByLabel('Name on the button').fill('Litera account');
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await page.getByText(`${issuer} answers`).waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').first().waitFor();

  const colleague = await openWindow(house);
  await colleague.page.goto('/o/contact');
  await colleague.page.getByRole('link', { name: 'Continue with Litera account' }).click();
  await colleague.page.getByLabel('Login').fill('ona');
  await colleague.page.getByRole('button', { name: 'Continue' }).click();
  await colleague.page.waitForURL(/\/o\/contact/);
  const { user } = await colleague.call<{ user: { name: string; administrator: boolean } }>('GET', '/session');
  assert.deepEqual([user.name, user.administrator], ['Ona Lukšienė', false]);

  const forger = await openWindow(house);
  await forger.page.goto('/sign-in');
  await forger.page.getByRole('link', { name: 'Continue with Litera account' }).click();
  await forger.page.getByLabel('Login').fill('forger');
  await forger.page.getByRole('button', { name: 'Continue' }).click();
  await forger.page.getByRole('alert').filter({ hasText: 'That did not work.' }).waitFor();

  // A second provider, for the people of an agency: with a button of its own, and whoever types such an address is led there.
  await page.goto('/settings/single-sign-on');
  await page.getByRole('link', { name: /^Litera account/ }).waitFor();
  await page.getByRole('link', { name: /^Another OpenID Connect provider/ }).click();
  const secondUri = await page.getByLabel(/redirect URI/).inputValue();
  assert.notEqual(secondUri, redirectUri);
  const agency = await startProvider(
    { jonas: { email: 'jonas@agency.example', email_verified: true, name: 'Jonas' } },
    secondUri,
  );
  await page.getByLabel('Issuer').fill(agency.issuer);
  await page.getByLabel('Client ID').fill(clientId);
  await page.getByLabel('Client secret').fill(clientSecret);
  await page.getByLabel('Name on the button').fill('Agency');
  await page.getByRole('combobox', { name: 'E-mail domains' }).fill('agency.example');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Agency', exact: true }).waitFor();

  const guest = await openWindow(house);
  await guest.page.goto('/sign-in');
  await guest.page.getByRole('link', { name: 'Continue with Litera account' }).waitFor();
  await guest.page.getByRole('link', { name: 'Continue with Agency' }).waitFor();
  await guest.page.getByLabel('E-mail', { exact: true }).fill('jonas@agency.example');
  await guest.page.keyboard.press('Tab');
  await guest.page.getByRole('button', { name: 'Continue to Agency' }).click();
  await guest.page.getByLabel('Login').fill('jonas');
  await guest.page.getByRole('button', { name: 'Continue' }).click();
  await guest.page.waitForURL(/\/home/);
  assert.equal((await guest.call<{ user: { name: string } }>('GET', '/session')).user.name, 'Jonas');
  agency.stop();
  await page.goto('/settings/single-sign-on');
  await page.getByRole('link', { name: /^Litera account/ }).click();
  await page.getByRole('heading', { name: 'Litera account', exact: true }).waitFor();

  // The only way in, and the provider goes down: the administrator has a password.
  await page.getByRole('switch', { name: /^The only way in/ }).click({ force: true });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').first().waitFor();
  stop();
  const anew = await openWindow(house);
  await anew.page.goto('/sign-in');
  await anew.page.getByRole('link', { name: 'Continue with Litera account' }).waitFor();
  assert.equal(await anew.page.getByLabel('Password').count(), 0);
  await anew.page.getByRole('button', { name: 'Administrators sign in here' }).click();
  await anew.page.getByLabel('E-mail', { exact: true }).fill(administrator.email);
  await anew.page.getByLabel('Password', { exact: true }).fill(password);
  await anew.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await anew.page.waitForURL(/\/home/);
  for (const window of [boss, colleague, forger, guest, anew]) {
    window.assertQuiet();
    await window.close();
  }
});
