import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, test } from 'node:test';
import { confirmSubmission, replaySubmission, takeSubmission } from '#app/forms.ts';
import { readSigned, signText } from '#app/signed-text.ts';
import { sql } from '#kernel/database/sql.ts';
import { saveMailServer } from '#kernel/mail/mail-server.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { mayContact } from '#modules/privacy/index.ts';
import { buildContact, buildUser, buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';
import { pageToken } from '../public-pages/visit.ts';

const { runtime, workspace, records, principal } = await buildWorkspace();
const server = await serve(runtime, workspace);
const secrets = await openSecrets(runtime.dataFolder);
after(() => rmSync(runtime.dataFolder, { recursive: true, force: true }));

let number = 0;
const AGO_MS = 60_000;

async function makeForm(more: Record<string, unknown> = {}) {
  const slug = `form-${++number}`;
  const form = await records.create('webForm', {
    name: `Form ${number}`,
    slug,
    state: 'open',
    texts: { title: { en: 'Write to us', es: 'Escríbenos', lt: 'Parašykite mums' } },
    questions: [
      { key: 'contact.firstName' },
      { key: 'contact.lastName', required: true },
      { key: 'contact.emails', required: true },
      { key: 'own.message', type: 'longText', label: { en: 'Your message' }, required: true },
    ],
    ...more,
  });
  return { ...form, id: form.id, slug };
}

/** A browser of one's own: somebody else's address each time. */
async function send(
  form: { id: string; slug: string },
  values: Record<string, string | Blob | string[]>,
  {
    headers = {},
    token = pageToken(secrets, form.id, Date.now() - AGO_MS),
  }: { headers?: Record<string, string>; token?: string } = {},
) {
  const body = new FormData();
  body.set('token', token);
  for (const [name, value] of Object.entries(values))
    for (const one of Array.isArray(value) ? value : [value]) body.append(name, one as string);
  const address = `10.1.${Math.floor(++number / 250) % 250}.${number % 250}`;
  return fetch(`${server.url}/f/${form.slug}`, {
    method: 'POST',
    redirect: 'manual',
    body,
    headers: { 'x-forwarded-for': address, 'accept-language': 'en', ...headers },
  });
}

const rasa = (mail = `rasa${++number}@example.com`) => ({
  'contact.firstName': 'Rasa',
  'contact.lastName': 'Petraitytė',
  'contact.emails': mail,
  'own.message': 'Do you deliver to Palanga?',
});

async function submissionsOf(form: { id: string }) {
  return (await records.list('formSubmission', { filter: { form: form.id }, sort: ['at'], limit: 100 })).items;
}

/** Does what the worker would. */
async function takeAll(form: { id: string }) {
  for (const { id, state } of await submissionsOf(form))
    if (state === 'received') await takeSubmission(runtime, workspace.id, id);
  return submissionsOf(form);
}

test('an answer becomes a contact, an interaction in a conversation, and nothing twice', async () => {
  const form = await makeForm({
    makesAccount: true,
    makesOpportunity: true,
    questions: [
      { key: 'contact.lastName', required: true },
      { key: 'contact.emails' },
      { key: 'account.name' },
      { key: 'contact.phones' },
      {
        key: 'own.size',
        type: 'select',
        label: { en: 'Size' },
        options: [
          { value: 's', label: { en: 'Small' } },
          { value: 'l', label: { en: 'Large' } },
        ],
      },
    ],
  });
  const token = pageToken(secrets, form.id, Date.now() - AGO_MS);
  const values = {
    'contact.lastName': 'Kazlauskas',
    'contact.emails': 'jonas@kazlauskas.example',
    'account.name': 'Kazlausko duona',
    'contact.phones': '+370 612 34567',
    'own.size': 'l',
    utm_source: 'Newsletter',
    utm_medium: 'mail',
    page: 'https://shop.example/bread?secret=1',
  };
  const answers = await Promise.all([
    send(form, values, { token }),
    send(form, values, { token }),
    send(form, values, { token }),
  ]);
  for (const answer of answers) {
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get('location'), `/f/${form.slug}/thanks?lang=en`);
  }
  const [sent, ...others] = await submissionsOf(form);
  assert.equal(others.length, 0, 'sent three times at once, it is one');
  assert.equal(sent!.source, 'newsletter');
  assert.deepEqual(sent!.origin, { page: 'https://shop.example/bread', utm: { source: 'Newsletter', medium: 'mail' } });
  await Promise.all([1, 2, 3].map(() => takeSubmission(runtime, workspace.id, sent!.id)));
  const [done] = await submissionsOf(form);
  assert.equal(done!.state, 'done', String(done!.reason));
  const contact = await records.read('contact', String(done!.contact));
  assert.equal(contact.name, 'Kazlauskas');
  assert.equal(contact.account, done!.account);
  assert.equal((await records.read('account', String(done!.account))).name, 'Kazlausko duona');
  const sale = await records.read('opportunity', String(done!.opportunity));
  assert.deepEqual([sale.contact, sale.account, sale.source], [contact.id, done!.account, 'website']);
  const interaction = await records.read('interaction', String(done!.interaction));
  assert.equal(interaction.channel, 'form');
  assert.match(String(interaction.body), /Size: Large/);
  assert.deepEqual([interaction.contact, interaction.opportunity], [contact.id, sale.id]);
  const conversation = await records.read('conversation', String(interaction.conversation));
  assert.deepEqual([conversation.status, conversation.contact], ['open', contact.id]);
  assert.equal((await records.count('contact', { lastName: 'Kazlauskas' })).value, 1);
  // The same page with other answers is another submission.
  assert.equal((await send(form, { ...values, 'own.size': 's' }, { token })).status, 303);
  assert.equal((await submissionsOf(form)).length, 2);
});

