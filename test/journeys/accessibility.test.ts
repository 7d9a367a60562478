import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { administrator, noBrowser, openHouse, openWindow } from './house.ts';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const looks = (['light', 'dark'] as const).flatMap((colorScheme) => [
  { colorScheme, viewport: { width: 1440, height: 900 } },
  { colorScheme, viewport: { width: 390, height: 844 } },
]);
type Look = (typeof looks)[number];

test('before a company exists', { skip: noBrowser }, async (t) => {
  const house = await openHouse(null);
  for (const look of looks) {
    const { page, assertQuiet, close } = await openWindow(house, look);
    await t.test(nameOf('set-up', look), async () => {
      await page.goto('/');
      await page.getByRole('heading', { name: 'Set up Tendero' }).waitFor();
      await assertAccessible(page, look);
      assertQuiet();
    });
    await close();
  }
});

test('every main screen, light and dark, desk and phone', { skip: noBrowser }, async (t) => {
  const house = await openHouse();
  const first = await openWindow(house, { as: administrator });
  const { call } = first;
  const stages = await call<{ items: { id: string; pipeline: string }[] }>('GET', '/records/stage?sort=position');
  const names = [
    'Ąžuolas UAB',
    'Blauzdžiūnas ir sūnūs',
    'Café Olé',
    'Druskininkų vandenys, very long name of a company',
  ];
  const { results } = await call<{ results: { id: string }[] }>('POST', '/records/account/bulk', {
    create: names.map((name, index) => ({
      ...{ name, status: ['prospect', 'customer', 'partner', 'competitor'][index], industry: 'retail' },
      ...{ tags: ['first', 'second'], website: 'https://example.com', emails: [{ value: 'info@example.com' }] },
      ...{
        annualRevenue: { amount: 1_250_000.5, currency: 'EUR' },
        billingAddress: { city: 'Vilnius', country: 'LT' },
      },
    })),
  });
  const account = results[0]!.id;
  const deals = await call<{ results: { id: string }[] }>('POST', '/records/opportunity/bulk', {
    create: stages.items.slice(0, 4).map(({ id, pipeline }, index) => ({
      ...{ name: `Deal ${index}`, account, stage: id, pipeline, closeOn: '2026-12-31' },
      amount: { amount: 1_000 * index, currency: 'EUR' },
    })),
  });
  await call('POST', '/records/note', { body: '<p>Wants <b>three</b></p>', account });
  await call('POST', '/records/task', { subject: 'Call back', dueOn: '2026-12-31', account });
  await call('DELETE', `/records/account/${results[3]!.id}`);
  await first.close();

  const screens: Record<string, (page: Page, look: Look) => Promise<void>> = {
    home: async (page) => {
      await page.goto('/home');
      await page.getByRole('link', { name: 'Deal 1' }).first().waitFor();
    },
    search: async (page) => {
      await page.goto('/search?q=deal');
      await page.getByRole('region', { name: 'Opportunities' }).waitFor();
    },
    design: async (page) => {
      await page.goto('/design');
      await page.getByRole('heading', { name: 'Fields' }).waitFor();
    },
    'sign-in': async (page) => {
      await page.context().clearCookies();
      await page.goto('/sign-in');
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    },
    list: async (page) => {
      await page.goto('/o/account');
      await page.getByText('Café Olé').waitFor();
    },
    board: async (page) => {
      await page.goto('/o/opportunity?view=pipeline');
      await page.getByText('Deal 2').waitFor();
    },
    record: async (page) => {
      await page.goto(`/o/account/${account}`);
      await page.getByRole('heading', { name: 'Ąžuolas UAB' }).waitFor();
      await page.waitForLoadState('networkidle');
    },
    'record, activity and all fields': async (page, look) => {
      await page.goto(`/o/account/${account}`);
      await page.getByRole('tab', { name: 'Activity' }).click();
      await page.getByText('Wants').waitFor();
      await assertAccessible(page, look);
      await page.getByRole('tab', { name: 'All fields' }).click();
      await page.getByRole('searchbox', { name: 'Find a property' }).waitFor();
    },
    peek: async (page) => {
      await page.goto(`/o/opportunity/${deals.results[1]!.id}`);
      await page.getByRole('link', { name: 'Ąžuolas UAB' }).first().focus();
      await page.keyboard.press(' ');
      await page
        .getByRole('complementary', { name: 'A short look' })
        .getByRole('heading', { level: 2 })
        .first()
        .waitFor();
      await page.waitForLoadState('networkidle');
    },
    merge: async (page) => {
      await page.goto(`/o/account/merge?ids=${results[0]!.id},${results[1]!.id}`);
      await page.getByRole('heading', { name: 'Merge accounts' }).waitFor();
    },
    duplicates: async (page) => {
      await page.goto('/duplicates');
      await page.getByRole('heading', { name: 'Duplicates' }).waitFor();
      await page.waitForLoadState('networkidle');
    },
    'quick create': async (page) => {
      await page.goto('/o/account');
      await page.getByText('Café Olé').waitFor();
      await page.keyboard.press('c');
      await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Cafe Ole');
      await page.getByRole('dialog').getByText('This may already exist').waitFor();
    },
    import: async (page, look) => {
      await page.goto('/import?object=account');
      await page.locator('input[type=file]').setInputFiles({
        name: 'accounts.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from('name,employees,unknown column\nEglė,12,x\nJūratė,many,y\n'),
      });
      await page.getByRole('combobox', { name: 'Field for name' }).waitFor();
      await assertAccessible(page, look);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('radio').first().waitFor();
      await assertAccessible(page, look);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('cell', { name: /Jūratė/ }).waitFor();
    },
    palette: async (page) => {
      await page.goto('/o/account');
      await page.getByText('Café Olé').waitFor();
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Search' }).fill('azuol');
      await page.getByRole('option', { name: /^Ąžuolas UAB/ }).waitFor();
    },
    trash: async (page) => {
      await page.goto('/o/account/trash');
      await page.getByText(names[3]!).waitFor();
    },
  };
  for (const look of looks) {
    const { page, assertQuiet, close } = await openWindow(house, { ...look, as: administrator });
    // Last, because it signs out.
    const { 'sign-in': signIn, ...signedIn } = screens;
    for (const [screen, open] of [...Object.entries(signedIn), ['sign-in', signIn!] as const]) {
      await t.test(nameOf(screen, look), async () => {
        await open(page, look);
        await assertAccessible(page, look);
        assertQuiet();
      });
    }
    await close();
  }
});

async function assertAccessible(page: Page, { colorScheme }: Pick<Look, 'colorScheme'>): Promise<void> {
  const axe = new AxeBuilder({ page });
  // In the dark only the colours differ; all rules take a second and more.
  const { violations } = await (colorScheme === 'dark'
    ? axe.withRules('color-contrast')
    : axe.withTags(tags)
  ).analyze();
  const found = violations
    .filter(({ impact }) => impact !== 'minor')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html.slice(0, 200)).join(' | ')}`);
  assert.deepEqual(found, []);
  const tooWide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  assert.equal(tooWide, 0, 'the page scrolls sideways');
}

function nameOf(screen: string, { colorScheme, viewport }: Look): string {
  return `${screen}, ${colorScheme}, ${viewport.width} px`;
}
