import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { openMailSink } from '#test/mail-sink.ts';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

/** Where pictures of the screens go, when somebody wants to look at them. */
const pictures = process.env.TENDERO_PICTURES;
process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';

test('a customer books a time, moves it and cancels it, and the calendar of whoever they meet follows', {
  skip: noBrowser,
}, async () => {
  const house = await openHouse();
  const sink = await openMailSink();
  const rasa = await openWindow(house, { as: administrator });
  const { page, call } = rasa;
  await call('PUT', '/mail-server', {
    ...{ host: '127.0.0.1', port: sink.port, security: 'none', username: null },
    ...{ senderName: 'Litera', senderAddress: 'crm@litera.example', site: house.url },
  });
  const { key } = await call<{ key: string }>('POST', '/keys', { name: 'Phone', scope: { kind: 'calendar' } });
  const calendar = async () => (await fetch(`${house.url}/calendars/${key}.ics`)).text();

  await page.goto('/settings/booking');
  await page.getByText('No booking pages yet').waitFor();
  await page.getByRole('button', { name: 'New booking page' }).click();
  await page.getByLabel('Place or link').fill('Pylimo 1, Vilnius');
  await look(page, 'builder');
  await page.getByRole('tab', { name: 'Texts' }).click();
  await page.getByLabel(/^Address/).fill('visit');
  await page.getByLabel('Title of the page · English').fill('Taste our bread');
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
  await ona.page.waitForFunction((start) => Date.now() - start > 2_500, Date.now());
  await ona.page.getByRole('button', { name: 'Book this time' }).click();
  await ona.page.getByRole('alert').waitFor();
  await look(ona.page, 'details');
  await checkAccess(ona.page);
  await ona.page.getByLabel('Your e-mail').fill('ona@onaite.example');
  await ona.page.getByRole('button', { name: 'Book this time' }).dblclick();
  await ona.page.getByRole('heading', { name: 'Booked' }).waitFor();
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

async function look(page: Page, name: string): Promise<void> {
  if (pictures) await page.screenshot({ path: `${pictures}/booking-${name}.png`, fullPage: true });
}

async function checkAccess(page: Page): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).withTags(tags).analyze();
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  assert.deepEqual(told, []);
}
