import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { administrator, dragCard, eventually, noBrowser, openHouse, openWindow } from './house.ts';

const cell = (page: Page, row: number, column: number): Locator =>
  page.locator(`[data-row="${row}"] [data-column="${column}"]`);

interface Made {
  results: { id: string }[];
}

test('lists: cells, ranges, views, groups, bulk work and shapes', { skip: noBrowser }, async (t) => {
  const house = await openHouse();
  const tomas = await house.person('Tomas Kazlauskas');
  const { page, call, assertQuiet } = await openWindow(house, {
    as: administrator,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const names = ['Akmenė', 'Birštonas', 'Cėsis', 'Druskininkai', 'Elektrėnai', 'Fabijoniškės'];
  const create = names.map((name, index) => ({
    name,
    employees: 10 * (index + 1),
    status: index % 2 ? 'customer' : 'prospect',
    billingAddress: index < 4 ? { city: 'Kaunas', country: 'LT' } : null,
  }));
  const made = await call<Made>('POST', '/records/account/bulk', { create });
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const grid = page.getByRole('grid', { name: 'Accounts' });
  const open = async (search: string) => {
    await page.goto(`/o/account?view=all&${search}`);
    await grid.getByText('Akmenė').waitFor();
  };
  const listed = async (query: string) =>
    (await call<{ items: Record<string, unknown>[] }>('GET', `/records/account?sort=name&${query}`)).items;

  await t.test('a refused value keeps its editor open with the reason; Esc gives it up', async () => {
    await open('columns=name,employees,website');
    await cell(page, 0, 1).click();
    await press('Enter');
    const editor = grid.getByRole('textbox', { name: 'Employees' });
    await editor.fill('-5');
    await press('Enter');
    await grid.getByRole('alert').waitFor();
    assert.match(await editor.inputValue(), /5/);
    await editor.fill('15');
    await press('Enter');
    await cell(page, 0, 1).getByText('15').waitFor();
    await eventually(async () => assert.equal((await listed('fields=employees'))[0]!.employees, 15));
    assert.equal(await page.locator('[aria-invalid=true]').count(), 0);
  });

  await t.test('a range is copied, pasted below, and taken back', async () => {
    await open('columns=name,status,employees');
    await cell(page, 0, 1).click();
    await press('Shift+ArrowRight', 'Shift+ArrowDown');
    assert.equal(await page.locator('[role=gridcell][aria-selected=true]').count(), 4);
    await press('Control+c');
    const text = await page.evaluate<string>('navigator.clipboard.readText()');
    assert.equal(text, 'Prospect\t15\nCustomer\t20');
    await cell(page, 2, 1).click();
    await press('Control+v');
    await page.getByText('2 records changed').waitFor();
    assert.deepEqual((await listed('fields=status,employees')).map((row) => [row.status, row.employees]).slice(2, 4), [
      ['prospect', 15],
      ['customer', 20],
    ]);
    await page.getByRole('button', { name: 'Undo' }).first().click();
    await eventually(async () =>
      assert.deepEqual((await listed('fields=employees')).map((row) => row.employees).slice(2, 4), [30, 40]),
    );
  });

  await t.test(
    'what a spreadsheet holds is read as people write it; a wrong cell is marked, the others are kept',
    async () => {
      await open('columns=name,status,employees');
      await page.evaluate(`navigator.clipboard.writeText('Customer\\t1 250\\r\\nnonsense\\t7\\r\\n')`);
      await cell(page, 0, 1).click();
      await press('Control+v');
      await page.getByText('1 cell was not taken').waitFor();
      await page.locator('[data-row="1"] [aria-invalid=true]').waitFor();
      await eventually(async () => {
        const rows = await listed('fields=status,employees');
        assert.deepEqual([rows[0]!.status, rows[0]!.employees, rows[1]!.employees], ['customer', 1250, 7]);
      });
      await press('Escape');
    },
  );

  await t.test('a click sorts, a third one does not; Shift adds; columns are moved by keys', async () => {
    await open('columns=name,status,employees');
    const head = page.getByRole('columnheader', { name: /^Employees/ }).getByRole('button', { name: /^Employees/ });
    await head.click();
    await page.waitForURL(/sort=employees/);
    await head.click();
    await page.waitForURL(/sort=-employees/);
    await page
      .getByRole('columnheader', { name: /^Status/ })
      .getByRole('button', { name: /^Status/ })
      .click({ modifiers: ['Shift'] });
    await page.waitForURL(/sort=-employees(,|%2C)status/);
    await head.click();
    await page.waitForURL((url) => url.searchParams.get('sort') === 'none');
    await head.focus();
    await press('Shift+ArrowLeft');
    await page.waitForURL(/columns=name(,|%2C)employees(,|%2C)status/);
  });

  await t.test('what was searched in a list is offered again', async () => {
    await open('');
    const words = page.getByRole('combobox', { name: 'Search in accounts' });
    await words.fill('druskin');
    await grid.getByText('Akmenė').waitFor({ state: 'hidden' });
    await words.press('Escape');
    await grid.getByText('Akmenė').waitFor();
    await words.fill('drusk');
    await grid.getByText('Akmenė').waitFor({ state: 'hidden' });
    await words.blur();
    await words.fill('');
    await grid.getByText('Akmenė').waitFor();
    await page.getByRole('option', { name: 'drusk', exact: true }).click();
    await grid.getByText('Akmenė').waitFor({ state: 'hidden' });
    await words.fill('');
  });

  await t.test('all of an object is followed, and left again', async () => {
    const items = async () => (await call<{ items: unknown[] }>('GET', '/records/follow')).items.length;
    await open('');
    await page.getByRole('button', { name: 'More for this list' }).click();
    await page.getByRole('menuitem', { name: 'Follow all accounts' }).click();
    await page.getByText('You will hear of changes to all accounts.').waitFor();
    assert.equal(await items(), 1);
    await page.getByRole('button', { name: 'Followed' }).click();
    await grid.getByText('Akmenė').waitFor();
    await page.getByRole('button', { name: 'More for this list' }).click();
    await page.getByRole('menuitem', { name: 'Stop following all accounts' }).click();
    await page.getByText('You will hear of accounts only where').waitFor();
    assert.equal(await items(), 0);
  });

  await t.test('a view is saved, shared, and seen by the others; what they change is theirs', async () => {
    await open('columns=name,employees&sort=-employees');
    await page.getByRole('status').getByText('Unsaved changes').waitFor();
    await page.getByRole('button', { name: 'Save as new view' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('By size');
    await dialog.getByRole('radio', { name: 'Everyone' }).check();
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    const tab = page.getByRole('link', { name: 'By size' });
    await tab.waitFor();
    assert.equal(await tab.getAttribute('aria-current'), 'page');
    assert.equal(await page.getByText('Unsaved changes').count(), 0);

    const other = await openWindow(house, { as: tomas });
    await other.page.goto('/o/account');
    await other.page.getByRole('link', { name: 'By size' }).click();
    await other.page.getByRole('columnheader', { name: /^Employees/ }).waitFor();
    await other.page.getByRole('button', { name: 'Mine' }).click();
    await other.page.getByText('Unsaved changes').waitFor();
    assert.equal(await other.page.getByRole('button', { name: 'Update view' }).count(), 0);
    await other.page.getByRole('button', { name: 'Reset' }).click();
    await other.page.getByText('Unsaved changes').waitFor({ state: 'detached' });
    other.assertQuiet();
    await other.close();

    await page.getByRole('button', { name: 'Followed' }).click();
    await page.getByRole('button', { name: 'Update view' }).click();
    await page.getByText('The view “By size” is updated').waitFor();
    await page.getByRole('button', { name: 'Options of the view By size' }).click();
    await page.getByRole('menuitem', { name: 'Delete view' }).click();
    await tab.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await tab.waitFor();
  });

  await t.test('groups are opened and closed, and told with their sums', async () => {
    await open('columns=name,status,employees&group=status&totals=employees~sum');
    const customers = page.getByRole('row').filter({ has: page.getByRole('button', { name: /^Customer/ }) });
    await customers.waitFor();
    const before = await grid.getByRole('link').count();
    await customers.getByRole('button', { name: /^Customer/ }).click();
    await eventually(async () => assert.ok((await grid.getByRole('link').count()) < before));
    await page.getByRole('button', { name: /^Employees: Sum/ }).waitFor();
    assert.match(await customers.innerText(), /\d/);
    const order = async () => {
      const heads = await grid.getByRole('button').filter({ hasText: /^(Prospect|Customer)/ });
      const places = await heads.evaluateAll((all) =>
        all.map((one) => [one.getBoundingClientRect().top, one.textContent?.replace(/\d+/, '')] as const),
      );
      return places.sort(([a], [b]) => a - b).map(([, name]) => name);
    };
    assert.deepEqual(await order(), ['Prospect', 'Customer']);
    const head = customers.getByRole('button', { name: /^Customer/ });
    await head.focus();
    await press('Shift+ArrowUp');
    await page.waitForURL(/groupOrder=customer/);
    await eventually(async () => assert.deepEqual(await order(), ['Customer', 'Prospect']));
    assert.match(await page.locator(':focus').innerText(), /^Customer/);
    await customers.dragTo(page.getByRole('row').filter({ has: page.getByRole('button', { name: /^Prospect/ }) }));
    await eventually(async () => assert.deepEqual(await order(), ['Prospect', 'Customer']));
  });

  await t.test('many at once: a range of rows, tags, a field, all of them, and back', async () => {
    await open('columns=name,tags,employees');
    await page.locator('[data-row="0"]').getByRole('checkbox').click();
    await page
      .locator('[data-row="2"]')
      .getByRole('checkbox')
      .click({ modifiers: ['Shift'] });
    await page.getByText('3 selected').waitFor();
    await page.getByRole('button', { name: 'Tag', exact: true }).click();
    await page.getByRole('dialog').getByLabel('Tags to add').fill('VIP');
    await press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Change 3 records' }).click();
    await page.getByText('3 records tagged').waitFor();
    assert.deepEqual(
      (await listed('fields=tags')).map((row) => (row.tags as string[] | null)?.[0] ?? null).slice(0, 4),
      ['VIP', 'VIP', 'VIP', null],
    );

    await page.locator('[data-row="0"]').getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Select all 6' }).click();
    await page.getByText('6 selected').waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('6 records moved to the trash').waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await eventually(async () => assert.equal((await listed('fields=name')).length, 6));
  });

  await t.test('what is refused in a bulk is listed with its reason', async () => {
    await open('columns=name,employees');
    await page.locator('[data-row="0"]').getByRole('checkbox').click();
    await page.locator('[data-row="1"]').getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Edit field' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Field' }).fill('Employees');
    await press('Enter');
    await dialog.getByRole('textbox', { name: 'Employees' }).fill('-5');
    await dialog.getByRole('button', { name: 'Change 2 records' }).click();
    const refused = page.getByRole('dialog', { name: '2 records were refused' });
    await refused.getByRole('link', { name: 'Akmenė' }).waitFor();
    assert.match(await refused.getByRole('listitem').first().innerText(), /\w{3,}.*\d/s);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await press('Escape');
  });

  await t.test('the same records as board, calendar, timeline, map and chart keep the filter', async () => {
    const filter = encodeURIComponent(JSON.stringify({ employees: { gte: 30 } }));
    await open(`columns=name`);
    for (const [shape, ready] of [
      ['board', page.getByRole('list', { name: 'Customer', exact: true })],
      ['map', page.getByRole('button', { name: /records? here|Cėsis|Druskininkai/ }).first()],
      ['chart', page.getByRole('list', { name: /Count/ })],
      ['calendar', page.getByRole('button', { name: 'Today' })],
      ['timeline', page.getByRole('button', { name: 'Today' })],
    ] as const) {
      await page.goto(`/o/account?view=all&filter=${filter}&shape=${shape}`);
      await ready.waitFor();
      await page.getByRole('button', { name: /Employees is at least/ }).waitFor();
    }
    await page.getByRole('button', { name: 'Shape: Timeline' }).click();
    await page.getByRole('menuitem', { name: 'Table' }).click();
    await grid.getByText('Druskininkai').waitFor();
    assert.equal(await grid.getByText('Birštonas').count(), 0);
  });

  await t.test('a cell offers what its record allows, by a field that is no column', async () => {
    await call('POST', '/objects/account/fields', {
      ...{ name: 'level', type: 'select', label: { en: 'Level' } },
      options: [
        { value: 'basic', label: { en: 'Basic' } },
        { value: 'gold', label: { en: 'Gold' }, when: { status: 'customer' } },
      ],
    });
    await open('columns=name,level');
    const offered = async (row: number) => {
      await cell(page, row, 1).click();
      await press('Enter');
      await page.getByRole('option', { name: 'Basic' }).waitFor();
      const texts = await page.getByRole('option').allInnerTexts();
      await press('Escape');
      return texts;
    };
    const statuses = (await listed('fields=status')).map((row) => row.status);
    assert.deepEqual(await offered(statuses.indexOf('prospect')), ['Basic']);
    assert.deepEqual(await offered(statuses.indexOf('customer')), ['Basic', 'Gold']);
  });

  await t.test('a task is moved to the next day in the calendar, by keys, and back', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const task = await call<{ id: string }>('POST', '/records/task', { subject: 'Call Druskininkai', dueOn: today });
    await page.goto('/o/task?view=calendar&span=agenda');
    const entry = page.getByRole('button', { name: 'Call Druskininkai' });
    await entry.focus();
    await press('Shift+ArrowRight');
    const dueOn = async () => (await call<{ dueOn: string }>('GET', `/records/task/${task.id}`)).dueOn;
    await eventually(async () => assert.notEqual(await dueOn(), today));
    await page.getByText('Call Druskininkai moved to').waitFor();
    await press('Control+z');
    await eventually(async () => assert.equal(await dueOn(), today));
  });

  await t.test('cards marked together move together', async () => {
    await page.goto('/o/account?view=all&shape=board&by=status');
    const card = (name: string) => page.getByRole('group', { name: new RegExp(`^${name}`) });
    await card('Akmenė').focus();
    await press('x');
    await card('Birštonas').focus();
    await press('x');
    await page.getByText('2 selected').waitFor();
    await dragCard(page, card('Birštonas'), page.getByRole('list', { name: 'Partner', exact: true }));
    await page.getByText('2 cards moved to Partner').waitFor();
    const partners = await listed('fields=status&filter={"status":"partner"}');
    assert.equal(partners.length, 2);
  });

  assert.equal(made.results.length, 6);
  assertQuiet();
});
