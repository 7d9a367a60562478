import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { hashPassword } from '#app/identity/passwords.ts';
import { openBrowser } from '#test/browser.ts';
import { type Figure, figure } from './figure.ts';
import { type Million, rows } from './million.ts';
import { startServer } from './requests.ts';

/** From a list to a record and back counts twice. `BENCH_NAVIGATIONS=100` for trying it out. */
const NAVIGATIONS = Number(process.env.BENCH_NAVIGATIONS ?? 1000);
const COLD_STARTS = 5;
/** Frames and keys over which the work of the page's main thread is told. */
const MAIN_THREAD_STEPS = 150;
/** Pixels a second, and for how long: a person who turns the wheel without stopping. */
const SCROLL_SPEED = 6_000;
const SCROLL_SECONDS = 10;
const person = { email: 'seller0@example.com', password: 'correct horse battery' };
const assets = resolve(import.meta.dirname, '../dist/web/assets');

/**
 * The screens in a browser without a window, on the big workspace: what is loaded, how soon it can be used, what keys and
 * clicks cost until they are painted (Event Timing API, rounded up to 8 ms by the browser), how a list and a board scroll,
 * what a thousand navigations leave behind.
 */
export async function benchScreens(million: Million, say: (line: string) => void): Promise<Figure[]> {
  const browser = await openBrowser();
  if (!browser) throw new Error('No Chromium starts here.');
  // Of the people of the big workspace none signs in but here.
  await million.database.run('update platform.identity set password_hash = $1 where email = $2', [
    await hashPassword(person.password),
    person.email,
  ]);
  const server = await startServer('requests-server.ts', million);
  const url = `http://127.0.0.1:${server.port}`;
  const figures: Figure[] = [];
  const tell = (one: Figure) => {
    figures.push(one);
    say(`${one.name}: ${one.value} ${one.unit}`);
  };
  try {
    for (const one of codeSizes()) tell(one);
    const cold = await coldStarts(browser, url);
    tell(figure('screens: list usable from a cold cache', 's', cold.usable, 'lower', 1.5));
    tell(figure('screens: layout shift while it loads', 'CLS', cold.shift, 'lower', 0.05));
    const context = await signIn(browser, url);
    tell(figure('screens: key or click to paint p95', 'ms', await interactions(context), 'lower', 100));
    const work = await mainThread(context);
    tell(figure('screens: main thread for a scrolled frame', 'ms CPU', work.frame, 'lower', 8));
    tell(figure('screens: main thread for an arrow key', 'ms CPU', work.key, 'lower', 10));
    for (const direction of ['down', 'up'] as const) {
      const scrolled = await scrollList(context, direction);
      tell(figure(`screens: scrolling a list ${direction}`, 'frames/s', scrolled.fps, 'higher', 55));
      tell(figure(`screens: longest blank while scrolling ${direction}`, 'ms', scrolled.blank, 'lower', 150));
      say(`  ${scrolled.seen} of ${rows.contact} rows`);
    }
    const board = await scrollBoard(context);
    tell(figure(`screens: board of ${board.cards} cards, usable`, 's', board.usable, 'lower', 1.5));
    tell(figure('screens: scrolling a column of it', 'frames/s', board.fps, 'higher', 55));
    say(`  ${board.drawn} cards drawn at once`);
    const memory = await navigations(context);
    tell(
      figure(
        `screens: memory after ${NAVIGATIONS} navigations, against after 100`,
        'times',
        memory.growth,
        'lower',
        1.2,
      ),
    );
    say(`  ${memory.before.toFixed(1)} MB, then ${memory.after.toFixed(1)} MB`);
    await context.close();
  } finally {
    server.process.kill();
    await browser.close();
  }
  return figures;
}

