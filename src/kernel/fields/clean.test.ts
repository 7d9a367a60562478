import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildWorkspace } from '#test/build.ts';
import { foldText } from './clean.ts';

const letters = Array.from({ length: 0x250 - 0x21 }, (_, index) => String.fromCodePoint(0x21 + index));
const names = [
  'Živilė Kazlauskienė',
  'José Ibáñez-Núñez',
  'Łukasz Østergård',
  'Ðorđe Þórr',
  'ŒUVRE ſtraße',
  'İlker Ångström',
  '李小龍 Žak',
];

test('letters of Latin scripts fold from the table as they do taken apart', () => {
  // What the table does not know makes the whole text be taken apart.
  const takenApart = (text: string) => foldText(`${text}\u0300Ω`).slice(0, -1);
  for (const text of [...letters, ...names, letters.join('')]) assert.equal(foldText(text), takenApart(text), text);
  assert.deepEqual(names.map(foldText).slice(0, 4), [
    'zivile kazlauskiene',
    'jose ibanez-nunez',
    'lukasz ostergard',
    'dorde thorr',
  ]);
});

test('the database folds as the program does', async () => {
  const { workspace } = await buildWorkspace();
  // It cannot make two letters of one.
  const texts = [...letters.slice(0, 0x180 - 0x21), ...names.slice(0, 3)].filter(
    (text) => foldText(text).length === text.length,
  );
  const rows = await workspace.database.run(
    'select platform.fold(t) from unnest($1::text[]) with ordinality u(t, n) order by n',
    [texts],
  );
  const differing = texts.filter((text, index) => rows[index]![0] !== foldText(text));
  assert.deepEqual(differing, []);
});
