import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { administrator, eventually, noBrowser, openHouse, openWindow, password } from './house.ts';

const settings = (page: Page) => page.getByRole('navigation', { name: 'Settings' });

async function addField(page: Page, kind: string, label: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a field' }).first().click();
  const drawer = page.getByRole('dialog', { name: 'Add a field' });
  await drawer.getByPlaceholder('What should it hold?').fill(kind);
  await drawer.getByRole('button', { name: new RegExp(`^${kind}`) }).click();
  await drawer.getByLabel('Label · English').fill(label);
}

async function keepField(page: Page): Promise<void> {
  const drawer = page.getByRole('dialog', { name: 'Add a field' });
  await drawer.getByRole('button', { name: 'Add a field' }).click();
  await drawer.waitFor({ state: 'detached' });
}

test('a new administrator builds visit reports without code', { skip: noBrowser }, async () => {
  const house = await openHouse();
  const { page, call, assertQuiet } = await openWindow(house, { as: administrator });
  const account = await call<{ id: string }>('POST', '/records/account', { name: 'Baltasis amalas UAB' });

  // An object, found where one looks for it.
  await page.goto('/');
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('textbox', { name: 'Search settings' }).fill('lists of values');
  await settings(page).getByRole('link', { name: 'Objects and fields' }).click();
  await page.getByRole('button', { name: 'New object' }).click();
  const dialog = page.getByRole('dialog', { name: 'New object' });
  await dialog.getByLabel('One is called · English').fill('Visit report');
  await dialog.getByLabel('One is called · Lietuvių').fill('Vizito ataskaita');
  await dialog.getByLabel('Several are called · English').fill('Visit reports');
  await dialog.getByLabel('Several are called · Lietuvių').fill('Vizitų ataskaitos');
  assert.equal(await dialog.getByLabel('Name for programs').inputValue(), 'visitReport');
  await dialog.getByRole('button', { name: 'Make the object' }).click();
  await page.getByRole('heading', { name: 'Visit reports' }).waitFor();

  // Its fields: a link, a list of values, a condition, a number, a formula.
  await addField(page, 'Link to a record', 'Account');
  await page.getByRole('combobox', { name: 'Points to' }).click();
  await page.getByRole('option', { name: 'Accounts' }).click();
  await keepField(page);
  await addField(page, 'One of a list', 'Outcome');
  for (const value of ['Order', 'Problem']) {
    await page.getByRole('textbox', { name: 'Add a value' }).fill(value);
    await page.getByRole('textbox', { name: 'Add a value' }).press('Enter');
  }
  await keepField(page);
  await addField(page, 'Text', 'What is wrong');
  await page
    .getByRole('group', { name: 'Required only when' })
    .getByRole('button', { name: /Add a condition/ })
    .click();
  await page
    .getByRole('group', { name: 'Required only when' })
    .getByRole('combobox', { name: 'Add condition' })
    .click();
  await page.getByRole('option', { name: 'Outcome' }).click();
  await page.getByRole('group', { name: 'Required only when' }).getByRole('combobox', { name: 'Outcome' }).click();
  await page.getByRole('option', { name: 'Problem' }).click();
  await page.keyboard.press('Escape');
  await keepField(page);
  await addField(page, 'Whole number', 'Minutes');
  await keepField(page);
  await addField(page, 'Formula', 'Hours');
  const formula = page.getByRole('combobox', { name: /^Formula/ });
  await formula.pressSequentially('minu');
  await page.getByRole('option', { name: /minutes/ }).waitFor();
  await formula.press('Enter');
  await formula.pressSequentially(' / sixty');
  await page.getByText(/sixty/).nth(1).waitFor();
  await formula.fill('minutes / 60');
  await page.getByText('Gives a number').waitFor();
  await keepField(page);

  // A roll-up on the account.
  await page.goto('/settings/objects/account');
  await addField(page, 'Roll-up', 'Visits');
  await page.getByRole('combobox', { name: 'Over the records' }).click();
  await page.getByRole('option', { name: 'Visit reports · Account' }).click();
  await keepField(page);

  // A layout: the visits come first on an account's page, moved by keys alone.
  await page.goto('/settings/objects/account/layout');
  await page.getByRole('button', { name: 'Add a panel: Right' }).click();
  await page.getByRole('menuitem', { name: 'Visit reports · Account', exact: true }).click();
  const handle = page.getByRole('button', { name: 'Move Visit reports', exact: true });
  await handle.focus();
  await handle.press('ArrowUp');
  await handle.press('ArrowUp');
  await handle.press('ArrowLeft');
  assert.match(await page.getByRole('region', { name: 'Middle' }).innerText(), /Visit reports/);
  await handle.press('ArrowRight');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved').first().waitFor();
  const { layouts } = await call<{ layouts: { right: { type: string; object?: string }[] }[] }>(
    'GET',
    '/objects/account/layouts',
  );
  assert.equal(layouts[0]?.right[0]?.object, 'visitReport');

  // It is used like any other: what became required is asked for and refused without.
  await page.goto('/o/visitReport');
  await page.getByRole('main').getByRole('button', { name: 'New visit report' }).first().click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('First visit');
  await form
    .getByRole('button', { name: /^(Create|Save)/ })
    .first()
    .click();
  await eventually(async () => {
    const { items } = await call<{ items: { name: string }[] }>('GET', '/records/visitReport');
    assert.deepEqual(
      items.map(({ name }) => name),
      ['First visit'],
    );
  });
  const refused = await call('POST', '/records/visitReport', { name: 'Second', outcome: 'problem' }).catch(String);
  assert.match(String(refused), /field\.required/);
  await call('POST', '/records/visitReport', { name: 'Second', outcome: 'order', minutes: 90, account: account.id });
  await eventually(async () => {
    const found = await call<{ visits: number }>('GET', `/records/account/${account.id}`);
    assert.equal(found.visits, 1);
  });

  // A view of one's own over it.
  await page.goto('/o/visitReport?sort=-hours');
  await page.getByText('Second').first().waitFor();
  await page
    .getByRole('button', { name: /Save as/ })
    .first()
    .click();
  await page.getByRole('textbox', { name: /name/i }).fill('Longest visits');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('navigation', { name: 'Views' }).getByText('Longest visits').waitFor();

  // The page of the account shows them.
  await page.goto(`/o/account/${account.id}`);
  await page.getByText('Visit reports').first().waitFor();
  await page.getByText('Second').first().waitFor();
  assertQuiet();
});

