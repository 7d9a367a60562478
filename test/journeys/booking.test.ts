import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';
import { openLetters } from './letters.ts';
import { lookAtAll } from './look.ts';
import { openShop } from './shop.ts';

const look = (page: Page, name: string) => lookAtAll(page, `booking-${name}`);

test('a customer books a time, moves it and cancels it, and the calendar of whoever they meet follows', {
  skip: noBrowser,
}, async () => {
  const house = await openHouse();
  const rasa = await openWindow(house, { as: administrator });
  const { page, call } = rasa;
  const sink = await openLetters(house, rasa);
  const shop = await openShop();
  const { key } = await call<{ key: string }>('POST', '/keys', { name: 'Phone', scope: { kind: 'calendar' } });
  const calendar = async () => (await fetch(`${house.url}/calendars/${key}.ics`)).text();

  await page.goto('/settings/booking');
  await page.getByText('No booking pages yet').waitFor();
  await page.getByRole('button', { name: 'New booking page' }).click();
  await page.getByLabel('Place or link').fill('Pylimo 1, Vilnius');
  await look(page, 'builder');
  await page.getByRole('tab', { name: 'Texts' }).click();
  await page.getByLabel('Title of the page · English').fill('Taste our bread');
  await page.getByRole('tab', { name: 'Share' }).click();
  await page.getByLabel(/^Address/).fill('visit');
  await page.getByLabel('Sites that may show it').fill(shop.url);
  shop.show(await page.getByLabel('For the page of your website').inputValue());
  await look(page, 'share');
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByRole('link', { name: 'Open the page' }).waitFor();

  const ona = await openWindow(house, { timezoneId: 'Europe/Madrid', viewport: { width: 390, height: 844 } });
  await ona.page.goto('/b/visit');
  // The clock is the visitor's own.
  await ona.page.waitForURL(/zone=Europe%2FMadrid/);
  await ona.page.getByRole('link', { name: 'Later' }).click();
  await ona.page.getByRole('link', { name: '11:00' }).first().waitFor();
  await look(ona.page, 'times');
  await checkAccess(ona.page);
  await ona.page.getByRole('link', { name: '11:00' }).first().click();
  await ona.page.getByLabel('Your name').fill('Ona Onaitė');
  await ona.page.getByRole('button', { name: 'Book this time' }).click();
  await ona.page.getByRole('alert').waitFor();
  await look(ona.page, 'details');
  await checkAccess(ona.page);

  // In the page of the shop, on another port.
  await ona.page.goto(`${shop.url}/bread?utm_source=newsletter`);
  const frame = ona.page.frameLocator('iframe');
  await frame.getByRole('link', { name: 'Later' }).click();
  await frame.getByRole('link', { name: '11:00' }).first().click();
  await frame.getByLabel('Your name').fill('Ona Onaitė');
  await eventually(async () => {
    const height = await ona.page.locator('iframe').evaluate((one) => one.getBoundingClientRect().height);
    const needed = await frame.locator('html').evaluate((one) => one.getBoundingClientRect().height);
    assert.ok(Math.abs(height - needed) < 2, `${height} of ${needed}`);
  });
  await ona.page.waitForFunction((start) => Date.now() - start > 2_500, Date.now());
  await frame.getByLabel('Your e-mail').fill('ona@onaite.example');
  await frame.getByRole('button', { name: 'Book this time' }).dblclick();
  await frame.getByRole('heading', { name: 'Booked' }).waitFor();
  await look(ona.page, 'booked');

  const first = await sink.mailTo('ona@onaite.example');
  assert.match(first.source, /BEGIN:VCALENDAR|text\/calendar/);
  assert.match((await sink.mailTo(administrator.email)).text, /Ona Onaitė/);
  const before = startIn(await calendar(), 'Taste our bread');
  assert.ok(before, 'it stands in the calendar');

  await ona.page.goto(linkIn(first.text, 'move'));
  await ona.page.getByRole('link', { name: 'Later' }).click();
  await ona.page.getByRole('link', { name: '12:00' }).first().click();
  await ona.page.getByRole('button', { name: 'Move it here' }).click();
  await ona.page.getByRole('heading', { name: 'Moved' }).waitFor();
  const second = await sink.mailTo('ona@onaite.example');
  await eventually(async () => {
    const now = startIn(await calendar(), 'Taste our bread');
    assert.ok(now && now !== before, `${before} → ${now}`);
  });

  await ona.page.goto(linkIn(second.text, 'cancel'));
  await ona.page.getByRole('button', { name: 'Yes, cancel' }).click();
  await ona.page.getByRole('heading', { name: 'Cancelled' }).waitFor();
  await sink.mailTo('ona@onaite.example');
  await eventually(async () => assert.match(await calendar(), /STATUS:CANCELLED/));

  await page.getByRole('tab', { name: 'Statistics' }).click();
  await page.getByRole('cell', { name: 'newsletter' }).waitFor();
  await page.getByRole('table', { name: 'By week' }).waitFor();
  const figures = await page.locator('dl dd').allInnerTexts();
  assert.deepEqual(figures.slice(1), ['1', '1', '1'], 'booked, moved, cancelled');
  await look(page, 'statistics');
  ona.assertQuiet();
  await ona.close();
  rasa.assertQuiet();
  await rasa.close();
});

function linkIn(text: string, what: 'move' | 'cancel'): string {
  const found = new RegExp(`https?:\\S+/b/${what}/[\\w.-]+`).exec(text)?.[0];
  assert.ok(found, text);
  return found;
}

/** When what is called so begins, as the calendar says it. */
function startIn(calendar: string, summary: string): string | undefined {
  const events = calendar.replaceAll(/\r\n[ \t]/g, '').split('BEGIN:VEVENT');
  return /DTSTART[^:]*:(\S+)/.exec(events.find((event) => event.includes(summary)) ?? '')?.[1];
}

async function checkAccess(page: Page): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).withTags(tags).analyze();
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  assert.deepEqual(told, []);
}
