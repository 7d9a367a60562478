import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { noDovecot, startDovecot } from '../real/dovecot.ts';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

/** Where pictures of the screens go, when somebody wants to look at them. */
const pictures = process.env.TENDERO_PICTURES;
process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';
const skip = noBrowser || noDovecot;
const mailServer = skip ? null : await startDovecot();

const letter = (id: string, subject: string, body: string, from = 'Ona Ąžuolienė <ona@azuolas.example>', more = '') =>
  [
    `From: ${from}`,
    'To: info@litera.example',
    `Subject: ${subject}`,
    `Message-ID: <${id}@azuolas.example>`,
    ...(more ? [more] : []),
    `Date: ${new Date().toUTCString()}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    body,
    '',
  ].join('\r\n');

test('a team works its inbox: live, by keyboard, together', { skip }, async (t) => {
  const house = await openHouse();
  const rasa = await openWindow(house, { as: administrator });
  const { page, call } = rasa;
  type Made = { id: string };
  const find = async (name: string) => {
    const filter = encodeURIComponent(JSON.stringify({ name: { is: name } }));
    return (await call<{ items: Made[] }>('GET', `/records/user?filter=${filter}`)).items[0]!.id;
  };
  const onaPerson = await house.person('Ona Kolegė');
  const [me, ona] = [await find('Rasa Petraitytė'), await find('Ona Kolegė')];
  const team = await call<Made>('POST', '/records/team', { name: 'Doors' });
  for (const id of [me, ona]) await call('PATCH', `/records/user/${id}`, { teams: [team.id] });
  const account = await call<Made>('POST', '/records/account', { name: 'Ąžuolas UAB', classification: 'a' });
  await call('POST', '/records/contact', {
    ...{ firstName: 'Ona', lastName: 'Ąžuolienė', emails: ['ona@azuolas.example'], account: account.id },
  });
  const user = mailServer!.newUser();
  await call('POST', '/mailboxes', {
    ...{ address: 'info@litera.example', kind: 'shared', team: team.id, members: [ona] },
    imap: { host: '127.0.0.1', port: mailServer!.imap, security: 'none', username: user, password: 'secret' },
  });
  const list = page.getByRole('list', { name: 'Doors' });
  const line = (subject: string) => list.getByRole('button', { name: new RegExp(subject) });

  await t.test('what a customer writes appears by itself, with the team', async () => {
    await page.goto('/inbox');
    await page.getByText('Nothing waits for you').waitFor();
    await look(page, 'empty');
    await page.getByRole('link', { name: /^Doors/ }).click();
    await page.getByText('Nothing waits for the team').waitFor();
    await mailServer!.deliver(
      user,
      letter('first', 'Two oak doors', 'When will the oak doors come?\r\n\r\n-- \r\nOna'),
    );
    await line('Two oak doors').click();
    await page.getByRole('log').getByText('When will the oak doors come?').waitFor();
    await page.getByRole('link', { name: 'Ąžuolas UAB' }).first().waitFor();
    await mailServer!.deliver(
      user,
      letter('second', 'Re: Two oak doors', 'And the handles?', undefined, 'In-Reply-To: <first@azuolas.example>'),
    );
    await page.getByRole('log').getByText('And the handles?').waitFor();
    await look(page, 'thread');
  });

  await t.test('it is taken, talked of among colleagues, put off, woken, done and not done, by keyboard', async () => {
    await page.keyboard.press('a');
    await page.getByRole('option', { name: 'Ona Kolegė' }).waitFor();
    await look(page, 'assign');
    await page.getByRole('combobox', { name: 'Person or team' }).press('Enter');
    await page.getByText('Assigned: Me').waitFor();
    await page.keyboard.press('n');
    const note = page.getByRole('textbox', { name: 'Internal note' });
    await note.pressSequentially('What do you think, @');
    await page.getByRole('option', { name: 'Ona Kolegė' }).click();
    await eventually(async () => assert.match(await note.inputValue(), /@Ona Kolegė $/));
    await look(page, 'note');
    await note.press('Control+Enter');
    await page.getByRole('log').getByText('@Ona Kolegė').waitFor();
    await page.keyboard.press('s');
    await page.getByRole('option', { name: /^Tomorrow/ }).click();
    await page.getByText('Snoozed', { exact: true }).last().waitFor();
    await line('Two oak doors').waitFor({ state: 'detached' });
    // The customer does not wait for tomorrow.
    await mailServer!.deliver(
      user,
      letter('third', 'Re: Two oak doors', 'It is urgent.', undefined, 'In-Reply-To: <second@azuolas.example>'),
    );
    await line('Two oak doors').click();
    await page.getByRole('log').getByText('It is urgent.').waitFor();
    await page.keyboard.press('e');
    await line('Two oak doors').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+z');
    await line('Two oak doors').waitFor();
  });

  const onas = await openWindow(house, { as: onaPerson });
  await t.test('whoever was named finds it among the mentions, and sees that somebody writes there', async () => {
    await onas.page.goto('/inbox?in=mentions');
    const mentions = onas.page.getByRole('list', { name: 'Mentions' });
    await mentions.getByRole('button', { name: /Two oak doors/ }).click();
    await onas.page.getByRole('log').getByText('It is urgent.').waitFor();
    await line('Two oak doors').click();
    await page.getByRole('log').getByText('It is urgent.').waitFor();
    await page.keyboard.press('n');
    await onas.page.getByText('Rasa Petraitytė is writing a note').waitFor();
    await look(onas.page, 'collision');
    await page.keyboard.press('Escape');
    await onas.page.getByText('Rasa Petraitytė is writing a note').waitFor({ state: 'detached' });
    await onas.page.keyboard.press('e');
    await onas.page.getByText('Nobody asks for your word').waitFor();
    onas.assertQuiet();
  });

  await t.test('the screens are for everybody', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(`/inbox?in=team&of=${team.id}`);
      await line('Two oak doors').click();
      await page.getByRole('log').getByText('It is urgent.').waitFor();
      const { violations } = await new AxeBuilder({ page }).analyze();
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes[0]?.html}`),
        [],
      );
    }
    await page.emulateMedia({ colorScheme: 'light' });
  });

  rasa.assertQuiet();
});

async function look(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 1024, 390]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${pictures}/inbox-${name}-${colorScheme}-${width}.png` });
    }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}