test('whoever is known stays as they are: what differs is a suggestion', async () => {
  const mail = 'ona@onute.example';
  const known = await buildContact(records, {
    firstName: 'Ona',
    lastName: 'Onaitė',
    emails: [mail],
    jobTitle: 'Owner',
  });
  const form = await makeForm({
    questions: [
      { key: 'contact.firstName' },
      { key: 'contact.lastName' },
      { key: 'contact.emails' },
      { key: 'contact.jobTitle' },
      { key: 'contact.phones' },
    ],
  });
  await send(form, {
    'contact.firstName': 'Ona',
    'contact.lastName': 'Onaitė',
    'contact.emails': 'ONA@onute.example',
    'contact.jobTitle': 'Thief',
    'contact.phones': '+37061111111',
  });
  const [done] = await takeAll(form);
  assert.equal(done!.contact, known.id);
  const after = await records.read('contact', known.id);
  assert.deepEqual([after.jobTitle, after.phones, after.version], ['Owner', null, known.version]);
  const suggestions = done!.suggestions as { object: string; field: string; value: unknown }[];
  assert.deepEqual(suggestions.map(({ field }) => field).sort(), ['jobTitle', 'phones']);
  // Two who are new and say the same at the same moment are one.
  const values = {
    'contact.firstName': 'Vaidas',
    'contact.lastName': 'Vaidila',
    'contact.emails': 'vaidas@vaidila.example',
  };
  await send(form, values);
  await send(form, values);
  const waiting = (await submissionsOf(form)).filter(({ state }) => state === 'received');
  await Promise.all(waiting.map(({ id }) => takeSubmission(runtime, workspace.id, id)));
  assert.equal((await records.count('contact', { lastName: 'Vaidila' })).value, 1);
});