/** Script as it is sent, by what imports what: before any route, and what each route brings with it. */
function codeSizes(): Figure[] {
  const code = new Map(
    readdirSync(assets)
      .filter((name) => name.endsWith('.js'))
      .map((name) => [name, readFileSync(resolve(assets, name), 'utf8')]),
  );
  const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1]!);
  const reach = (names: readonly string[], known: ReadonlySet<string> = new Set()) => {
    const reached = new Set<string>();
    const visit = (name: string) => {
      if (reached.has(name) || known.has(name) || !code.has(name)) return;
      reached.add(name);
      for (const next of found(code.get(name)!, /(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)) visit(next);
    };
    for (const name of names) visit(name);
    return reached;
  };
  const size = (names: Iterable<string>) =>
    [...names].reduce((sum, name) => sum + gzipSync(code.get(name)!, { level: 9 }).length, 0) / 1024;
  const page = readFileSync(resolve(assets, '../index.html'), 'utf8');
  const entries = found(page, /assets\/([\w.-]+\.js)/g);
  const words = (rooms: string) => [...code.keys()].filter((name) => new RegExp(`^words-${rooms}en-`).test(name));
  const first = reach([...entries, ...words('')]);
  // As the compiler leaves `withWords('list', import('./list-page.tsx'))`, or the import alone.
  const lazily =
    /(?:\(\s*(?<rooms>["'`][\w-]+["'`]|\[[^\]]*\]),[^;]{0,40}?)?\bimport\(\s*["'`]\.\/(?<name>[\w-]+-page-[\w-]+\.js)/g;
  const routes = [...first]
    .flatMap((from) => [...code.get(from)!.matchAll(lazily)].map(({ groups }) => groups!))
    .map(({ name = '', rooms }) => {
      const ofRooms = rooms?.match(/[\w-]+/g) ?? [];
      return { name, size: size([...reach([name], first), ...ofRooms.flatMap((room) => words(`${room}-`))]) };
    })
    .sort((a, b) => b.size - a.size);
  if (first.size < 3 || !routes.some(({ name }) => name.startsWith('list-page')))
    throw new Error('Nothing was measured.');
  const [largest] = routes;
  return [
    figure('screens: script before the first route', 'kB gzip', size(first), 'lower', 220),
    figure(
      `screens: script of the largest route (${largest?.name.replace(/-[\w-]{8}\.js$/, '')})`,
      'kB gzip',
      largest?.size ?? 0,
      'lower',
      150,
    ),
  ];
}

async function signIn(browser: Browser, url: string): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Vilnius',
  });
  context.setDefaultTimeout(60_000);
  const answer = await context.request.post('/api/session', { data: person });
  if (!answer.ok()) throw new Error(`Signing in: ${answer.status()} ${await answer.text()}`);
  return context;
}

/** What the page itself saw of its beginning. */
const watch = `
  window.bench = { shift: 0, usable: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.bench.shift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  const look = () => {
    if (document.querySelector('[data-row="10"] a')) window.bench.usable = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);`;

async function coldStarts(browser: Browser, url: string): Promise<{ usable: number; shift: number }> {
  const usable: number[] = [];
  const shifts: number[] = [];
  for (let run = 0; run < COLD_STARTS; run++) {
    const context = await signIn(browser, url);
    await context.addInitScript(watch);
    const page = await context.newPage();
    await page.goto('/o/contact');
    await page.locator('[data-row="10"] a').waitFor();
    await page.waitForTimeout(1_000);
    const seen = await page.evaluate<{ shift: number; usable: number }>('window.bench');
    usable.push(seen.usable / 1000);
    shifts.push(seen.shift);
    await context.close();
  }
  return { usable: median(usable), shift: Math.max(...shifts) };
}

/** A working minute in a list: moving, marking, editing, menus, sorting, the palette. */
async function interactions(context: BrowserContext): Promise<number> {
  const page = await openList(context);
  await page.evaluate(`
    window.timings = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.interactionId) window.timings.push([entry.interactionId, entry.duration]);
    }).observe({ type: 'event', durationThreshold: 16 });`);
  let done = 0;
  const press = async (...keys: string[]) => {
    for (const key of keys) {
      await page.keyboard.press(key);
      await page.waitForTimeout(60);
      done++;
    }
  };
  await page.getByRole('grid').focus();
  for (let round = 0; round < 8; round++) {
    await press(
      'ArrowDown',
      'ArrowDown',
      'ArrowRight',
      'ArrowRight',
      'Shift+ArrowDown',
      'PageDown',
      'ArrowUp',
      'x',
      'x',
      'j',
      'k',
    );
    await press('F2', 'Escape', 'Control+k', 'a', 'n', 'n', 'Escape');
    await page.getByRole('button', { name: 'Mine' }).hover();
    await page.locator('[data-column="2"]').nth(3).click();
    await page.locator('[role=row] input').nth(2).click();
    await page.locator('[role=row] input').nth(2).click();
    done += 3;
    await press('Escape');
  }
  await page.waitForTimeout(500);
  const timings = await page.evaluate<[number, number][]>('window.timings');
  const slowest = new Map<number, number>();
  for (const [id, duration] of timings) slowest.set(id, Math.max(slowest.get(id) ?? 0, duration));
  // What took less than 16 ms leaves no entry.
  const all = [...slowest.values(), ...Array.from({ length: Math.max(0, done - slowest.size) }, () => 16)].sort(
    (a, b) => a - b,
  );
  await page.close();
  return all[Math.floor(all.length * 0.95)] ?? 0;
}

/** What the page's main thread works for a frame that is scrolled on by 100 pixels, and for a key that moves the cursor. */
async function mainThread(context: BrowserContext): Promise<{ frame: number; key: number }> {
  const page = await openList(context);
  const session = await context.newCDPSession(page);
  // CPU, not the clock: it survives a noisy machine.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000;
  };
  const each = async (work: () => Promise<unknown>) => {
    await page.waitForTimeout(1_000);
    const before = await worked();
    await work();
    return ((await worked()) - before) / MAIN_THREAD_STEPS;
  };
  const frame = await each(() =>
    page.evaluate(`new Promise((done) => {
      const element = document.querySelector('[role=grid]');
      let left = ${MAIN_THREAD_STEPS};
      const step = () => {
        element.scrollTop += 100;
        if (--left > 0) requestAnimationFrame(step);
        else done();
      };
      requestAnimationFrame(step);
    })`),
  );
  await page.getByRole('grid').focus();
  const key = await each(async () => {
    for (let n = 0; n < MAIN_THREAD_STEPS; n++) {
      await page.keyboard.press(n % 20 < 10 ? 'ArrowDown' : 'ArrowUp');
      await page.waitForTimeout(30);
    }
  });
  await page.close();
  return { frame, key };
}

interface Scrolled {
  fps: number;
  blank: number;
  seen: number;
}

async function scrollList(context: BrowserContext, direction: 'down' | 'up'): Promise<Scrolled> {
  const page = await openList(context);
  if (direction === 'up') {
    await scroll(page, '[role=grid]', SCROLL_SPEED, 6);
    await page.waitForTimeout(500);
  }
  const scrolled = await scroll(
    page,
    '[role=grid]',
    direction === 'down' ? SCROLL_SPEED : -SCROLL_SPEED,
    direction === 'down' ? SCROLL_SECONDS : 5,
  );
  await page.close();
  return scrolled;
}

/** Scrolls by time, not by frame: a slow frame skips more rows, as under a finger. */
async function scroll(page: Page, selector: string, speed: number, seconds: number): Promise<Scrolled> {
  const { fps, blank, seen } = await page.evaluate<Scrolled>(`(async () => {
    const element = document.querySelector('${selector}');
    let frames = 0, blank = 0, since = 0, last = performance.now(), seen = 0;
    const begin = last, box = element.getBoundingClientRect();
    await new Promise((done) => {
      const step = (now) => {
        frames++;
        element.scrollTop += (${speed} * (now - last)) / 1000;
        last = now;
        const shown = [0.3, 0.7].map((part) => document.elementFromPoint(box.left + box.width / 4, box.top + box.height * part));
        const isBlank = shown.some((one) => one && (one.closest('[data-waiting]') || !one.closest('[data-row], [data-index]')));
        if (!isBlank) since = 0;
        else { since ||= now; blank = Math.max(blank, now - since); }
        const row = shown[0]?.closest('[data-row]')?.dataset.row;
        if (row) seen = Math.max(seen, Number(row));
        if (now - begin < ${seconds * 1000}) requestAnimationFrame(step);
        else done();
      };
      requestAnimationFrame(step);
    });
    return { fps: (frames * 1000) / (last - begin), blank, seen };
  })()`);
  return { fps, blank, seen };
}

async function scrollBoard(context: BrowserContext) {
  const page = await context.newPage();
  // A week of sales: about 5,000 of the 500,000.
  const filter = JSON.stringify({ closeOn: { gte: day(0), lt: day(7) } });
  const started = performance.now();
  await page.goto(`/o/opportunity?view=pipeline&filter=${encodeURIComponent(filter)}`);
  await page.locator('[data-index="3"]').first().waitFor();
  const usable = (performance.now() - started) / 1000;
  const heads = await page.locator('[class*=columnHead] [class*=count]').allInnerTexts();
  const cards = heads.reduce((sum, text) => sum + (Number(text.replace(/\D/g, '')) || 0), 0);
  const { fps } = await scroll(page, '[role=list]', 3_000, 8);
  const drawn = await page.locator('[data-index]').count();
  await page.close();
  return { cards, usable, fps, drawn };
}

/** From the list to a record and back, in the app; what is left is counted after a collection. */
async function navigations(context: BrowserContext) {
  const page = await openList(context);
  const session = await context.newCDPSession(page);
  const heap = async () => {
    await page.waitForTimeout(300);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
    return usedSize / 1024 / 1024;
  };
  let before = 0;
  for (let count = 0; count < NAVIGATIONS; count += 2) {
    await page
      .locator('[role=row][data-row] a')
      .nth(count % 12)
      .click();
    await page.waitForURL(/\/o\/contact\/[0-9a-f-]{36}/);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.goBack();
    await page.locator('[data-row="10"] a').waitFor();
    if (count === 100 || (count === 0 && NAVIGATIONS <= 100)) before = await heap();
  }
  const after = await heap();
  await page.close();
  return { before, after, growth: after / before };
}

async function openList(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto('/o/contact');
  await page.locator('[data-row="10"] a').waitFor();
  return page;
}

function day(offset: number): string {
  return new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
