import assert from 'node:assert/strict';
import { test } from 'node:test';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

test('what is everywhere: home, search, favourites, keys, news, undo', { skip: noBrowser }, async (t) => {
  const house = await openHouse();
  const colleague = await openWindow(house, { as: await house.person('Tomas Kazlauskas') });
  const { page, call, tab, assertQuiet } = await openWindow(house, { as: administrator });
  const { user } = await call<{ user: { id: string } }>('GET', '/session');
  const account = await call<{ id: string }>('POST', '/records/account', { name: 'Šiaurės malūnas' });
  const day = new Date().toISOString().slice(0, 10);
  await call('POST', '/records/task', { subject: 'Paskambinti malūnui', dueOn: day, account: account.id });
  const preferences = () => call<Record<string, unknown>>('GET', '/preferences');
  const dialog = page.getByRole('dialog');

  await t.test('my day: a task is done with a click and taken back', async () => {
    await page.goto('/');
    await page.getByRole('heading', { name: /, Rasa$/ }).waitFor();
    const card = page.getByRole('region', { name: 'My day' });
    await card.getByRole('link', { name: 'Paskambinti malūnui' }).waitFor();
    await card.getByRole('button', { name: 'Done: Paskambinti malūnui' }).click();
    await card.getByText('Nothing to do').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await card.getByRole('link', { name: 'Paskambinti malūnui' }).waitFor();
  });

  await t.test(
    'the palette: a record by a part of its name, a kind of records, an id, an action, a setting',
    async () => {
      const box = page.getByRole('combobox', { name: 'Search', exact: true });
      const open = async (typed: string) => {
        await page.keyboard.press('Control+k');
        await box.fill(typed);
      };
      await open('malūn');
      await page
        .getByRole('option', { name: /Šiaurės malūnas/ })
        .first()
        .waitFor();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Šiaurės malūnas' }).waitFor();
      await open('accounts: siaures');
      await page.getByRole('option', { name: /Šiaurės malūnas/ }).waitFor();
      await page.getByText('in Accounts').waitFor();
      await box.fill(`#${account.id}`);
      await page.getByRole('option', { name: /Šiaurės malūnas/ }).waitFor();
      await box.fill('> compact');
      await page.getByRole('option', { name: 'Density: Compact' }).click();
      await eventually(async () => assert.equal(await page.locator('html').getAttribute('data-density'), 'compact'));
      await open('malūnas');
      await page.getByRole('option', { name: /All results/ }).click();
      await page.getByRole('region', { name: 'Accounts' }).getByText('Šiaurės malūnas').waitFor();
      await page.getByRole('searchbox', { name: 'Words' }).fill('nothing of this kind');
      await page.getByText('Nothing found').waitFor();
    },
  );

  await t.test(
    'what was searched is offered again, here and in the palette, and forgotten when one likes',
    async () => {
      await page.goto('/search');
      const lately = page.getByRole('region', { name: 'Recent searches' });
      await eventually(async () => assert.deepEqual(await lately.getByRole('link').allTextContents(), ['malūnas']));
      await page.keyboard.press('Control+k');
      await page.getByRole('option', { name: 'malūnas', exact: true }).click();
      await page
        .getByRole('option', { name: /Šiaurės malūnas/ })
        .first()
        .waitFor();
      await page.keyboard.press('Escape');
      await lately.getByRole('link', { name: 'malūnas' }).click();
      await page.getByRole('region', { name: 'Accounts' }).getByText('Šiaurės malūnas').waitFor();
      await page.goto('/search');
      await lately.getByRole('button', { name: 'Clear recent searches' }).click();
      await lately.waitFor({ state: 'detached' });
    },
  );

  await t.test('a star keeps a record in the menu, in a folder, on every device', async () => {
    await page.goto(`/o/account/${account.id}`);
    await page.getByRole('heading', { name: 'Šiaurės malūnas' }).waitFor();
    await page.getByRole('button', { name: 'Add to favourites' }).click();
    const menu = page.getByRole('navigation', { name: 'Main menu' }).first();
    await menu.getByRole('link', { name: 'Šiaurės malūnas' }).waitFor();
    await page.getByRole('button', { name: 'Arrange the menu' }).focus();
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'New folder' }).click();
    await dialog.getByRole('textbox', { name: 'Name of the folder' }).fill('Kaunas');
    await page.keyboard.press('Enter');
    await dialog.getByRole('combobox', { name: 'Folder of Šiaurės malūnas' }).click();
    await page.getByRole('option', { name: 'Kaunas' }).click();
    await dialog.getByRole('button', { name: 'Move Tasks up' }).click();
    await dialog.getByRole('checkbox', { name: 'Show Notes' }).click();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await eventually(async () => {
      const { favourites, menu: order } = (await preferences()) as {
        favourites: { title: string; items: unknown[] }[];
        menu: { hidden: string[] };
      };
      assert.deepEqual(
        favourites.map(({ title, items }) => [title, items.length]),
        [['Kaunas', 1]],
      );
      assert.deepEqual(order.hidden, ['note']);
    });
    const second = await tab();
    await second.goto('/home');
    await second.getByRole('button', { name: 'Kaunas' }).waitFor();
    await second.close();
  });

  await t.test('keys of one’s own, kept; those in use are refused', async () => {
    await page.goto('/o/account');
    await page.getByRole('grid', { name: 'Accounts' }).waitFor();
    await page.keyboard.press('?');
    await dialog.getByRole('button', { name: 'Change the keys of “Create a record”' }).click();
    await page.keyboard.press('?');
    await dialog.getByText(/is used for/).waitFor();
    await dialog.getByRole('button', { name: 'Press the new keys…' }).press('Alt+n');
    await dialog.getByText(/is used for/).waitFor({ state: 'detached' });
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.keyboard.press('Alt+n');
    await dialog.getByRole('textbox', { name: 'Name' }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await eventually(async () => assert.deepEqual((await preferences()).shortcuts, { c: 'alt+n' }));
    assert.equal(
      await page.getByRole('button', { name: 'New', exact: true }).getAttribute('aria-keyshortcuts'),
      'Alt+N',
    );
  });

  await t.test('a pasted signature fills the form; the record can be taken back', async () => {
    await page.keyboard.press('Alt+n');
    await dialog.getByRole('button', { name: 'Paste a signature or a card' }).click();
    const card = 'Jūratė Žemaitytė\nUAB „Žalias miškas“\n+370 612 34567\njurate@zaliasmiskas.lt';
    await dialog.getByRole('textbox', { name: 'Text to take apart' }).fill(card);
    await dialog.getByRole('button', { name: 'Fill in' }).click();
    await eventually(async () =>
      assert.equal(await dialog.getByRole('textbox', { name: 'Name' }).inputValue(), 'UAB „Žalias miškas“'),
    );
    await page.keyboard.press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    const grid = page.getByRole('grid', { name: 'Accounts' });
    await grid.getByText('UAB „Žalias miškas“').waitFor();
    await grid.getByText('+370 612 34567').waitFor();
    await page.keyboard.press('Control+z');
    await grid.getByText('UAB „Žalias miškas“').waitFor({ state: 'detached' });
  });

  await t.test('news are grouped, put off, read, and switched off', async () => {
    for (const body of [`@{${user.id}} pirmas`, `@{${user.id}} antras`])
      await colleague.call('POST', '/records/comment', { targetObject: 'account', targetId: account.id, body });
    await page.getByRole('button', { name: 'Notifications, 2 unread' }).click();
    const news = page.getByRole('region', { name: 'Notifications' });
    await news.getByText(/mentioned you/).waitFor();
    await news.getByRole('button', { name: '1 more' }).click();
    assert.equal(await news.getByText(/mentioned you/).count(), 2);
    await news.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'In an hour' }).click();
    await news.getByText('You have seen everything').waitFor();
    await news.getByRole('button', { name: 'Which notifications I get' }).click();
    await dialog.getByRole('switch', { name: 'Mentions of me' }).click();
    await eventually(async () => assert.deepEqual((await preferences()).notifications, { mentioned: false }));
    await dialog.getByRole('button', { name: 'Close' }).click();
  });
  assertQuiet();
});
