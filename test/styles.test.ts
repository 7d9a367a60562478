import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));

/** The bundler says nothing of a class that is in no style sheet: what should be lines is a list with bullets then. */
test('every class that a screen names stands in its style sheet', () => {
  const sheets = new Map<string, Set<string>>();
  const missing = new Set<string>();
  let named = 0;
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    const code = text.replaceAll(/'(?:[^'\\\n]|\\.)*'/g, "''");
    for (const [, name, path] of text.matchAll(/import (\w+) from '([^']+\.module\.css)'/g)) {
      const sheet = path!.startsWith('#kernel/') ? join(source, path!.slice(1)) : join(dirname(file), path!);
      const classes = sheets.get(sheet) ?? classesIn(readFileSync(sheet, 'utf8'));
      sheets.set(sheet, classes);
      for (const [, own] of code.matchAll(new RegExp(`(?<![\\w.\`])${name}\\.(\\w+)`, 'g'))) {
        named++;
        if (!classes.has(own!)) missing.add(`${relative(source, file)}: .${own} of ${relative(source, sheet)}`);
      }
    }
  }
  assert.deepEqual([...missing], []);
  assert.ok(named > 1_000, String(named));
});

function classesIn(css: string): Set<string> {
  const selectors = css.replaceAll(/\/\*.*?\*\//gs, '');
  return new Set(Array.from(selectors.matchAll(/\.([A-Za-z_][\w-]*)/g), ([, name]) => name!));
}
