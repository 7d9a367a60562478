import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { openMailSink } from '#test/mail-sink.ts';
import { administrator, noBrowser, openHouse, openWindow, password } from './house.ts';

process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.1/32';

const codeOf = (secret: string) => new TOTP({ secret: Secret.fromBase32(secret) }).generate();

test('invited by mail, a password, a second factor, a forgotten password, a passkey', {
  skip: noBrowser,
}, async (t) => {
  const house = await openHouse();
  const sink = await openMailSink();
  // Passkeys are for names: the same server as this machine calls itself.
  const named = { url: house.url.replace('127.0.0.1', 'localhost') };
  const boss = await openWindow(named, { as: administrator });
  const ona = await openWindow(named);
  const { page } = ona;
  let secret = '';
  let recoveryCodes: string[] = [];
  const mayUseCodeAgain = () => house.runtime.database.execute('update platform.authenticator set last_step = 0');

  await t.test('the administrator sets up mail and asks everybody for a second factor', async () => {
    await boss.page.goto('/settings/mail');
    await boss.page.getByRole('textbox', { name: 'Host' }).fill('127.0.0.1');
    await boss.page.getByRole('combobox', { name: 'Encryption' }).click();
    await boss.page.getByRole('option', { name: 'None (25)' }).click();
    assert.equal(await boss.page.getByRole('textbox', { name: 'Port' }).inputValue(), '25');
    await boss.page.getByRole('textbox', { name: 'Port' }).fill(String(sink.port));
    await boss.page.getByRole('textbox', { name: 'Name', exact: true }).fill('Litera UAB');
    await boss.page.getByRole('textbox', { name: 'E-mail address' }).fill('crm@litera.example');
    assert.equal(await boss.page.getByRole('textbox', { name: 'Address of this site' }).inputValue(), named.url);
    await boss.page.getByRole('button', { name: 'Save' }).click();
    await boss.page.getByRole('button', { name: 'Send me a test mail' }).click();
    await boss.page.getByText(`Sent to ${administrator.email}`).waitFor();
    await sink.mailTo(administrator.email);

    await boss.page.goto('/settings/security');
    await boss.page.getByRole('textbox', { name: 'Allowed networks' }).fill('192.0.2.0/24');
    await boss.page.getByRole('button', { name: 'Save' }).click();
    await boss.page.getByText(/you would lock yourself out/).waitFor();
    await boss.page.getByRole('textbox', { name: 'Allowed networks' }).fill('127.0.0.0/8\n::1');
    await boss.page.getByRole('switch', { name: 'Everybody needs a second factor' }).click({ force: true });
    await boss.page.getByRole('button', { name: 'Save' }).click();
    await boss.page.getByText('Saved').first().waitFor();
  });

  await t.test('somebody is invited, chooses a password, sets up the app, and is in', async () => {
    await boss.page.goto('/settings/users');
    await boss.page.getByRole('button', { name: 'Invite somebody' }).click();
    const dialog = boss.page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Ona Lukšienė');
    await dialog.getByRole('textbox', { name: 'E-mail' }).fill('ona@example.com');
    await dialog.getByRole('button', { name: 'Invite and make the link' }).click();
    await boss.page.getByText('Sent to ona@example.com').waitFor();

    await page.goto(linkIn((await sink.mailTo('ona@example.com')).text));
    await page.getByText('For ona@example.com').waitFor();
    const field = page.getByRole('textbox', { name: 'New password' });
    for (const [word, said] of [
      ['ona', /At least 10 characters:/],
      ['Password2024!', /Many people use it/],
      ['luksiene.ona1', /made of your name/],
      ['1234567890', /counts/],
      [password, /^Good\.$/],
    ] as const) {
      await field.fill(word);
      await page.getByText(said).waitFor();
    }
    await page.getByRole('button', { name: 'Save and come in' }).click();
    await page.getByRole('heading', { name: 'Second factor' }).waitFor();
    await page.getByRole('img', { name: 'Picture for the authenticator app' }).waitFor();
    secret = (await page.locator('code').innerText()).replaceAll(' ', '');
    await page.getByRole('textbox', { name: 'Code of six digits' }).fill('000000');
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByText('This code is not right').waitFor();
    await page.getByRole('textbox', { name: 'Code of six digits' }).fill(codeOf(secret));
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByRole('heading', { name: 'Keep these codes' }).waitFor();
    recoveryCodes = await page.getByRole('main').getByRole('listitem').allInnerTexts();
    assert.equal(recoveryCodes.length, 10);
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByRole('button', { name: /^Profile and settings/ }).waitFor();
  });

  await t.test('the next time a code of the app is asked for', async () => {
    await signOut(page);
    await mayUseCodeAgain();
    await givePassword(page, password);
    await page.getByRole('heading', { name: 'One more step' }).waitFor();
    await page.getByRole('textbox', { name: 'Code of six digits' }).fill(codeOf(secret));
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('button', { name: /^Profile and settings/ }).waitFor();
  });

  await t.test('who forgot the password and lost the phone comes in by mail and a recovery code', async () => {
    await signOut(page);
    await page.getByRole('link', { name: 'Forgot the password?' }).click();
    // Its page comes by itself a moment later; until then the field of the page before has the same name.
    await page.getByRole('heading', { name: 'A new password' }).waitFor();
    await page.getByRole('textbox', { name: 'E-mail' }).fill('ona@example.com');
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText(/a link is on its way/).waitFor();
    await page.goto(linkIn((await sink.mailTo('ona@example.com')).text));
    await page.getByRole('textbox', { name: 'New password' }).fill('žalias dviratis kieme');
    await page.getByRole('button', { name: 'Save and come in' }).click();
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByRole('textbox', { name: 'Recovery code' }).fill(recoveryCodes[3]!.toLowerCase());
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('button', { name: /^Profile and settings/ }).waitFor();
  });

  await t.test('a passkey is made, opens the door by itself, and is removed', async () => {
    const device = await page.context().newCDPSession(page);
    await device.send('WebAuthn.enable');
    await device.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
        ...{ isUserVerified: true, automaticPresenceSimulation: true },
      },
    });
    await page.goto('/profile');
    await page.getByText('9 left').waitFor();
    await page.getByText(/with a recovery code/).waitFor();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Current password' }).fill('not this one');
    await dialog.getByRole('button', { name: 'Go on' }).click();
    await dialog.getByText('This is not your password.').waitFor();
    await dialog.getByRole('textbox', { name: 'Current password' }).fill('žalias dviratis kieme');
    await dialog.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('Passkey added.').waitFor();
    await page.getByRole('button', { name: /^Rename: / }).click();
    await page.getByRole('textbox', { name: 'What to call it' }).fill('Desk at work');
    await page.getByRole('button', { name: 'Save' }).last().click();
    await page.getByText('Desk at work').waitFor();

    await signOut(page);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('button', { name: /^Profile and settings/ }).waitFor();
    await page.goto('/profile');
    await page.getByText(/with a passkey/).waitFor();

    await signOut(page);
    await givePassword(page, 'žalias dviratis kieme');
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('button', { name: 'Use a passkey', exact: true }).click();
    await page.getByRole('button', { name: /^Profile and settings/ }).waitFor();

    await page.goto('/profile');
    await page.getByText(/with password and second factor/).waitFor();
    await page.getByRole('button', { name: 'Remove: Desk at work' }).click();
    await page.getByRole('textbox', { name: 'Current password' }).last().fill('žalias dviratis kieme');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('Passkey removed.').waitFor();
    await signOut(page);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('alert').waitFor();
  });

  await t.test('the administrator resets the second factor of who lost everything', async () => {
    await boss.page.goto('/settings/users');
    await boss.page.getByRole('button', { name: /Ona Lukšienė/ }).click();
    await boss.page.getByRole('menuitem', { name: 'Reset the second factor' }).click();
    await boss.page.getByRole('dialog').getByRole('button', { name: 'Reset the second factor' }).click();
    await boss.page.getByText('Ona Lukšienė signs in with the password alone').waitFor();
    await givePassword(page, 'žalias dviratis kieme');
    await page.getByRole('heading', { name: 'Second factor' }).waitFor();
  });

  ona.assertQuiet();
  boss.assertQuiet();
});

async function givePassword(page: Page, word: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByRole('textbox', { name: 'E-mail' }).fill('ona@example.com');
  await page.getByRole('textbox', { name: 'Password' }).fill(word);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.goto('/home');
  await page.getByRole('button', { name: /^Profile and settings/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
}

function linkIn(text: string): string {
  const [link] = /http:\/\/localhost:\d+\/password\/[\w-]{43}/.exec(text) ?? [];
  assert.ok(link, text);
  return link;
}
