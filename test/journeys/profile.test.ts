import assert from 'node:assert/strict';
import { test } from 'node:test';
import { administrator, eventually, noBrowser, openHouse, openWindow, password } from './house.ts';

const dot =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

test('what is a person’s own is on one page, and the company shows its face', { skip: noBrowser }, async (t) => {
  const house = await openHouse();
  const ona = await house.person('Ona Lukšienė');
  const { page, call, ...mine } = await openWindow(house, { as: ona });
  const elsewhere = await openWindow(house, { as: ona });

  await t.test('name, language and time zone are changed where one is', async () => {
    await page.goto('/home');
    await page.getByRole('button', { name: 'Profile and settings of Ona Lukšienė' }).click();
    await page.getByRole('menuitem', { name: 'Profile' }).click();
    await page.getByRole('heading', { name: 'Ona Lukšienė' }).waitFor();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Ona Žukauskienė');
    await page.getByRole('region', { name: 'You', exact: true }).getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Ona Žukauskienė' }).waitFor();
    await page.getByRole('combobox', { name: 'Time zone' }).click();
    await page.getByRole('combobox', { name: 'Time zone' }).fill('Madrid');
    await page.keyboard.press('Enter');
    const samples = page.getByText(/^[A-Z][a-z]{2} \d{1,2}, \d{4}$/);
    await samples.waitFor();
    await page.getByRole('combobox', { name: 'Dates and numbers' }).click();
    await page.getByRole('option', { name: /^United Kingdom/ }).click();
    await page.getByText(/^\d{1,2} [A-Z][a-z]{2} \d{4}$/).waitFor();
    await samples.waitFor({ state: 'detached' });
    await page.getByText('Dark', { exact: true }).click();
    await eventually(async () => {
      const { user } = await call<{ user: Record<string, string> }>('GET', '/session');
      assert.deepEqual([user.name, user.timeZone, user.theme], ['Ona Žukauskienė', 'Europe/Madrid', 'dark']);
    });
    await page.getByRole('combobox', { name: 'Language', exact: true }).click();
    await page.getByRole('option', { name: 'Lietuvių' }).click();
    await page.getByRole('heading', { name: 'Kalba ir formatai' }).waitFor();
    await page.getByRole('combobox', { name: 'Kalba', exact: true }).click();
    await page.getByRole('option', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Language and formats' }).waitFor();
  });

  await t.test('when one works and what one can do is entered, and refused in words', async () => {
    const card = page.getByRole('region', { name: 'Your work' });
    const save = card.getByRole('button', { name: 'Save' });
    await card.getByRole('button', { name: 'Monday to Friday, 9 to 17' }).click();
    await card.getByRole('button', { name: 'Monday: add hours' }).press('Enter');
    await card.getByLabel('Monday: from').nth(1).fill('16:00');
    await card.getByLabel('Monday: until').nth(1).fill('19:30');
    await card.getByRole('checkbox', { name: 'Friday' }).press('Space');
    // Midnight is the end of the day.
    await card.getByRole('checkbox', { name: 'Saturday' }).press('Space');
    await card.getByLabel('Saturday: until').fill('00:00');
    await card.getByRole('combobox', { name: 'Languages spoken' }).fill('Lithu');
    await page.getByRole('option', { name: 'Lithuanian' }).click();
    await card.getByRole('combobox', { name: 'Skills' }).fill('Leasing');
    await page.keyboard.press('Enter');
    await save.click();
    await card.getByText('09:00–17:00 and 16:00–19:30 overlap on the same day.').waitFor();
    await card.getByRole('button', { name: 'Monday: remove these hours' }).first().click();
    await save.click();
    await eventually(async () => assert.ok(await save.isDisabled()));
    const { user } = await call<{ user: { id: string } }>('GET', '/session');
    const kept = await call<Record<string, unknown>>('GET', `/records/user/${user.id}`);
    assert.deepEqual([kept.languages, kept.skills], [['lt'], ['Leasing']]);
    assert.deepEqual(kept.workingHours, [
      { day: 1, from: '16:00', to: '19:30' },
      ...[2, 3, 4].map((day) => ({ day, from: '09:00', to: '17:00' })),
      { day: 6, from: '09:00', to: '24:00' },
    ]);
  });

  await t.test('a calendar program gets an address of its own, until it is ended', async () => {
    const card = page.getByRole('region', { name: 'Calendar on your phone' });
    await card.getByRole('button', { name: 'Make an address' }).click();
    const address = await card.getByRole('textbox', { name: 'Address for the calendar program' }).inputValue();
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/calendars\/tnd_[\w-]+\.ics$/);
    assert.match(await (await fetch(address)).text(), /^BEGIN:VCALENDAR/);
    await card.getByText('Not asked for yet').waitFor();
    await card.getByRole('button', { name: /^End: / }).click();
    await page.getByText('The address is no longer good.').waitFor();
    assert.equal((await fetch(address)).status, 404);
  });

  await t.test('another password signs the other devices out', async () => {
    await page.getByRole('button', { name: /^Sign out:/ }).waitFor();
    await page.getByRole('textbox', { name: 'Current password' }).fill('not this one');
    await page.getByRole('textbox', { name: 'New password' }).fill('a longer sentence');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('This is not your password.').waitFor();
    await page.getByRole('textbox', { name: 'Current password' }).fill(password);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Password changed.').waitFor();
    await page.getByRole('button', { name: /^Sign out:/ }).waitFor({ state: 'detached' });
    await page.getByText('This device').waitFor();
    await elsewhere.page.goto('/home');
    await elsewhere.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await elsewhere.page.getByRole('textbox', { name: 'E-mail' }).fill(ona.email);
    await elsewhere.page.getByRole('textbox', { name: 'Password' }).fill('a longer sentence');
    await elsewhere.page.getByRole('button', { name: 'Sign in' }).click();
    await elsewhere.page.getByRole('main').waitFor();
  });

  await t.test('a company with a picture shows it in the menu and where one signs in', async () => {
    const { call: change } = await openWindow(house, { as: administrator });
    await change('PATCH', '/company', { logo: dot });
    await page.reload();
    await page.locator(`nav img[src="${dot}"]`).waitFor();
    await page.goto('/home');
    await page.getByRole('button', { name: /^Profile and settings/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.locator(`main img[src="${dot}"]`).waitFor();
    await page.getByText('Litera UAB').waitFor();
  });

  mine.assertQuiet();
});
