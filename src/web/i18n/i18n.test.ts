import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { test } from 'node:test';

type Tree = { [key: string]: string | Tree };
const root = new URL('../../..', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const keysOf = (tree: Tree, path = ''): [key: string, text: string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value]] : keysOf(value, `${path}${key}.`),
  );
/** `i18n/en.json` is there from the beginning, `<room>/i18n/en.json` comes with its room. */
const files = globSync(['src/web/i18n/*.json', 'src/web/*/i18n/*.json'], { cwd: root });
const inLanguage = (language: string) => files.filter((file) => file.endsWith(`/${language}.json`));
const catalogues = Object.fromEntries(
  ['en', 'es', 'lt'].map((language) => [
    language,
    new Map(inLanguage(language).flatMap((file) => keysOf(JSON.parse(read(file)) as Tree))),
  ]),
);
const plural = /_(zero|one|two|few|many|other)$/;
const base = (key: string) => key.replace(plural, '');
/** Which file holds a key. */
const homeOf = new Map(
  inLanguage('en').flatMap((file) => keysOf(JSON.parse(read(file)) as Tree).map(([key]) => [base(key), file] as const)),
);
const sources = new Map(
  globSync(['src/web/**/*.{ts,tsx}', 'src/**/web.tsx', 'src/**/web/**/*.{ts,tsx}'], { cwd: root })
    .filter((path) => !/\.test\.tsx?$/.test(path))
    .map((path) => [path, read(path).replaceAll(/^\s*(\/\/|\/?\*).*$/gm, '')]),
);

test('the three languages have the same keys, in the same files', () => {
  for (const file of inLanguage('en')) {
    const keys = (path: string) =>
      [...new Set(keysOf(JSON.parse(read(path)) as Tree).map(([key]) => base(key)))].sort();
    for (const language of ['es', 'lt']) {
      const other = file.replace('en.json', `${language}.json`);
      assert.deepEqual(keys(other), keys(file), other);
    }
  }
});

test('no key has two texts', () => {
  const all = inLanguage('en').flatMap((file) => keysOf(JSON.parse(read(file)) as Tree).map(([key]) => key));
  assert.deepEqual(
    all.filter((key, index) => all.indexOf(key) !== index),
    [],
  );
});

test('every plural has all the forms of its language', () => {
  for (const [language, catalogue] of Object.entries(catalogues)) {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const key of catalogue.keys()) {
      if (!plural.test(key)) continue;
      for (const form of forms) assert.ok(catalogue.has(`${base(key)}_${form}`), `${language}: ${base(key)}_${form}`);
    }
  }
});

test('placeholders are the same in all languages', () => {
  const names = (text: string | undefined) => [...(text ?? '').matchAll(/\{\{(\w+)/g)].map((match) => match[1]).sort();
  for (const [key, text] of catalogues.en!) {
    if (plural.test(key)) continue;
    for (const language of ['es', 'lt'])
      assert.deepEqual(names(catalogues[language]!.get(key)), names(text), `${language}: ${key}`);
  }
});

test('every key the screens ask for exists', () => {
  const missing = new Set<string>();
  for (const [file, source] of sources)
    for (const [, key] of source.matchAll(/\bt\(\s*'([\w.-]+)'/g))
      if (!homeOf.has(key!)) missing.add(`${key} (${file})`);
  assert.deepEqual([...missing], []);
});

test('words of a room are there before its screens ask for them', () => {
  const rooms = roomsThere();
  assert.ok(rooms.get('src/web/admin/settings-page.tsx')?.has('admin'), 'withWords is not seen');
  assert.equal(rooms.get('src/web/shell/shell.tsx')?.size, 0, 'the shell waits for no room');
  const tooEarly = new Set<string>();
  for (const [file, source] of sources)
    for (const key of keysIn(source)) {
      const room = /^src\/web\/([\w-]+)\/i18n\/./.exec(homeOf.get(key)!)?.[1];
      if (room && rooms.get(file) && !rooms.get(file)!.has(room)) tooEarly.add(`${key} of ${room} (${file})`);
    }
  assert.deepEqual([...tooEarly], []);
});

/** For each file the rooms whose words have come whichever way it was loaded: what all ways to it, since the start, bring. */
function roomsThere(): Map<string, ReadonlySet<string>> {
  const there = new Map<string, ReadonlySet<string>>([['src/web/main.tsx', new Set()]]);
  const todo = [...there.keys()];
  for (let path = todo.pop(); path; path = todo.pop()) {
    for (const { target, rooms } of importsOf(path)) {
      const ways = new Set([...there.get(path)!, ...rooms]);
      const known = there.get(target);
      const both = known ? ways.intersection(known) : ways;
      if (known?.size === both.size) continue;
      there.set(target, both);
      todo.push(target);
    }
  }
  return there;
}

function importsOf(path: string): { target: string; rooms: string[] }[] {
  const code = sources.get(path)!;
  const found = [
    ...code.matchAll(/^(?:import|export)\s(?!type\b)(?:[^'"`;]*?\bfrom\s*)?'(?<target>[^']+)'/gm),
    ...code.matchAll(/(?:\bwithWords\(\s*(?<rooms>'[\w-]+'|\[[^\]]*\]),\s*)?\bimport\(\s*'(?<target>[^']+)'/g),
  ];
  return found
    .map(({ groups }) => ({
      target: groups!.target!.startsWith('#')
        ? `src/${groups!.target!.slice(1)}`
        : posix.join(posix.dirname(path), groups!.target!),
      rooms: groups!.rooms?.match(/[\w-]+/g) ?? [],
    }))
    .filter(({ target }) => sources.has(target));
}

/** Every text that is a key, wherever it stands, and those that begin like one whose end is known at run time only. */
function keysIn(source: string): string[] {
  const whole = [...source.matchAll(/'([\w-]+(?:\.[\w-]+)+)'/g)]
    .map(([, key]) => key!)
    .filter((key) => homeOf.has(key));
  const begun = [...source.matchAll(/`([\w-]+\.[\w.-]*)\$\{/g)].map(([, start]) => start!);
  return [...whole, ...[...homeOf.keys()].filter((key) => begun.some((start) => key.startsWith(start)))];
}
