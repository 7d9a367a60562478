import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { kernelProblems } from '../problems/registry.ts';
import { user } from '../workspace/user.object.ts';
import { isTranslated, languageOf, languages, translatedKeys, translator } from './translate.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

test('every problem of the kernel has a title and tells what to do, in every language', () => {
  for (const code of Object.keys(kernelProblems)) {
    for (const language of languages) {
      assert.ok(isTranslated(language, `problem.${code}.title`), `${language} problem.${code}.title`);
      assert.ok(isTranslated(language, `problem.${code}.detail`), `${language} problem.${code}.detail`);
    }
  }
});

test('every code that the kernel refuses a field with has words', () => {
  const pattern = /(?:code: |refuse[dr]?\(.*|push\(.*|FieldProblem\()'((?:field|object|formula|rollup)\.[a-z-]+)'/g;
  const codes = globSync('src/kernel/**/*.ts', { cwd: root, exclude: ['**/*.test.ts'] }).flatMap((path) =>
    [...readFileSync(`${root}${path}`, 'utf8').matchAll(pattern)].map(([, code]) => code!),
  );
  assert.ok(new Set(codes).size > 40, `${new Set(codes).size} codes found`);
  const isWorded = (code: string) => isTranslated('en', code) || isTranslated('en', `problem.${code}.title`);
  assert.deepEqual(
    [...new Set(codes)].filter((code) => !isWorded(code)),
    [],
  );
});

test('no language has a key that another one lacks', () => {
  const stems = languages.map(
    (language) => new Set([...translatedKeys(language)].map((key) => key.replace(/_(one|few|many|other)$/, ''))),
  );
  for (const other of stems) assert.deepEqual([...other].sort(), [...stems[0]!].sort());
});

test('the person of a workspace is labelled', () => {
  for (const language of languages) {
    for (const field of Object.keys(user.fields))
      assert.ok(isTranslated(language, `object.user.fields.${field}`), field);
  }
});

test('Lithuanian counts as Lithuanians do', () => {
  const lt = translator('lt');
  const words = [1, 2, 9, 10, 11, 21, 22, 100, 1.5].map((count) => lt('count.records', { count }));
  assert.deepEqual(words, [
    '1 įrašas',
    '2 įrašai',
    '9 įrašai',
    '10 įrašų',
    '11 įrašų',
    '21 įrašas',
    '22 įrašai',
    '100 įrašų',
    '1,5 įrašo',
  ]);
});

test('Spanish counts millions with de', () => {
  assert.equal(translator('es')('count.records', { count: 1_000_000 }), '1.000.000 de registros');
  assert.equal(translator('es')('count.records', { count: 2 }), '2 registros');
});

test('any language tag finds the nearest language', () => {
  assert.deepEqual(['lt-LT', 'ES', 'en_GB', 'de', '', 'l', 'lta', '../lt'].map(languageOf), [
    'lt',
    'es',
    'en',
    'en',
    'en',
    'en',
    'en',
    'en',
  ]);
});

test('what a person typed is never taken for a key or markup of the catalogue', () => {
  const text = translator('en')('problem.object.unknown.detail', { object: '$t(language.lt) {{count}} <b>' });
  assert.ok(text.includes('$t(language.lt) {{count}} <b>'), text);
});

test('a key without words comes back as it is', () => {
  assert.equal(translator('lt')('no.such.key'), 'no.such.key');
});