test('what is removed says what hangs on it, and comes back', { skip: noBrowser }, async () => {
  const house = await openHouse();
  const { page, call, assertQuiet } = await openWindow(house, { as: administrator });
  await call('POST', '/objects/account/fields', { name: 'segment', type: 'text', label: { en: 'Segment' } });
  await call('POST', '/records/account', { name: 'One', segment: 'retail' });
  await page.goto('/settings/objects/account/fields/segment');
  await page.getByRole('dialog', { name: 'Segment' }).getByRole('button', { name: 'Remove' }).click();
  await page.getByText('1 record holds a value of this field.').waitFor();
  await page.getByRole('dialog', { name: 'Remove “Segment”?' }).getByRole('button', { name: 'Remove' }).click();
  await page.getByText('“Segment” removed').waitFor();
  await page.getByRole('table', { name: 'Removed fields' }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await page.getByRole('table', { name: 'Removed fields' }).waitFor({ state: 'detached' });
  const { items } = await call<{ items: { segment: string }[] }>('GET', '/records/account');
  assert.equal(items[0]?.segment, 'retail');
  assertQuiet();
});

test('a colleague is invited, comes in, and is refused the settings', { skip: noBrowser }, async () => {
  const house = await openHouse();
  const { page, assertQuiet } = await openWindow(house, { as: administrator });
  await page.goto('/settings/users');
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Ona Lukšienė');
  await page.getByRole('dialog').getByLabel('E-mail').fill('ona@example.com');
  await page.getByRole('button', { name: 'Invite and make the link' }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('table', { name: 'Users' }).getByText('Invited').waitFor();

  const colleague = await openWindow(house);
  await colleague.page.goto(link);
  await colleague.page.getByText('ona@example.com').waitFor();
  await colleague.page.getByRole('textbox', { name: 'New password' }).fill(password);
  await colleague.page.getByRole('button', { name: 'Save and come in' }).click();
  await colleague.page.getByRole('navigation', { name: 'Main menu' }).waitFor();
  assert.equal(await colleague.page.getByRole('link', { name: 'Settings' }).count(), 0);
  await colleague.page.goto('/settings/users');
  await colleague.page.getByText('For administrators only').waitFor();
  colleague.assertQuiet();
  await colleague.page.goto(link);
  await colleague.page.getByRole('alert').waitFor();
  assertQuiet();
});

test('a stage goes, and its opportunities with it to another', { skip: noBrowser }, async () => {
  const house = await openHouse();
  const { page, call, assertQuiet } = await openWindow(house, { as: administrator });
  const stages = await call<{ items: { id: string; name: string }[] }>('GET', '/records/stage?sort=position');
  const qualified = stages.items.find(({ name }) => name === 'Qualified')!;
  const account = await call<{ id: string }>('POST', '/records/account', { name: 'One' });
  const sale = await call<{ id: string }>('POST', '/records/opportunity', {
    name: 'Sale',
    account: account.id,
    stage: qualified.id,
  });
  await page.goto('/settings/pipelines');
  await page.getByRole('button', { name: 'Move Proposal' }).focus();
  await page.getByRole('button', { name: 'Move Proposal' }).press('ArrowUp');
  await page.getByRole('textbox', { name: 'Probability of Proposal' }).fill('40');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').first().waitFor();
  const after = await call<{ items: { name: string; probability: number }[] }>('GET', '/records/stage?sort=position');
  assert.deepEqual(
    after.items.slice(0, 3).map(({ name }) => name),
    ['New', 'Proposal', 'Qualified'],
  );
  assert.equal(after.items[1]?.probability, 40);

  await page.getByRole('button', { name: 'Remove the stage Qualified' }).click();
  await page.getByText('1 opportunity stands in it.').waitFor();
  await page.getByRole('button', { name: 'Move 1 and remove' }).click();
  await page.getByText('Stage “Qualified” removed').waitFor();
  const moved = await call<{ stage: string }>('GET', `/records/opportunity/${sale.id}`);
  assert.notEqual(moved.stage, qualified.id);
  // Taken back, the stage is there again, and who stood in it.
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await eventually(async () => {
    const back = await call<{ stage: string }>('GET', `/records/opportunity/${sale.id}`);
    assert.equal(back.stage, qualified.id);
  });
  await page.getByRole('textbox', { name: 'Name of the stage Qualified' }).waitFor();
  assertQuiet();
});

test('what the settings cannot show is not nothing: it says why, and is tried again', { skip: noBrowser }, async () => {
  const house = await openHouse();
  const { page, call, forgive } = await openWindow(house, { as: administrator });
  await call('POST', '/keys', { name: 'Shop' });
  let isDown = true;
  await page.route(/\/api\/(keys|rates|company|records\/pipeline|objects\/account\/definition)/, (route) =>
    isDown ? route.fulfill({ status: 500, json: { title: 'Broken', status: 500 } }) : route.continue(),
  );
  await page.goto('/settings');
  for (const place of ['currencies', 'company', 'pipelines', 'objects/account', 'keys']) {
    await page.evaluate(`history.pushState({}, '', '/settings/${place}')`);
    await page.waitForURL(`**/settings/${place}`);
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor();
    assert.equal(await page.getByText(/^(There is no|No |Nobody)/).count(), 0, place);
  }
  isDown = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('cell', { name: 'Shop', exact: true }).waitFor();
  forgive();
});

test('a configuration goes from one workspace to another and back, by the screen', { skip: noBrowser }, async () => {
  const sandbox = await openHouse();
  const source = await openWindow(sandbox, { as: administrator });
  await source.call('POST', '/objects/account/fields', { name: 'segment', type: 'text', label: { en: 'Segment' } });
  await source.call('POST', '/records/pipeline', { name: 'Tenders', position: 2 });
  await source.call('PUT', '/rates/USD/2026-01-01', { rate: 0.92 });
  await source.page.goto('/settings/configuration');
  const downloading = source.page.waitForEvent('download');
  await source.page.getByRole('link', { name: 'Download as ZIP' }).click();
  const file = await (await downloading).path();

  const production = await openHouse({ company: 'Production' });
  const { page, call, assertQuiet } = await openWindow(production, { as: administrator });
  await page.goto('/settings/configuration');
  await page.locator('input[type=file]').setInputFiles({
    name: 'configuration.zip',
    mimeType: 'application/zip',
    buffer: (await import('node:fs')).readFileSync(file),
  });
  await page.getByText(/new field segment/).waitFor();
  await page.getByText('Pipelines: new “Tenders”').waitFor();
  await page.getByText(/^Rate of USD from/).waitFor();
  await page.getByRole('button', { name: 'Apply 3 changes' }).click();
  await page.getByText('3 changes applied').waitFor();
  const added = async () =>
    (await call<{ fields: { name: string }[] }>('GET', '/objects/account')).fields.some(
      ({ name }) => name === 'segment',
    );
  const pipelines = async () =>
    (await call<{ items: { name: string }[] }>('GET', '/records/pipeline?sort=position')).items.map(({ name }) => name);
  assert.equal(await added(), true);
  assert.deepEqual(await pipelines(), ['Sales', 'Tenders']);
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await eventually(async () => assert.equal(await added(), false));
  assert.deepEqual(await pipelines(), ['Sales']);
  assertQuiet();
});
