import assert from 'node:assert/strict';
import { test } from 'node:test';
import { administrator, noBrowser, openHouse, openWindow } from './house.ts';

test('a working hour without a mouse', { skip: noBrowser }, async (t) => {
  const house = await openHouse();
  const { page, call, assertQuiet } = await openWindow(house, { as: administrator });
  const press = (...keys: string[]) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  const create = ['Akmenė', 'Birštonas', 'Druskininkai'].map((name) => ({ name, employees: 10 }));
  await call('POST', '/records/account/bulk', { create });
  await page.goto('/o/account');
  const grid = page.getByRole('grid', { name: 'Accounts' });
  await grid.getByText('Akmenė').waitFor();

  await t.test('quick create: C, type, Ctrl+Enter', async () => {
    await press('c');
    const form = page.getByRole('dialog');
    await form.getByRole('textbox', { name: 'Name' }).waitFor();
    assert.equal(await form.getByRole('textbox', { name: 'Name' }).evaluate((node) => node.matches(':focus')), true);
    await page.keyboard.type('Cėsis');
    await press('Control+Enter');
    await form.waitFor({ state: 'detached' });
    await grid.getByText('Cėsis').waitFor();
  });

  await t.test('the list: down, down, select, open, back', async () => {
    await press('j', 'j');
    assert.match(await page.locator('[data-active=true][role=row]').innerText(), /Birštonas/);
    await press('x');
    await page.getByText('1 selected').waitFor();
    await press('Escape');
    await page.getByText('1 selected').waitFor({ state: 'detached' });
    await press('Enter');
    await page.getByRole('heading', { name: 'Birštonas' }).waitFor();
    await press('j');
    await page.getByRole('heading', { name: 'Cėsis' }).waitFor();
    await press('Escape');
    await grid.getByText('Akmenė').waitFor();
  });

  await t.test('a cell: arrows, Enter, a value, Enter; Esc gives up', async () => {
    // The cursor stands where it was when a record was opened.
    await press('k');
    await press('Enter');
    await page.getByRole('heading', { name: 'Akmenė' }).waitFor();
    await press('Escape');
    await grid.focus();
    await press('Home', 'F2');
    const cell = grid.getByRole('textbox', { name: 'Name' });
    await cell.fill('Akmenė City');
    await press('Enter');
    await grid.getByText('Akmenė City').waitFor();
    await press('F2');
    await cell.fill('Something else');
    await press('Escape');
    await cell.waitFor({ state: 'detached' });
    assert.equal(await grid.getByText('Something else').count(), 0);
    await press('Control+z');
    await grid.getByText('Akmenė', { exact: true }).waitFor();
  });

  await t.test('the palette: Ctrl+K, a word, Enter; > offers actions only', async () => {
    await press('Control+k');
    const search = page.getByRole('combobox', { name: 'Search', exact: true });
    await search.fill('druskinin');
    await page.getByRole('option', { name: /^Druskininkai/ }).waitFor();
    await press('Enter');
    await page.getByRole('heading', { name: 'Druskininkai' }).waitFor();
    await press('Control+k');
    await search.fill('> new contact');
    await press('Enter');
    await page.getByRole('dialog', { name: 'New contact' }).waitFor();
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  await t.test('a field of the page: Tab to it, Enter, type, Enter', async () => {
    const field = page.getByRole('button', { name: 'Edit Tax number' });
    await field.focus();
    await press('Enter');
    await page.keyboard.type('LT100001738313');
    await press('Enter');
    await field.getByText('LT100001738313').waitFor();
    assert.equal(await field.evaluate((node) => node.matches(':focus')), true);
  });

  await t.test('? tells the keys of this screen', async () => {
    await press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    for (const words of ['Search and commands', 'Next record', 'Write a note', 'Undo the last change'])
      await help.getByText(words).first().waitFor();
    await press('Escape');
    await help.waitFor({ state: 'detached' });
  });

  assertQuiet();
});
