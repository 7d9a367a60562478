import assert from 'node:assert/strict';
import { test } from 'node:test';
import { administrator, noBrowser, openHouse, openWindow } from './house.ts';

const attack = `<img src=x onerror="alert(1)"><script>alert(2)</script>"'>{{constructor.constructor('alert(3)')()}}`;
const odd = '👩‍🚀 مرحبا بالعالم \u202egpj.exe\u202c Ąžuolas 漢字';

test('hostile words are words: nothing runs, everything is shown as it was written', { skip: noBrowser }, async (t) => {
  const house = await openHouse({ company: attack.slice(0, 90), name: attack.slice(0, 90) });
  const { page, call, assertQuiet, forgive } = await openWindow(house, { as: administrator });
  const { objects } = await call<{ objects: { name: string; fields: Field[] }[] }>('GET', '/objects');
  const account = await make('account', {
    name: attack,
    emails: [{ value: 'a@example.com', label: attack.slice(0, 20) }],
  });
  const contact = await make('contact', { firstName: attack.slice(0, 60), lastName: odd });
  const note = await make('note', {
    body: `<p onclick="alert(4)">${odd}</p><iframe srcdoc="<script>alert(5)</script>"></iframe><a href="javascript:alert(6)">here</a><svg onload=alert(7)>`,
    account: account.id,
  });
  await make('comment', { body: attack, targetObject: 'account', targetId: account.id });
  await make('task', { subject: attack, account: account.id });
  const stage = await call<{ items: { id: string; pipeline: string }[] }>(
    'GET',
    '/records/stage?sort=position&limit=1',
  );
  const deal = { name: attack, account: account.id, stage: stage.items[0]!.id, pipeline: stage.items[0]!.pipeline };
  const opportunity = await make('opportunity', deal);

  /** With the attack in every text it may hold. */
  async function make(object: string, values: Record<string, unknown>): Promise<{ id: string }> {
    const { fields } = objects.find((one) => one.name === object)!;
    const texts = fields.filter((field) => !field.readOnly && ['text', 'longText', 'tags'].includes(field.type));
    const cut = (field: Field) => attack.slice(0, Math.min(90, field.options?.maxLength ?? 90));
    const all = texts.map((field) => [field.name, field.type === 'tags' ? ['<b>tag</b>', odd] : cut(field)]);
    const { taxNumber, dueTime, targetObject, ...rest } = Object.fromEntries(all);
    return await call('POST', `/records/${object}`, { ...rest, ...values });
  }

  for (const path of [
    '/o/account',
    '/o/account?view=status',
    `/o/account/${account.id}`,
    `/o/contact/${contact.id}`,
    `/o/note/${note.id}`,
    '/o/opportunity?view=pipeline',
    `/o/opportunity/${opportunity.id}`,
    '/o/task',
  ]) {
    await t.test(path.replaceAll(/[0-9a-f-]{36}/g, ':id'), async () => {
      await page.goto(path);
      await page.getByText('onerror').first().waitFor();
      await page.waitForLoadState('networkidle');
      assert.equal(
        await page.locator('main img[src=x], main script, main iframe, [onclick], [onerror], [onload]').count(),
        0,
      );
      assert.equal(await page.locator('a[href^="javascript:"]').count(), 0);
      assertQuiet();
    });
  }

  await t.test('all of an account’s page: fields, activity, palette, history', async () => {
    await page.goto(`/o/account/${account.id}`);
    await page.getByRole('tab', { name: 'All fields' }).click();
    await page.getByRole('tabpanel').getByText(odd).first().waitFor();
    await page.getByRole('tab', { name: 'Activity' }).click();
    await page.locator('article').getByText('alert(2)').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search', exact: true }).fill('onerror');
    await page
      .getByRole('option', { name: /onerror/ })
      .first()
      .waitFor();
    assertQuiet();
  });

  await t.test('a file with a hostile name and hostile cells is mapped, previewed and imported', async () => {
    await page.goto('/import?object=account');
    await page.locator('input[type=file]').setInputFiles({
      name: '<img src=x onerror=alert(8)>.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`name,"<script>alert(9)</script>"\n"${attack.replaceAll('"', '""')} 2",=HYPERLINK("x")\n`),
    });
    await page.getByRole('heading', { name: /onerror=alert\(8\)/ }).waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('cell', { name: /onerror/ }).waitFor();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('heading', { name: 'Done' }).waitFor();
    assertQuiet();
  });

  await t.test('a name of 10,000 characters is refused with words, and stays to be mended', async () => {
    await page.goto('/o/account');
    await page.getByText('onerror').first().waitFor();
    await page.keyboard.press('c');
    const form = page.getByRole('dialog');
    const name = form.getByRole('textbox', { name: 'Name' });
    await name.fill('x'.repeat(10_000));
    await name.press('Control+Enter');
    await form
      .getByText(/at most|too long|longer/i)
      .first()
      .waitFor();
    assert.equal((await name.inputValue()).length, 10_000);
    forgive();
  });

  await t.test('emoji and right-to-left are shown as written', async () => {
    await page.goto(`/o/contact/${contact.id}`);
    await page.getByRole('heading', { level: 1 }).getByText(odd).waitFor();
    await page.getByRole('main').getByText('👩‍🚀').first().waitFor();
    assertQuiet();
  });
});

interface Field {
  name: string;
  type: string;
  readOnly: boolean;
  options?: { maxLength?: number };
}
