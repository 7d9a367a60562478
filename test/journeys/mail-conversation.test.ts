/** A customer writes, is answered where their mail is read, and answers again: through real servers, in one thread. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { createTransport } from 'nodemailer';
import type { Page } from 'playwright-core';
import { type MeetingMessage, writeMeetingMessage } from '#kernel/calendar/itip.ts';
import { parse } from '#kernel/mail/parse.ts';
import { noDovecot, startDovecot } from '../real/dovecot.ts';
import { noPostfix, startPostfix } from '../real/postfix.ts';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

/** Where pictures of the screens go, when somebody wants to look at them. */
const pictures = process.env.TENDERO_PICTURES;
process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';
const skip = noBrowser || noDovecot || noPostfix;
const dovecot = skip ? null : await startDovecot();
const postfix = skip ? null : await startPostfix(dovecot!);

test('a mail is answered where it is read, and the customer’s answer joins it', { skip }, async () => {
  const house = await openHouse();
  const rasa = await openWindow(house, { as: administrator });
  const { page, call } = rasa;
  const [us, them] = [dovecot!.newUser(), dovecot!.newUser()];
  const [ours, theirs] = [`${us}@shop.example`, `${them}@client.example`];
  const customer = createTransport({ host: '127.0.0.1', port: postfix!.port, ignoreTLS: true });
  const account = await call<{ id: string }>('POST', '/records/account', { name: 'Ąžuolas UAB' });
  await call('POST', '/records/contact', {
    ...{ firstName: 'Ona', lastName: 'Ąžuolienė', emails: [theirs], account: account.id },
  });
  const imap = { host: '127.0.0.1', port: dovecot!.imap, security: 'none', username: us, password: 'secret' };
  await call('POST', '/mailboxes', { address: ours, imap, smtp: { ...imap, port: postfix!.port } });
  await customer.sendMail({
    from: `Ona <${theirs}>`,
    to: ours,
    subject: 'Two oak doors',
    text: 'When will they come?',
  });

  await page.goto(`/o/account/${account.id}`);
  await page.getByText('Two oak doors').first().waitFor();
  const entry = page.locator('article', { hasText: 'When will they come?' }).first();
  await entry.getByRole('button', { name: 'Reply', exact: true }).click();
  const text = page.getByRole('textbox', { name: 'Text of the mail' });
  await text.click();
  await page.keyboard.type('On Monday.');
  await page.getByText('Draft saved').waitFor();
  await look(page, 'reply');
  const { violations } = await new AxeBuilder({ page }).include('article').analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
    [],
  );
  await page.keyboard.press('ControlOrMeta+Enter');
  // It can be taken back, and is a draft again.
  await page.getByRole('button', { name: 'Undo' }).click();
  const dialog = page.getByRole('dialog', { name: 'New mail' });
  await dialog.getByText('On Monday.').waitFor();
  await look(page, 'taken-back');
  await dialog.getByRole('textbox', { name: 'Text of the mail' }).click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type(' At nine.');
  await call('PUT', '/preferences/mail.undo', { value: 0 });
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('On Monday. At nine.').first().waitFor();

  const [mail] = await eventuallyMails(call, account.id, 2);
  await customer.sendMail({
    ...{ from: `Ona <${theirs}>`, to: ours, subject: 'Re: Two oak doors', text: 'Thank you!' },
    ...{ inReplyTo: `<${mail!.messageId}>`, references: `<${mail!.messageId}>` },
  });
  const all = await eventuallyMails(call, account.id, 3);
  assert.equal(new Set(all.map(({ conversation }) => conversation)).size, 1);
  await page.getByText('Thank you!').first().waitFor();
  await look(page, 'thread');

  // What is written often is written once, looked at as somebody reads it, and is found by its name.
  await page.goto('/profile');
  await page.getByRole('button', { name: 'Mail templates' }).click();
  await page.getByText('No text yet').waitFor();
  await look(page, 'templates-none');
  await page.getByRole('link', { name: 'New template' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Delivery');
  await page.getByRole('textbox', { name: 'Subject' }).fill('For {{ account.name }}');
  const letter = page.getByRole('textbox', { name: 'Text', exact: true });
  await letter.click();
  await page.keyboard.type('Dear ');
  await page.getByRole('button', { name: 'Insert a variable', exact: true }).click();
  await page.getByRole('combobox', { name: 'First name, company, amount …' }).fill('recipient first');
  await page.getByRole('option', { name: /First name/ }).click();
  await page.keyboard.type(', dear {{ contact.jobTitl }}.');
  const preview = page.getByRole('region', { name: 'Preview' });
  await preview.getByText('“contact.jobTitl” is not known').waitFor();
  await look(page, 'template-wrong');
  for (let letters = 0; letters < 4; letters++) await page.keyboard.press('Backspace');
  await page.keyboard.type('e }}.');
  await preview.getByRole('button', { name: 'Choose a contact' }).click();
  await page.getByRole('combobox', { name: 'Name or address' }).fill('Ąžuol');
  await page.getByRole('option', { name: /Ona Ąžuolienė/ }).click();
  await preview.getByText('Dear Ona, dear ⟦Job title⟧.').waitFor();
  await preview.getByText('For Ąžuolas UAB').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Make a copy' }).waitFor();
  await look(page, 'template');
  const { violations: wrongs } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(
    wrongs.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
    [],
  );

  // Writers may ask to know when a mail is opened, where the company allows it.
  const sender = { senderName: 'Litera', senderAddress: ours, site: house.url };
  await call('PUT', '/mail-server', {
    host: '127.0.0.1',
    port: postfix!.port,
    security: 'none',
    username: null,
    ...sender,
  });
  await page.goto('/settings/mail');
  await page.getByRole('switch', { name: 'Writers may ask for it' }).click();
  await eventually(async () =>
    assert.equal((await call<{ mailTracking: boolean }>('GET', '/company')).mailTracking, true),
  );
  await look(page, 'tracking');

  // A new one, from the account’s page, to somebody found by name.
  await page.goto(`/o/account/${account.id}`);
  await page.getByRole('button', { name: 'E-mail', exact: true }).first().click();
  const to = page.getByRole('textbox', { name: 'To', exact: true });
  await to.fill('Ąžuol');
  await page.getByRole('option', { name: /Ona Ąžuolienė/ }).click();
  await page.getByRole('textbox', { name: 'Text of the mail' }).click();
  await page.keyboard.type('/');
  await page.getByRole('option', { name: /Delivery/ }).waitFor();
  await look(page, 'choose-text');
  await page.getByRole('combobox', { name: 'Template or snippet' }).fill('deliv');
  await page.getByRole('option', { name: /Delivery/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Text of the mail' }).getByText('Dear Ona, dear').waitFor();
  await page.getByRole('button', { name: 'Still to be filled in: Job title' }).waitFor();
  await look(page, 'gap');
  // It does not leave with a gap; what is typed takes its place.
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('alert').getByText('Still to be filled in: Job title').waitFor();
  await page.keyboard.type('joiner');
  assert.equal(await page.getByRole('textbox', { name: 'Subject' }).inputValue(), 'For Ąžuolas UAB');
  await page.getByRole('button', { name: 'More', exact: true }).last().click();
  await page.getByRole('menuitem', { name: 'Preview' }).click();
  await page.getByRole('dialog', { name: 'For Ąžuolas UAB' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'More', exact: true }).last().click();
  await page.getByRole('menuitem', { name: 'Tell me when it is opened' }).click();
  await page.getByText('You hear when it is opened.').waitFor();
  await look(page, 'tracked');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const sent = (await eventuallyMails(call, account.id, 4)).find(({ subject }) => subject === 'For Ąžuolas UAB')!;
  await page.getByText('Dear Ona, dear joiner.').first().waitFor();
  // Her program shows its pictures.
  const bytes = await (await page.request.get(`/api/files/${sent.original[0]!.id}`)).body();
  const [picture] = /https?:[^"]*\/m\/o\/[^"]*/.exec((await parse(bytes)).html!)!;
  assert.equal((await fetch(picture)).status, 200);
  await page.getByText(/^Opened /).waitFor();
  await page.getByRole('button', { name: /Notifications/ }).click();
  await page.getByText('Ona Ąžuolienė opened “For Ąžuolas UAB”').waitFor();
  await look(page, 'opened');
  await page.keyboard.press('Escape');

  // The customer's program invites, and is answered where the mail is read.
  const at = new Date(Date.now() + 3 * 86_400_000);
  const event = {
    start: at,
    end: new Date(at.getTime() + 3_600_000),
    summary: 'Oak, by daylight',
    changedAt: new Date(),
  };
  const says = (message: Pick<MeetingMessage, 'method' | 'organizer' | 'attendees'> & { uid: string }) =>
    customer.sendMail({
      ...{ from: `Ona <${theirs}>`, to: ours, subject: 'Oak, by daylight', text: 'See the calendar' },
      icalEvent: {
        method: message.method,
        content: writeMeetingMessage({ ...message, sequence: 0, event: { ...event, uid: message.uid } }),
      },
    });
  await says({
    ...{ method: 'REQUEST', uid: 'daylight@client.example', organizer: { name: 'Ona', address: theirs } },
    attendees: [{ name: '', address: ours, response: 'needs-action' }],
  });
  await page.goto(`/o/account/${account.id}`);
  const card = page.getByRole('region', { name: 'Invitation' }).filter({ hasText: 'Ona invites you.' }).first();
  await card.waitFor();
  await look(page, 'invitation');
  await card.getByRole('button', { name: 'Accept' }).click();
  await card.getByRole('button', { name: 'Accept', pressed: true }).waitFor();
  await page.getByText('Accepted: Oak, by daylight').first().waitFor();

  // A meeting of ours invites her; what she says stands with it.
  const contact = await call<{ items: { id: string }[] }>('GET', '/records/contact');
  const meeting = await call<{ id: string }>('POST', '/records/interaction', {
    ...{ channel: 'meeting', subject: 'Measuring', at: at.toISOString(), contact: contact.items[0]!.id },
  });
  await page.goto(`/o/interaction/${meeting.id}`);
  await page.getByRole('button', { name: 'Invite by mail…' }).click();
  const asking = page.getByRole('dialog', { name: 'Invite by mail…' });
  await asking.getByRole('textbox', { name: 'Message' }).fill('We bring the tools.');
  await asking.getByRole('button', { name: 'Send' }).click();
  const people = page.getByRole('region', { name: 'Invitation' });
  await people.getByText('Invited, no answer yet').waitFor();
  await says({
    ...{ method: 'REPLY', uid: `${meeting.id}@tendero`, organizer: { name: '', address: ours } },
    attendees: [{ name: 'Ona', address: theirs, response: 'accepted' }],
  });
  await people.getByText('Accepted', { exact: true }).waitFor();
  await look(page, 'invited');
  const wrong = await new AxeBuilder({ page }).include('section[aria-label="Invitation"]').analyze();
  assert.deepEqual(
    wrong.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
    [],
  );
  customer.close();
  rasa.assertQuiet();
});

type Mail = { conversation: string; messageId: string; subject: string; original: { id: string }[] };

async function eventuallyMails(
  call: <T>(method: string, path: string) => Promise<T>,
  account: string,
  count: number,
): Promise<Mail[]> {
  const filter = encodeURIComponent(JSON.stringify({ account, state: 'done' }));
  let items: Mail[] = [];
  await eventually(async () => {
    ({ items } = await call<{ items: Mail[] }>('GET', `/records/interaction?filter=${filter}&sort=-at`));
    assert.equal(items.length, count);
  });
  return items;
}

async function look(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 390]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(300);
      await page.screenshot({ path: `${pictures}/compose-${name}-${colorScheme}-${width}.png` });
    }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}
