/**
 * The pictures of the README: a demo company with a fixed seed, on a database of its own that goes away.
 *
 *   npm run build && node scripts/screens.ts
 */
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { runBackground } from '#app/background.ts';
import { loadDemo } from '#app/demo/load.ts';
import { setUpCompany } from '#app/set-up.ts';
import { startRuntime } from '#app/start.ts';
import { asSystem } from '#kernel/access/access.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildApp } from '#server/app.ts';
import { openBrowser } from '#test/browser.ts';

const password = 'correct horse battery';
const email = 'rasa@litera.example';
const folder = fileURLToPath(new URL('../docs/screens', import.meta.url));
const desk = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

const contacts = `First Name,Last Name,Email,Phone Number,Job Title,Associated Company,Lifecycle Stage
Eglė,Kazlauskienė,egle.kazlauskiene@baltasisamalas.example,+370 612 34567,Purchasing manager,Baltasis amalas UAB,customer
Íñigo,Etxeberria,inigo@lacasadelpan.example,+34 612 345 678,Owner,La Casa del Pan SL,lead
Jūratė,Žemaitytė,jurate.zemaityte@zaliasmiskas.example,8 698 11122,Accountant,Žalias miškas UAB,customer
`;

const browser = await openBrowser();
if (!browser) process.exit(1);
const dataFolder = await mkdtemp(join(tmpdir(), 'tendero-screens-'));
const { runtime, stop } = await startRuntime({ dataFolder, own: true, upgrade: 'apply', databaseUrl: undefined });
const background = await runBackground(runtime, console.error);
const app = await buildApp(runtime);
try {
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const { workspaceId } = await setUpCompany(runtime, {
    ...{ company: 'Litera UAB', name: 'Rasa Petraitytė', email, password },
    ...{ language: 'en', currency: 'EUR', timeZone: 'Europe/Vilnius' },
  });
  const workspace = await runtime.workspace(workspaceId);
  const system = recordsFor(workspace, { ...asSystem('the demo company of the pictures'), language: 'en' }, 'setup');
  const { id } = (await system.find('user', { email }))!;
  const you = { id, name: 'Rasa Petraitytė', email };
  await loadDemo(system, { now: new Date(), seed: 1, language: 'en', you });
  await mkdir(folder, { recursive: true });
  await takePictures(url);
} finally {
  await browser.close();
  await app.close();
  await background.stop();
  await stop();
  await rm(dataFolder, { recursive: true, force: true });
}

async function takePictures(url: string): Promise<void> {
  const account = await busiestAccount();
  await picture('list', desk, async (page) => {
    await page.goto(`${url}/o/account`);
    await page.getByRole('grid').getByRole('link').nth(10).waitFor();
  });
  const openBoard = async (page: Page) => {
    await page.goto(`${url}/o/opportunity?view=pipeline`);
    await page.getByRole('group').nth(8).waitFor();
  };
  await picture('board', desk, openBoard);
  await picture('dark-board', { ...desk, colorScheme: 'dark' }, openBoard);
  const openAccount = async (page: Page) => {
    await page.goto(`${url}/o/account/${account}`);
    await page.locator('article').first().waitFor({ state: 'attached' });
  };
  await picture('account', desk, openAccount);
  await picture('cuenta', { ...desk, colorScheme: 'dark' }, openAccount, 'es');
  const openInbox = async (page: Page) => {
    await page.goto(`${url}/inbox`);
    await page.locator('li[data-open] > button').nth(1).click();
    await page.locator('article').first().waitFor();
  };
  await picture('inbox', desk, openInbox);
  await picture('laiskai', desk, openInbox, 'lt');
  await picture('palette', desk, async (page) => {
    await openAccount(page);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search', exact: true }).fill('tauro');
    await page.getByRole('option').nth(6).waitFor();
  });
  await picture('import', desk, async (page) => {
    await page.goto(`${url}/import?object=contact`);
    await page.locator('input[type=file]').setInputFiles({
      name: 'contacts-from-hubspot.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(contacts),
    });
    await page.getByRole('combobox', { name: 'Field for First Name' }).waitFor();
  });
  await picture('phone-list', phone, async (page) => {
    await page.goto(`${url}/o/account`);
    await page.getByRole('main').getByRole('link').nth(8).waitFor();
  });
  const openOnPhone = async (page: Page) => {
    await page.goto(`${url}/o/account/${account}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
  };
  await picture('phone-account', phone, openOnPhone);
  await picture('phone-klientas', { ...phone, colorScheme: 'dark' }, openOnPhone, 'lt');

  async function picture(
    name: string,
    look: BrowserContextOptions,
    open: (page: Page) => Promise<void>,
    language: 'en' | 'es' | 'lt' = 'en',
  ) {
    await speak(language);
    const context = await browser!.newContext({
      ...look,
      locale: 'en-GB',
      timezoneId: 'Europe/Vilnius',
      reducedMotion: 'reduce',
    });
    await context.request.post(`${url}/api/session`, { data: { email, password } });
    const page = await context.newPage();
    await open(page);
    await page.waitForLoadState('networkidle');
    const path = join(folder, `${name}.png`);
    await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
    await context.close();
    console.log(`${path}: ${Math.ceil((await stat(path)).size / 1024)} kB`);
  }

  /** What the person who looks around reads. */
  async function speak(language: 'en' | 'es' | 'lt'): Promise<void> {
    const system = recordsFor(await workspaceOf(), asSystem('the demo company of the pictures'), 'setup');
    const person = await system.find('user', { email });
    await system.update('user', person!.id, { language });
  }

  /** A customer of whom there is much to tell. */
  async function busiestAccount(): Promise<string> {
    const system = recordsFor(await workspaceOf(), asSystem('the demo company of the pictures'), 'setup');
    const rows = await system.aggregate('note', {
      groupBy: ['account'],
      measures: { n: { count: true } },
      sort: ['-n'],
      limit: 1,
    });
    return String(rows[0]!.key[0]);
  }
}

async function workspaceOf() {
  const [row] = await runtime.database.run('select id from platform.workspace');
  return runtime.workspace(row![0] as string);
}
