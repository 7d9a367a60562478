/**
 * The boundaries of the house, as ARCHITECTURE.md draws them. A rule that sees nothing passes, so the first tests prove
 * that the imports are seen and that each rule can fail.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isSharedWithWeb, isWebCode } from '../scripts/web-sources.mjs';

/** Where the rights of a person are put aside, and why that must be. Everything else acts as somebody. */
const ACTS_AS_SYSTEM: Readonly<Record<string, string>> = {
  'src/kernel/access/access.ts': 'declares it',
  'src/kernel/events/readers.ts': 'a reader follows everybody’s changes',
  'src/kernel/object/change-overlay.ts': 'the filter of a roll-up is checked for all readers, before there is one',
  'src/modules/privacy/may-contact.ts': 'what a contact allowed does not depend on who asks',
  'src/modules/channels/free-busy.ts': 'that somebody is busy is told whoever asks',
  'src/app/identity/people.ts': 'who is given access is nobody yet',
  'src/app/single-sign-on/groups.ts': 'what a directory says of its people is the company’s own word',
  'src/app/single-sign-on/provisioning.ts': 'a directory provisions the company’s people',
  'src/app/set-up.ts': 'a new workspace begins with what its modules ship, before it has users',
  'src/app/upgrades/standard-roles.ts': 'what ships with a role belongs to it, whoever starts the new version',
  'src/app/upgrades/notes-of-contacts.ts': 'what a customer said is kept as what it was, whoever may see it',
  'src/app/jobs.ts': 'the demo company is nobody’s work',
  'src/app/privacy.ts': 'what is held about somebody goes whoever wrote it, and is told whoever may see it',
  'src/app/recompute.ts': 'what a formula changes, it changes in all records',
  'src/app/convert.ts': 'what an amount is worth, it is worth to everybody',
  'src/app/mailbox-access.ts': 'whoever works a mailbox decides what colleagues see of it',
  'src/app/calendars.ts': 'a meeting is with whom it is, whatever the owner of the calendar may see of them',
  'src/app/mailboxes.ts': 'whose a message is does not depend on whose mailbox it came through',
  'src/app/invitations.ts': 'whoever was invited hears what becomes of a meeting, whoever changes it',
  'src/app/meeting-series.ts': 'what was planned without an end goes on, whoever planned it',
  'src/app/meeting-answers.ts': 'what somebody says to an invitation stands with the meeting, whoever planned it',
  'src/app/outgoing.ts': 'what a mail leaves behind is there whoever wrote it',
  'src/app/mail-texts.ts': 'whose an address is does not depend on who writes to it',
  'src/app/fax.ts': 'through which gateway a fax goes does not depend on who may change gateways',
  'src/app/outbox.ts': 'what was given to be sent is sent, and its writer hears of it',
  'src/app/snoozed.ts': 'what was put off comes back by itself',
  'src/app/reminders.ts': 'reminders are for whoever set them',
  'src/app/public-pages.ts': 'what a stranger sends is taken in by the company',
  'src/app/principal.ts': 'what a person may do is not theirs to say',
  'src/server/own-session.ts': 'people read and set what is theirs, whatever else they may',
  'src/server/routes/live.ts': 'asks whether those who listen may still',
};

/** Lower may not import higher. `server`, `cli` and `web` are three doors of one house and do not know each other. */
const FLOORS: Readonly<Record<string, number>> = { kernel: 0, modules: 1, app: 2, server: 3, cli: 3, web: 3 };

/** Files that need one another, each group for its reason. Between all others imports run one way. */
const TOGETHER: Readonly<Record<string, RegExp>> = {
  'rules, merging and undo go through the door that they are part of':
    /^src\/kernel\/(records\/(bulk|copy|exact|merge|open|pipeline|rows|trash|undo|unmerge)|files\/files)\.ts$/,
  'a right is a filter, and what a filter reaches is a matter of rights':
    /^src\/kernel\/query\/(compilation|condition)\.ts$/,
};

type Import = { target: string; typeOnly: boolean };
type Source = { path: string; text: string };

