/** The main job: a newcomer brings a company's real customers and sales, and works with them beside a colleague. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { administrator, dragCard, noBrowser, openHouse, openWindow, type Window } from './house.ts';

const data = fileURLToPath(new URL('../../../shared/data/pipeline/', import.meta.url));
const skip = noBrowser || (existsSync(data) ? false : `the sales of ${data} are not on this machine`);

test('a first day with real customers and real sales', { skip }, async (t) => {
  const house = await openHouse();
  const mine = await openWindow(house, { as: administrator });
  const theirs = await openWindow(house, { as: await house.person('Jonas Jonaitis') });
  const { page } = mine;

  await t.test('accounts come in through the wizard', async () => {
    await page.goto('/');
    await page.getByRole('main').getByRole('button', { name: 'Import' }).click();
    await page.getByRole('heading', { name: 'Import' }).waitFor();
    await drop(page, 'accounts.csv', readFileSync(`${data}accounts.csv`, 'utf8'));
    await page.getByRole('heading', { name: /accounts\.csv → Accounts/ }).waitFor();
    const guesses = {
      account: 'Name',
      year_established: 'Founded',
      revenue: 'Annual revenue',
      employees: 'Employees',
      subsidiary_of: 'Parent account',
    };
    for (const [column, field] of Object.entries(guesses))
      assert.equal(await fieldFor(page, column).inputValue(), field, `what ${column} becomes`);
    // Their sectors are not our industries.
    await fieldFor(page, 'sector').fill('Tags');
    await page.getByRole('option', { name: 'Tags', exact: true }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page
      .getByRole('cell', { name: /Acme Corporation/ })
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Try without saving' }).click();
    await page.getByText('The whole file was tried').waitFor();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('heading', { name: 'Done' }).waitFor();
    assert.deepEqual(await counts(page), { Created: 85, 'With errors': 0 });
    await page.getByRole('link', { name: 'Show the records' }).click();
    await page.getByRole('grid', { name: 'Accounts' }).getByRole('link').first().waitFor();
    mine.assertQuiet();
  });

  await t.test('8,800 sales come in by REST', async () => {
    await importSales(mine);
    const { rows } = await mine.call<{ rows: { key: [string]; n: number; total: { base: number } }[] }>(
      'POST',
      '/records/opportunity/aggregate',
      { groupBy: ['stage.kind'], measures: { n: { count: true }, total: { sum: 'amount' } } },
    );
    const won = rows.find((row) => row.key[0] === 'won');
    assert.deepEqual([won?.n, Math.round(won?.total.base ?? 0)], [4_238, 10_005_534]);
  });

  await t.test('an account is found by its name, and a field edited where it stands', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search', exact: true }).fill('acme corp');
    await page.getByRole('option', { name: /^Acme Corporation/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Acme Corporation' }).waitFor();
    assert.equal(await shownIn(page, 'Founded').innerText(), '1996');
    await theirs.page.goto(page.url());
    await theirs.page.getByRole('heading', { name: 'Acme Corporation' }).waitFor();

    await page.getByRole('button', { name: 'Edit Employees' }).click();
    await page.getByRole('textbox', { name: 'Employees' }).fill('2900');
    await page.keyboard.press('Enter');
    await shownIn(page, 'Employees').getByText('2,900').waitFor();
    await shownIn(theirs.page, 'Employees').getByText('2,900').waitFor();
  });

  await t.test('a note is read by the colleague as it is written', async () => {
    await page.getByRole('button', { name: 'Write a note' }).click();
    await page.getByRole('textbox', { name: 'Text' }).fill('Wants the offer before Friday');
    await page.keyboard.press('Control+Enter');
    for (const { page } of [mine, theirs])
      await page.locator('article').getByText('Wants the offer before Friday').waitFor();
  });

  await t.test('an opportunity is dragged on the board, then moved by keyboard; the colleague sees both', async () => {
    for (const { page } of [mine, theirs]) {
      await page.goto('/o/opportunity?view=pipeline');
      await cardsOf(page, 'New').first().waitFor();
    }
    const name = (await cardsOf(page, 'New').first().getAttribute('aria-label')) ?? '';
    const card = (at: Page, stage: string) => column(at, stage).getByRole('group', { name, exact: true });
    await dragCard(page, card(page, 'New'), page.getByRole('list', { name: 'Proposal', exact: true }));
    for (const { page } of [mine, theirs]) await card(page, 'Proposal').waitFor();

    await card(page, 'Proposal').focus();
    await page.keyboard.press('Shift+ArrowRight');
    for (const { page } of [mine, theirs]) await card(page, 'Negotiation').waitFor();
    // Lifted, carried and put down, as a screen reader's user does it.
    await card(page, 'Negotiation').focus();
    await page.keyboard.press('Space');
    await page.getByText(/is over Negotiation\.$/).waitFor({ state: 'attached' });
    await page.keyboard.press('ArrowLeft');
    await page.getByText(/is over Proposal\.$/).waitFor({ state: 'attached' });
    await page.keyboard.press('Space');
    for (const { page } of [mine, theirs]) await card(page, 'Proposal').waitFor();
  });

  await t.test('what was deleted comes back, on both screens', async () => {
    const card = (at: Page) => cardsOf(at, 'Proposal');
    await card(page).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByText('moved to the trash').waitFor();
    for (const { page } of [mine, theirs]) await card(page).waitFor({ state: 'detached' });
    await page
      .getByRole('alert')
      .filter({ hasText: 'moved to the trash' })
      .getByRole('button', { name: 'Undo' })
      .click();
    for (const { page } of [mine, theirs]) await card(page).waitFor();
  });

  await t.test('a customer who has sales is not deleted, and the sales that need it are named', async () => {
    await page.goto('/o/account?q=Betasoloin');
    await page.getByRole('grid', { name: 'Accounts' }).getByRole('link', { name: 'Betasoloin' }).click();
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    const refused = page.getByRole('dialog', { name: 'Other records need it' });
    await refused.getByRole('heading', { name: 'Opportunities Account' }).waitFor();
    assert.equal(await refused.getByRole('listitem').getByRole('link').count(), 5);
    await refused.getByRole('link', { name: 'See all' }).waitFor();
    await refused.getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('heading', { name: 'Betasoloin' }).waitFor();
  });

  await t.test('who is about to be created twice is recognised', async () => {
    await page.keyboard.press('c');
    const form = page.getByRole('dialog');
    await form.getByRole('textbox', { name: 'Name' }).fill('ACME Corporation');
    await form.getByText('This may already exist').waitFor();
    await form.getByRole('button', { name: /^Acme Corporation/ }).click();
    await page.getByRole('heading', { name: 'Acme Corporation' }).waitFor();
  });

  mine.assertQuiet();
  theirs.assertQuiet();
});

/** As the pipeline of this company begins: their stages become ours. 1,425 sales name no account. */
async function importSales(window: Window): Promise<void> {
  const { csrf } = await window.call<{ csrf: string }>('GET', '/session');
  const answer = await window.page.context().request.post('/api/imports', {
    headers: { 'x-csrf': csrf },
    multipart: {
      object: 'opportunity',
      file: {
        name: 'sales_pipeline.csv',
        mimeType: 'text/csv',
        buffer: readFileSync(`${data}sales_pipeline.csv`),
      },
    },
  });
  const { id, columns } = (await answer.json()) as { id: string; columns: { index: number; header: string }[] };
  const targets: Record<string, unknown> = {
    opportunity_id: 'externalId',
    product: 'products',
    account: { target: 'account', createMissing: true },
    deal_stage: { target: 'stage', values: { Prospecting: 'New', Engaging: 'Qualified' } },
    engage_date: 'startedOn',
    close_date: 'closeOn',
    close_value: 'amount',
  };
  await window.call('PATCH', `/imports/${id}`, {
    mapping: Object.fromEntries(columns.map(({ index, header }) => [index, targets[header] ?? null])),
    constants: { name: '{{product}} {{opportunity_id}}' },
  });
  await window.call('POST', `/imports/${id}/start`);
  let state: { state: string; message: string | null; counts: Record<string, number> };
  do {
    await sleep(100);
    state = await window.call('GET', `/imports/${id}`);
  } while (['queued', 'running'].includes(state.state));
  assert.deepEqual([state.state, state.message], ['done', null]);
  assert.deepEqual([state.counts.created, state.counts.failed], [8_800, 0]);
}

