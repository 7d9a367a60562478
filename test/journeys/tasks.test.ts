import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remindAll } from '#app/reminders.ts';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

interface Task {
  id: string;
  status: string;
  dueOn: string;
  repeats: string | null;
  next: string | null;
  owner: string;
  acceptance: string | null;
  checklist: { text: string; done: boolean }[] | null;
}

test('a task reminds, comes again, has points to tick off, and is given to somebody', {
  skip: noBrowser,
}, async (t) => {
  const house = await openHouse();
  const mine = await openWindow(house, { as: administrator });
  const theirs = await openWindow(house, { as: await house.person('Jonas Jonaitis') });
  const { page, call } = mine;
  const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  const create = (values: object) => call<Task>('POST', '/records/task', values);
  const read = (id: string) => call<Task>('GET', `/records/task/${id}`);
  const open = async (task: Task, name: string, on = page) => {
    await on.goto(`/o/task/${task.id}`);
    await on.getByRole('heading', { name }).waitFor();
  };
  const more = async (action: string, on = page) => {
    const button = on.getByRole('button', { name: action, exact: true });
    const item = on.getByRole('menuitem', { name: action, exact: true });
    await on.getByRole('button', { name: 'More actions' }).first().waitFor();
    if (!(await button.isVisible())) await on.getByRole('button', { name: 'More actions' }).first().click();
    await button.or(item).first().click();
  };

  await t.test('it repeats every second Tuesday, and the next one is there when it is done', async () => {
    const task = await create({ subject: 'Order paper', dueOn: '2099-03-03' });
    await open(task, 'Order paper');
    await page.getByRole('button', { name: 'Edit Repeats' }).click();
    const editor = page.getByRole('group', { name: 'Repeats' });
    await editor.getByRole('combobox', { name: 'Repeats' }).click();
    await page.getByRole('option', { name: 'Every week', exact: true }).click();
    await editor.getByRole('textbox', { name: 'How often' }).fill('2');
    await editor.getByRole('button', { name: 'Tuesday' }).click();
    await editor.getByRole('status').getByText('Every second Tuesday').waitFor();
    await page.keyboard.press('Control+Enter');
    await eventually(async () => assert.equal((await read(task.id)).repeats, 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU'));
    await page.getByRole('complementary', { name: 'Fields' }).getByText('Every second Tuesday').waitFor();
    await more('Done');
    await eventually(async () => assert.ok((await read(task.id)).next));
    const next = await read((await read(task.id)).next!);
    assert.deepEqual([next.status, next.dueOn], ['open', '2099-03-17']);
  });

  await t.test('two people who tick different points have both ticked them', async () => {
    const task = await create({ subject: 'Fair', checklist: ['Stand', 'Flyers', 'Lamp'] });
    const tab = await mine.tab();
    await open(task, 'Fair');
    await open(task, 'Fair', tab);
    await page.getByRole('checkbox', { name: 'Flyers' }).waitFor();
    await tab.getByRole('checkbox', { name: 'Lamp' }).waitFor();
    await Promise.all([
      page.getByRole('checkbox', { name: 'Flyers' }).click(),
      tab.getByRole('checkbox', { name: 'Lamp' }).click(),
    ]);
    await eventually(async () =>
      assert.deepEqual(
        (await read(task.id)).checklist!.map(({ done }) => done),
        [false, true, true],
      ),
    );
    await page.getByText('2/3').first().waitFor();
    await tab.close();
  });

  await t.test('points are written, moved and taken out with the keyboard', async () => {
    const task = await create({ subject: 'Trip', checklist: ['Two', 'One'] });
    await open(task, 'Trip');
    await page.getByRole('button', { name: 'Edit Checklist' }).click();
    await page.getByRole('textbox', { name: 'Point 1' }).press('Alt+ArrowDown');
    await page.getByRole('textbox', { name: 'Point 2' }).press('Enter');
    await page.getByRole('textbox', { name: 'Point 3' }).fill('Three');
    await page.getByRole('textbox', { name: 'Point 3' }).press('Control+Enter');
    await eventually(async () =>
      assert.deepEqual(
        (await read(task.id)).checklist!.map(({ text }) => text),
        ['One', 'Two', 'Three'],
      ),
    );
  });

  await t.test('somebody is reminded, once', async () => {
    const task = await create({ subject: 'Ring Ona', remindOn: new Date(Date.now() + 1_000).toISOString() });
    await page.goto('/home');
    const bell = page.getByRole('button', { name: /notification/i }).first();
    await eventually(async () => {
      await remindAll(house.runtime);
      const { items } = await call<{ items: unknown[] }>(
        'GET',
        `/records/notification?filter=${encodeURIComponent(JSON.stringify({ targetId: task.id }))}`,
      );
      assert.equal(items.length, 1);
    });
    await bell.click();
    await page.getByText('Reminder: Ring Ona').waitFor();
    await page.keyboard.press('Escape');
  });

  await t.test('given to a colleague, declined with a reason, it comes back', async () => {
    const users = await call<{ items: { id: string; name: string }[] }>('GET', '/records/user');
    const jonas = users.items.find(({ name }) => name.startsWith('Jonas'))!;
    const task = await create({ subject: 'Visit the mill' });
    await call('POST', `/records/task/${task.id}/actions/delegate`, { to: jonas.id, followUpOn: day(2) });
    await page.goto('/home');
    const waiting = page.getByRole('region', { name: 'Waiting for others' });
    await waiting.getByText('Not answered yet').waitFor();
    await open(task, 'Visit the mill', theirs.page);
    await more('Decline', theirs.page);
    const dialog = theirs.page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('On holiday');
    await dialog.getByRole('button', { name: 'Decline' }).click();
    await eventually(async () => assert.equal((await read(task.id)).acceptance, 'declined'));
    await waiting.waitFor({ state: 'detached' });
    await page
      .getByRole('button', { name: /notification/i })
      .first()
      .click();
    await page.getByText('Jonas Jonaitis declined Visit the mill: On holiday').waitFor();
    await page.keyboard.press('Escape');
  });

  await t.test('the team’s calendar shows who is busy and away, and finds a time for all', async () => {
    const users = await call<{ items: { id: string; name: string }[] }>('GET', '/records/user');
    const idOf = (name: string) => users.items.find((one) => one.name.startsWith(name))!.id;
    // Next week, whatever day it is: Wednesday there is a meeting, on Friday Jonas is away.
    const today = new Date(`${new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Vilnius' }).format()}T00:00:00Z`);
    const of = (weekday: number) =>
      new Date(today.getTime() + (7 - ((today.getUTCDay() + 6) % 7) + weekday) * 86_400_000).toISOString().slice(0, 10);
    const meeting = await call<Task>('POST', '/records/interaction', {
      ...{ channel: 'meeting', subject: 'Round table', at: `${of(2)}T10:00:00Z`, duration: 3600 },
    });
    await call('POST', '/records/participant', {
      ...{ interaction: meeting.id, role: 'attendee', user: idOf('Jonas'), name: 'Jonas' },
    });
    await call('POST', '/records/absence', {
      ...{ user: idOf('Jonas'), delegate: idOf('Rasa'), from: of(4), until: of(4) },
    });
    await page.goto('/team-calendar');
    await page.getByRole('button', { name: 'Later' }).click();
    const row = page.getByRole('row', { name: /Jonas Jonaitis/ });
    await row.getByRole('link', { name: /Round table/ }).waitFor();
    await row.getByText(/^Away/).waitFor();
    await page.getByRole('button', { name: 'Find a time' }).click();
    await page.getByText(/^When all 2 who are ticked/).waitFor();
    await page.getByRole('listitem').getByRole('button').first().click();
    const form = page.getByRole('dialog').last();
    await eventually(async () => {
      const values = await form
        .locator('input')
        .evaluateAll((all) => all.map((one) => (one as unknown as { value: string }).value));
      assert.ok(values.includes('Meeting'), values.join(' '));
    });
    await page.keyboard.press('Escape');
  });

  await t.test('my day goes by keys: the next one, tomorrow, done', async () => {
    const [first, second] = [
      await create({ subject: 'Day one', dueOn: day(-400) }),
      await create({ subject: 'Day two', dueOn: day(-399) }),
    ];
    await page.goto('/home');
    const current = page.locator('[data-current="true"]');
    await page.getByRole('link', { name: 'Day two' }).waitFor();
    await page.keyboard.press('j');
    await current.getByText('Day one').waitFor();
    await page.keyboard.press('s');
    await eventually(async () => assert.ok((await read(first.id)).dueOn > day(-1)));
    await current.getByText('Day two').waitFor();
    await page.keyboard.press('x');
    await eventually(async () => assert.equal((await read(second.id)).status, 'done'));
  });

  await t.test(
    'a playbook is built with its days in sight, started on an account, and the start taken back',
    async () => {
      const { id } = await call<Task>('POST', '/records/playbook', { name: 'Welcome' });
      await call('PATCH', '/company', { holidays: [{ on: '2026-12-24', name: 'Kūčios' }] });
      const steps = async () =>
        (
          await call<{ items: { subject: string }[] }>('POST', '/records/playbookStep/query', {
            ...{ filter: { playbook: id }, sort: ['position'] },
          })
        ).items.map(({ subject }) => subject);
      await page.goto(`/o/playbook/${id}`);
      await page.getByRole('link', { name: 'Arrange the tasks' }).click();
      for (const [subject, days] of [
        ['Call', '0'],
        ['Thank', '2'],
      ] as const) {
        await page.getByRole('button', { name: 'Add a task' }).click();
        await page
          .getByRole('textbox', { name: /^Task \d/ })
          .last()
          .fill(subject);
        await page.getByRole('textbox', { name: 'Working days' }).fill(days);
      }
      const ahead = page.getByRole('region', { name: 'When it would be due' });
      await ahead.getByRole('textbox', { name: 'If started on' }).fill('2026-12-23');
      await ahead.getByRole('textbox', { name: 'If started on' }).press('Enter');
      // A Wednesday; the day after it is free, and then comes a weekend.
      await ahead.locator('time[datetime="2026-12-28"]').waitFor();
      await ahead.getByText('Kūčios').waitFor();

      await page.getByRole('link', { name: 'Home' }).click();
      const asked = page.getByRole('dialog', { name: 'Leave without saving?' });
      await asked.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('button', { name: 'Move Thank' }).press('ArrowUp');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await eventually(async () => assert.deepEqual(await steps(), ['Thank', 'Call']));

      await call('POST', '/records/playbook', { name: 'Welcome a person', about: 'contact' });
      const account = await call<Task>('POST', '/records/account', { name: 'Baltas amalas' });
      const tasks = async () =>
        (
          await call<{ items: { subject: string }[] }>('POST', '/records/task/query', {
            filter: { account: account.id },
          })
        ).items.length;
      await page.goto(`/o/account/${account.id}`);
      await more('Start a playbook');
      const form = page.getByRole('dialog', { name: 'Start a playbook' });
      await form.getByRole('textbox', { name: 'Playbook' }).fill('Welc');
      // Those that are for accounts alone.
      await page.getByRole('option', { name: 'Welcome' }).waitFor();
      assert.equal(await page.getByRole('option').count(), 1);
      await page.getByRole('option', { name: 'Welcome' }).click();
      await form.getByRole('button', { name: 'Start a playbook' }).click();
      await eventually(async () => assert.equal(await tasks(), 2));
      await page.getByRole('button', { name: 'Undo' }).last().click();
      await eventually(async () => assert.equal(await tasks(), 0));
    },
  );

  mine.assertQuiet();
  theirs.assertQuiet();
});