const root = fileURLToPath(new URL('..', import.meta.url));
const sources: Source[] = globSync('src/**/*.{ts,tsx}', { cwd: root })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !/\.test\.tsx?$/.test(path))
  .sort()
  .map((path) => ({ path, text: readFileSync(`${root}/${path}`, 'utf8') }));

test('the scan sees every kind of import', () => {
  const text = `
import { one,
  two } from './one.ts';
import type { Three } from '#kernel/three.ts';
import './four.css';
export { five } from "../five.ts";
export type * from '#modules/six/index.ts';
import pg, { type Pool } from 'pg';
// import { no } from './comment.ts';
export const ten = 'from';
const later = await import('./seven.ts');
new Worker(new URL('./eight.ts', import.meta.url));
`;
  assert.deepEqual(importsOf({ path: 'src/kernel/a/b.ts', text }), [
    { target: 'src/kernel/a/one.ts', typeOnly: false },
    { target: 'src/kernel/three.ts', typeOnly: true },
    { target: 'src/kernel/a/four.css', typeOnly: false },
    { target: 'src/kernel/five.ts', typeOnly: false },
    { target: 'src/modules/six/index.ts', typeOnly: true },
    { target: 'pg', typeOnly: false },
    { target: 'src/kernel/a/seven.ts', typeOnly: false },
    { target: 'src/kernel/a/eight.ts', typeOnly: false },
  ]);
});

test('the scan sees the imports of this house', () => {
  const embedded = sources.find(({ path }) => path === 'src/kernel/database/embedded.ts');
  assert.ok(embedded, 'src/kernel/database/embedded.ts is not among the files read');
  const imports = importsOf(embedded);
  assert.deepEqual(
    imports.find(({ target }) => target === 'src/kernel/database/start-error.ts'),
    { target: 'src/kernel/database/start-error.ts', typeOnly: false },
  );
  const inside = sources.flatMap(importsOf).filter(({ target }) => target.startsWith('src/'));
  assert.ok(inside.length > 100, `only ${inside.length} imports between files of src were seen`);
  assert.deepEqual(usesOf({ path: 'src/modules/a/index.ts', text: 'uses: [customers,\n sales],' }), [
    'customers',
    'sales',
  ]);
});

test('each rule can fail', () => {
  const uses = new Map([['sales', ['customers']]]);
  const cases: [path: string, text: string, reason: RegExp | undefined][] = [
    ['src/kernel/a.ts', "import { m } from '#modules/sales/index.ts';", /kernel may not import modules/],
    ['src/modules/sales/a.ts', "import { m } from '#app/modules.ts';", /modules may not import app/],
    ['src/server/a.ts', "import { m } from '#cli/main.ts';", /server may not import cli/],
    ['src/server/a.ts', "import { m } from '#kernel/a.ts';", undefined],
    ['src/kernel/a.ts', "import { m } from '#test/database.ts';", /test code/],
    ['src/kernel/a.ts', "import type { W } from './fields/text/web.tsx';", /only web code may import web code/],
    ['src/web/a.tsx', "import { m } from '#kernel/a.ts';", /only types/],
    ['src/web/a.tsx', "import { type M } from '#kernel/a.ts';", /only types/],
    ['src/web/a.tsx', "import type { M } from '#kernel/a.ts';", undefined],
    ['src/web/a.tsx', "import { m } from '#kernel/fields/money/format.ts';", undefined],
    ['src/web/a.tsx', "import { m } from '#modules/sales/web/page.tsx';", undefined],
    ['src/kernel/fields/money/format.ts', "import { m } from './index.ts';", /shared with the browser/],
    ['src/modules/sales/a.ts', "import { m } from '#modules/customers/account.object.ts';", /index\.ts only/],
    ['src/modules/sales/a.ts', "import { m } from '#modules/customers/index.ts';", undefined],
    ['src/modules/customers/a.ts', "import { m } from '#modules/sales/index.ts';", /uses does not name/],
    ['src/modules/sales/web/a.tsx', "import { m } from '#modules/customers/web/b.tsx';", /index\.ts only/],
    ['src/server/a.ts', "import { m } from '#modules/customers/merge.ts';", /index\.ts only/],
    ['src/kernel/a.ts', 'export default 1;', /default export/],
    ['src/kernel/a.ts', 'const s = text as unknown as Sql;', /Sql/],
    ['src/kernel/a.ts', 'await read(asSystem("no reason"));', /asSystem/],
  ];
  for (const [path, text, reason] of cases) {
    const found = faults({ path, text }, uses).join('\n');
    if (reason) assert.match(found, reason, `${path}: ${text}`);
    else assert.equal(found, '', `${path}: ${text}`);
  }
  assert.deepEqual(
    findCircle(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['a']],
      ]),
    ),
    ['a', 'b', 'c', 'a'],
  );
});

