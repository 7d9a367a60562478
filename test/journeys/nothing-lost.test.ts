import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Route } from 'playwright-core';
import { administrator, eventually, noBrowser, openHouse, openWindow, password } from './house.ts';

const long = 'Ąžuolas 👩‍🚀 مرحبا '.repeat(600).slice(0, 10_000);

test('whatever happens to the server or the session, nothing typed is lost', { skip: noBrowser }, async (t) => {
  const house = await openHouse();
  const mine = await openWindow(house, { as: administrator });
  const { page, call } = mine;
  const account = await call<{ id: string }>('POST', '/records/account', { name: 'Litera' });
  const path = `/records/account/${account.id}`;
  const read = () => call<Record<string, unknown>>('GET', path);
  const fields = () => page.getByRole('tabpanel', { name: 'All fields' });
  const openAll = async () => {
    await page.goto(`/o/account/${account.id}`);
    await page.getByRole('tab', { name: 'All fields' }).click();
  };
  const edit = async (name: string, text: string) => {
    await fields()
      .getByRole('button', { name: `Edit ${name}` })
      .click();
    const editor = fields().getByRole('textbox', { name });
    await editor.fill(text);
    return editor;
  };
  /** Answers the next writes of the record in the server's place. */
  const meddle = async (times: number, answer: (route: Route) => Promise<void>) => {
    await page.route(
      `**/api${path}`,
      (route) => (route.request().method() === 'PATCH' ? answer(route) : route.continue()),
      {
        times,
      },
    );
  };
  const refuse =
    (status: number, headers: Record<string, string> = {}) =>
    (route: Route) =>
      route.fulfill({
        status,
        headers: { 'content-type': 'application/problem+json', ...headers },
        body: JSON.stringify({ code: 'refused', title: `Refused with ${status}`, status }),
      });

  await t.test('what others do while a page is still opening is shown', async () => {
    await page.route('**/api/live*', async (route) => {
      await sleep(1_500);
      await route.continue();
    });
    await page.goto(`/o/account/${account.id}`);
    await page.getByRole('heading', { name: 'Litera' }).waitFor();
    await call('PATCH', path, { name: 'Litera ir partneriai' });
    await page.getByRole('heading', { name: 'Litera ir partneriai' }).waitFor();
    await page.unroute('**/api/live*');
  });

  await t.test('slow (3 s): what was typed shows at once and is kept', async () => {
    await openAll();
    await meddle(1, async (route) => {
      await sleep(3_000);
      await route.continue();
    });
    await edit('Website', 'https://litera.example');
    const started = Date.now();
    await page.keyboard.press('Enter');
    await fields().getByText('litera.example').waitFor();
    assert.ok(Date.now() - started < 1_500, 'it shows before the server has answered');
    await eventually(async () => assert.match(String((await read()).website), /litera\.example/));
  });

  await t.test('429: the request waits and goes through without a word', async () => {
    await openAll();
    await meddle(1, refuse(429, { 'retry-after': '1' }));
    await edit('Registration code', '304567890');
    await page.keyboard.press('Control+s');
    await eventually(async () => assert.equal((await read()).registrationCode, '304567890'));
    assert.equal(await page.getByText('Refused with').count(), 0);
  });

  for (const status of [413, 500, 503]) {
    await t.test(`${status}: it is said, the words stay, the second try goes in`, async () => {
      await openAll();
      await meddle(1, refuse(status));
      const text = `Sentence ${status}`;
      const editor = await edit('Key in another system', text);
      await page.keyboard.press('Enter');
      await page.getByText(`Refused with ${status}`).first().waitFor();
      assert.equal(await editor.inputValue(), text);
      await editor.press('Enter');
      await eventually(async () => assert.equal((await read()).externalId, text));
    });
  }

  await t.test('a page that is opened again still has what could not be saved', async () => {
    await openAll();
    await meddle(1, refuse(500));
    await edit('Key in another system', 'Kept over a reload');
    await page.keyboard.press('Enter');
    await page.getByText('Refused with 500').first().waitFor();
    await openAll();
    const editor = fields().getByRole('textbox', { name: 'Key in another system' });
    assert.equal(await editor.inputValue(), 'Kept over a reload');
    await fields().getByText('This was not saved yet.').waitFor();
    await editor.press('Enter');
    await eventually(async () => assert.equal((await read()).externalId, 'Kept over a reload'));
    mine.forgive();
  });

  await t.test('what was saved after all is not offered as unsaved', async () => {
    await openAll();
    await meddle(1, refuse(500));
    await edit('Key in another system', 'Saved after all');
    await page.keyboard.press('Enter');
    await page.getByText('Refused with 500').first().waitFor();
    await call('PATCH', path, { externalId: 'Saved after all' });
    await openAll();
    await fields().getByRole('button', { name: 'Edit Key in another system' }).waitFor();
    assert.equal(await fields().getByText('This was not saved yet.').count(), 0);
    mine.forgive();
  });

  await t.test('the session ends in the middle of a sentence: signing in again goes on there', async () => {
    await openAll();
    const editor = await edit('Key in another system', 'Half a sent');
    await house.runtime.database.run('delete from platform.session');
    const { forgetVisitors } = await import('#server/visitors.ts');
    forgetVisitors();
    await editor.fill('Half a sentence, finished');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'You were signed out' });
    await dialog.getByRole('textbox', { name: 'Password' }).fill('wrong');
    await dialog.getByRole('button', { name: 'Sign in and go on' }).click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByRole('textbox', { name: 'Password' }).fill(password);
    await dialog.getByRole('button', { name: 'Sign in and go on' }).click();
    await dialog.waitFor({ state: 'detached' });
    await fields().getByText('Half a sentence, finished').waitFor();
    await eventually(async () => {
      const kept = (await (await page.request.get(`/api${path}`)).json()) as { externalId: string };
      assert.equal(kept.externalId, 'Half a sentence, finished');
    });
    assert.equal(new URL(page.url()).pathname, `/o/account/${account.id}`);
  });

  await t.test('a note that was begun waits on this device for its writer', async () => {
    await page.getByRole('tab', { name: 'Overview' }).click();
    await page.keyboard.press('n');
    await page.getByRole('textbox', { name: 'Text' }).fill('Thoughts in the tram');
    await page.reload();
    await page.getByRole('button', { name: 'Write a note…' }).click();
    assert.match(await page.getByRole('textbox', { name: 'Text' }).innerText(), /Thoughts in the tram/);
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('button', { name: 'Write a note…' }).click();
    assert.doesNotMatch(await page.getByRole('textbox', { name: 'Text' }).innerText(), /tram/);
    mine.forgive();
  });
});

