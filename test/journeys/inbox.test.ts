import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { openMailSink } from '../mail-sink.ts';
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

test('a team works its inbox: live, by keyboard, together, and for whoever is away', { skip }, async (t) => {
  const house = await openHouse();
  const outgoing = await openMailSink({
    allowInsecureAuth: true,
    onAuth: ({ username }, _session, done) => done(null, { user: username ?? '' }),
  });
  const rasa = await openWindow(house, { as: administrator });
  const { page, call } = rasa;
  type Made = { id: string };
  const find = async (name: string) => {
    const filter = encodeURIComponent(JSON.stringify({ name: { is: name } }));
    return (await call<{ items: Made[] }>('GET', `/records/user?filter=${filter}`)).items[0]!.id;
  };
  const onaPerson = await house.person('Ona Kolegė');
  await house.person('Jonas Kolega');
  const [me, ona, jonas] = [await find('Rasa Petraitytė'), await find('Ona Kolegė'), await find('Jonas Kolega')];
  const team = await call<Made>('POST', '/records/team', { name: 'Doors' });
  for (const id of [me, ona]) await call('PATCH', `/records/user/${id}`, { teams: [team.id] });
  const account = await call<Made>('POST', '/records/account', { name: 'Ąžuolas UAB', classification: 'a' });
  await call('POST', '/records/contact', {
    ...{ firstName: 'Ona', lastName: 'Ąžuolienė', emails: ['ona@azuolas.example'], account: account.id },
  });
  const user = mailServer!.newUser();
  const server = { host: '127.0.0.1', port: mailServer!.imap, security: 'none', username: user, password: 'secret' };
  await call('POST', '/mailboxes', {
    ...{ address: 'info@litera.example', kind: 'shared', team: team.id, members: [ona] },
    imap: server,
    smtp: { ...server, port: outgoing.port },
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

  await t.test('who stands in for somebody answers from the inbox, and hears what came meanwhile', async () => {
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    await call('POST', '/records/absence', { user: jonas, delegate: me, from: day(-1), until: day(3) });
    const filter = encodeURIComponent(JSON.stringify({ subject: 'Two oak doors' }));
    const [thread] = (await call<{ items: Made[] }>('GET', `/records/conversation?filter=${filter}`)).items;
    await call('PATCH', `/records/conversation/${thread!.id}`, { owner: jonas });
    await call('PUT', '/preferences/mail.undo', { value: 0 });
    await page.goto('/inbox');
    await page.getByRole('link', { name: /^Jonas Kolega/ }).click();
    await page
      .getByRole('list', { name: 'Jonas Kolega' })
      .getByRole('button', { name: /Two oak doors/ })
      .click();
    await page.getByRole('log').getByText('It is urgent.').waitFor();
    await page.keyboard.press('r');
    const text = page.getByRole('textbox', { name: 'Text of the mail' });
    await text.click();
    await page.keyboard.type('They come on Monday.');
    await onas.page.goto(`/inbox?in=team&of=${team.id}&c=${thread!.id}`);
    await onas.page.getByText('Rasa Petraitytė is replying').waitFor();
    await look(page, 'reply');
    await mailServer!.deliver(
      user,
      letter('fourth', 'Re: Two oak doors', 'Forget the handles.', undefined, 'In-Reply-To: <third@azuolas.example>'),
    );
    await page.getByText('Ona Ąžuolienė wrote while you were writing.').waitFor();
    await text.click();
    await page.keyboard.press('Control+Enter');
    const meanwhile = page.getByRole('dialog', { name: 'Something came meanwhile' });
    await meanwhile.getByText('Forget the handles.').waitFor();
    await meanwhile.getByRole('button', { name: 'Send anyway' }).click();
    await page.getByRole('log').getByText('They come on Monday.').waitFor();
    assert.match((await outgoing.mailTo('ona@azuolas.example')).text, /They come on Monday\./);
    await onas.page.getByText('Rasa Petraitytė is replying').waitFor({ state: 'detached' });
    onas.assertQuiet();
    await onas.close();
  });

  await t.test('what is done often is a macro, whose answer is looked at before it goes', async () => {
    await page.goto('/templates#macros');
    await page.getByText('No macro yet').waitFor();
    await page.getByRole('link', { name: 'New macro' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Asked the warehouse');
    const add = async (step: string) => {
      await page.getByRole('button', { name: 'Add a step' }).click();
      await page.getByRole('menuitem', { name: step }).click();
    };
    await add('Assign to');
    await add('Write an answer');
    await page.getByRole('textbox', { name: 'Write an answer' }).fill('Dear {{ contact.nam }},');
    const save = page.getByRole('button', { name: 'Save' });
    await save.click();
    await page.getByRole('alert').getByText('“contact.nam” is not known').waitFor();
    await page.getByRole('textbox', { name: 'Write an answer' }).fill('Dear {{ contact.firstName }},');
    await add('Add tags');
    await page.getByRole('combobox', { name: 'Add tags' }).fill('warehouse');
    await page.keyboard.press('Enter');
    await look(page, 'macro');
    await save.click();
    await page.getByRole('button', { name: 'Delete' }).waitFor();
    const filter = encodeURIComponent(JSON.stringify({ subject: 'Two oak doors' }));
    const [thread] = (await call<{ items: Made[] }>('GET', `/records/conversation?filter=${filter}`)).items;
    await page.goto(`/inbox?in=team&of=${team.id}&c=${thread!.id}`);
    await page.getByRole('log').getByText('They come on Monday.').waitFor();
    await page.keyboard.press('m');
    await page.getByRole('option', { name: 'Asked the warehouse' }).click();
    await page.getByRole('textbox', { name: 'Text of the mail' }).getByText('Dear Ona,').waitFor();
    await look(page, 'macro-answer');
    const after = await call<{ owner: string; tags: string[] }>('GET', `/records/conversation/${thread!.id}`);
    assert.deepEqual([after.owner, after.tags], [me, ['warehouse']]);
    await page.getByRole('button', { name: 'Discard the draft' }).click();
  });

  await t.test('who is not known is told apart by what there is of them', async () => {
    await call('POST', '/records/contact', { firstName: 'Petras', lastName: 'Klevinis', account: account.id });
    await mailServer!.deliver(
      user,
      letter(
        'stranger',
        'A question',
        'Do you make gates?\r\n\r\n-- \r\nPetras Klevinis\r\n+370 612 34567',
        'Petras Klevinis <petras@gmail.com>',
      ),
    );
    await page.goto('/inbox');
    await page.getByRole('link', { name: /^Who is this\?/ }).click();
    await page.getByText('Same name: Petras Klevinis').waitFor();
    await page.getByText('Do you make gates?').waitFor();
    await look(page, 'unknown');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await assertAccessible(page, colorScheme);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.getByRole('button', { name: 'That is them' }).click();
    await page.getByText('Everybody is known').waitFor();
    await page.goto(`/o/account/${account.id}`);
    await page.getByText('A question').first().waitFor();
  });

  await t.test('the screens are for everybody', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(`/inbox?in=team&of=${team.id}`);
      await line('Two oak doors').click();
      await page.getByRole('log').getByText('It is urgent.').waitFor();
      await assertAccessible(page, colorScheme);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  });

  rasa.assertQuiet();
});

async function assertAccessible(page: Page, look: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${look} ${id}: ${nodes[0]?.html}`),
    [],
  );
}

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