test('the boundaries hold', () => {
  const uses = usesOfModules();
  const found = sources.flatMap((source) => faults(source, uses));
  assert.equal(found.length, 0, `\n${found.join('\n')}`);
});

test('modules use each other without a circle, and only modules that exist', () => {
  const uses = usesOfModules();
  assert.ok(uses.size > 0, 'no module was found');
  for (const [name, used] of uses) {
    for (const other of used)
      assert.ok(uses.has(other), `${name} uses "${other}", and there is no src/modules/${other}`);
  }
  assert.equal(findCircle(uses)?.join(' → '), undefined);
});

test('files import one another without a circle', () => {
  const imports = new Map(sources.map((source) => [source.path, importsOf(source).map(({ target }) => target)]));
  assert.deepEqual(inCircles(imports), []);
  const [door] = Object.values(TOGETHER);
  assert.ok(inCircles(new Map([...imports].filter(([path]) => door!.test(path))), {}).length > 5, 'none is seen');
});

test('every place that acts as the system is still needed', () => {
  for (const [path, reason] of Object.entries(ACTS_AS_SYSTEM)) {
    const source = sources.find((source) => source.path === path);
    assert.ok(
      source && /\basSystem\(/.test(source.text),
      `${path} (${reason}) no longer says asSystem(: take it off the list`,
    );
  }
});

/** Files of which each imports another one of them: what is left when those are taken away that none needs or that need none. */
function inCircles(imports: ReadonlyMap<string, readonly string[]>, together = TOGETHER): string[] {
  const groupOf = (path: string) => Object.keys(together).find((group) => together[group]!.test(path)) ?? path;
  const left = new Map<string, Set<string>>();
  for (const [path, targets] of imports) {
    const group = groupOf(path);
    const needed = left.get(group) ?? new Set();
    left.set(group, needed);
    for (const target of targets) if (imports.has(target) && groupOf(target) !== group) needed.add(groupOf(target));
  }
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    const needed = new Set([...left.values()].flatMap((targets) => [...targets]));
    for (const [path, targets] of left)
      if (!needed.has(path) || ![...targets].some((target) => left.has(target))) left.delete(path);
  }
  return [...left.keys()].sort();
}

/** What is wrong with one file, a line each with the reason. */
function faults(source: Source, uses: ReadonlyMap<string, readonly string[]>): string[] {
  const { path, text } = source;
  const found = importsOf(source).flatMap((imported) => {
    const reason = faultOfImport(path, imported, uses);
    return reason ? [`${path} imports ${imported.target}: ${reason}`] : [];
  });
  const code = withoutComments(text);
  if (/^export default\b/m.test(code) && !path.endsWith('/vite.config.ts')) {
    found.push(`${path}: a default export has no name to search for; export it by name`);
  }
  if (/\bas\s+Sql\b/.test(code) && path !== 'src/kernel/database/sql.ts') {
    found.push(
      `${path}: asserting text to be Sql goes around the parameters; build it with the functions of kernel/database/sql.ts`,
    );
  }
  if (/\basSystem\b/.test(code) && !(path in ACTS_AS_SYSTEM)) {
    found.push(
      `${path}: asSystem( puts a person's rights aside; act as somebody, or add the file with its reason to ACTS_AS_SYSTEM`,
    );
  }
  return found;
}

