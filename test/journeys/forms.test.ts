import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Frame, Page } from 'playwright-core';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';
import { openLetters } from './letters.ts';
import { lookAtAll } from './look.ts';
import { openShop } from './shop.ts';

const look = (page: Page, name: string) => lookAtAll(page, `forms-${name}`);

test('a form is built, put into the page of another site, and becomes a contact once the letter is answered', {
  skip: noBrowser,
}, async () => {
  const house = await openHouse();
  const rasa = await openWindow(house, { as: administrator });
  const { page, call } = rasa;
  const sink = await openLetters(house, rasa);
  const shop = await openShop();

  await page.goto('/settings/forms');
  await page.getByText('No forms yet').waitFor();
  await page.getByRole('button', { name: 'New form' }).click();
  const dialog = page.getByRole('dialog', { name: 'New form' });
  await dialog.getByLabel(/^Name/).fill('Ask about bread');
  await dialog.getByRole('button', { name: 'Make', exact: true }).click();
  await page.getByRole('heading', { name: /Ask about bread/ }).waitFor();

  // A field, an own question, and their order by the keys.
  await page.getByPlaceholder('Ask for a field …').click();
  await page.getByRole('option', { name: 'Phone', exact: true }).click();
  const preview = page.frameLocator('iframe[title="Preview"]');
  await preview.getByLabel(/^Phone/).waitFor();
  await page.getByRole('button', { name: 'Own question', exact: true }).click();
  await page.getByRole('menuitem', { name: 'One of several' }).click();
  const options = page.getByLabel('Another answer');
  for (const option of ['Rye', 'Wheat']) {
    await options.fill(option);
    await options.press('Enter');
  }
  await preview.getByText('Wheat').waitFor();
  const handle = page.getByRole('button', { name: /^Move One of several/ });
  await handle.focus();
  await handle.press('ArrowUp');
  await eventually(async () => {
    const labels = await preview.locator('label, legend').allInnerTexts();
    const place = (start: string) => labels.findIndex((label) => label.startsWith(start));
    assert.ok(place('One of several') < place('Phone'), labels.join(', '));
  });
  await look(page, 'builder');

  await page.getByRole('tab', { name: 'Consents' }).click();
  await page.getByRole('button', { name: 'Ask for a consent' }).click();
  await page.getByLabel('What they agree to · English').fill('Tell me when there is new bread.');
  await page.getByLabel('Confirm by letter').check({ force: true });
  await page.getByRole('tab', { name: 'Then' }).click();
  await page.getByRole('combobox', { name: 'What they want becomes' }).click();
  await page.getByRole('option', { name: 'A lead' }).click();
  await look(page, 'then');
  await page.getByRole('tab', { name: 'Texts' }).click();
  await page.getByLabel('Title of the page · Lietuvių').fill('Klauskite apie duoną');
  await page.getByRole('tab', { name: 'Share' }).click();
  await page.getByLabel('Sites that may show it').fill(shop.url);
  const snippet = await page.getByLabel('For the page of your website').inputValue();
  await look(page, 'share');
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByText('Open', { exact: true }).waitFor();
  await checkAccess(page);

  // The page of the shop, on another port, with a visitor who was never here.
  shop.show(snippet);
  const visitor = await openWindow(house);
  await visitor.page.goto(`${shop.url}/bread?utm_source=newsletter&utm_campaign=rye`);
  const frame = await frameOf(visitor.page, '/f/ask-about-bread');
  await frame.getByRole('heading', { name: 'Ask about bread' }).waitFor();
  await eventually(async () => {
    const height = await visitor.page.locator('iframe').evaluate((one) => one.getBoundingClientRect().height);
    const needed = await frame.evaluate<number>('document.documentElement.getBoundingClientRect().height');
    assert.ok(height > 500 && Math.abs(height - needed) < 2, `${height} of ${needed}`);
  });
  await look(visitor.page, 'embedded');
  await frame.getByLabel(/^First name/).fill('Ona');
  await frame.getByLabel(/^E-?mails?/i).fill('not an address');
  // As long as a person takes at the least.
  await visitor.page.waitForFunction((start) => Date.now() - start > 2_500, Date.now());
  await frame.getByRole('button', { name: 'Send' }).click();
  const alert = (await frameOf(visitor.page, '/f/ask-about-bread')).getByRole('alert');
  await alert.waitFor();
  assert.match(await alert.innerText(), /3 answers need another look/);
  const again = await frameOf(visitor.page, '/f/ask-about-bread');
  assert.equal(await again.getByLabel(/^First name/).inputValue(), 'Ona');
  await look(visitor.page, 'errors');
  await again.getByLabel(/^Last name/).fill('Onaitė');
  await again.getByLabel(/^E-?mails?/i).fill('ona@onaite.example');
  await again.getByLabel(/^Your message/).fill('When is the rye bread ready?');
  await again.getByLabel('Rye').check();
  await again.getByLabel('Tell me when there is new bread.').check();
  await again.getByRole('button', { name: 'Send' }).dblclick();
  const thanks = await frameOf(visitor.page, '/f/ask-about-bread/thanks');
  await thanks.getByRole('heading', { name: 'Please look into your mailbox' }).waitFor();
  await look(visitor.page, 'thanks');

  const contacts = () => call<{ items: { id: string; name: string }[] }>('GET', '/records/contact?search=Onait');
  assert.equal((await contacts()).items.length, 0, 'nothing before the letter was answered');
  const { text } = await sink.mailTo('ona@onaite.example');
  const link = /https?:\S+\/f\/confirm\/[\w.-]+/.exec(text)?.[0];
  assert.ok(link, text);
  assert.doesNotMatch(text, /Onaitė|rye bread/);
  await visitor.page.goto(link);
  await visitor.page.getByRole('button', { name: 'Yes, confirm' }).click();
  await visitor.page.getByRole('heading', { name: 'Confirmed' }).waitFor();
  visitor.assertQuiet();
  await visitor.close();

  await eventually(async () => assert.equal((await contacts()).items.length, 1));
  const { id } = (await contacts()).items[0]!;
  type Rows = { items: Record<string, string>[] };
  const filter = encodeURIComponent(JSON.stringify({ contact: id }));
  const consents = await call<Rows>('GET', `/records/consent?filter=${filter}`);
  assert.equal(consents.items[0]?.shownText, 'Tell me when there is new bread.');
  assert.match(String(consents.items[0]?.evidence), /\/f\/ask-about-bread\n.*\/bread\n/);

  await page.getByRole('tab', { name: 'Answers' }).click();
  await page.getByRole('link', { name: 'Ona Onaitė' }).waitFor();
  await page.getByRole('cell', { name: 'newsletter' }).waitFor();
  await look(page, 'answers');
  await page.goto(`/o/contact/${id}`);
  await page.getByText('Ask about bread · Ona Onaitė').first().waitFor();

  // Whoever sells finds the lead, with what was said, and makes a sale of it.
  await page.goto('/o/lead');
  await look(page, 'leads');
  await page.getByRole('link', { name: 'Ask about bread · Ona Onaitė' }).click();
  await page.getByText('When is the rye bread ready?').first().waitFor();
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Text' }).fill('Bakes at night.');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Bakes at night.').first().waitFor();
  await look(page, 'lead');
  await page.getByRole('button', { name: 'Make an opportunity' }).click();
  await page.getByText('Qualified', { exact: true }).first().waitFor();
  const notes = await call<Rows>('GET', `/records/note?filter=${filter}`);
  assert.match(String(notes.items[0]?.body), /Bakes at night/, 'it is about the person');
  const sales = await call<Rows>('GET', `/records/opportunity?filter=${filter}`);
  assert.equal(sales.items[0]?.name, 'Ask about bread · Ona Onaitė');
  await checkAccess(page);
  rasa.assertQuiet();
  await rasa.close();
});

