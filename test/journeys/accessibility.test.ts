/**
 * Every screen by axe. `TENDERO_AXE_REPORT=docs/accessibility.md` writes down what was looked at and what was found.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { administrator, noBrowser, openHouse, openWindow, type Window } from './house.ts';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const desk = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
/** In an order that changes one thing at a time: a full table takes a second for another theme. */
const looks = [
  { colorScheme: 'light', viewport: desk },
  { colorScheme: 'dark', viewport: desk },
  { colorScheme: 'dark', viewport: phone },
  { colorScheme: 'light', viewport: phone },
] as const;
type Look = (typeof looks)[number];

/** By screen: how often it was looked at, and the rules of which axe said that they are broken, the minor ones too. */
const found = new Map<string, { looks: number; broken: Set<string> }>();
const report = process.env.TENDERO_AXE_REPORT;
after(() => {
  if (report) writeFileSync(report, reported());
});

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

  const screens: Record<string, (page: Page, inBothThemes: () => Promise<void>) => Promise<void>> = {
    home: async (page) => {
      await page.goto('/home');
      await page.getByRole('link', { name: 'Deal 1' }).first().waitFor();
    },
    search: async (page) => {
      await page.goto('/search?q=deal');
      await page.getByRole('region', { name: 'Opportunities' }).waitFor();
    },
    'home, being arranged': async (page) => {
      await page.goto('/home');
      await page.getByRole('button', { name: 'Arrange this page' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Move My day down' }).waitFor();
    },
    profile: async (page) => {
      await page.goto('/profile');
      await page.getByText('This device').waitFor();
    },
    'a delete that is refused': async (page) => {
      await page.goto(`/o/account/${account}`);
      await page.getByRole('button', { name: 'More actions' }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page
        .getByRole('dialog')
        .getByRole('heading', { name: /^Opportunities/ })
        .waitFor();
    },
    design: async (page) => {
      await page.goto('/design');
      await page.getByRole('heading', { name: 'Fields' }).waitFor();
    },
    'sign-in': async (page, inBothThemes) => {
      await page.context().clearCookies();
      await page.goto('/forgotten');
      await page.getByRole('heading', { name: 'A new password' }).waitFor();
      await inBothThemes();
      await page.goto('/sign-in');
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    },
    list: async (page) => {
      await page.goto('/o/account');
      await page.getByText('Café Olé').waitFor();
    },
    'list in groups': async (page) => {
      await page.goto('/o/account?group=status&totals=name~count');
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
    'record, activity and all fields': async (page, inBothThemes) => {
      await page.goto(`/o/account/${account}`);
      await page.getByRole('tab', { name: 'Activity' }).click();
      await page.getByText('Wants').waitFor();
      await inBothThemes();
      await page.getByRole('tab', { name: 'All fields' }).click();
      await page.getByRole('searchbox', { name: 'Find a field' }).waitFor();
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
    import: async (page, inBothThemes) => {
      await page.goto('/import?object=account');
      await page.locator('input[type=file]').setInputFiles({
        name: 'accounts.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from('name,employees,unknown column\nEglė,12,x\nJūratė,many,y\n'),
      });
      await page.getByRole('combobox', { name: 'Field for name' }).waitFor();
      await inBothThemes();
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('radio').first().waitFor();
      await inBothThemes();
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('cell', { name: /Jūratė/ }).waitFor();
    },
    palette: async (page) => {
      await page.goto('/o/account');
      await page.getByText('Café Olé').waitFor();
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Search', exact: true }).fill('azuol');
      await page.getByRole('option', { name: /^Ąžuolas UAB/ }).waitFor();
    },
    trash: async (page) => {
      await page.goto('/o/account/trash');
      await page.getByText(names[3]!).waitFor();
    },
  };
  for (const viewport of [desk, phone]) {
    const { page, assertQuiet, close } = await openWindow(house, { viewport, as: administrator });
    let themes: Look['colorScheme'][] = ['light', 'dark'];
    const inBothThemes = async () => {
      for (const colorScheme of themes) {
        await page.emulateMedia({ colorScheme });
        await assertAccessible(page, { colorScheme });
      }
      // The next screen begins with the theme that this one ended with.
      themes = themes.toReversed();
    };
    // Last, because it signs out.
    const { 'sign-in': signIn, ...signedIn } = screens;
    for (const [screen, open] of [...Object.entries(signedIn), ['sign-in', signIn!] as const]) {
      await t.test(`${screen}, ${viewport.width} px`, async () => {
        await open(page, inBothThemes);
        await inBothThemes();
        assertQuiet();
      });
    }
    await close();
  }
});

test('every settings screen and every shape of a list, light and dark, desk and phone', {
  skip: noBrowser,
}, async (t) => {
  const house = await openHouse();
  const { page, call, assertQuiet } = await openWindow(house, { as: administrator, viewport: desk });
  await fillSettings(call);
  const { results } = await call<{ results: { id: string }[] }>('POST', '/records/account/bulk', {
    create: ['Vilnius', 'Kaunas', 'Madrid'].map((city) => ({
      ...{ name: `Of ${city}`, industry: 'retail', billingAddress: { city, country: city === 'Madrid' ? 'ES' : 'LT' } },
    })),
  });
  const stages = await call<{ items: { id: string; pipeline: string }[] }>('GET', '/records/stage?sort=position');
  const today = new Date().toISOString().slice(0, 10);
  await call('POST', '/records/opportunity/bulk', {
    create: stages.items.map(({ id, pipeline }, index) => ({
      ...{ name: `Deal ${index}`, account: results[index % 3]!.id, stage: id, pipeline, closeOn: today },
      amount: { amount: 1_000 * (index + 1), currency: 'EUR' },
    })),
  });
  const [hook] = (await call<{ items: { id: string }[] }>('GET', '/webhooks')).items;
  await call('POST', '/records/team', { name: 'North' });
  const { id: role } = (await call<{ items: { id: string }[] }>('GET', '/records/role?sort=-name')).items[0]!;
  const users = (await call<{ items: { id: string; name: string }[] }>('GET', '/users')).items;
  const { id: person } = users.find(({ name }) => name.startsWith('Ona'))!;

  await call('PATCH', '/company', { holidays: [{ on: today, name: 'Market day' }] });
  const { id: playbook } = await call<{ id: string }>('POST', '/records/playbook', { name: 'Welcome' });
  const steps = [{ subject: 'Call' }, { subject: 'Send the samples', days: 2, after: 'previous' }];
  await call('PUT', `/playbooks/${playbook}`, { values: { starts: 'created' }, steps });

  const heading = (name: string) => page.getByRole('heading', { level: 2, name, exact: true }).waitFor();
  const chart = (kind: string, by = 'stage') =>
    `/o/opportunity?shape=chart&chart=${kind}&by=${by}&measure=sum&sum=amount`;
  const slices = () => page.getByRole('heading', { name: /^Sum of Amount/ }).waitFor();
  const screens: [address: string, isThere: () => Promise<unknown>][] = [
    ['/settings', () => heading('What would you like to set up?')],
    ['/settings/company', () => page.getByLabel('Company name').waitFor()],
    ['/settings/users', () => page.getByRole('cell', { name: /^Ona/ }).first().waitFor()],
    [
      `/settings/users/${person}`,
      async () => {
        await page.getByRole('table', { name: 'All their rights' }).waitFor();
        await page.getByRole('checkbox', { name: 'Monday' }).waitFor();
      },
    ],
    ['/settings/roles', () => page.getByRole('link', { name: 'Sales manager' }).waitFor()],
    [`/settings/roles/${role}`, () => page.getByRole('table', { name: 'What it allows' }).waitFor()],
    ['/settings/teams', () => page.getByRole('cell', { name: 'North', exact: true }).waitFor()],
    ['/settings/single-sign-on', () => heading('Single sign-on')],
    ['/settings/single-sign-on/openid', () => page.getByLabel('Issuer').waitFor()],
    ['/settings/single-sign-on/ldap', () => page.getByLabel('Account that searches').waitFor()],
    ['/settings/single-sign-on/scim', () => page.getByLabel('Address for your directory').waitFor()],
    ['/settings/security', () => page.getByRole('combobox', { name: 'Ends when not used for' }).waitFor()],
    ['/settings/mail', () => page.getByRole('textbox', { name: 'Host' }).waitFor()],
    ['/settings/audit', () => page.getByRole('combobox', { name: 'Who' }).waitFor()],
    ['/settings/audit/proof', () => page.getByRole('button', { name: 'Verify now' }).waitFor()],
    ['/settings/privacy', () => page.getByText('Nobody was erased yet.').waitFor()],
    ['/settings/currencies', () => page.getByRole('cell', { name: /^USD/ }).first().waitFor()],
    ['/settings/numbering', () => page.getByLabel('Before the number').waitFor()],
    ['/settings/objects', () => page.getByRole('table', { name: 'Removed objects' }).waitFor()],
    ['/settings/objects/visit', () => page.getByRole('table', { name: 'Removed fields' }).waitFor()],
    ['/settings/objects/visit/fields/outcome', () => page.getByRole('dialog', { name: 'Outcome' }).waitFor()],
    ['/settings/objects/visit/fields/hours', () => page.getByText('Gives a number').waitFor()],
    ['/settings/objects/visit/fields/new', () => page.getByRole('dialog', { name: 'Add a field' }).waitFor()],
    ['/settings/objects/account/layout', () => page.getByRole('region', { name: 'Middle' }).waitFor()],
    ['/settings/pipelines', () => page.getByRole('textbox', { name: 'Probability of Won' }).waitFor()],
    ['/settings/labels', () => page.getByRole('table').waitFor()],
    ['/settings/imports', () => heading('Import history')],
    ['/settings/keys', () => page.getByRole('cell', { name: 'Shop', exact: true }).waitFor()],
    ['/settings/webhooks', () => page.getByText('https://example.com/hook').waitFor()],
    [`/settings/webhooks/${hook!.id}`, () => page.getByRole('region', { name: 'Deliveries' }).waitFor()],
    ['/settings/configuration', () => page.getByRole('region', { name: 'History' }).getByRole('table').waitFor()],
    [
      `/playbooks/${playbook}`,
      async () => {
        await page.getByRole('button', { name: 'When and whose: Send the samples' }).click();
        await page.getByText('if task 1 is done on its day').waitFor();
      },
    ],
    ['/settings/jobs', () => heading('Jobs')],
    ['/settings/backups', () => heading('Backups')],
    ['/settings/health', () => page.getByText('PostgreSQL').first().waitFor()],
    ['/o/opportunity?shape=calendar&by=closeOn', () => page.getByText('Deal 1').first().waitFor()],
    ['/o/opportunity?shape=timeline&by=startedOn&until=closeOn', () => page.getByText('Deal 1').first().waitFor()],
    [
      '/o/account?shape=map',
      () =>
        page
          .getByRole('group', { name: /Accounts/ })
          .getByRole('button')
          .nth(4)
          .waitFor(),
    ],
    [chart('bar'), slices],
    [chart('line', 'closeOn:month'), slices],
    [chart('pie'), slices],
    [chart('funnel'), slices],
  ];
  await page.goto('/settings');
  for (const [address, isThere] of screens) {
    await t.test(address, async () => {
      // The app stays: loading it anew for each screen would take longer than looking at it.
      await page.evaluate(`history.pushState({}, '', ${JSON.stringify(address)})`);
      await isThere();
      for (const look of looks) {
        await page.setViewportSize(look.viewport);
        await page.emulateMedia({ colorScheme: look.colorScheme });
        await assertAccessible(page, look);
      }
      await page.setViewportSize(desk);
      assertQuiet();
    });
  }
});

/** Something in every list of the settings. */
async function fillSettings(call: Window['call']): Promise<void> {
  const text = (en: string) => ({ label: { en } });
  const label = { en: { one: 'Visit', many: 'Visits' } };
  const fields = { subject: { type: 'text', required: true, ...text('Subject') } };
  await call('POST', '/objects', { name: 'visit', plural: 'visits', title: 'subject', icon: 'map-pin', label, fields });
  await call('POST', '/objects/visit/fields', {
    ...{ name: 'outcome', type: 'select', ...text('Outcome') },
    options: ['order', 'problem'].map((value) => ({ value, color: 'red', ...text(value) })),
  });
  await call('POST', '/objects/visit/fields', { name: 'minutes', type: 'integer', ...text('Minutes') });
  await call('POST', '/objects/visit/fields', {
    ...{ name: 'hours', type: 'formula', returns: 'decimal', formula: 'minutes / 60', ...text('Hours') },
  });
  await call('POST', '/objects/visit/fields', { name: 'number', type: 'autoNumber', prefix: 'V-', ...text('Number') });
  await call('POST', '/objects/visit/fields', { name: 'old', type: 'text', ...text('Old') });
  await call('DELETE', '/objects/visit/fields/old');
  await call('POST', '/objects', { ...{ name: 'gone', plural: 'gones', title: 'subject', icon: 'box', fields } });
  await call('DELETE', '/objects/gone');
  await call('POST', '/users', { name: 'Ona', email: 'ona@example.com' });
  await call('PUT', '/rates/USD/2026-01-01', { rate: 0.92 });
  await call('POST', '/keys', { name: 'Shop' });
  await call('POST', '/webhooks', { url: 'https://example.com/hook', description: 'Of the shop' });
  await call('POST', '/backups');
}

async function assertAccessible(page: Page, { colorScheme }: Pick<Look, 'colorScheme'>): Promise<void> {
  // The colours of a theme come by and by.
  await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: 'attached' });
  await page.evaluate(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))).then(() =>
    Promise.allSettled(document.getAnimations().flatMap((one) => (one instanceof CSSTransition ? one.finished : []))))`);
  // Axe is read once for each page that is loaded, needs no page of its own for its report, and leaves out what is right:
  // 0.4 s instead of 2.3 s for a table of users.
  const isThere = await page.evaluate("'axe' in window");
  const axe = new AxeBuilder({ page, ...(isThere ? { axeSource: ';' } : {}) })
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'] });
  // In the dark only the colours differ; all rules take a second and more.
  const look = async () =>
    (await (colorScheme === 'dark' ? axe.withRules('color-contrast') : axe.withTags(tags)).analyze()).violations;
  let violations = await look();
  // A theme that is still coming is no finding.
  if (violations.length > 0) {
    await page.waitForTimeout(500);
    violations = await look();
  }
  note(page, violations);
  const wrong = violations
    .filter(({ impact }) => impact !== 'minor')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html.slice(0, 200)).join(' | ')}`);
  assert.deepEqual(wrong, []);
  const tooWide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  assert.equal(tooWide, 0, 'the page scrolls sideways');
}