test('whoever asks becomes a lead, and one lead however often they ask', async () => {
  const form = await makeForm({
    makesLead: true,
    questions: [
      { key: 'contact.lastName' },
      { key: 'contact.emails' },
      { key: 'lead.description' },
      { key: 'lead.source' },
    ],
  });
  const ask = (description: string) =>
    send(form, {
      'contact.lastName': 'Miltinis',
      'contact.emails': 'jonas@miltinis.example',
      'lead.description': description,
    });
  await ask('Flour for a bakery');
  const [first] = await takeAll(form);
  assert.equal(first!.state, 'done', String(first!.reason));
  const lead = await records.read('lead', String(first!.lead));
  assert.deepEqual(
    [lead.contact, lead.status, lead.source, lead.description],
    [first!.contact, 'new', 'website', 'Flour for a bakery'],
  );
  assert.equal(first!.opportunity, null);
  await Promise.all([ask('And rye'), ask('Is anybody there?')]);
  const waiting = (await submissionsOf(form)).filter(({ state }) => state === 'received');
  await Promise.all(waiting.map(({ id }) => takeSubmission(runtime, workspace.id, id)));
  const all = await submissionsOf(form);
  assert.deepEqual([...new Set(all.map((one) => one.lead))], [lead.id]);
  assert.deepEqual(
    all.flatMap(({ suggestions }) => ((suggestions ?? []) as { value: unknown }[]).map(({ value }) => value)).sort(),
    ['And rye', 'Is anybody there?'],
  );
  // What was decided about the first says nothing of what they want a year later.
  await records.update('lead', lead.id, { status: 'disqualified', disqualifiedReason: 'notNow' });
  await ask('Now we bake');
  assert.notEqual((await takeAll(form)).at(-1)!.lead, lead.id);
  await assert.rejects(records.update('webForm', form.id, { makesOpportunity: true }));
});

test('a consent is kept with its words, and nothing is contactable before the letter was answered', async () => {
  const consents = [
    { purpose: 'newsletter', channel: 'email', text: { en: 'Send me news of your bread.', lt: 'Siųskite naujienas.' } },
  ];
  const form = await makeForm({ consents, doubleOptIn: true });
  const site = {
    host: '127.0.0.1',
    port: 1,
    security: 'none',
    username: null,
    senderName: 'Litera',
    senderAddress: 'crm@example.com',
    site: 'https://crm.example.com',
  } as const;
  await saveMailServer(runtime.database, secrets, workspace.id, site, null);
  await send(form, { ...rasa('rasa@optin.example'), 'consent.0': 'yes', lang: 'lt' });
  const [waiting] = await takeAll(form);
  assert.deepEqual([waiting!.state, waiting!.contact], ['unconfirmed', null]);
  assert.equal((await records.count('contact', { emails: { contains: 'rasa@optin.example' } })).value, 0);
  const jobs = await runtime.database.run(sql`select payload from platform.job_progress where kind = 'mail'`);
  assert.equal(jobs.length, 1);
  const link = signText(secrets, 'confirm a submission', `${workspace.id}.${waiting!.id}`, Date.now() + 60_000);
  const open = (method: string, path = link, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/f/confirm/${path}`, {
      method,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      ...(method === 'POST' ? { body: '' } : {}),
    });
  // A program that opens every link of a mail confirms nothing.
  const page = await open('GET');
  assert.equal(page.status, 200);
  assert.match(await page.text(), /Ar tai jūs\?/);
  assert.equal((await submissionsOf(form))[0]!.state, 'unconfirmed');
  assert.equal((await open('POST', link, { origin: 'https://evil.example' })).status, 403);
  for (const wrong of [
    `${link}x`,
    link.slice(2),
    'nonsense',
    signText(secrets, 'page', `${workspace.id}.${waiting!.id}`, Date.now() + 60_000),
    signText(secrets, 'confirm a submission', `${workspace.id}.${waiting!.id}`, Date.now() - 1),
  ])
    assert.equal((await open('POST', wrong)).status, 404);
  assert.equal((await submissionsOf(form))[0]!.state, 'unconfirmed');
  assert.match(await (await open('POST')).text(), /Patvirtinta/);
  assert.equal(await confirmSubmission(runtime, workspace.id, waiting!.id), false, 'once');
  const [done] = await takeAll(form);
  assert.equal(done!.state, 'done', String(done!.reason));
  const { items } = await records.list('consent', { filter: { contact: String(done!.contact) } });
  assert.equal(items.length, 1);
  assert.equal(items[0]!.shownText, 'Siųskite naujienas.');
  assert.match(
    String(items[0]!.evidence),
    new RegExp(`version ${form.version}[^]*https://crm.example.com/f/${form.slug}`),
  );
  assert.equal(items[0]!.at, done!.confirmedAt);
  assert.equal((await mayContact(workspace, principal, String(done!.contact), 'newsletter', 'email')).may, true);
  // What nobody confirmed can be taken over by somebody here, and allows nothing.
  await send(form, { ...rasa('second@optin.example'), 'consent.0': 'yes' });
  const second = (await takeAll(form)).find(({ email }) => email === 'second@optin.example')!;
  assert.equal(await replaySubmission(runtime, workspace.id, second.id), true);
  assert.equal(await takeSubmission(runtime, workspace.id, second.id, true), 'done');
  const made = await records.read('formSubmission', second.id);
  assert.equal(
    (await mayContact(workspace, principal, String(made.contact), 'newsletter', 'email')).reason,
    'notAsked',
  );
});

