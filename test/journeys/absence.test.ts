import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

/** Where pictures of the screens go, when somebody wants to look at them. */
const pictures = process.env.TENDERO_PICTURES;
const DAY_MS = 24 * 3600 * 1000;

test('somebody goes away, a colleague stands in, and hands back', { skip: noBrowser }, async () => {
  const house = await openHouse();
  const boss = await openWindow(house, { as: administrator });
  const onaAt = await house.person('Ona Petrauskaitė');
  const petrasAt = await house.person('Petras Jonaitis');
  const users = await boss.call<{ items: { id: string; name: string; version: number }[] }>('GET', '/records/user');
  const idOf = (name: string) => users.items.find((one) => one.name.startsWith(name))!.id;
  const [ona, petras] = [idOf('Ona'), idOf('Petras')];
  // Salespeople who see what is theirs.
  const own = { create: 'all', read: 'own', update: 'own', delete: 'own', run: 'own' };
  const role = await boss.call<{ id: string }>('POST', '/records/role', {
    name: 'Own records only',
    grants: Object.fromEntries(
      ['account', 'contact', 'accountContact', 'opportunity', 'task', 'note', 'relationship'].map((object) => [
        object,
        own,
      ]),
    ),
  });
  for (const id of [ona, petras]) await boss.call('PATCH', `/records/user/${id}`, { roles: [role.id] });

  const hers = await openWindow(house, { as: onaAt });
  const account = await hers.call<{ id: string }>('POST', '/records/account', { name: 'Baltasis amalas UAB' });
  const contact = await hers.call<{ id: string }>('POST', '/records/contact', {
    ...{ firstName: 'Elena', lastName: 'Kalvaitytė', jobTitle: 'Head of purchasing' },
    ...{ emails: ['elena@amalas.example'], phones: ['+37061234567'] },
  });
  await hers.call('POST', '/records/accountContact', {
    ...{ account: account.id, contact: contact.id, role: 'decisionMaker', primary: true },
  });
  const day = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);
  await hers.call('POST', '/records/task', { subject: 'Send the new price list', account: account.id, dueOn: day(2) });
  await hers.call('POST', '/records/note', {
    body: '<p>Likes to be called before ten</p>',
    account: account.id,
    pinned: true,
  });
  await hers.call('POST', '/records/note', {
    body: '<p>Agreed on 5 % for three years</p>',
    account: account.id,
  });
  await hers.call('POST', '/records/opportunity', {
    name: 'Framework contract',
    account: account.id,
    closeOn: day(20),
    amount: { amount: 24_000, currency: 'EUR' },
  });

  // Ona enters her days by the keyboard.
  const { page } = hers;
  await page.goto('/profile');
  const card = page.getByRole('region', { name: 'Absence' });
  await card.getByText('No absence is entered.').waitFor();
  await card.getByRole('button', { name: 'Enter an absence' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Enter an absence' });
  const [from, until] = [dialog.getByLabel(/^From/), dialog.getByLabel(/^Until/)];
  await from.fill(day(0));
  await from.press('Tab');
  await until.fill(day(-3));
  await until.press('Tab');
  await dialog.getByRole('textbox', { name: 'Delegate' }).pressSequentially('Petras');
  await page.getByRole('option', { name: 'Petras Jonaitis' }).click();
  await dialog.getByLabel('What they should know').fill('Elena decides. The price list is promised.');
  await look(page, 'dialog');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('The last day is before the first.').waitFor();
  await until.fill(day(3));
  await until.press('Tab');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  await card.getByText('Petras Jonaitis stands in · everything').waitFor();
  await look(page, 'profile');
  // Cancelled by mistake, and there again.
  await card.getByRole('button', { name: /^Cancel the absence/ }).click();
  await card.getByText('No absence is entered.').waitFor();
  await page.getByRole('alert').filter({ hasText: 'Absence cancelled' }).getByRole('button', { name: 'Undo' }).click();
  await card.getByText('Petras Jonaitis stands in · everything').waitFor();

  // Petras sees at home for whom he stands in, and what he should know; in the shell everywhere else, until he hides it.
  const his = await openWindow(house, { as: petrasAt });
  await his.page.goto('/home');
  const line = his.page.getByRole('region', { name: 'Absence' });
  await line.getByText('You stand in for Ona Petrauskaitė until').waitFor();
  await line.getByText('What you should know').click();
  await line.getByText('Elena decides. The price list is promised.').waitFor();
  await line.getByRole('link', { name: 'Baltasis amalas UAB' }).waitFor();
  await look(his.page, 'home');
  await line.getByRole('link', { name: 'Accounts' }).click();
  await his.page.getByRole('link', { name: 'Baltasis amalas UAB' }).first().click();
  await his.page.getByRole('heading', { name: 'Baltasis amalas UAB' }).waitFor();

  // Whoever looks at what is hers, or would give her something, sees until when she is away, and who stands in.
  const header = his.page.locator('dl').filter({ hasText: 'away until' });
  await header.getByText('– instead:').waitFor();
  await header.getByRole('link', { name: 'Petras Jonaitis' }).waitFor();
  await boss.page.goto(`/o/account/${account.id}`);
  await boss.page
    .getByRole('complementary', { name: 'Fields' })
    .getByText(/^away until/)
    .waitFor();
  await boss.page.getByRole('button', { name: 'Edit Owner' }).click();
  await boss.page.getByRole('complementary', { name: 'Fields' }).getByRole('textbox').last().fill('ona p');
  await boss.page.getByRole('option', { name: /Ona Petrauskaitė.*away until/ }).waitFor();
  await look(boss.page, 'away');
  await boss.page.keyboard.press('Escape');
  await boss.page.goto('/team-calendar');
  await boss.page
    .getByText(/^Away until/)
    .first()
    .waitFor();

  // The brief: all of it on one page.
  await his.page.getByRole('button', { name: 'More actions', exact: true }).click();
  await his.page.getByRole('menuitem', { name: 'Brief on one page' }).click();
  await his.page.getByRole('region', { name: 'Next step' }).getByText('Send the new price list').waitFor();
  const people = his.page.getByRole('region', { name: 'Who is who' });
  await people.getByText('Decision maker').waitFor();
  await people.getByRole('link', { name: 'elena@amalas.example' }).waitFor();
  const notes = his.page.getByRole('region', { name: 'Last notes' }).getByRole('listitem');
  assert.match(await notes.first().innerText(), /Pinned[\s\S]*before ten/);
  await his.page.getByRole('link', { name: 'Framework contract' }).waitFor();
  await look(his.page, 'brief');
  await his.page.getByRole('article').getByRole('link', { name: 'Elena Kalvaitytė' }).click();
  await his.page.getByRole('heading', { name: 'Elena Kalvaitytė' }).waitFor();
  await line.getByRole('button', { name: 'Hide' }).click();
  await eventually(async () => assert.equal(await line.count(), 0));

  // He works what is hers, and hears of what is new in her place.
  await his.call('PATCH', `/records/account/${account.id}`, { employees: 40 });
  await boss.call('POST', '/records/task', { subject: 'Visit the fair', owner: ona });
  await his.page.goto('/home');
  const bell = his.page.getByRole('button', { name: /^Notifications/ });
  await eventually(async () => assert.match((await bell.getAttribute('aria-label')) ?? '', /[1-9]/));
  await bell.click();
  await his.page.getByText(/Visit the fair · in place of Ona Petrauskaitė/).waitFor();
  await look(his.page, 'news');
  await his.page.keyboard.press('Escape');

  // Meanwhile Ona reads so far; on her first day back she is told, reads, and hides the line.
  await page.goto('/home');
  await page.getByRole('link', { name: 'What happened so far' }).waitFor();
  await page.clock.setFixedTime(new Date(Date.now() + 5 * DAY_MS));
  await page.reload();
  const back = page.getByRole('region', { name: 'Absence' });
  await back.getByText('Welcome back.').waitFor();
  await look(page, 'back');
  await back.getByRole('link', { name: 'What happened while you were away' }).click();
  await page.getByRole('heading', { name: 'What happened while you were away' }).waitFor();
  const record = page.getByRole('article').getByRole('listitem').filter({ hasText: 'Baltasis amalas UAB' }).first();
  await record.getByText('Petras Jonaitis').waitFor();
  await record.getByText('changed: Employees').waitFor();
  await look(page, 'report');
  await page.getByRole('article').getByRole('link', { name: 'Baltasis amalas UAB' }).click();
  await page.getByRole('heading', { name: 'Baltasis amalas UAB' }).waitFor();
  await page.goto('/home');
  await back.getByRole('button', { name: 'Hide' }).click();
  await eventually(async () => assert.equal(await back.count(), 0));

  for (const one of [hers, his, boss]) {
    one.assertQuiet();
    await one.close();
  }
});

test('a stand-in is away as well: both ends of the chain are told', { skip: noBrowser }, async () => {
  const house = await openHouse();
  const boss = await openWindow(house, { as: administrator });
  const onaAt = await house.person('Ona Petrauskaitė');
  await house.person('Petras Jonaitis');
  const jonasAt = await house.person('Jonas Kazlauskas');
  const users = await boss.call<{ items: { id: string; name: string }[] }>('GET', '/records/user');
  const idOf = (name: string) => users.items.find((one) => one.name.startsWith(name))!.id;
  const day = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);
  const away = (user: string, delegate: string, until: string, scope: string[]) =>
    boss.call('POST', '/records/absence', {
      ...{ user: idOf(user), delegate: idOf(delegate), from: day(-1), until },
      scope,
    });
  await away('Ona', 'Petras', day(5), ['accounts', 'tasks']);
  await away('Petras', 'Jonas', day(3), []);

  const his = await openWindow(house, { as: jonasAt });
  await his.page.goto('/home');
  const lines = his.page.getByRole('region', { name: 'Absence' });
  await lines.getByText(/You stand in for Petras Jonaitis until [^,]+:/).waitFor();
  const through = lines.filter({ hasText: /You stand in for Ona Petrauskaitė until .+, in place of Petras Jonaitis:/ });
  await through.getByRole('link', { name: 'Accounts' }).waitFor();
  assert.equal(await through.getByRole('link', { name: 'Opportunities' }).count(), 0);
  await look(his.page, 'chain');
  const hers = await openWindow(house, { as: onaAt });
  await hers.page.goto('/home');
  await hers.page
    .getByText(/Petras Jonaitis stands in for you, and while they are away too, Jonas Kazlauskas\./)
    .waitFor();
  for (const one of [hers, his, boss]) {
    one.assertQuiet();
    await one.close();
  }
});

