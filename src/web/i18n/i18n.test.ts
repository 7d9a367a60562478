import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

type Tree = { [key: string]: string | Tree };
const root = new URL('../../..', import.meta.url);
const keysOf = (tree: Tree, path = ''): Map<string, string> =>
  new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[path + key, value] as const] : [...keysOf(value, `${path}${key}.`)],
    ),
  );
const catalogues = Object.fromEntries(
  ['en', 'es', 'lt'].map((language) => [
    language,
    // The words of the settings come with the settings.
    new Map(
      [`${language}.json`, `../admin/i18n/${language}.json`].flatMap((file) => [
        ...keysOf(JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Tree),
      ]),
    ),
  ]),
);
const plural = /_(zero|one|two|few|many|other)$/;
const base = (key: string) => key.replace(plural, '');

test('the three languages have the same keys', () => {
  const keys = (language: string) => [...new Set([...catalogues[language]!.keys()].map(base))].sort();
  for (const language of ['es', 'lt']) assert.deepEqual(keys(language), keys('en'), language);
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
  const known = new Set([...catalogues.en!.keys()].map(base));
  const missing = new Set<string>();
  for (const file of globSync(['src/web/**/*.{ts,tsx}', 'src/**/web.tsx', 'src/**/web/**/*.{ts,tsx}'], { cwd: root })) {
    const source = readFileSync(new URL(file, root), 'utf8');
    for (const [, key] of source.matchAll(/\bt\(\s*'([\w.-]+)'/g))
      if (!known.has(key!)) missing.add(`${key} (${file})`);
  }
  assert.deepEqual([...missing], []);
});