test('what a rule refuses waits with the reason, and is taken when it is tried again', async () => {
  const form = await makeForm({
    questions: [
      { key: 'contact.lastName' },
      { key: 'contact.emails' },
      { key: 'account.taxNumber' },
      { key: 'account.name' },
    ],
    makesAccount: true,
  });
  await send(form, { 'contact.lastName': 'Netikras', 'account.name': 'Netikra UAB', 'account.taxNumber': 'LT123' });
  // No name at all, which a draft of the form did not ask for.
  await send(form, { 'contact.emails': 'noname@example.com' });
  const items = await takeAll(form);
  assert.deepEqual(items.map(({ state }) => state).includes('refused'), true);
  const refused = items.find(({ state }) => state === 'refused')!;
  assert.ok(String(refused.reason).length > 10, String(refused.reason));
  assert.equal(refused.contact, null, 'all of it or nothing');
  const answer = await server.call(`/api/web-forms/submissions/${refused.id}/replay`, { method: 'POST' });
  assert.equal(answer.status, 202);
  assert.equal((await records.read('formSubmission', refused.id)).state, 'received');
  const other = await server.person();
  assert.equal(
    (await server.call(`/api/web-forms/submissions/${refused.id}/replay`, { method: 'POST', key: other.key })).status,
    404,
  );
});

test('a killed program goes on with what was kept', async () => {
  const form = await makeForm();
  await send(form, rasa());
  const [kept] = await submissionsOf(form);
  // The job is in the transaction that kept it.
  const rows = await runtime.database.run(
    sql`select 1 from graphile_worker._private_jobs j join platform.job_progress p on p.id = (j.payload->>'$job')::uuid
      where p.kind = 'form' and j.payload->>'submission' = ${kept!.id}`,
  );
  assert.equal(rows.length, 1);
});

test('who looks after it: in turn, without those who are away or gone', async () => {
  const users = [
    await buildUser(records),
    await buildUser(records),
    await buildUser(records),
    await buildUser(records),
  ];
  const [first, second, third, gone] = users.map(({ id }) => id);
  await records.update('user', gone!, { active: false });
  const today = new Date().toISOString().slice(0, 10);
  const until = new Date(Date.now() + 3 * 24 * 3600_000).toISOString().slice(0, 10);
  const from = new Date(Date.now() - 24 * 3600_000).toISOString().slice(0, 10);
  await records.create('absence', { user: second, from, until: until > today ? until : today, delegate: first });
  const form = await makeForm({ assignees: [first, second, third, gone] });
  const owners: unknown[] = [];
  for (let turn = 0; turn < 4; turn++) {
    await send(form, { ...rasa(), 'contact.lastName': `Eilė${turn}` });
    owners.push((await takeAll(form)).at(-1)!.owner);
  }
  assert.deepEqual(owners, [first, third, first, third]);
});

