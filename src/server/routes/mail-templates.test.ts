import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { after, test } from 'node:test';
import { asSystem } from '#kernel/access/access.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { buildAccount, buildContact, buildOpportunity, buildWorkspace } from '#test/build.ts';
import { serve } from '#test/http.ts';
import type { FilledMailText } from '../answers.ts';

const { runtime, workspace, records } = await buildWorkspace();
const system = recordsFor(workspace, asSystem('test data'), 'setup');
const server = await serve(runtime, workspace);
after(() => rmSync(runtime.dataFolder, { recursive: true, force: true }));

let number = 0;
type Role = { grants: Record<string, unknown>; fields?: Record<string, unknown> };
const seesAll: Role = { grants: { '*': { read: 'all', create: 'all', update: 'all', delete: 'all' } } };

/** Somebody who asks over REST; who they are may change, since a new password costs half a second. */
async function person() {
  const { userId, key } = await server.person();
  const become = async (role: Role, teams: string[] = []) => {
    const { id } = await system.create('role', { name: `Role ${++number}`, ...role });
    await system.update('user', userId, { roles: [id], teams });
  };
  await become(seesAll);
  const ask = async (method: string, path: string, json?: unknown) => {
    const answer = await server.call(`/api${path}`, { method, key, ...(json === undefined ? {} : { json }) });
    return { status: answer.status, body: (await answer.json().catch(() => null)) as unknown };
  };
  const filled = async (body: unknown) => (await ask('POST', '/mail-templates/fill', body)).body as FilledMailText;
  return { ask, filled, become };
}

const [rasa, other, stranger] = [await person(), await person(), await person()];
const account = await buildAccount(records, {
  name: 'Ąžuolas & Ko',
  annualRevenue: { amount: 12_000, currency: 'EUR' },
});
const ona = await buildContact(records, {
  ...{ firstName: 'Ona', lastName: 'Ąžuolienė', emails: ['ona@azuolas.example'], language: 'lt', account: account.id },
});
const nobody = await buildContact(records, { firstName: null, lastName: 'Klevas', emails: ['kl@example.com'] });
const to = (address: string) => ({ name: '', address });
const texts = {
  en: { subject: 'Offer for {{ account.name }}', html: '<p>Dear {{ contact.firstName }},</p>' },
  es: { subject: 'Oferta', html: '<p>Hola, {{ contact.firstName }}:</p>' },
};

test('a text is filled in for whoever it goes to, in their language where there is one', async () => {
  const template = await records.create('mailTemplate', { name: 'Offer', sharing: 'everyone', texts });
  const filled = await rasa.filled({ template: template.id, to: to('Ona@Azuolas.example') });
  assert.deepEqual(
    [filled.language, filled.subject, filled.html, filled.gaps],
    ['en', 'Offer for Ąžuolas & Ko', '<p>Dear Ona,</p>', []],
  );
  assert.deepEqual(filled.languages, ['en', 'es']);
  const lithuanian = { lt: { html: '<p>Sveiki, {{ contact.firstName }}! {{ account.annualRevenue }}</p>' }, ...texts };
  const inLithuanian = await rasa.filled({ texts: lithuanian, to: to('ona@azuolas.example') });
  assert.equal(inLithuanian.language, 'lt');
  assert.equal(inLithuanian.html.replaceAll('\u00a0', ' '), '<p>Sveiki, Ona! 12 000,00 €</p>');
  assert.equal((await rasa.filled({ texts: lithuanian, about: { contact: ona.id }, language: 'es' })).language, 'es');
  const words = await rasa.filled({ words: 'Dear {{ contact.firstName }},\n\n1 < 2', about: { contact: ona.id } });
  assert.equal(words.html, '<p>Dear Ona,</p>\n<p>1 &lt; 2</p>');
});