test('somebody leaves: an administrator hands everything over, and takes it back', { skip: noBrowser }, async () => {
  const house = await openHouse();
  await house.person('Ona Petrauskaitė');
  await house.person('Petras Jonaitis');
  const { page, call, assertQuiet, close } = await openWindow(house, { as: administrator });
  const users = await call<{ items: { id: string; name: string }[] }>('GET', '/records/user');
  const ona = users.items.find(({ name }) => name.startsWith('Ona'))!.id;
  await call('POST', '/records/account/bulk', {
    create: Array.from({ length: 12 }, (_, n) => ({ name: `Account ${n}`, owner: ona })),
  });
  const left = async () =>
    (
      await call<{ items: unknown[] }>(
        'GET',
        `/records/account?filter=${encodeURIComponent(JSON.stringify({ owner: ona }))}`,
      )
    ).items.length;
  const more = () => page.getByRole('button', { name: 'More for Ona Petrauskaitė' }).click();

  await page.goto('/settings/users');
  // Her days are entered for her.
  await more();
  await page.getByRole('menuitem', { name: 'Enter an absence' }).click();
  await page
    .getByRole('dialog', { name: 'Absence of Ona Petrauskaitė' })
    .getByRole('button', { name: 'Cancel' })
    .click();

  await more();
  await page.getByRole('menuitem', { name: 'Deactivate' }).click();
  await page.getByText('Ona Petrauskaitė still owns 12 records').waitFor();
  await page.getByRole('button', { name: 'Hand everything over…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Hand over the work of Ona Petrauskaitė' });
  await dialog.getByText('Accounts 12').waitFor();
  await look(page, 'handover');
  await dialog.getByRole('combobox', { name: 'Who takes it over' }).click();
  await page.getByRole('option', { name: 'Petras Jonaitis' }).click();
  await dialog.getByRole('button', { name: 'Hand over' }).click();
  await dialog.getByText('12 records belong to Petras Jonaitis now.').waitFor();
  assert.equal(await left(), 0);
  await look(page, 'handed-over');
  await dialog.getByRole('button', { name: 'Undo' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await left(), 12);
  assertQuiet();
  await close();
});

/** Nobody is shut out: axe, light at a desk and dark on a phone. */
async function look(page: Page, name: string): Promise<void> {
  for (const [colorScheme, width] of [
    ['light', 1440],
    ['dark', 390],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await page.waitForTimeout(200);
    if (pictures) await page.screenshot({ path: `${pictures}/${name}-${colorScheme}-${width}.png` });
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
      .analyze();
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${name} ${colorScheme} ${width}: ${id} ${nodes[0]?.html}`),
      [],
    );
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}