test('the page says at each field what is wrong with it, in the language of the visitor', async () => {
  const form = await makeForm({
    consents: [{ purpose: 'offers', channel: 'phone', text: { en: 'Call me <b>now</b>' }, required: true }],
  });
  const answer = await send(form, {
    'contact.firstName': '"><script>alert(1)</script>',
    'contact.emails': 'not an address',
    lang: 'lt',
  });
  assert.equal(answer.status, 422);
  const text = await answer.text();
  assert.match(text, /<html lang="lt">/);
  assert.equal(text.match(/aria-invalid="true"/g)?.length, 4, 'last name, e-mail, message, consent');
  assert.match(text, /id="q-contact-emails-error"/);
  assert.match(text, /&quot;&gt;&lt;script&gt;alert\(1\)/);
  assert.doesNotMatch(text, /<script>alert|<b>now/);
  assert.equal((await submissionsOf(form)).length, 0);
});

test('headers: our script only, frames only where the form says, no cookie, no session', async () => {
  const form = await makeForm({
    sites: 'https://www.shop.example\nhttps://blog.example',
    redirect: 'https://www.shop.example/thanks',
  });
  const closed = await makeForm();
  const open = async (path: string) => fetch(`${server.url}${path}`, { headers: { 'accept-language': 'es' } });
  const page = await open(`/f/${form.slug}?embed=1`);
  const policy = page.headers.get('content-security-policy')!;
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors https:\/\/www\.shop\.example https:\/\/blog\.example$/);
  assert.match(policy, /form-action 'self' https:\/\/www\.shop\.example;/);
  assert.equal(page.headers.get('x-frame-options'), null);
  assert.equal(page.headers.get('set-cookie'), null);
  assert.match(await page.text(), /<html lang="es" class="framed">/);
  const other = await open(`/f/${closed.slug}`);
  assert.match(other.headers.get('content-security-policy')!, /frame-ancestors 'none'/);
  assert.equal(other.headers.get('x-frame-options'), 'DENY');
  const script = await open('/f/embed.js');
  assert.equal(script.headers.get('cross-origin-resource-policy'), 'cross-origin');
  await records.update('webForm', closed.id, { state: 'closed' });
  assert.equal((await open(`/f/${closed.slug}`)).status, 410);
  assert.equal((await send(closed, rasa())).status, 410);
  await records.update('webForm', closed.id, { state: 'draft' });
  assert.equal((await open(`/f/${closed.slug}`)).status, 404);
  assert.equal((await open('/f/nothing-here')).status, 404);
  // Where it leads is what the form says, whatever the address says.
  const sent = await send(form, { ...rasa(), redirect: 'https://evil.example', next: '//evil.example' });
  assert.equal(sent.headers.get('location'), 'https://www.shop.example/thanks');
  assert.equal(
    (await send(form, { ...rasa(), embed: '1' })).headers.get('location'),
    `/f/${form.slug}/thanks?lang=en&embed=1`,
  );
});

test('what is not a visitor is let go: filled traps, other sites, no page, too quick', async () => {
  const form = await makeForm();
  assert.equal((await send(form, { ...rasa(), website_2: 'https://spam.example' })).status, 303);
  const elsewhere: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ];
  for (const headers of elsewhere) assert.equal((await send(form, rasa(), { headers })).status, 403);
  const quick = await send(form, rasa(), { token: pageToken(secrets, form.id) });
  assert.equal(quick.status, 422);
  assert.match(await quick.text(), /That was quick/);
  for (const token of [
    '',
    'x.y',
    pageToken(secrets, 'another', Date.now() - AGO_MS),
    pageToken(secrets, form.id, Date.now() - 25 * 3600_000),
  ])
    assert.match(await (await send(form, rasa(), { token })).text(), /open for a long time/);
  assert.equal((await submissionsOf(form)).length, 0);
  assert.equal(readSigned(secrets, 'page', signText(secrets, 'page', 'a', Date.now() - 1)), null);
});

