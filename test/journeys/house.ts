/**
 * What the journeys walk through: the whole program inside this process, on a database and a port of its own, and people
 * with a browser window each. `dist/web` has to be built, as `npm test` does.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { BrowserContextOptions, ConsoleMessage, Locator, Page } from 'playwright-core';
import { announceCommits } from '#app/announce.ts';
import { runBackground } from '#app/background.ts';
import { createIdentity } from '#app/identity/people.ts';
import { createRuntime, type Runtime } from '#app/runtime.ts';
import { type CompanySetUp, setUpCompany } from '#app/set-up.ts';
import { openDatabase } from '#kernel/database/pool.ts';
import { prepareJobs } from '#kernel/jobs/jobs.ts';
import { preparePlatform } from '#kernel/workspace/platform.ts';
import { type AppOptions, buildApp } from '#server/app.ts';
import { openBrowser } from '#test/browser.ts';
import { beforeDrop, testDatabase } from '#test/database.ts';

/** On a machine without a browser the journeys are skipped: `test(name, { skip: noBrowser }, …)`. */
export const browser = await openBrowser();
export const noBrowser = browser ? false : 'no browser';
/** A machine that is busy with other tests needs seconds for what a person waits 100 ms for. */
export const PATIENCE_MS = 20_000;
export const password = 'correct horse battery';

if (browser) beforeDrop(() => browser.close());
// The report of a failed file has only the message of what nobody awaited.
process.on('unhandledRejection', (error) => console.error(error));

export interface House {
  readonly url: string;
  readonly runtime: Runtime;
  /** Nobody answers at the address any more, as when the server is restarted. */
  closeDoors(): Promise<void>;
  /** The same program answers at the same address again. */
  openDoors(): Promise<void>;
  /** Another person who may sign in. */
  person(name: string, language?: 'en' | 'es' | 'lt'): Promise<Person>;
}

export interface Person {
  email: string;
}

/** The administrator of a company that `openHouse` sets up. */
export const administrator: Person = { email: 'rasa@example.com' };

/** @param company what to set up; null leaves the first visit to the journey */
export async function openHouse(company: Partial<CompanySetUp> | null = {}, options: AppOptions = {}): Promise<House> {
  const { connection } = await testDatabase();
  const database = openDatabase(connection);
  await preparePlatform(database, 'test');
  await prepareJobs(database);
  const dataFolder = join(tmpdir(), `tendero-test-${process.pid}-${randomBytes(4).toString('hex')}`);
  const runtime = createRuntime(database, dataFolder);
  if (company) await setUpCompany(runtime, { ...litera, ...company });
  const announcing = announceCommits(runtime);
  const background = await runBackground(runtime, (line) => console.error(line));
  let app: FastifyInstance | undefined;
  let port = 0;
  const openDoors = async () => {
    app = await buildApp(runtime, options);
    await app.listen({ port, host: '127.0.0.1' });
    port = (app.server.address() as { port: number }).port;
  };
  const closeDoors = async () => {
    const closing = app?.close();
    app?.server.closeAllConnections();
    await closing;
    app = undefined;
  };
  await openDoors();
  beforeDrop(async () => {
    await closeDoors();
    await background.stop();
    await announcing.stop();
    await database.close();
    await rm(dataFolder, { recursive: true, force: true });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    runtime,
    closeDoors,
    openDoors,
    async person(name, language = 'en') {
      const [workspace] = await database.run('select id from platform.workspace');
      const email = `${name.split(' ')[0]!.toLowerCase()}@example.com`;
      await createIdentity(database, await runtime.workspace(workspace![0] as string), {
        ...{ name, email, password, language },
        timeZone: 'Europe/Vilnius',
      });
      return { email };
    },
  };
}

const litera: CompanySetUp = {
  company: 'Litera UAB',
  name: 'Rasa Petraitytė',
  email: administrator.email,
  password,
  language: 'en',
  currency: 'EUR',
  timeZone: 'Europe/Vilnius',
};

export interface Window {
  readonly page: Page;
  /** REST with the session of this window; JSON in, JSON out. */
  call<T>(method: string, path: string, json?: unknown): Promise<T>;
  /** Another tab with the same session. */
  tab(): Promise<Page>;
  /** Fails when a page complained: errors in the console, scripts that broke, dialogs of the browser, blocked content. */
  assertQuiet(): void;
  /** What the pages complained of so far is forgotten: for journeys that provoke it. */
  forgive(): void;
  close(): Promise<void>;
}

/** A browser window of its own: cookies, language, size. Somebody sits at it, or nobody has signed in yet. */
export async function openWindow(
  house: Pick<House, 'url'>,
  { as, ...options }: BrowserContextOptions & { as?: Person } = {},
): Promise<Window> {
  const context = await browser!.newContext({
    baseURL: house.url,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Vilnius',
    reducedMotion: 'reduce',
    // What is kept for hours without a network would answer for a server that a journey takes away.
    serviceWorkers: 'block',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  await context.addInitScript(
    `addEventListener('securitypolicyviolation', (event) => console.error('blocked ' + event.violatedDirective + ' ' + event.blockedURI))`,
  );
  const listen = (page: Page) => {
    page.on('console', (message) => {
      if (message.type() === 'error' && !isExpected(message)) complaints.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      // Whoever leaves a page with something unsaved is asked, and means it.
      if (dialog.type() === 'beforeunload') return void dialog.accept();
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  };
  context.on('page', listen);
  let csrf = '';
  const call = async <T>(method: string, path: string, json?: unknown): Promise<T> => {
    const answer = await context.request.fetch(`/api${path}`, { method, data: json, headers: { 'x-csrf': csrf } });
    const body = answer.status() === 204 ? undefined : await answer.json();
    assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${JSON.stringify(body)}`);
    return body as T;
  };
  if (as) ({ csrf } = await call<{ csrf: string }>('POST', '/session', { email: as.email, password }));
  return {
    page: await context.newPage(),
    call,
    tab: () => context.newPage(),
    assertQuiet: () => assert.deepEqual(complaints, []),
    forgive: () => void complaints.splice(0),
    close: () => context.close(),
  };
}

/** What a page shows before the server has answered is true in a moment. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(100);
    }
  }
}

/** Takes a card of a board to another column with the mouse, and lets go once the column shows that it takes it. */
export async function dragCard(page: Page, card: Locator, column: Locator): Promise<void> {
  await card.hover({ position: { x: 30, y: 10 } });
  await page.mouse.down();
  let shift = 0;
  await eventually(async () => {
    const to = (await column.boundingBox())!;
    shift = (shift + 10) % 40;
    await page.mouse.move(to.x + 40 + shift, to.y + 40, { steps: 3 });
    assert.equal(await column.getAttribute('data-over'), 'true', 'the column does not take the card');
  });
  await page.mouse.up();
}

/** The browser logs every 4xx that the app asks for on purpose; it says so to the person. */
function isExpected(message: ConsoleMessage): boolean {
  return /^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text());
}