function note(page: Page, violations: readonly { id: string; impact?: string | null }[]): void {
  const { pathname, search } = new URL(page.url());
  const screen = (pathname + search).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…');
  const known = found.get(screen) ?? { looks: 0, broken: new Set() };
  found.set(screen, known);
  known.looks++;
  for (const { id, impact } of violations) known.broken.add(`${id} (${impact})`);
}

function reported(): string {
  const rows = [...found].sort(([one], [other]) => (one < other ? -1 : 1));
  const [total, broken] = [
    rows.reduce((sum, [, { looks }]) => sum + looks, 0),
    rows.filter(([, { broken }]) => broken.size > 0).length,
  ];
  return [
    '# Accessibility, as axe sees it',
    '',
    `${rows.length} screens, looked at ${total} times: light and dark, ${desk.width} and ${phone.width} px wide, with dialogs and menus open`,
    `where a screen has them. Rules: ${tags.join(', ')}; in the dark the contrast of colours. Screens with a finding: ${broken}.`,
    'Written by `TENDERO_AXE_REPORT=docs/accessibility.md node test/run.ts --only journeys/accessibility`; what people do without',
    'a mouse is in `test/journeys/keyboard.test.ts`.',
    '',
    '| screen | looks | found |',
    '|---|---|---|',
    ...rows.map(([screen, { looks, broken }]) => `| \`${screen}\` | ${looks} | ${[...broken].join(', ') || '–'} |`),
    '',
  ].join('\n');
}

function nameOf(screen: string, { colorScheme, viewport }: Look): string {
  return `${screen}, ${colorScheme}, ${viewport.width} px`;
}