function faultOfImport(
  path: string,
  { target, typeOnly }: Import,
  uses: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  if (target.startsWith('test/') || /\.test\.tsx?$/.test(target)) return 'the program may not need test code';
  if (!target.startsWith('src/')) return undefined;

  const [fromModule, toModule] = [moduleOf(path), moduleOf(target)];
  const isOtherModule = toModule !== undefined && fromModule !== toModule;
  if (isWebCode(target)) {
    if (!isWebCode(path)) return 'only web code may import web code';
    return isOtherModule && fromModule !== undefined
      ? 'another module is imported through its index.ts only'
      : undefined;
  }
  if (isWebCode(path)) {
    if (typeOnly || isSharedWithWeb(target)) return undefined;
    return 'web code may import only types (import type) and what scripts/web-sources.mjs names as shared';
  }
  if (isSharedWithWeb(path) && !typeOnly && !isSharedWithWeb(target)) {
    return 'a file shared with the browser may bring only types and other shared files along';
  }

  const [from, to] = [floorOf(path), floorOf(target)];
  if (from !== to && FLOORS[from]! <= FLOORS[to]!) return `${from} may not import ${to}`;
  if (!isOtherModule) return undefined;
  if (target !== `src/modules/${toModule}/index.ts`) return 'a module is imported through its index.ts only';
  if (fromModule !== undefined && !uses.get(fromModule)?.includes(toModule)) {
    return `the manifest's uses does not name ${toModule}`;
  }
  return undefined;
}

/**
 * Statements at the start of a line, `import()` and `new URL(…, import.meta.url)`. `import { type A }` counts as a value:
 * Node and Vite keep the import itself.
 */
function importsOf({ path, text }: Source): Import[] {
  const code = withoutComments(text);
  const patterns = [
    /^(?:import|export)\s+(?<type>type\s+(?!from\b))?(?:[\w$*{][^'"`;]*?\bfrom\s*)?['"](?<target>[^'"\n]+)['"]/gm,
    /\bimport\(\s*['"](?<target>[^'"\n]+)['"]/g,
    /\bnew URL\(\s*['"](?<target>\.[^'"\n]+\.tsx?)['"],\s*import\.meta\.url/g,
  ];
  return patterns.flatMap((pattern) =>
    Array.from(code.matchAll(pattern), ({ groups }) => ({
      target: resolve(path, groups!.target!),
      typeOnly: groups!.type !== undefined,
    })),
  );
}

function resolve(path: string, specifier: string): string {
  if (specifier.startsWith('#test/')) return specifier.slice(1);
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`;
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier;
}

/** Whole lines of comment only: enough here, and a quote or `//` in a text cannot mislead it. */
function withoutComments(text: string): string {
  return text.replaceAll(/^\s*\/\*[\s\S]*?\*\//gm, '').replaceAll(/^\s*\/\/.*$/gm, '');
}

function floorOf(path: string): string {
  const floor = path.split('/')[1]!;
  assert.ok(floor in FLOORS, `${path}: src/${floor} is no floor of the house; see FLOORS`);
  return floor;
}

function moduleOf(path: string): string | undefined {
  return /^src\/modules\/([^/]+)\//.exec(path)?.[1];
}

function usesOfModules(): Map<string, string[]> {
  const manifests = sources.filter(({ path }) => /^src\/modules\/[^/]+\/index\.ts$/.test(path));
  return new Map(manifests.map((source) => [moduleOf(source.path)!, usesOf(source)]));
}

/** The manifests in `uses: [customers, sales]` have the names of their modules' folders. */
function usesOf({ text }: Source): string[] {
  return (/\buses:\s*\[([^\]]*)\]/.exec(withoutComments(text))?.[1] ?? '').match(/[\w$]+/g) ?? [];
}

function findCircle(uses: ReadonlyMap<string, readonly string[]>, path: string[] = []): string[] | undefined {
  for (const name of path.length === 0 ? uses.keys() : (uses.get(path.at(-1)!) ?? [])) {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    const circle = findCircle(uses, [...path, name]);
    if (circle) return circle;
  }
  return undefined;
}
