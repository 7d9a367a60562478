import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

/** How a day, a sum and a number are written there. */
const languages = {
  en: { day: /Mar 14, 2026/, money: /€1,234,567\.50/, number: /12,345/, accounts: 'Accounts' },
  es: { day: /14 mar 2026/, money: /1\.234\.567,50\s€/, number: /12\.345/, accounts: 'Cuentas' },
  lt: { day: /2026-03-14/, money: /1\s234\s567,50\s€/, number: /12\s345/, accounts: 'Klientai' },
} as const;

test('every main screen speaks the language of its reader', { skip: noBrowser }, async (t) => {
  const house = await openHouse();
  const first = await openWindow(house, { as: administrator });
  const { call } = first;
  const account = await call<{ id: string }>('POST', '/records/account', {
    ...{ name: 'Litera', employees: 12_345, annualRevenue: { amount: 1_234_567.5, currency: 'EUR' } },
    ...{ industry: 'retail', status: 'customer', tags: ['a'] },
  });
  const stages = await call<{ items: { id: string; pipeline: string }[] }>(
    'GET',
    '/records/stage?sort=position&limit=1',
  );
  const opportunity = await call<{ id: string }>('POST', '/records/opportunity', {
    ...{ name: 'Deal', account: account.id, stage: stages.items[0]!.id, pipeline: stages.items[0]!.pipeline },
    ...{ closeOn: '2026-03-14', amount: { amount: 1_234_567.5, currency: 'EUR' } },
  });
  await call('POST', '/records/note', { body: '<p>Note</p>', account: account.id });
  await call('POST', '/records/task', { subject: 'Task', dueOn: '2026-03-14', account: account.id });
  await first.close();

  for (const [language, expected] of Object.entries(languages)) {
    await t.test(language, async () => {
      const person = await house.person(`Person${language} Name`, language as 'en');
      const { page, assertQuiet, close } = await openWindow(house, { as: person, locale: language });
      const texts: Record<string, string> = {};
      const look = async (screen: string, ready: string | RegExp) => {
        await page.getByText(ready).first().waitFor();
        await page.locator('[aria-busy=true]').waitFor({ state: 'detached' });
        texts[screen] = await page.locator('body').innerText();
        assertTranslated(`${language} ${screen}`, await wordsOf(page));
      };
      await page.goto('/o/account');
      await look('list', 'Litera');
      assert.equal(await page.locator('html').getAttribute('lang'), language);
      await page.getByRole('heading', { name: expected.accounts, level: 1 }).waitFor();
      await page.goto(`/o/account/${account.id}`);
      await look('record', 'Litera');
      assert.match(texts.record!, expected.money);
      assert.match(texts.record!, expected.number);
      await page.goto('/o/opportunity?view=open');
      await look('open opportunities', 'Deal');
      assert.match(texts['open opportunities']!, expected.day);
      await page.goto(`/o/opportunity/${opportunity.id}`);
      await look('opportunity', 'Deal');
      assert.match(texts.opportunity!, expected.day);
      await page.goto('/o/opportunity?view=pipeline');
      await look('board', 'Deal');
      await page.goto('/o/task');
      await look('tasks', /./);
      await page.goto('/o/account/trash');
      await look('trash', /./);
      await page.goto('/import');
      await look('import', 'CSV');
      await page.goto('/o/account');
      await look('list again', 'Litera');
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').waitFor();
      await look('palette', expected.accounts);
      await closeDialog(page);
      await page.keyboard.press('c');
      await page.getByRole('dialog').getByRole('textbox').first().waitFor();
      await look('quick create', 'Ctrl');
      await closeDialog(page);
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      await look('shortcuts', 'Ctrl');
      assertQuiet();
      await close();
    });
  }
});

/** What is read and what is read out. */
function wordsOf(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('body *')].flatMap((node) => [
    node.children.length === 0 ? node.textContent : '',
    ...['aria-label', 'title', 'placeholder', 'alt'].map((name) => node.getAttribute(name) ?? ''),
  ])`);
}

/** A key that no catalogue has is shown as itself: `list.noneText`. So is a place that was not filled: `{{count}}`. */
function assertTranslated(where: string, words: string[]): void {
  const raw = words.filter((text) => /^[a-z]\w*(\.[a-zA-Z]\w*)+$/.test(text.trim()) || text.includes('{{'));
  assert.deepEqual([...new Set(raw)], [], `${where}: not translated`);
}

/** As a person does: once more when the dialog had not finished opening. */
function closeDialog(page: Page): Promise<void> {
  return eventually(async () => {
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached', timeout: 1_000 });
  });
}
