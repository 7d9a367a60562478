import assert from 'node:assert/strict';
import { test } from 'node:test';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

type Id = { id: string };

test('an administrator makes a role, explains what it gives, and looks through its eyes', {
  skip: noBrowser,
}, async () => {
  const house = await openHouse();
  const boss = await openWindow(house, { as: administrator });
  const { page, call } = boss;
  const ona = await house.person('Ona Kazlauskaitė');
  const people = await call<{ items: (Id & { name: string })[] }>('GET', '/records/user?sort=name');
  const seller = people.items.find(({ name }) => name.startsWith('Ona'))!.id;
  const own = await call<Id>('POST', '/records/account', { name: 'Hers', owner: seller });
  const foreign = await call<Id>('POST', '/records/account', { name: 'Not hers' });
  const stages = await call<{ items: { id: string; pipeline: string }[] }>(
    'GET',
    '/records/stage?sort=position&limit=1',
  );
  const { id: stage, pipeline } = stages.items[0]!;
  for (const [name, account] of [
    ['Deal of hers', own.id],
    ['Deal elsewhere', foreign.id],
  ])
    await call('POST', '/records/opportunity', { name, account, stage, pipeline });

  // A role of its own, with keys alone.
  await page.goto('/settings/roles');
  await page.getByRole('button', { name: 'New role' }).click();
  await page.getByLabel('Name').fill('Seller of hers');
  const see = page.getByRole('button', { name: 'Accounts, See: –' });
  await see.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('radio', { name: 'Some of them' }).check();
  await page.getByRole('button', { name: 'Done' }).click();
  await eventually(async () => {
    const focused = await page.evaluate(`document.activeElement?.getAttribute('aria-label')`);
    assert.equal(focused, 'Accounts, See: Own');
  });
  for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowDown');
  const onTasks = await page.evaluate(`document.activeElement?.getAttribute('aria-label')`);
  assert.match(String(onTasks), /, See: –$/);
  await page.getByRole('button', { name: 'Opportunities, See: –' }).click();
  await page.getByRole('radio', { name: 'Some of them' }).check();
  await page.getByRole('checkbox', { name: 'Also whoever may do it with the “Account”' }).check();
  await page.getByRole('checkbox', { name: 'Their own' }).uncheck();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Fields of Accounts' }).click();
  await page.getByRole('combobox', { name: 'Phones' }).selectOption('hidden');
  await page.getByRole('button', { name: 'Done' }).click();

  // Nobody loses what they have not saved.
  await page.getByRole('link', { name: 'Teams', exact: true }).click();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('“Seller of hers” is saved').waitFor();
  const roles = await call<{ items: { name: string; grants: object; fields: object }[] }>('GET', '/records/role');
  const made = roles.items.find(({ name }) => name === 'Seller of hers')!;
  assert.deepEqual(made.grants, { account: { read: 'own' }, opportunity: { read: { through: 'account' } } });
  assert.deepEqual(made.fields, { 'account.phones': 'hidden' });

  // Given to a person, and explained.
  await page.goto(`/settings/users/${seller}`);
  await page.getByText('Without a role they work with everything but the settings.').waitFor();
  await page.getByRole('combobox', { name: 'Roles' }).click();
  await page.getByRole('option', { name: 'Seller of hers' }).click();
  await page.getByText('Several roles are added up.').waitFor();
  await page.getByPlaceholder('Any, or choose one').click();
  await page.getByRole('option', { name: 'Not hers' }).click();
  await page.getByText('No. No rule lets them do it with this record.').waitFor();
  await page.getByText('this one belongs to Rasa Petraitytė').waitFor();

  // The seller has come in meanwhile: theirs, and nothing else, wherever they look.
  const hers = await openWindow(house, { as: ona });
  await hers.page.goto('/o/account');
  await hers.page.getByRole('link', { name: 'Hers' }).first().waitFor();
  assert.equal(await hers.page.getByText('Not hers').count(), 0);
  await hers.page.goto('/search?q=hers');
  await hers.page.getByRole('region', { name: 'Accounts' }).getByText('Hers').first().waitFor();
  assert.equal(await hers.page.getByText('Not hers').count(), 0);
  await hers.page.goto('/o/opportunity?shape=board');
  await hers.page.getByText('Deal of hers').first().waitFor();
  assert.equal(await hers.page.getByText('Deal elsewhere').count(), 0);
  assert.equal((await hers.call<{ total: { value: number } }>('GET', '/records/account?count=exact')).total.value, 1);

  // Shared with them, the other one is there at once; taken back, it is gone.
  await page.goto(`/o/account/${foreign.id}`);
  await page.getByRole('button', { name: 'Shared with' }).click();
  await page.getByRole('textbox', { name: 'With whom' }).click();
  await page.getByRole('option', { name: /Ona/ }).click();
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByRole('button', { name: /^Stop sharing with Ona/ }).waitFor();
  await hers.page.goto(`/o/account/${foreign.id}`);
  await hers.page.getByRole('heading', { name: 'Not hers' }).waitFor();
  await hers.page.goto('/o/account');
  await hers.page.getByRole('link', { name: 'Hers', exact: true }).first().waitFor();
  await hers.page.getByRole('button', { name: 'Shared with me' }).click();
  await hers.page.getByRole('link', { name: 'Hers', exact: true }).first().waitFor({ state: 'hidden' });
  await hers.page.getByRole('link', { name: 'Not hers' }).first().waitFor();
  await page.getByRole('button', { name: /^Stop sharing with Ona/ }).click();
  await eventually(async () => assert.equal(await page.getByRole('button', { name: /^Stop sharing/ }).count(), 0));
  await hers.page.goto(`/o/account/${foreign.id}`);
  await hers.page.getByRole('heading', { name: 'Not hers' }).waitFor({ state: 'hidden' });
  hers.assertQuiet();
  await hers.close();

  // Through their eyes: the same, read only, said on every screen, and noted.
  await page.goto(`/settings/users/${seller}`);
  await page.getByRole('button', { name: 'Look through their eyes' }).click();
  const banner = page.getByText('You see Tendero through the eyes of Ona Kazlauskaitė.');
  await banner.waitFor();
  await page.goto('/o/account');
  await banner.waitFor();
  await page.getByRole('link', { name: 'Hers' }).first().waitFor();
  assert.equal(await page.getByText('Not hers').count(), 0);
  await page.getByRole('button', { name: 'Back to Rasa Petraitytė' }).click();
  await page.getByRole('button', { name: 'Look through their eyes' }).waitFor();
  await banner.waitFor({ state: 'hidden' });
  const audit = await call<{ items: { record: string }[] }>('GET', '/audit?operation=viewAs');
  assert.deepEqual(new Set(audit.items.map(({ record }) => record)), new Set([seller]));
  boss.assertQuiet();
  await boss.close();
});
