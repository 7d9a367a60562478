import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { noDovecot, startDovecot } from '../real/dovecot.ts';
import { noPostfix, startPostfix } from '../real/postfix.ts';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';
import { look } from './look.ts';

process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES = '127.0.0.0/8';
const noMail = noBrowser || noDovecot || noPostfix;

interface Meeting {
  id: string;
  at: string;
  subject: string;
  duration: number | null;
  series: string | null;
  repeats: string | null;
}

test('a meeting every week: made, one of them moved, longer from one on, and ended', {
  skip: noBrowser,
}, async (t) => {
  const house = await openHouse();
  const { page, call, assertQuiet } = await openWindow(house, { as: administrator });
  const meetings = async () =>
    (await call<{ items: Meeting[] }>('GET', '/records/interaction?filter={"channel":"meeting"}&sort=at&limit=100'))
      .items;
  const open = async (one: Meeting) => {
    await page.goto(`/o/interaction/${one.id}`);
    await page.getByRole('heading', { name: one.subject, exact: true }).first().waitFor();
  };
  const choose = async (scope: string, button: string) => {
    const dialog = page.getByRole('dialog', { name: /a meeting that repeats/ });
    await dialog.getByRole('radio', { name: scope, exact: true }).check();
    await look(page, `series-${button}-${scope.split(' ').at(-1)}`);
    await dialog.getByRole('button', { name: button, exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  };
  const fields = page.getByRole('complementary', { name: 'Fields' });

  await t.test('it is made in the form, and says how often it is', async () => {
    await page.goto('/o/interaction');
    await page.getByRole('main').getByRole('button', { name: 'New interaction' }).first().click();
    const form = page.getByRole('dialog');
    await form.getByRole('combobox', { name: 'Channel' }).click();
    await page.getByRole('option', { name: 'Meeting' }).click();
    await form.getByRole('textbox', { name: 'Subject' }).fill('Monday round');
    const repeats = form.getByRole('group', { name: 'Repeats' });
    await repeats.getByRole('combobox', { name: 'Repeats' }).click();
    await page.getByRole('option', { name: 'Every week', exact: true }).click();
    await repeats.getByRole('combobox', { name: 'Ends' }).click();
    await page.getByRole('option', { name: 'A number of times' }).click();
    await repeats.getByRole('status').waitFor();
    await look(page, 'meeting-form');
    await form.getByRole('button', { name: 'Save', exact: true }).click();
    await form.waitFor({ state: 'hidden' });
    await eventually(async () => assert.equal((await meetings()).length, 5));
    await open((await meetings())[1]!);
    await fields.getByText(/^Every .*day, 5 times$/).waitFor();
    await look(page, 'meeting-page');
  });

  await t.test('one of them takes longer, then all that follow', async () => {
    const [, second, third] = await meetings();
    const lasts = async (one: Meeting, duration: string, scope: string) => {
      await open(one);
      await fields.getByRole('button', { name: 'Edit Duration' }).click();
      await fields.getByRole('textbox', { name: 'Duration' }).fill(duration);
      await page.keyboard.press('Enter');
      await choose(scope, 'Change');
    };
    const durations = async () => (await meetings()).map(({ duration }) => duration);
    await lasts(second!, '30 min', 'This one');
    await eventually(async () => assert.deepEqual(await durations(), [null, 1800, null, null, null]));
    await lasts(third!, '90 min', 'This and the following ones');
    await eventually(async () => assert.deepEqual(await durations(), [null, 1800, 5400, 5400, 5400]));
    const series = (await meetings()).map((one) => one.series);
    assert.equal(new Set(series.slice(0, 2)).size, 1);
    assert.notEqual(series[1], series[2]);
    await fields.getByText(/^Every .*day, 3 times$/).waitFor();
    await page.keyboard.press('Control+z');
    await eventually(async () => assert.deepEqual(await durations(), [null, 1800, null, null, null]));
    assert.equal(new Set((await meetings()).map((one) => one.series)).size, 1);
  });

  await t.test('it ends from a date on, and that is taken back', async () => {
    const [, , , fourth] = await meetings();
    await open(fourth!);
    await page.getByRole('button', { name: 'More actions' }).first().click();
    await page.getByRole('menuitem', { name: 'Delete', exact: true }).click();
    await choose('This and the following ones', 'Delete');
    await eventually(async () => assert.equal((await meetings()).length, 3));
    await page.getByRole('button', { name: 'Undo' }).click();
    await eventually(async () => assert.equal((await meetings()).length, 5));
  });

  await t.test('one that stood alone begins to repeat on its page, and that is taken back', async () => {
    const alone = await call<Meeting>('POST', '/records/interaction', {
      ...{ channel: 'visit', direction: 'out', subject: 'Alone', at: new Date(Date.now() + 86_400_000).toISOString() },
    });
    const visits = async () =>
      (await call<{ items: Meeting[] }>('GET', '/records/interaction?filter={"channel":"visit"}&limit=100')).items;
    await open(alone);
    await fields.getByRole('button', { name: 'Edit Repeats' }).click();
    const editor = page.getByRole('group', { name: 'Repeats' });
    await editor.getByRole('combobox', { name: 'Repeats' }).click();
    await page.getByRole('option', { name: 'Every month', exact: true }).click();
    const saved = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
    await page.keyboard.press('Control+Enter');
    await (await saved).finished();
    await editor.waitFor({ state: 'detached' });
    assert.ok((await visits()).length > 3);
    await page.keyboard.press('Control+z');
    await eventually(async () =>
      assert.deepEqual(
        (await visits()).map(({ id, repeats }) => [id, repeats]),
        [[alone.id, null]],
      ),
    );
  });

  await t.test('the form is saved with the keys as soon as it is chosen how often', async () => {
    await page.goto('/o/interaction');
    await page.getByRole('main').getByRole('button', { name: 'New interaction' }).first().click();
    const form = page.getByRole('dialog');
    await form.getByRole('combobox', { name: 'Channel' }).click();
    await page.getByRole('option', { name: 'Visit' }).click();
    await form.getByRole('textbox', { name: 'Subject' }).fill('Monthly visit');
    await form.getByRole('group', { name: 'Repeats' }).getByRole('combobox', { name: 'Repeats' }).click();
    await page.getByRole('option', { name: 'Every month', exact: true }).click();
    await page.keyboard.press('Control+Enter');
    await form.waitFor({ state: 'hidden' });
    const filter = JSON.stringify({ channel: 'visit', repeats: { empty: false } });
    const { items } = await call<{ items: Meeting[] }>('GET', `/records/interaction?filter=${filter}&limit=100`);
    assert.ok(items.length > 3 && items.every(({ subject }) => subject === 'Monthly visit'));
  });

  await t.test('the calendar shows that it comes again', async () => {
    await page.goto('/o/interaction?shape=calendar');
    await page.getByRole('img', { name: 'Repeats' }).first().waitFor();
    await look(page, 'calendar');
  });
  assertQuiet();
});

test('people are invited to one meeting of a series, and to all of it', { skip: noMail }, async () => {
  const dovecot = await startDovecot();
  const postfix = await startPostfix(dovecot);
  const house = await openHouse();
  const { page, call, assertQuiet } = await openWindow(house, { as: administrator });
  const user = dovecot.newUser();
  const imap = { host: '127.0.0.1', port: dovecot.imap, security: 'none', username: user, password: 'secret' };
  await call('POST', '/mailboxes', { address: `${user}@shop.example`, imap, smtp: { ...imap, port: postfix.port } });
  const at = new Date(Date.now() + 3 * 86_400_000).toISOString();
  const round = { channel: 'meeting', subject: 'Round', at, repeats: 'FREQ=WEEKLY;COUNT=4' };
  const { id } = await call<{ id: string }>('POST', '/records/interaction', round);
  const guests = { ona: `${dovecot.newUser()}@client.example`, petras: `${dovecot.newUser()}@client.example` };
  for (const [name, address] of Object.entries(guests))
    await call('POST', '/records/participant', { interaction: id, role: 'attendee', name, address });
  const timesOf = async (address: string) => {
    const filter = JSON.stringify({ address, role: 'attendee' });
    return (await call<{ items: unknown[] }>('GET', `/records/participant?filter=${filter}`)).items.length;
  };
  await page.goto(`/o/interaction/${id}`);
  const panel = page.getByRole('region', { name: 'Invitation' });
  const dialog = page.getByRole('dialog', { name: 'Invite by mail' });
  await panel.getByRole('button', { name: 'Invite by mail…' }).click();
  // Both are asked about; Petras comes to this one only.
  await dialog.getByRole('radio', { name: 'All of them' }).waitFor();
  await dialog.getByRole('checkbox', { name: 'petras' }).uncheck();
  await look(page, 'invite-series');
  const { violations } = await new AxeBuilder({ page }).include('[role=dialog] form').analyze();
  assert.deepEqual(
    violations.map(({ id: rule, nodes }) => `${rule}: ${nodes[0]?.html}`),
    [],
  );
  await dialog.getByRole('button', { name: 'Send' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await panel.getByRole('listitem').filter({ hasText: 'petras' }).getByText('this one only').waitFor();
  await eventually(async () => assert.deepEqual([await timesOf(guests.ona), await timesOf(guests.petras)], [4, 1]));
  // Somebody is added to all of it; nobody is asked about again.
  await panel.getByRole('button', { name: 'Add people or change the message…' }).click();
  await dialog.getByText('Taking part in all of the series: ona.').waitFor();
  const late = `${dovecot.newUser()}@client.example`;
  await dialog.getByRole('textbox', { name: 'Add people' }).fill(late);
  await page.keyboard.press('Enter');
  await look(page, 'invite-further');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await eventually(async () => assert.deepEqual([await timesOf(late), await timesOf(guests.petras)], [4, 1]));
  await panel.getByText(late).first().waitFor();
  await look(page, 'invited-series');
  assertQuiet();
});
