import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LayoutDefinition } from '#kernel/object/layout.ts';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

const dot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

test('a record page has everything where it is expected', { skip: noBrowser }, async (t) => {
  const house = await openHouse();
  const mine = await openWindow(house, { as: administrator });
  const theirs = await openWindow(house, { as: await house.person('Jonas Jonaitis') });
  const { page, call } = mine;
  const create = (object: string, values: object) => call<{ id: string }>('POST', `/records/${object}`, values);
  const account = await create('account', { name: 'Litera' });
  const other = await create('account', { name: 'Duona' });
  const contact = await create('contact', { firstName: 'Ona', lastName: 'Petraitienė', account: account.id });
  const loose = await create('contact', { firstName: 'Jurgis', lastName: 'Mažeika' });
  const stages = await call<{ items: { id: string; name: string; kind: string; pipeline: string }[] }>(
    'GET',
    '/records/stage?sort=position&limit=20',
  );
  const [first, second] = stages.items as [(typeof stages.items)[number], (typeof stages.items)[number]];
  const lost = stages.items.find(({ kind }) => kind === 'lost')!;
  const deal = await create('opportunity', {
    ...{ name: 'Flour for a year', account: account.id, stage: first.id, pipeline: first.pipeline },
    amount: { amount: 1200, currency: 'EUR' },
  });
  const accountPage = async () => {
    await page.goto(`/o/account/${account.id}`);
    await page.getByRole('heading', { name: 'Litera' }).waitFor();
  };

  await t.test('three zones; all fields are found by their name, help or value', async () => {
    await accountPage();
    for (const name of ['Fields', 'Related']) await page.getByRole('complementary', { name }).waitFor();
    await page.getByRole('tab', { name: 'All fields' }).click();
    const fields = page.getByRole('tabpanel', { name: 'All fields' });
    await fields.getByRole('searchbox', { name: 'Find a field' }).fill('employ');
    await fields.getByRole('button', { name: 'Edit Employees' }).waitFor();
    await fields.getByRole('button', { name: 'Edit Founded' }).waitFor({ state: 'detached' });
    await fields.getByRole('searchbox').fill('litera');
    await fields.getByRole('button', { name: 'Edit Name' }).waitFor();
    await fields.getByRole('searchbox').fill('nothing like it');
    await fields.getByText('No field matches').waitFor();
    const help = page.getByRole('complementary', { name: 'Fields' }).getByRole('button', { name: /^Tax number:/ });
    await help.hover();
    await page.getByRole('tooltip').waitFor();
  });

  await t.test('a call is logged with one key, pinned, filtered and found', async () => {
    await accountPage();
    await page.keyboard.press('l');
    await page.getByRole('textbox', { name: 'What was said' }).fill('Rang about the rye');
    await page.getByRole('button', { name: 'Start the timer' }).click();
    await page.getByRole('timer').first().getByText('0:01').waitFor();
    // Neither a reload nor another tab ends a call.
    await page.reload();
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
    const tab = await mine.tab();
    await tab.goto('/');
    await tab.getByRole('link', { name: /^You are on a call/ }).click();
    await tab.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByRole('button', { name: 'Start the timer' }).waitFor();
    await tab.close();
    await page.getByRole('combobox', { name: 'Outcome' }).click();
    await page.getByRole('option', { name: 'Agreed' }).click();
    await page.keyboard.press('Control+s');
    const logged = page.locator('article[data-kind="phone"]');
    await logged.getByText('Rang about the rye').waitFor();
    await logged.getByText('Agreed').waitFor();
    await logged.getByRole('link', { name: 'called' }).waitFor();
    await create('note', { body: '<p>Visited the mill</p>', account: account.id });
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    await create('interaction', { channel: 'visit', subject: 'See the new oven', at: tomorrow, account: account.id });
    await create('task', { subject: 'Send samples', account: account.id, dueOn: '2020-01-02' });
    await create('comment', { body: 'Nice people', targetObject: 'account', targetId: account.id });
    await page.getByRole('tab', { name: 'Activity' }).click();
    const activity = page.getByRole('tabpanel', { name: 'Activity' });
    await activity.getByText('Visited the mill').waitFor();
    await eventually(async () =>
      assert.match((await activity.getByRole('heading', { level: 3 }).first().textContent())!, /To do/),
    );
    await activity.getByRole('region', { name: 'To do' }).getByText('See the new oven').waitFor();
    await activity.locator('article[data-kind="note"]').hover();
    await activity.locator('article[data-kind="note"]').getByRole('button', { name: 'Pin to the top' }).click();
    await eventually(async () =>
      assert.match((await activity.getByRole('heading', { level: 3 }).first().textContent())!, /Pinned/),
    );
    const rang = activity.locator('article[data-kind="phone"]');
    await rang.hover();
    await rang.getByRole('button', { name: 'Pin to the top' }).click();
    await activity.getByRole('region', { name: 'Pinned' }).getByText('Rang about the rye').waitFor();
    await rang.getByRole('button', { name: 'Unpin' }).click();
    await activity
      .getByRole('region', { name: 'Pinned' })
      .getByText('Rang about the rye')
      .waitFor({ state: 'detached' });
    await activity.getByRole('searchbox', { name: 'Search the activity' }).fill('rye');
    await activity.getByText('Visited the mill').waitFor({ state: 'detached' });
    await activity.getByText('Rang about the rye').waitFor();
    await activity.getByRole('searchbox').fill('');
    await activity.getByRole('button', { name: 'Comments' }).click();
    await activity.getByText('Nice people').waitFor();
    await activity.getByText('Rang about the rye').waitFor({ state: 'detached' });
  });

  await t.test('the timeline pages back to the first day, in order', async () => {
    const busy = await create('account', { name: 'Busy' });
    await call('POST', '/records/note/bulk', {
      create: Array.from({ length: 70 }, (_, n) => ({ body: `<p>Word ${n}</p>`, account: busy.id })),
    });
    await page.goto(`/o/account/${busy.id}`);
    await page.getByRole('tab', { name: 'Activity' }).click();
    const activity = page.getByRole('tabpanel', { name: 'Activity' });
    for (let more = 0; more < 2; more++) {
      await activity.getByRole('button', { name: 'Show more', exact: true }).last().click();
      await activity.getByText(`Word ${39 - more * 30}`, { exact: true }).waitFor();
    }
    await activity.getByText('created this').waitFor();
    assert.equal(await activity.locator('article[data-kind="note"]').count(), 70);
  });

  await t.test(
    'the activity of a customer is also that of their people, of their sales and of the accounts below',
    async () => {
      const below = await create('account', { name: 'Litera Kaunas', parent: account.id });
      await create('interaction', { channel: 'phone', subject: 'Asked in Kaunas', account: below.id });
      await create('note', { body: '<p>Allergic to nuts</p>', contact: contact.id });
      await accountPage();
      await page.getByRole('tab', { name: 'Activity' }).click();
      const activity = page.getByRole('tabpanel', { name: 'Activity' });
      const note = activity.locator('article[data-kind="note"]', { hasText: 'Allergic to nuts' });
      await note.getByRole('link', { name: 'Ona Petraitienė' }).waitFor();
      assert.equal(await activity.getByText('Asked in Kaunas').count(), 0);
      await activity.getByText('Whole group', { exact: true }).click();
      const asked = activity.locator('article[data-kind="phone"]', { hasText: 'Asked in Kaunas' });
      await asked.getByRole('link', { name: 'Litera Kaunas' }).waitFor();
      await activity.getByText('Only this', { exact: true }).click();
      await note.waitFor({ state: 'detached' });
      await activity.getByRole('button', { name: 'Filters' }).click();
      await activity.getByLabel('Until').fill('2020-01-01');
      await activity.getByText('Nothing matches.').waitFor();
      await activity.getByLabel('Until').fill('');
      await create('note', { body: '<p>Came in by itself</p>', account: account.id });
      await activity.getByText('Came in by itself').waitFor();
    },
  );

  await t.test('the header tells at one glance what to know, and goes on telling', async () => {
    await call('PATCH', `/records/account/${account.id}`, { classification: 'a' });
    await accountPage();
    const glance = page.getByRole('region', { name: 'At a glance' });
    for (const words of ['Importance', 'Open sales', '€1,200', 'Last contact', 'Responsible', 'Open tasks'])
      await glance.getByText(words, { exact: true }).waitFor();
    await glance.getByText('overdue:').waitFor();
    const next = new Date(Date.now() + 172_800_000).toISOString();
    await create('interaction', { channel: 'meeting', at: next, account: account.id, contact: contact.id });
    await create('accountContact', { account: account.id, contact: contact.id, role: 'technical' });
    await glance.getByText('Technical', { exact: false }).first().waitFor();
    await glance.getByRole('link', { name: 'Ona Petraitienė' }).first().waitFor();
  });

  await t.test('changes of one person in a row are one entry; a field tells its own history', async () => {
    await call('PATCH', `/records/account/${account.id}`, { employees: 10 });
    await call('PATCH', `/records/account/${account.id}`, { employees: 12, foundedYear: 1990 });
    await accountPage();
    await page.getByRole('tab', { name: 'Activity' }).click();
    await page.getByRole('button', { name: 'Changes', exact: true }).click();
    await page.getByText('Only this', { exact: true }).click();
    const changes = page.getByRole('tabpanel', { name: 'Activity' }).locator('article[data-kind="change"]');
    await eventually(async () => assert.equal(await changes.count(), 2));
    const text = (await changes.first().innerText()).replaceAll(/\s+/g, ' ');
    assert.match(text, /Employees — → 12/);
    await page.getByRole('tab', { name: 'All fields' }).click();
    const fields = page.getByRole('tabpanel', { name: 'All fields' });
    await fields.getByRole('button', { name: 'History of Employees' }).click();
    const dialog = page.getByRole('dialog', { name: 'History of Employees' });
    await dialog.getByText('10', { exact: true }).first().waitFor();
    assert.equal(await dialog.getByText('You').count(), 2);
    await page.keyboard.press('Escape');
  });

  await t.test('related records: searched, arranged, tied with a role, taken out and back', async () => {
    await accountPage();
    const contacts = page.getByRole('region', { name: 'Contacts', exact: true });
    await contacts.hover();
    await contacts.getByRole('button', { name: 'Add existing: contact' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add existing: contact' });
    await dialog.getByLabel('Contact', { exact: true }).fill('Mažeika');
    await page.getByRole('option', { name: /Jurgis Mažeika/ }).click();
    await dialog.getByRole('button', { name: 'Add 1' }).click();
    await contacts.getByText('Jurgis Mažeika').waitFor();
    await contacts.hover();
    await contacts.getByRole('button', { name: 'Search and arrange: Contacts' }).click();
    await contacts.getByRole('searchbox').fill('petrai');
    await contacts.getByText('Jurgis Mažeika').waitFor({ state: 'detached' });
    await contacts.getByText('Ona Petraitienė').waitFor();
    await contacts.getByRole('searchbox').fill('');
    await contacts.getByText('Jurgis Mažeika').hover();
    await contacts.getByRole('button', { name: 'Remove Jurgis Mažeika from here' }).click();
    await contacts.getByText('Jurgis Mažeika').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await contacts.getByText('Jurgis Mažeika').waitFor();
    assert.equal((await call<{ account: string }>('GET', `/records/contact/${loose.id}`)).account, account.id);
    await create('accountContact', { account: account.id, contact: contact.id, role: 'user' });
    const roles = page.getByRole('region', { name: 'Roles' });
    await roles.getByRole('link', { name: /Ona Petraitienė.*User/s }).waitFor();
    await roles.hover();
    await roles.getByRole('button', { name: /^Add existing/ }).click();
    const role = page.getByRole('dialog', { name: 'Add existing: contact' });
    await role.getByLabel('Contact', { exact: true }).fill('Mažeika');
    await page.getByRole('option', { name: /Jurgis Mažeika/ }).click();
    await role.getByLabel(/^Role/).first().click();
    await page.getByRole('option', { name: 'Payer' }).click();
    await role.getByRole('button', { name: 'Add 1' }).click();
    await roles.getByRole('link', { name: /Jurgis Mažeika.*Payer/s }).waitFor();
    const deals = page.getByRole('region', { name: 'Opportunities', exact: true });
    await deals.hover();
    await deals.getByRole('button', { name: 'Show as: Opportunities' }).click();
    await page.getByRole('menuitemradio', { name: 'Board' }).click();
    const lane = deals.getByRole('list', { name: first.name });
    await lane.getByText('Flour for a year').waitFor();
    await deals.getByRole('link', { name: 'Open as a list: Opportunities' }).click();
    await page.waitForURL(/shape=board/);
    await page.getByText('Flour for a year').first().waitFor();
    // Each person keeps their own choice.
    await accountPage();
    await lane.waitFor();
    await deals.hover();
    await deals.getByRole('button', { name: 'Show as: Opportunities' }).click();
    await page.getByRole('menuitemradio', { name: 'Calendar' }).click();
    await deals.getByRole('button', { name: 'Earlier' }).waitFor();
  });

  await t.test('of several numbers each says what it is for, and another one becomes the first', async () => {
    await call('PATCH', `/records/contact/${loose.id}`, { phones: ['+37061234567'] });
    await page.goto(`/o/contact/${loose.id}`);
    const side = page.getByRole('complementary', { name: 'Fields' });
    await side.getByRole('button', { name: 'Edit Phones' }).click();
    await side.getByRole('combobox', { name: /^What .*612.?34567 is for$/ }).selectOption('mobile');
    await side.getByRole('button', { name: 'Add another' }).click();
    await side.getByRole('textbox', { name: 'Phones' }).last().fill('+37052345678');
    await side.getByRole('combobox', { name: 'What +37052345678 is for' }).selectOption({ label: 'work' });
    await side.getByRole('button', { name: 'Make +37052345678 the first' }).click();
    await page.keyboard.press('Control+Enter');
    await side.getByText('mobile').waitFor();
    const { phones } = await call<{ phones: unknown }>('GET', `/records/contact/${loose.id}`);
    assert.deepEqual(phones, [
      { value: '+37052345678', label: 'work' },
      { value: '+37061234567', label: 'mobile' },
    ]);
  });

  await t.test('files: several at once, looked at, deleted and brought back; hostile ones are only text', async () => {
    await accountPage();
    const files = page.getByRole('region', { name: 'Files' });
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      files.getByRole('button', { name: 'Add files' }).click(),
    ]);
    const hostile = '<img src=x onerror=alert(1)>.html';
    await chooser.setFiles([
      { name: 'price list.txt', mimeType: 'text/plain', buffer: Buffer.from('Ruginė 1,20 €') },
      { name: hostile, mimeType: 'text/html', buffer: Buffer.from('<script>alert(document.cookie)</script>') },
      { name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg onload="alert(2)"/>') },
      { name: 'dot.png', mimeType: 'image/png', buffer: dot },
    ]);
    for (const name of ['price list.txt', hostile, 'drawing.svg', 'dot.png']) await files.getByText(name).waitFor();
    await eventually(async () => assert.equal(await files.getByRole('progressbar').count(), 0));
    // Sent on to its signed address, the picture is there.
    await files.locator('img').scrollIntoViewIfNeeded();
    await eventually(async () =>
      assert.equal(
        await files.locator('img').evaluate((picture) => (picture as unknown as { naturalWidth: number }).naturalWidth),
        1,
      ),
    );
    await files.getByText('price list.txt').click();
    await page.getByRole('dialog').getByText('Ruginė 1,20 €').waitFor();
    await page.keyboard.press('Escape');
    await files.getByText(hostile).click();
    await page.getByRole('dialog').getByText('<script>alert(document.cookie)</script>').waitFor();
    await page.keyboard.press('Escape');
    await files.getByRole('button', { name: 'Move price list.txt to the trash' }).click();
    await files.getByText('price list.txt').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await files.getByText('price list.txt').waitFor();
    mine.assertQuiet();
  });

  await t.test('files are dropped anywhere on the page', async () => {
    const data = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['dropped words'], 'dropped.txt', { type: 'text/plain' }));
      return transfer;
    })()`);
    await page.dispatchEvent('main', 'dragover', { dataTransfer: data });
    await page.getByText('Let go to add them.').waitFor();
    await page.dispatchEvent('main', 'drop', { dataTransfer: data });
    await page.getByRole('region', { name: 'Files' }).getByText('dropped.txt').waitFor();
  });

  await t.test('the stage bar moves, tells the time, and asks why a sale was lost', async () => {
    await page.goto(`/o/opportunity/${deal.id}`);
    const stages = page.getByRole('navigation', { name: 'Stage' });
    await stages.getByRole('button', { name: second.name }).click();
    await stages.locator('[aria-current="step"]').getByText(second.name).waitFor();
    await page.getByRole('button', { name: 'Mark as lost' }).waitFor();
    await page.getByRole('button', { name: 'Reopen' }).waitFor({ state: 'detached' });
    await stages.getByRole('button', { name: lost.name }).click();
    const dialog = page.getByRole('dialog', { name: 'A little more is needed' });
    await dialog
      .getByLabel(/Why lost/)
      .first()
      .click();
    await page.getByRole('option', { name: 'Price' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await stages.locator('[aria-current="step"]').getByText(lost.name).waitFor();
    await page.getByRole('button', { name: 'Reopen' }).waitFor();
  });

  await t.test('an administrator’s layout comes up where its condition holds, at once', async () => {
    const why: LayoutDefinition = {
      name: 'lost',
      when: { 'stage.kind': 'lost' },
      highlights: ['lostReason', 'amount'],
      left: [{ type: 'fields', label: { en: 'Why we lost' }, fields: ['lostReason', 'lostNote'] }],
      tabs: [{ name: 'lessons', label: { en: 'Lessons' }, panels: [{ type: 'timeline' }] }],
      right: [{ type: 'text', text: { en: '<p>Ask again in spring.</p>' } }],
    };
    await call('PATCH', '/objects/opportunity', { layouts: [why] });
    await page.getByRole('tab', { name: 'Lessons' }).waitFor();
    await page.getByRole('button', { name: 'Why we lost' }).waitFor();
    await page.getByText('Ask again in spring.').waitFor();
    await page.getByRole('button', { name: 'Reopen' }).click();
    await page.getByRole('tab', { name: 'Overview' }).waitFor();
    await page.getByRole('tab', { name: 'Lessons' }).waitFor({ state: 'detached' });
    await call('PATCH', '/objects/opportunity', { layouts: [] });
  });

  await t.test('a short look from a link, by space bar, pointer and Ctrl with the middle button', async () => {
    const peek = page.getByRole('complementary', { name: 'A short look' });
    const link = page.getByRole('complementary', { name: 'Fields' }).getByRole('link', { name: 'Litera' });
    await link.focus();
    await page.keyboard.press(' ');
    await peek.getByRole('heading', { name: 'Litera' }).waitFor();
    await page.keyboard.press('Escape');
    await peek.waitFor({ state: 'detached' });
    await link.hover();
    await page.getByRole('button', { name: 'A short look (space)' }).click();
    await peek.getByRole('heading', { name: 'Litera' }).waitFor();
    await peek.getByRole('button', { name: 'Edit Employees' }).click();
    await peek.getByRole('textbox', { name: 'Employees' }).fill('44');
    await page.keyboard.press('Enter');
    await eventually(async () =>
      assert.equal((await call<{ employees: number }>('GET', `/records/account/${account.id}`)).employees, 44),
    );
    await peek.getByRole('button', { name: 'Close' }).click();
    await link.click({ button: 'middle', modifiers: ['Control'] });
    await peek.getByRole('heading', { name: 'Litera' }).waitFor();
    await page.keyboard.press('Escape');
  });

  await t.test('who else is here is seen, and what they edit; they are gone when they go', async () => {
    await accountPage();
    await theirs.page.goto(`/o/account/${account.id}`);
    await page
      .getByRole('list', { name: 'Also here' })
      .getByRole('img', { name: 'Jonas Jonaitis is looking at this' })
      .waitFor();
    await theirs.page.getByRole('button', { name: 'Edit Employees' }).click();
    await page.getByText('Jonas Jonaitis is editing this').waitFor();
    await theirs.page.keyboard.press('Escape');
    await page.getByText('Jonas Jonaitis is editing this').waitFor({ state: 'detached' });
    await theirs.page.goto('/home');
    await page.getByRole('list', { name: 'Also here' }).waitFor({ state: 'detached' });
  });

  await t.test('two records become one, field by field, and are taken apart from the history', async () => {
    const twin = await create('contact', {
      ...{ firstName: 'Ona', lastName: 'Petraitienė', jobTitle: 'Buyer', account: other.id },
      emails: [{ value: 'ona@duona.example' }],
    });
    await create('note', { body: '<p>Likes rye</p>', contact: twin.id });
    await page.goto(`/o/contact/${contact.id}`);
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Similar records' }).click();
    const similar = page.getByRole('dialog', { name: 'Similar records' });
    await similar.getByRole('button', { name: 'Merge', exact: true }).first().click();
    await page.getByRole('heading', { name: 'Merge contacts' }).waitFor();
    await page.getByRole('columnheader', { name: /stays/ }).waitFor();
    const row = page.getByRole('row', { name: /^Account/ });
    await row.getByRole('radio').last().check();
    await page.getByRole('button', { name: 'Merge 2 records' }).click();
    await page.getByRole('heading', { name: 'Ona Petraitienė' }).waitFor();
    const merged = await call<{ account: string; jobTitle: string }>('GET', `/records/contact/${contact.id}`);
    assert.deepEqual([merged.account, merged.jobTitle], [other.id, 'Buyer']);
    await page.getByRole('tab', { name: 'Activity' }).click();
    await page.getByText('Likes rye').waitFor();
    await page.getByRole('button', { name: 'Take the merge apart' }).click();
    const dialog = page.getByRole('dialog', { name: 'Take the merge apart' });
    await dialog.getByRole('button', { name: 'Take the merge apart' }).click();
    await dialog.getByText(/^Taken apart/).waitFor();
    await dialog.getByRole('link', { name: 'Ona Petraitienė' }).click();
    await page.waitForURL(new RegExp(twin.id));
    await page.getByText('Likes rye').waitFor();
    assert.equal((await call<{ account: string }>('GET', `/records/contact/${contact.id}`)).account, account.id);
  });

  await t.test('the queue of duplicates is decided once, and can be decided again', async () => {
    await create('contact', {
      firstName: 'Eglė',
      lastName: 'Kazlauskienė',
      emails: [{ value: 'egle@litera.example' }],
    });
    await create('contact', {
      firstName: 'Eglė',
      lastName: 'Kazlauskienė',
      emails: [{ value: 'egle@litera.example' }],
    });
    await eventually(async () => {
      const { items } = await call<{ items: unknown[] }>('GET', '/duplicates?object=contact');
      assert.ok(items.length > 0);
    });
    await page.goto('/duplicates?object=contact');
    const pair = page.getByRole('listitem').filter({ hasText: 'Eglė Kazlauskienė' });
    await pair.getByRole('button', { name: 'Not the same' }).click();
    await pair.waitFor({ state: 'detached' });
    await page.getByText('Different', { exact: true }).click();
    await pair.getByRole('button', { name: 'Decide again' }).click();
    await page.getByText('To decide', { exact: true }).click();
    await pair.getByRole('button', { name: 'Compare and merge' }).waitFor();
  });
});
