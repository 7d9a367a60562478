import assert from 'node:assert/strict';
import { test } from 'node:test';
import { administrator, eventually, noBrowser, openHouse, openWindow } from './house.ts';

/** Tells whom it is asked for, and whether it runs apart. */
const erp = `<!doctype html><title>ERP</title><p id="told"></p><script>
  let cookies; try { cookies = document.cookie; } catch { cookies = 'kept away'; }
  told.textContent = new URLSearchParams(location.search).get('number') + ', ' + origin + ', ' + cookies + ', from ' + (document.referrer || 'nowhere');
</script>`;

test('an administrator places panels, for a team too, and they work', { skip: noBrowser }, async () => {
  const house = await openHouse();
  const colleague = await house.person('Jonas Jonaitis');
  const { page, call, assertQuiet } = await openWindow(house, { as: administrator });
  await page
    .context()
    .route('https://erp.example.com/**', (route) => route.fulfill({ contentType: 'text/html', body: erp }));
  const create = (object: string, values: object) => call<{ id: string }>('POST', `/records/${object}`, values);
  const account = await create('account', { name: 'Litera', taxNumber: '305&CO' });
  const bare = await create('account', { name: 'Duona' });
  const on = { account: account.id };
  const { items: stages } = await call<{ items: { id: string; name: string; pipeline: string }[] }>(
    'GET',
    '/records/stage?sort=position&limit=2',
  );
  for (const [index, stage] of stages.entries())
    await create('opportunity', { name: `Flour ${index}`, stage: stage.id, pipeline: stage.pipeline, ...on });
  const day = new Date(Date.now() + 3_600_000).toISOString();
  await create('task', { subject: 'Send the samples', dueOn: day.slice(0, 10), ...on });
  await create('interaction', { channel: 'meeting', subject: 'Tasting', state: 'planned', at: day, ...on });
  await create('interaction', { channel: 'email', subject: 'The price of rye', body: 'Is it still 0.31?', ...on });
  await create('team', { name: 'Kaunas' });

  // Built by hand: a page of another server with a field in its address, a chart, mails, days, and words for one team.
  await page.goto('/settings/objects/account/layout');
  const add = async (zone: string, panel: string | RegExp) => {
    await page.getByRole('button', { name: `Add a panel: ${zone}` }).click();
    await page.getByRole('menuitem', { name: panel }).click();
  };
  await add('Right', 'A page of another server');
  await page.getByRole('textbox', { name: 'Address' }).fill('https://erp.example.com/customers?number=');
  await page.getByRole('button', { name: 'Put in a field' }).click();
  await page.getByRole('menuitem', { name: 'Tax number', exact: true }).click();
  await add('Middle', /^Chart: Opportunities · Account/);
  await add('Middle', /^Mail$/);
  await add('Middle', 'Meetings and tasks');
  await add('Left', 'Text');
  const words = page.getByRole('textbox', { name: 'Text · English' });
  await words.pressSequentially('Ask for the baker');
  await page.getByRole('combobox', { name: 'For these teams' }).last().click();
  await page.getByRole('option', { name: 'Kaunas' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved').first().waitFor();

  const open = async (id: string) => {
    await page.goto(`/o/account/${id}`);
    await page.getByRole('tab', { name: 'Overview' }).waitFor();
  };
  await open(account.id);
  const framed = page.frameLocator('iframe[title="erp.example.com"]').frameLocator('iframe');
  await page.locator('iframe[title="erp.example.com"]').scrollIntoViewIfNeeded();
  await framed.getByText('305&CO, null, kept away, from nowhere').waitFor();
  await page.getByRole('region', { name: 'Mail', exact: true }).getByText('The price of rye').waitFor();
  const days = page.getByRole('button', { name: /^Send the samples/ });
  await days.scrollIntoViewIfNeeded();
  await page.getByRole('button', { name: /^\d\d:\d\d Tasting/ }).waitFor();
  assert.equal(await page.getByText('Ask for the baker').count(), 0, 'she is in no team');
  const chart = page.getByRole('list', { name: /^Count · / });
  await chart.getByRole('button').first().click();
  await page.waitForURL(/\/o\/opportunity\?/);
  await page.getByText('Flour').first().waitFor();

  // Without the value there is no page; the colleague's team brings the words.
  await open(bare.id);
  await page.getByText('Shown once this is filled in: Tax number.').waitFor();
  await page.getByText('No e-mails yet.').waitFor();
  const theirs = await openWindow(house, { as: colleague });
  const { items: people } = await call<{ items: { id: string; email: string }[] }>('GET', '/records/user');
  const { items: teams } = await call<{ items: { id: string }[] }>('GET', '/records/team');
  const jonas = people.find(({ email }) => email === colleague.email)!;
  await call('PATCH', `/records/user/${jonas.id}`, { teams: [teams[0]!.id] });
  await theirs.page.goto(`/o/account/${bare.id}`);
  await theirs.page.getByText('Ask for the baker').waitFor();
  await call('PATCH', '/objects/account', { layouts: [] });
  await eventually(async () => assert.equal(await theirs.page.getByText('Ask for the baker').count(), 0));
  assertQuiet();
  theirs.assertQuiet();
});