test('the page of a form needs no script, goes by keys, and can be read by everybody', {
  skip: noBrowser,
}, async () => {
  const house = await openHouse();
  const rasa = await openWindow(house, { as: administrator });
  await rasa.call('POST', '/records/webForm', {
    name: 'Contact',
    slug: 'contact',
    state: 'open',
    color: '#ffd400',
    texts: {
      title: { en: 'Write to us', es: 'Escríbenos', lt: 'Parašykite mums' },
      intro: { en: 'We answer within a day.', es: 'Respondemos en un día.', lt: 'Atsakome per dieną.' },
    },
    questions: [
      { key: 'contact.firstName' },
      { key: 'contact.lastName', required: true },
      { key: 'contact.emails', required: true },
      { key: 'account.name' },
      { key: 'own.when', type: 'date', label: { en: 'When', es: 'Cuándo', lt: 'Kada' } },
      {
        key: 'own.about',
        type: 'select',
        label: { en: 'What is it about?', es: '¿De qué se trata?', lt: 'Apie ką?' },
        options: ['Bread', 'Cakes', 'Something else'].map((label) => ({ value: label, label: { en: label } })),
      },
      { key: 'own.text', type: 'longText', label: { en: 'Message', es: 'Mensaje', lt: 'Žinutė' }, required: true },
      { key: 'own.photos', type: 'file', label: { en: 'Photos', es: 'Fotos', lt: 'Nuotraukos' } },
    ],
    consents: [
      {
        purpose: 'newsletter',
        channel: 'email',
        text: { en: 'Send me news.', es: 'Envíame novedades.', lt: 'Siųskite naujienas.' },
      },
    ],
  });
  await rasa.close();
  for (const [locale, width, scheme] of [
    ['en-GB', 1440, 'light'],
    ['es-ES', 390, 'dark'],
    ['lt-LT', 390, 'light'],
  ] as const) {
    const seen = await openWindow(house, { locale, viewport: { width, height: 844 }, colorScheme: scheme });
    await seen.page.goto('/f/contact');
    await look(seen.page, `page-${locale}`);
    const wide = await seen.page.evaluate('document.documentElement.scrollWidth > innerWidth');
    assert.equal(wide, false, 'nothing stands beside the screen');
    await seen.page.evaluate("document.querySelector('form').submit()");
    await seen.page.getByRole('alert').waitFor();
    await look(seen.page, `errors-${locale}`);
    await checkAccess(seen.page);
    seen.assertQuiet();
    await seen.close();
  }
  const plain = await openWindow(house, { javaScriptEnabled: false });
  await plain.page.goto('/f/contact');
  const filled = Date.now();
  await plain.page.keyboard.press('Tab');
  await plain.page.getByRole('link', { name: 'Lietuvių' }).press('Enter');
  await plain.page.getByRole('heading', { name: 'Parašykite mums' }).waitFor();
  await plain.page.getByLabel(/^Pavardė/).fill('Petraitis');
  await plain.page.getByLabel(/^El\. pašt/).fill('jonas@petraitis.example');
  await plain.page.getByLabel(/^Žinutė/).fill('Labas');
  await eventually(async () => assert.ok(Date.now() - filled > 3_000));
  await plain.page.getByLabel(/^Žinutė/).press('Tab');
  await plain.page.getByRole('button', { name: 'Siųsti' }).press('Enter');
  await plain.page.getByRole('heading', { name: 'Ačiū' }).waitFor();
  await plain.close();
});

async function checkAccess(page: Page): Promise<void> {
  // What is on its way in has a colour between two.
  const axe = new AxeBuilder({ page })
    .setLegacyMode(true)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']);
  const { violations } = await axe.exclude('iframe').analyze();
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  assert.deepEqual(told, []);
}

/** The frame that shows an address, once it does. */
async function frameOf(page: Page, path: string): Promise<Frame> {
  let found: Frame | undefined;
  await eventually(async () => {
    found = page.frames().find((frame) => URL.canParse(frame.url()) && new URL(frame.url()).pathname === path);
    assert.ok(found, `no frame shows ${path}`);
    await found.waitForLoadState();
  });
  return found!;
}
