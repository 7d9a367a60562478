import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

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
    for (const key of Object.keys(all)) assert.ok(codes.includes(key.replace(/^transfer\.|_\w+$/g, '')), key);
  }
});
