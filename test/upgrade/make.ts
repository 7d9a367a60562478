/**
 * Makes what `upgrade.test.ts` upgrades, with the program of a version that has landed:
 *
 *   node test/upgrade/make.ts [commit]     (HEAD)
 *
 * In a checkout of that commit: the demo company, objects and fields added at run time, what people do in a day, an
 * import, and a backup of it all (`landed.tar.gz`). What that program answers to some questions stands beside it
 * (`landed.json`): the program of today has to answer the same.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import type * as program from '../program.ts';
import { ask, type Client, type Landed, landedFile, landedPerson, type Question } from './landed.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { email, password } = landedPerson;
const [commit = 'HEAD'] = process.argv.slice(2);
const version = git('log', '-1', '--format=%h of %cs', commit);

const folder = await mkdtemp(join(tmpdir(), 'tendero-landed-'));
const checkout = join(folder, 'checkout');
git('worktree', 'add', '--quiet', '--detach', checkout, commit);
try {
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
  const { startServer, tendero } = (await import(join(checkout, 'test/program.ts'))) as typeof program;
  const env = { TENDERO_DATA: join(folder, 'data') };
  const run = async (...args: string[]): Promise<Record<string, unknown>> => {
    const { code, stdout, stderr } = await tendero(env, ...args, '--json');
    if (code !== 0) throw new Error(`tendero ${args.join(' ')}: ${stderr}${stdout}`);
    return JSON.parse(stdout);
  };
  await run('setup', '--company', 'Litera', '--email', email, '--password', password, '--language', 'lt', '--demo');
  const server = await startServer(env);
  try {
    const { key } = await run('key', 'create', '--email', email, '--name', 'upgrade');
    const client = { url: server.url, key: key as string };
    const questions = await aDay(client);
    const file = join(folder, 'people.csv');
    await writeFile(file, people(60));
    await run('import', file, '--object', 'contact', '--mode', 'upsert', '--key', 'externalId');
    await writeFile(file, people(5, 'Baker'));
    await run('import', file, '--object', 'contact', '--mode', 'upsert', '--key', 'externalId');
    await untilRead(run);
    const answers: Landed['answers'] = [];
    for (const question of questions) answers.push({ question, answer: await ask(client, ...question) });
    const backup = join(folder, 'landed.tar.gz');
    await run('backup', backup);
    // It is kept in the repository, and written fast: 7 % are left.
    await writeFile(landedFile('tar.gz'), gzipSync(gunzipSync(await readFile(backup)), { level: 9 }));
    await writeFile(landedFile('json'), asText({ version, answers }));
    console.log(`${landedFile('tar.gz')}, and ${answers.length} answers of ${version}`);
  } finally {
    await server.stop();
  }
} finally {
  git('worktree', 'remove', '--force', checkout);
  await rm(folder, { recursive: true, force: true });
}

/** What an administrator and a colleague do. Answers what to ask about it afterwards. */
async function aDay(client: Client): Promise<Question[]> {
  const at = (object: string, id?: unknown) => `/api/records/${object}${id ? `/${id}` : ''}`;
  const post = (path: string, body: unknown) => ask(client, 'POST', path, body);
  const patch = (path: string, body: unknown) => ask(client, 'PATCH', path, body);
  const make = async (object: string, values: object) => (await post(at(object), values)).id as string;
  const find = async (object: string, limit: number, filter = {}) => {
    const query = `?filter=${JSON.stringify(filter)}&sort=createdAt,id&limit=${limit}`;
    const { items } = await ask(client, 'GET', `${at(object)}${query}`);
    return (items as { id: string }[]).map(({ id }) => id);
  };

  // Added at run time: fields of several types, derived and indexed ones, one taken away again, an object with its own.
  const segment = { type: 'select', options: [{ value: 'shop' }, { value: 'school' }], index: true };
  const toVisits = { type: 'rollup', returns: 'integer', from: 'visit', via: 'account' };
  await post('/api/objects/account/fields', { name: 'segment', ...segment });
  await post('/api/objects/account/fields', { name: 'credit', type: 'money' });
  await post('/api/objects/account/fields', {
    name: 'halfCredit',
    type: 'formula',
    returns: 'money',
    formula: 'credit / 2',
    index: true,
  });
  await post('/api/objects/contact/fields', { name: 'shoeSize', type: 'decimal', scale: 1 });
  await post('/api/objects/contact/fields', { name: 'passing', type: 'text', search: true });
  await ask(client, 'DELETE', '/api/objects/contact/fields/passing');
  await post('/api/objects', {
    name: 'visit',
    plural: 'visits',
    title: 'subject',
    icon: 'map-pin',
    label: { en: { one: 'Visit', many: 'Visits' } },
    fields: {
      subject: { type: 'text', required: true, search: true },
      account: { type: 'reference', to: 'account', required: true, index: true },
      guests: { type: 'references', to: 'contact' },
      minutes: { type: 'integer' },
      number: { type: 'autoNumber', prefix: 'V-' },
      report: { type: 'file' },
    },
  });
  await post('/api/objects/account/fields', { name: 'visits', ...toVisits, measure: 'count' });
  await post('/api/objects/account/fields', { name: 'visitMinutes', ...toVisits, measure: 'sum', field: 'minutes' });

  const accounts = await find('account', 20);
  const contacts = await find('contact', 20);
  const visits: string[] = [];
  for (const [index, account] of accounts.slice(0, 8).entries()) {
    const credit = { amount: index * 100.5, currency: index % 3 ? 'EUR' : 'USD' };
    await patch(at('account', account), { segment: index % 2 ? 'shop' : 'school', credit });
    for (let n = 0; n <= index % 3; n++)
      visits.push(
        await make('visit', {
          subject: `Žąsys ${visits.length}`,
          account,
          guests: contacts.slice(0, n),
          minutes: 30 + n,
        }),
      );
  }
  await patch(at('contact', contacts[0]), { shoeSize: 42.5 });
  await patch(at('contact', contacts[0]), { shoeSize: 43, jobTitle: 'Buyer', note: 'She told me' });
  const form = new FormData();
  form.set('file', new Blob(['%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n']), 'offer.pdf');
  const file = await ask(client, 'POST', '/api/files', form);
  await patch(at('visit', visits[0]), { report: [file] });

  // Twins made one, others too and then separated again; deleted, and brought back; a bulk change taken back.
  const twins = async (...names: string[]) => {
    const ids = [];
    for (const name of names) ids.push(await make('account', { name, emails: [{ value: `${name}@example.com` }] }));
    const [survivor, ...others] = ids;
    const child = await make('contact', { firstName: 'Rasa', lastName: names[1], account: others[0] });
    const { changeSet } = await post(`${at('account')}/merge`, { survivor, others });
    return { survivor, others, child, changeSet };
  };
  const merged = await twins('Upcyte', 'Upcite');
  const separated = await twins('Gemini', 'Geminy');
  await post(`/api/merges/${separated.changeSet}/unmerge`, {});
  await ask(client, 'DELETE', at('contact', contacts[1]));
  await ask(client, 'DELETE', at('contact', contacts[2]));
  await post(`${at('contact', contacts[2])}/restore`, {});
  const { changeSet: wrong } = await post(`${at('account')}/bulk`, {
    update: { ids: accounts.slice(8, 12), changes: { tags: ['wrong'] } },
  });
  await post(`/api/changes/${wrong}/undo`, {});
  await make('comment', { body: '<p>Bought again</p>', targetObject: 'account', targetId: merged.survivor });
  const [sale] = await find('opportunity', 1, { 'stage.kind': 'open' });
  await post(`${at('opportunity', sale)}/actions/win`, {});
  await post('/api/webhooks', { url: 'https://example.com/hook', objects: ['account'], active: false });

  const objects = ['user', 'account', 'contact', 'accountContact', 'opportunity', 'task', 'note', 'comment', 'visit'];
  const totals = { measures: { total: { sum: 'amount' }, count: { count: true } } };
  const filtered = (object: string, filter: object, more: string) =>
    `${at(object)}?filter=${JSON.stringify(filter)}&${more}`;
  return [
    ...objects.map((object): Question => ['GET', `${at(object)}?count=exact&sort=createdAt,id&limit=3`]),
    ...accounts.slice(0, 3).map((id): Question => ['GET', at('account', id)]),
    ['GET', `${at('contact', contacts[0])}?expand=account,owner`],
    ['GET', `${at('contact', contacts[0])}/history`],
    ['GET', `${at('contact', contacts[1])}?deleted=true`],
    ['GET', `${at('contact', contacts[2])}/history`],
    ['GET', at('account', merged.survivor)],
    ['GET', `${at('account', merged.survivor)}/history`],
    ['GET', at('contact', merged.child)],
    ['GET', at('account', separated.others[0])],
    ['GET', at('contact', separated.child)],
    ['GET', `${at('account', accounts[8])}/history`],
    ['GET', at('opportunity', sale)],
    ['GET', `${at('opportunity', sale)}/history`],
    ['GET', `${at('visit')}?sort=number&limit=50`],
    ['GET', filtered('account', { segment: 'shop' }, 'sort=-halfCredit')],
    ['GET', filtered('account', { visits: { gte: 2 } }, 'sort=name&count=exact')],
    ['GET', filtered('contact', { externalId: { empty: false } }, 'sort=lastName')],
    ['POST', `${at('opportunity')}/aggregate`, { groupBy: ['stage'], ...totals }],
    ['POST', `${at('opportunity')}/aggregate`, { groupBy: ['closeOn:quarter'], ...totals }],
    ['POST', `${at('visit')}/aggregate`, { groupBy: ['account'], measures: { time: { sum: 'minutes' } } }],
    ['GET', '/api/search?q=upcyte'],
    ['GET', '/api/search?q=zasys 11'],
    ['GET', '/api/search?q=azuoliene 42'],
    ['GET', '/api/webhooks'],
  ];
}

function people(count: number, title = 'Chef'): string {
  const rows = Array.from(
    { length: count },
    (_, n) => `I-${n},Ieva,Ąžuolienė ${n},ieva${n}@example.com,+3706120${1000 + n},${title}`,
  );
  return ['External ID,First name,Last name,Email,Phone,Title', ...rows].join('\n');
}

/** Counts and candidates for duplicates come a moment after what they follow. */
async function untilRead(run: (command: string) => Promise<Record<string, unknown>>): Promise<void> {
  for (let seconds = 0; seconds < 60; seconds++, await sleep(1_000)) {
    const { workspaces } = await run('status');
    const [{ readers }] = workspaces as [{ readers: { behind: number; error: string | null }[] }];
    const refused = readers.find(({ error }) => error);
    if (refused) throw new Error(refused.error!);
    if (readers.every(({ behind }) => behind === 0)) return;
  }
  throw new Error('The readers of the stream have not come to its end.');
}

/** An answer a line, so that a change of them can be read. */
function asText({ version, answers }: Landed): string {
  const lines = answers.map((answer) => JSON.stringify(answer));
  return `{"version": ${JSON.stringify(version)}, "answers": [\n${lines.join(',\n')}\n]}\n`;
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}