test('what is not known is a gap, named in its writer’s words, and values are no markup', async () => {
  const filled = await rasa.filled({ texts, to: to('kl@example.com') });
  assert.deepEqual([filled.html, filled.gaps], ['<p>Dear ⟦First name⟧,</p>', ['Account: Name', 'First name']]);
  const stranger = await rasa.filled({ texts, to: to('stranger@example.com'), about: { contact: ona.id } });
  // Somebody else’s name in a letter to a stranger would be worse than none.
  assert.match(stranger.html, /⟦First name⟧/);
  await records.update('contact', nobody.id, { firstName: '<img src=x onerror=alert(1)>"' });
  const link =
    '<p>{{ contact.firstName }} <a href="{{ contact.firstName }}">x</a> <a href="javascript:{{ today }}">y</a></p>';
  const hostile = await rasa.filled({ texts: { en: { html: link } }, about: { contact: nobody.id } });
  assert.doesNotMatch(hostile.html, /<img|javascript/);
});

test('each value comes as far as whoever writes may see it', async () => {
  const mine = await buildOpportunity(records, { account: account.id, name: 'Doors' });
  const html =
    '<p>{{ contact.emails }} {{ account.annualRevenue }} {{ contact.account }} {{ opportunity.name }} {{ me.name }} {{ company.name }}</p>';
  const body = { texts: { en: { html } }, about: { contact: ona.id, account: account.id, opportunity: mine.id } };
  await other.become({
    grants: { contact: { read: 'all' }, account: { read: 'all' } },
    fields: { 'account.annualRevenue': 'hidden', 'contact.emails': 'masked' },
  });
  const { html: seen } = await other.filled(body);
  assert.match(seen, /⟦E-mails⟧ ⟦Account: Annual revenue⟧ Ąžuolas &amp; Ko ⟦Opportunity: Name⟧ Person \d+/);
  const listed = (await other.ask('GET', '/mail-templates/variables')).body as { items: { path: string }[] };
  const paths = listed.items.map(({ path }) => path);
  assert.ok(paths.includes('contact.firstName') && paths.includes('contact.owner.name') && paths.includes('today'));
  assert.ok(!paths.includes('account.annualRevenue') && !paths.some((path) => /preferences|roles/.test(path)));
  // Whatever is offered is a variable.
  const all = listed.items.map(({ path }) => `{{ ${path} }}`).join(' ');
  assert.deepEqual((await other.filled({ texts: { en: { html: all } } })).problems, []);
  await other.become({ grants: { contact: { read: 'all' }, account: { read: 'own' } } });
  assert.match((await other.filled(body)).html, /ona@azuolas\.example ⟦Account: Annual revenue⟧ ⟦Account⟧/);
  for (const grants of [{ mailTemplate: { read: 'all' } }, { '*': { read: 'own' } }]) {
    await other.become({ grants });
    assert.doesNotMatch((await other.filled(body)).html, /Ąžuolas|Ona|Doors|azuolas/);
  }
});

test('a template is its owner’s, its team’s or everybody’s, and only its owner changes it', async () => {
  const team = await system.create('team', { name: 'Doors' });
  const [owner, colleague] = [rasa, other];
  await owner.become(seesAll, [team.id]);
  await colleague.become(seesAll, [team.id]);
  const made = (await owner.ask('POST', '/records/mailTemplate', { name: 'Own', texts })).body as { id: string };
  const path = `/records/mailTemplate/${made.id}`;
  const status = async (who: typeof owner) => [
    (await who.ask('GET', path)).status,
    (await who.ask('POST', '/mail-templates/fill', { template: made.id })).status,
  ];
  assert.deepEqual(
    [await status(owner), await status(colleague)],
    [
      [200, 200],
      [404, 404],
    ],
  );
  await owner.ask('PATCH', path, { sharing: 'team', team: team.id });
  assert.deepEqual(
    [await status(colleague), await status(stranger)],
    [
      [200, 200],
      [404, 404],
    ],
  );
  await owner.ask('PATCH', path, { sharing: 'everyone' });
  assert.deepEqual(await status(stranger), [200, 200]);
  assert.equal((await stranger.ask('PATCH', path, { name: 'Mine now' })).status, 403);
  assert.equal((await stranger.ask('DELETE', path)).status, 403);
});