test('hostile input: fields that are not asked, wrong types, much, and lines that would be headers', async () => {
  const form = await makeForm({
    questions: [
      { key: 'contact.lastName' },
      { key: 'contact.emails' },
      { key: 'own.n', type: 'integer' },
      { key: 'own.c', type: 'select', options: [{ value: 'a', label: { en: 'A' } }] },
    ],
  });
  const answer = await send(form, {
    'contact.lastName': 'Injektor\r\nBcc: victim@example.com',
    'contact.emails': 'a@b.example',
    'contact.doNotEmail': 'yes',
    'contact.owner': principal.userId!,
    owner: principal.userId!,
    id: principal.userId!,
    'account.name': 'Not asked',
    state: 'done',
    'consent.7': 'yes',
  });
  assert.equal(answer.status, 303);
  const [done] = await takeAll(form);
  assert.equal(done!.name, 'Injektor Bcc: victim@example.com');
  const contact = await records.read('contact', String(done!.contact));
  assert.deepEqual([contact.doNotEmail, contact.owner, contact.account], [false, null, null]);
  assert.deepEqual(Object.keys(done!.answers as object).sort(), ['contact.emails', 'contact.lastName']);
  assert.equal((await send(form, { 'contact.lastName': 'X', constructor: 'y' })).status, 400);
  const wrongs: Record<string, string | string[]>[] = [
    { 'own.n': 'seven' },
    { 'own.n': '9'.repeat(400) },
    { 'own.c': 'b' },
    { 'own.c': ['a', 'toString'] },
    { 'contact.lastName': 'x'.repeat(5_000) },
    { 'contact.emails': 'a@b.example, c@d.example\nBcc: x@y.z' },
  ];
  for (const wrong of wrongs)
    assert.equal(
      (await send(form, { 'contact.lastName': 'X', ...wrong })).status,
      422,
      JSON.stringify(wrong).slice(0, 60),
    );
  assert.equal((await send(form, { 'contact.lastName': 'x'.repeat(30_000) })).status, 413);
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`f${index}`, 'x']));
  assert.equal((await send(form, many)).status, 413);
  for (const [type, body] of [
    ['application/json', '{}'],
    ['text/plain', 'x'],
    ['multipart/form-data; boundary=x', 'broken'],
  ] as const) {
    const sent = await fetch(`${server.url}/f/${form.slug}`, {
      method: 'POST',
      body,
      headers: { 'content-type': type },
    });
    assert.ok(sent.status >= 400 && sent.status < 500, `${type}: ${sent.status}`);
  }
  assert.equal((await submissionsOf(form)).length, 1);
});

test('files: by what is in them, few, small; with what was asked and nothing else', async () => {
  const form = await makeForm({
    questions: [{ key: 'contact.lastName' }, { key: 'own.photo', type: 'file', required: true }],
  });
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  const file = (content: Uint8Array | string, name: string) =>
    new File([content as never], name, { type: 'image/png' });
  const who = { 'contact.lastName': 'Fotografė' };
  for (const [bad, reason] of [
    [file('<script>alert(1)</script>', 'a.png'), /of a kind/],
    [file('<svg xmlns="http://www.w3.org/2000/svg"/>', 'a.svg'), /of a kind/],
    [file(Buffer.from('504b0304', 'hex'), 'a.zip'), /of a kind/],
    [file('MZ\u0000\u0001', 'a.exe'), /of a kind/],
    [file(Buffer.alloc(10 * 1024 ** 2 + 1, 'a'), 'big.txt'), /larger than 10 MB/],
  ] as const) {
    const answer = await send(form, { ...who, 'own.photo': bad });
    assert.equal(answer.status, 422);
    assert.match(await answer.text(), reason);
  }
  assert.equal((await send(form, who)).status, 422, 'it is required');
  assert.equal(
    (await send(form, { ...who, 'own.photo': file(png, '../../etc/passwd.png'), 'own.other': file(png, 'b.png') }))
      .status,
    303,
  );
  const [done] = await takeAll(form);
  assert.deepEqual(
    (done!.files as { name: string; type: string }[]).map(({ name, type }) => [name, type]),
    [['passwd.png', 'image/png']],
  );
  const interaction = await records.read('interaction', String(done!.interaction));
  assert.equal((interaction.attachments as object[]).length, 1);
});

