import assert from 'node:assert/strict';
import { test } from 'node:test';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

test('a phone without a network: the app opens, what is written waits, a clash is shown', {
  skip: noBrowser,
}, async (t) => {
  const house = await openHouse();
  const { page, call } = await openWindow(house, {
    ...{ as: administrator, serviceWorkers: 'allow' as const },
    ...{ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  });
  const account = await call<{ id: string; version: number }>('POST', '/records/account', {
    ...{ name: 'Šiaurės malūnas', website: 'https://malunas.example' },
  });
  const path = `/records/account/${account.id}`;
  const read = () => call<{ version: number; taxNumber: string | null; employees: number | null }>('GET', path);
  const heading = page.getByRole('heading', { name: 'Šiaurės malūnas' });
  const waitingSign = page.getByRole('img', { name: 'Kept on this device until the server can be reached' });

  await t.test('it can be installed', async () => {
    await page.goto(`/o/account/${account.id}`);
    await heading.waitFor();
    const href = await page.locator('link[rel=manifest]').getAttribute('href');
    const manifest = (await (await page.request.get(href!)).json()) as { icons: { src: string }[]; display: string };
    assert.equal(manifest.display, 'standalone');
    for (const { src } of manifest.icons) assert.equal((await page.request.get(src)).status(), 200, src);
    assert.equal((await page.request.get('/sw.js')).headers()['cache-control'], 'no-cache');
    await page.evaluate('navigator.serviceWorker.ready.then((ready) => ready.scope)');
    // The whole program is there.
    const parts = (await (await page.request.get('/program.json')).json()) as string[];
    await eventually(async () => {
      const kept = await page.evaluate(
        "caches.open('program-1').then((cache) => cache.keys()).then((keys) => keys.length)",
      );
      assert.ok((kept as number) > parts.length, `${kept} of ${parts.length}`);
    });
    await page.reload();
    await heading.waitFor();
    await page.waitForLoadState('networkidle');
  });

  await t.test('without a network it opens where it was, and keeps an edit and a note', async () => {
    await house.closeDoors();
    await page.context().setOffline(true);
    await page.reload();
    await heading.waitFor();
    await page.getByText('No connection').waitFor();
    await page
      .getByRole('button', { name: /^(Edit|Add:) employees/i })
      .first()
      .click();
    const box = page.getByRole('textbox', { name: 'Employees' });
    await box.fill('44');
    await box.press('Enter');
    await page.getByText('1 change waits to be sent').waitFor();
    // Nothing says that it was saved: it waits, and the field says so as long as it does.
    await page.getByRole('alert').getByText('Kept on this device until the server can be reached').waitFor();
    assert.equal(await page.getByText('Saved', { exact: true }).count(), 0);
    await waitingSign.waitFor();
  });

  await t.test('with the network back it is sent', async () => {
    await house.openDoors();
    await page.context().setOffline(false);
    await eventually(async () => assert.equal((await read()).employees, 44));
    await page.getByText('1 change waits to be sent').waitFor({ state: 'detached' });
    await waitingSign.waitFor({ state: 'detached' });
  });

  await t.test('what somebody else changed meanwhile is put to the person', async () => {
    await page.context().setOffline(true);
    await page
      .getByRole('button', { name: /^Edit employees/i })
      .first()
      .click();
    const box = page.getByRole('textbox', { name: 'Employees' });
    await box.fill('55');
    await box.press('Enter');
    await page.getByText('1 change waits to be sent').waitFor();
    await call('PATCH', path, { employees: 66, version: (await read()).version });
    await page.context().setOffline(false);
    await page.getByText('1 change could not be saved').waitFor();
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Waiting to be sent' });
    await dialog.getByText('55').waitFor();
    await dialog.getByText('66').waitFor();
    await dialog.getByRole('button', { name: 'Save mine' }).click();
    await eventually(async () => assert.equal((await read()).employees, 55));
  });
});