test('a text that is not understood is not kept, and its writer is told where', async () => {
  const refused = async (given: unknown, object = 'mailTemplate', field = 'texts') => {
    const { status, body } = await rasa.ask('POST', `/records/${object}`, { name: 'Wrong', [field]: given });
    assert.equal(status, 422, JSON.stringify(body));
    return (body as { errors: { message: string }[] }).errors.map(({ message }) => message);
  };
  assert.deepEqual(await refused({ es: { html: '<p>One</p><p>Hi {{ contact.fistName }}</p>' } }), [
    'Text ES, line 2: “contact.fistName” is not known. Choose a variable from the menu.',
  ]);
  assert.deepEqual(await refused({ en: { subject: '{% foo %}', html: '{{ x' } }), [
    'Subject EN, line 1: the instruction “foo” is not known.',
    'Text EN, line 1: a brace is opened and not closed.',
  ]);
  assert.equal((await refused({ en: { subject: '{{ $t(mailTemplate.root.me) }}', html: '' } })).length, 1);
  assert.match(
    (await refused([{ do: 'insert', text: 'Dear {{ contact.nam }}' }], 'macro', 'steps'))[0]!,
    /^Step 1, line 1: “contact\.nam” is not known/,
  );
  for (const wrong of [
    {},
    [],
    'x',
    { english: { html: '' } },
    { en: {} },
    { en: { html: 7 } },
    { en: { html: '', more: 1 } },
  ])
    assert.ok((await refused(wrong)).length > 0);
  for (const body of [{}, { words: 'x', texts }, { texts: { en: 1 } }, { words: 'x', about: { lead: 'x' } }])
    assert.ok((await rasa.ask('POST', '/mail-templates/fill', body)).status >= 400);
  const script = { en: { html: '<p onclick="x()">Hi<script>x()</script></p>' } };
  const kept = (await rasa.ask('POST', '/records/mailTemplate', { name: 'Clean', texts: script })).body as {
    texts: typeof script;
  };
  assert.equal(kept.texts.en.html, '<p>Hi</p>');
  // A text being written tells what is wrong, and still answers.
  const { problems } = await rasa.filled({ texts: { en: { html: '{{ contact.x }}' } } });
  assert.deepEqual([problems.length, problems[0]!.word], [1, 'contact.x']);
  const endless = await rasa.filled({ texts: { en: { html: '{% for i in (1..1000000000) %}x{% endfor %}' } } });
  assert.deepEqual(
    endless.problems.map(({ code }) => code),
    ['too-much'],
  );
});

test('a mail with a gap does not leave', async () => {
  const id = crypto.randomUUID();
  const content = {
    ...{ mailbox: null, to: [to('ona@azuolas.example')], cc: [], bcc: [], signature: '', quote: '', attachments: [] },
    ...{ subject: 'For ⟦Name⟧', html: '<p>Dear ⟦First name⟧,</p>', replyTo: null, about: {}, language: null },
  };
  assert.equal((await rasa.ask('PUT', `/mails/${id}`, { content, revision: null })).status, 200);
  const { status, body } = await rasa.ask('POST', `/mails/${id}/send`, {});
  assert.equal(status, 422);
  assert.match((body as { detail: string }).detail, /Name, First name/);
});

test('what the guide writes is understood', async () => {
  const guide = readFileSync(new URL('../../../docs/guides/mail-templates.md', import.meta.url), 'utf8');
  const examples = [...guide.matchAll(/`([^`]*\{[{%][^`]*)`/g)].map(([, text]) => text!.replaceAll('\\|', '|'));
  assert.ok(examples.length > 6);
  for (const html of examples.filter((one) => !one.startsWith('GET')))
    assert.deepEqual((await rasa.filled({ texts: { en: { html } } })).problems, [], html);
});
