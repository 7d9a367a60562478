import assert from 'node:assert/strict';
import { test } from 'node:test';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

test('two people, one record: nothing typed is lost', { skip: noBrowser }, async (t) => {
  const house = await openHouse();
  const mine = await openWindow(house, { as: administrator });
  const theirs = await openWindow(house, { as: await house.person('Jonas Jonaitis') });
  const made = await mine.call<{ id: string }>('POST', '/records/account', {
    name: 'Litera',
    taxNumber: 'LT100001738313',
  });
  const read = () => mine.call<Record<string, unknown>>('GET', `/records/account/${made.id}`);
  for (const { page } of [mine, theirs]) {
    await page.goto(`/o/account/${made.id}`);
    await page.getByRole('heading', { name: 'Litera' }).waitFor();
  }
  const { page } = mine;

  await t.test('other fields: both are kept, without a question', async () => {
    await page.getByRole('tab', { name: 'All fields' }).click();
    const mineOf = page.getByRole('tabpanel', { name: 'All fields' });
    await mineOf.getByRole('button', { name: 'Edit Employees' }).click();
    await mineOf.getByRole('textbox', { name: 'Employees' }).fill('12');
    await theirs.call('PATCH', `/records/account/${made.id}`, { foundedYear: 1999 });
    await mineOf.getByRole('button', { name: 'Edit Founded' }).getByText('1999').waitFor();
    await page.keyboard.press('Enter');
    await mineOf.getByRole('button', { name: 'Edit Employees' }).getByText('12').waitFor();
    await eventually(async () => {
      const { employees, foundedYear } = await read();
      assert.deepEqual({ employees, foundedYear }, { employees: 12, foundedYear: 1999 });
    });
  });

  await t.test('the same field: both versions are shown, and the chosen one stands', async () => {
    const fields = page.getByRole('tabpanel', { name: 'All fields' });
    await fields.getByRole('button', { name: 'Edit Employees' }).click();
    await fields.getByRole('textbox', { name: 'Employees' }).fill('20');
    await theirs.call('PATCH', `/records/account/${made.id}`, { employees: 30 });
    await theirs.page.getByRole('button', { name: 'Edit Employees' }).getByText('30').waitFor();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Somebody else changed this too' });
    const group = dialog.getByRole('group', { name: 'Employees' });
    await group.getByText('20').waitFor();
    await group.getByText('30').waitFor();
    await group.getByRole('radio', { name: 'Mine' }).check();
    await dialog.getByRole('button', { name: 'Keep these' }).click();
    await dialog.waitFor({ state: 'detached' });
    for (const { page } of [mine, theirs])
      await page.getByRole('button', { name: 'Edit Employees' }).getByText('20').first().waitFor();
    await eventually(async () => assert.equal((await read()).employees, 20));
  });

  await t.test('the server is away: it is said, the words stay, and go in when it is back', async () => {
    const fields = page.getByRole('tabpanel', { name: 'All fields' });
    await fields.getByRole('button', { name: 'Edit Name' }).click();
    const editor = fields.getByRole('textbox', { name: 'Name' });
    await editor.fill('Litera and Daughters');
    await house.closeDoors();
    await page.keyboard.press('Enter');
    await page.getByText('1 change waits to be sent').waitFor();
    await page.getByRole('heading', { name: 'Litera and Daughters' }).waitFor();
    await house.openDoors();
    await page.getByText('1 change waits to be sent').waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Litera and Daughters' }).waitFor();
    // The feed finds its way back by itself.
    await theirs.page.getByRole('heading', { name: 'Litera and Daughters' }).waitFor();
  });

  await t.test('the same for a form and a note', async () => {
    await page.getByRole('tab', { name: 'Overview' }).click();
    await page.getByRole('button', { name: 'Write a note' }).click();
    const note = page.getByRole('textbox', { name: 'Text' });
    await note.fill('Called at nine');
    await page.keyboard.press('c');
    await house.closeDoors();
    await page.keyboard.press('Control+Enter');
    await page.getByText('1 change waits to be sent').waitFor();
    await house.openDoors();
    await page.getByText('1 change waits to be sent').waitFor({ state: 'detached' });
    await page.locator('article').getByText('Called at nine').waitFor();
  });
});