test('two tabs, a changed definition, and words that are too much', { skip: noBrowser }, async (t) => {
  const house = await openHouse();
  const mine = await openWindow(house, { as: administrator });
  const { page, call } = mine;
  const account = await call<{ id: string }>('POST', '/records/account', { name: 'Litera' });
  const fields = page.getByRole('tabpanel', { name: 'All fields' });
  const openAll = async (tab = page) => {
    await tab.goto(`/o/account/${account.id}`);
    await tab.getByRole('tab', { name: 'All fields' }).click();
  };

  await t.test('one person in two tabs is asked like two people', async () => {
    const second = await mine.tab();
    await openAll();
    await openAll(second);
    const there = second.getByRole('tabpanel', { name: 'All fields' });
    await there.getByRole('button', { name: 'Edit Employees' }).click();
    await there.getByRole('textbox', { name: 'Employees' }).fill('5');
    await fields.getByRole('button', { name: 'Edit Employees' }).click();
    await fields.getByRole('textbox', { name: 'Employees' }).fill('6');
    await page.keyboard.press('Enter');
    await eventually(async () =>
      assert.equal((await call<{ employees: number }>('GET', `/records/account/${account.id}`)).employees, 6),
    );
    await there.getByRole('textbox', { name: 'Employees' }).press('Enter');
    const dialog = second.getByRole('dialog', { name: 'Somebody else changed this too' });
    await dialog.getByText('5', { exact: true }).waitFor();
    await dialog.getByText('6', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Keep these' }).click();
    await fields.getByRole('button', { name: 'Edit Employees' }).getByText('5').waitFor();
    await second.close();
  });

  await t.test('a field that comes and goes while its page is open', async () => {
    await call('POST', '/objects/account/fields', { name: 'segment', type: 'text', label: { en: 'Segment' } });
    await fields.getByRole('button', { name: 'Edit Segment' }).waitFor();
    await fields.getByRole('button', { name: 'Edit Segment' }).click();
    await fields.getByRole('textbox', { name: 'Segment' }).fill('North');
    await page.keyboard.press('Enter');
    await fields.getByRole('button', { name: 'Edit Segment' }).getByText('North').waitFor();
    await call('DELETE', '/objects/account/fields/segment');
    await fields.getByRole('button', { name: 'Edit Segment' }).waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Litera' }).waitFor();
  });

  await t.test(
    '10,000 characters with emoji from right to left: refused in words, mended, kept as written',
    async () => {
      await fields.getByRole('button', { name: 'Edit Name' }).click();
      const editor = fields.getByRole('textbox', { name: 'Name' });
      await editor.fill(long);
      await page.keyboard.press('Enter');
      await fields.getByRole('alert').waitFor();
      assert.equal((await editor.inputValue()).length, long.length);
      const short = long.slice(0, 60).trim();
      await editor.fill(short);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: short }).waitFor();
    },
  );
});
