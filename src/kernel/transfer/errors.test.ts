import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isTranslated, languages } from '#kernel/i18n/translate.ts';

const source = readFileSync(join(import.meta.dirname, 'errors.ts'), 'utf8');
const codes = [...source.matchAll(/'([a-z]+(?:-[a-z0-9]+)+)'/g)].map((found) => found[1] as string);

test('every code has a sentence in every language, with the same parameters', () => {
  assert.ok(codes.includes('empty-file') && codes.includes('values-dropped'));
  const catalogues = ['en', 'es', 'lt'].map(
    (language) =>
      JSON.parse(readFileSync(join(import.meta.dirname, 'i18n', `${language}.json`), 'utf8')) as Record<string, string>,
  );
  const parameters = (text: string): string => [...new Set(text.match(/\{\{\w+\}\}/g))].sort().join();
  for (const code of codes) {
    const sentences = catalogues.map((all) => all[`transfer.${code}`] ?? all[`transfer.${code}_other`]);
    assert.ok(sentences.every(Boolean), code);
    assert.equal(new Set(sentences.map((text) => parameters(text as string))).size, 1, code);
  }
  for (const all of catalogues) {
    for (const key of Object.keys(all).filter((name) => /^transfer\.[a-z-]+(_\w+)?$/.test(name))) {
      assert.ok(codes.includes(key.replace(/^transfer\.|_\w+$/g, '')), key);
    }
  }
});

test('what an import says of a row or a mapping has its sentence in every language', () => {
  const folder = join(import.meta.dirname, 'import');
  const said = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/'(import\.[a-z]+(?:-[a-z]+)+)'/g)])
    .map((found) => found[1] as string);
  assert.ok(said.length > 3);
  for (const code of new Set(said)) {
    for (const language of languages) {
      const worded = isTranslated(language, code) || isTranslated(language, `problem.${code}.title`);
      assert.ok(worded, `${code} in ${language}`);
    }
  }
});