test('one address sends a few, a form takes a thousand at once, and the rest wait', async () => {
  const form = await makeForm();
  const headers = { 'x-forwarded-for': '10.200.0.1' };
  const codes = [];
  for (let index = 0; index < 24; index++) codes.push((await send(form, rasa(), { headers })).status);
  assert.deepEqual([codes.filter((code) => code === 303).length, codes.filter((code) => code === 429).length], [20, 4]);
  // Another address of the same IPv6 network is the same visitor.
  const six = [];
  for (let index = 0; index < 22; index++)
    six.push(
      (await send(form, rasa(), { headers: { 'x-forwarded-for': `2001:db8:1:2::${index.toString(16)}` } })).status,
    );
  assert.equal(six.filter((code) => code === 303).length, 20);
});

test('what was seen, begun and sent is counted by where visitors came from', async () => {
  const form = await makeForm();
  const open = (query: string) => fetch(`${server.url}/f/${form.slug}${query}`);
  await open('?utm_source=mail');
  await open('?utm_source=mail');
  await open('?page=https://www.shop.example/x');
  for (let index = 0; index < 60; index++) await open(`?utm_source=made-up-${index}`);
  await fetch(`${server.url}/f/${form.slug}/began?source=mail`, { method: 'POST' });
  await send(form, { ...rasa(), utm_source: 'mail' });
  const { items } = (await (await server.call(`/api/web-forms/${form.id}/statistics`)).json()) as {
    items: { source: string; views: number; starts: number; submissions: number }[];
  };
  const of = (source: string) => items.find((one) => one.source === source);
  assert.deepEqual(of('mail'), { source: 'mail', views: 2, starts: 1, submissions: 1, moves: 0, cancellations: 0 });
  assert.equal(of('shop.example')?.views, 1);
  assert.ok(items.length <= 41 && (of('other')?.views ?? 0) > 20);
  const other = await server.person();
  assert.equal((await server.call(`/api/web-forms/${form.id}/statistics`, { key: other.key })).status, 403);
});

test('a form is only open when it can be answered, and holds nothing it should not', async () => {
  const refused = async (more: Record<string, unknown>) =>
    makeForm(more).then(
      () => 'taken',
      ({ code, errors }) => `${code} ${errors?.[0]?.field}`,
    );
  assert.equal(await refused({ questions: [{ key: 'contact.emails' }] }), 'record.invalid questions');
  assert.equal(
    await refused({ questions: [{ key: 'contact.lastName' }], doubleOptIn: true }),
    'record.invalid questions',
  );
  assert.equal(await refused({ texts: {} }), 'record.invalid texts');
  assert.equal(
    await refused({ questions: [{ key: 'contact.lastName' }, { key: 'contact.lastName' }] }),
    'record.invalid questions',
  );
  assert.equal(
    await refused({ questions: [{ key: 'user.email' }, { key: 'contact.lastName' }] }),
    'record.invalid questions',
  );
  assert.equal(await refused({ questions: { key: 'x' } }), 'record.invalid questions');
  assert.equal(await refused({ sites: 'javascript:alert(1)' }), 'record.invalid sites');
  assert.equal(await refused({ redirect: 'javascript:alert(1)' }), 'record.invalid redirect');
  assert.equal(await refused({ color: 'red;}' }), 'record.invalid color');
  assert.equal(await refused({ slug: '../api' }), 'record.invalid slug');
  const fields = (await (await server.call('/api/web-forms/fields')).json()) as { items: { key: string }[] };
  const keys = fields.items.map(({ key }) => key);
  assert.ok(keys.includes('contact.jobTitle') && keys.includes('opportunity.description'));
  for (const key of ['contact.owner', 'contact.doNotEmail', 'contact.account', 'contact.name', 'opportunity.stage'])
    assert.ok(!keys.includes(key), key);
});
