import assert from 'node:assert/strict';
import { test } from 'node:test';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

test('the home page is arranged for everybody, for a role, and by each for themself', {
  skip: noBrowser,
}, async (t) => {
  const house = await openHouse();
  const boss = await openWindow(house, { as: administrator });
  const member = await openWindow(house, { as: await house.person('Jonas Jonaitis') });
  await boss.call('POST', '/records/account', { name: 'Litera', status: 'customer' });
  const cardsOf = async ({ page }: typeof boss) => {
    await page.goto('/home');
    await page.getByRole('button', { name: 'Arrange this page' }).first().waitFor();
    await page.waitForLoadState('networkidle');
    return page.getByRole('main').getByRole('heading', { level: 2 }).allTextContents();
  };
  const arrange = async ({ page }: typeof boss) => {
    await page.getByRole('button', { name: 'Arrange this page' }).first().click();
    return page.getByRole('dialog', { name: 'Arrange this page' });
  };
  const choose = async ({ page }: typeof boss, list: string, option: string) => {
    await page.getByRole('dialog').getByRole('combobox', { name: list }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };

  await t.test('an administrator chooses cards and views for everybody; the others see them', async () => {
    assert.deepEqual((await cardsOf(member)).toSorted(), [
      'Favourites',
      'My day',
      'Next steps of my opportunities',
      'Opportunities closing this month',
      'Recently viewed',
    ]);
    await cardsOf(boss);
    const dialog = await arrange(boss);
    await choose(boss, 'For whom', 'Everyone');
    for (const card of ['Recently viewed', 'Favourites', 'Opportunities closing this month'])
      await dialog.getByRole('button', { name: `Remove: ${card}` }).click();
    await choose(boss, 'Add a card', 'Accounts · Customers');
    for (let step = 0; step < 2; step++)
      await dialog.getByRole('button', { name: 'Move Accounts · Customers up' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await member.page.reload();
    const card = member.page.getByRole('region', { name: 'Accounts · Customers' });
    await card.getByRole('link', { name: 'Litera' }).waitFor();
    assert.deepEqual(await cardsOf(member), ['Accounts · Customers', 'Next steps of my opportunities', 'My day']);
  });

  await t.test('a role has its own', async () => {
    await cardsOf(boss);
    const dialog = await arrange(boss);
    await choose(boss, 'For whom', 'Whoever has no role');
    await dialog.getByRole('button', { name: 'Remove: My day' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await eventually(async () =>
      assert.deepEqual(await cardsOf(member), ['Accounts · Customers', 'Next steps of my opportunities']),
    );
    assert.deepEqual(await cardsOf(boss), ['Accounts · Customers', 'Next steps of my opportunities', 'My day']);
  });

  await t.test('a role that was made here has its own, and keeps it under another name', async () => {
    const role = await boss.call<{ id: string; version: number }>('POST', '/records/role', {
      ...{ name: 'Seller', grants: { account: { read: 'all' } } },
    });
    const users = await boss.call<{ items: { id: string; name: string }[] }>('GET', '/records/user');
    const jonas = users.items.find(({ name }) => name.startsWith('Jonas'))!.id;
    await cardsOf(boss);
    const dialog = await arrange(boss);
    await choose(boss, 'For whom', 'Role “Seller”');
    for (const card of ['My day', 'Next steps of my opportunities'])
      await dialog.getByRole('button', { name: `Remove: ${card}` }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await boss.call('PATCH', `/records/role/${role.id}`, { name: 'Salesperson' });
    await boss.call('PATCH', `/records/user/${jonas}`, { roles: [role.id] });
    await member.page.reload();
    await eventually(async () => assert.deepEqual(await cardsOf(member), ['Accounts · Customers']));
    await boss.call('PATCH', `/records/user/${jonas}`, { roles: [] });
    await member.page.reload();
  });

  await t.test('a person arranges their own page, and goes back to the company’s', async () => {
    await cardsOf(member);
    const dialog = await arrange(member);
    assert.equal(await dialog.getByRole('combobox', { name: 'For whom' }).count(), 0);
    await choose(member, 'Add a card', 'Favourites');
    await dialog.getByRole('button', { name: 'Remove: Next steps of my opportunities' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await eventually(async () => assert.deepEqual(await cardsOf(member), ['Accounts · Customers', 'Favourites']));
    const again = await arrange(member);
    await again.getByRole('button', { name: 'As the company has it' }).click();
    await again.getByRole('button', { name: 'Save' }).click();
    await eventually(async () =>
      assert.deepEqual(await cardsOf(member), ['Accounts · Customers', 'Next steps of my opportunities']),
    );
  });

  for (const window of [boss, member]) window.assertQuiet();
});
