import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { addCatalogue, flatten, isTranslated, languages, translator } from '#kernel/i18n/translate.ts';
import type { ObjectDefinition } from '#kernel/object/definition.ts';
import { user } from '#kernel/workspace/user.object.ts';
import { modules } from './modules.ts';

// biome-ignore lint/suspicious/noExplicitAny: any object's definition, whatever its fields
type AnyObject = ObjectDefinition<any>;

for (const module of modules) addCatalogue(module.catalogues);
const objects: readonly AnyObject[] = [user, ...modules.flatMap((module) => module.objects ?? [])];

test('every object, field, option, view, measure and action has words in every language', () => {
  const wanted = objects.flatMap((object) => keysOf(object));
  for (const action of modules.flatMap((module) => module.actions ?? [])) {
    wanted.push(`object.${action.object}.actions.${action.name}`);
    for (const input of Object.keys(action.input.properties))
      wanted.push(`object.${action.object}.inputs.${action.name}.${input}`);
  }
  for (const module of modules) {
    wanted.push(`module.${module.name}`);
    for (const code of Object.keys(module.problems ?? {}))
      wanted.push(`problem.${code}.title`, `problem.${code}.detail`);
  }
  assert.ok(wanted.length > 300, `${wanted.length} keys looked for`);
  const missing = languages.flatMap((language) =>
    wanted.filter((key) => !isTranslated(language, key)).map((key) => `${language} ${key}`),
  );
  assert.deepEqual(missing, []);
});

test('a module says nothing in one language only, and nothing twice', () => {
  for (const module of modules) {
    const [en, es, lt] = languages.map((language) => Object.keys(flatten(module.catalogues[language])).map(stemOf));
    assert.deepEqual([...new Set(es)].sort(), [...new Set(en)].sort(), module.name);
    assert.deepEqual([...new Set(lt)].sort(), [...new Set(en)].sort(), module.name);
  }
  const owners = Map.groupBy(
    modules.flatMap((module) => Object.keys(flatten(module.catalogues.en))),
    (key) => key,
  );
  assert.deepEqual(
    [...owners].filter(([, all]) => all.length > 1).map(([key]) => key),
    [],
  );
});

test('a text of the kernel stands in one of its rooms', () => {
  const kernel = new URL('../kernel/', import.meta.url);
  const files = globSync('**/i18n/en.json', { cwd: kernel });
  assert.ok(files.length > 5, `${files.length} catalogues`);
  const keys = files.flatMap((file) => Object.keys(flatten(JSON.parse(readFileSync(new URL(file, kernel), 'utf8')))));
  assert.deepEqual(
    keys.filter((key, index) => keys.indexOf(key) !== index),
    [],
  );
});

test('what is counted has all the forms of its language', () => {
  for (const language of languages) {
    const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const module of modules) {
      const texts = flatten(module.catalogues[language]);
      const counted = new Set(
        Object.keys(texts)
          .filter((key) => stemOf(key) !== key)
          .map(stemOf),
      );
      for (const stem of counted) {
        for (const category of categories) assert.ok(texts[`${stem}_${category}`], `${language} ${stem}_${category}`);
      }
    }
  }
});

test('the same values are filled in in every language', () => {
  for (const module of modules) {
    const [en, ...others] = languages.map((language) => flatten(module.catalogues[language]));
    for (const [key, text] of Object.entries(en!)) {
      for (const other of others) if (other[key]) assert.deepEqual(valuesOf(other[key]), valuesOf(text), key);
    }
  }
});

test('labels are not simply English', () => {
  assert.equal(translator('es')('object.opportunity.many'), 'Oportunidades');
  assert.equal(translator('lt')('object.opportunity.many'), 'Pardavimo galimybės');
});

function keysOf({ name, fields, views = {}, measures = {} }: AnyObject): string[] {
  const at = `object.${name}`;
  const options = Object.entries(fields).flatMap(([field, settings]) =>
    ((settings as { options?: readonly { value: string }[] }).options ?? []).map(
      ({ value }) => `${at}.options.${field}.${value}`,
    ),
  );
  return [
    `${at}.one`,
    `${at}.many`,
    ...Object.keys(fields).map((field) => `${at}.fields.${field}`),
    ...options,
    ...Object.keys(views).map((view) => `${at}.views.${view}`),
    ...Object.keys(measures).map((measure) => `${at}.measures.${measure}`),
  ];
}

function stemOf(key: string): string {
  return key.replace(/_(one|few|many|other)$/, '');
}

function valuesOf(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)/g)].map(([, name]) => name!).sort();
}