/** A file as it falls from the desktop into the window. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    `(() => { const transfer = new DataTransfer(); transfer.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}, { type: 'text/csv' })); return transfer; })()`,
  );
  const zone = page.locator('input[type=file]').locator('xpath=..');
  for (const event of ['dragenter', 'dragover', 'drop'])
    await zone.dispatchEvent(event, { dataTransfer: transfer as never });
}

function fieldFor(page: Page, column: string): Locator {
  return page.getByRole('combobox', { name: `Field for ${column}` });
}

/** Of an import; zeros other than of errors are left out. */
async function counts(page: Page): Promise<Record<string, number>> {
  const shown = await page.locator('main dl > div').allInnerTexts();
  const pairs = shown.map((text) => text.split(/\s*\n\s*/) as [string, string]);
  return Object.fromEntries(
    pairs.map(([count, name]) => [name, Number(count)] as const).filter(([name, n]) => n > 0 || name === 'With errors'),
  );
}

function shownIn(page: Page, field: string): Locator {
  return page
    .getByRole('complementary', { name: 'Fields' })
    .locator(`[data-value]`)
    .and(page.getByRole('button', { name: `Edit ${field}` }));
}

function column(page: Page, name: string): Locator {
  return page.getByRole('region', { name: new RegExp(`^${name}`) });
}

function cardsOf(page: Page, lane: string): Locator {
  return column(page, lane).getByRole('group');
}
