import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import { editDistance, isAlike, isAnagram, isTypo, jaroWinkler, phonetic, tokenOverlap } from './compare.ts';
import { familyStem } from './normalise.ts';

// The usual examples of Winkler's papers.
test('Jaro–Winkler gives the published values', () => {
  const published: [string, string, number][] = [
    ['martha', 'marhta', 0.961],
    ['dwayne', 'duane', 0.84],
    ['dixon', 'dicksonx', 0.813],
    ['abroms', 'abrams', 0.922],
    ['jones', 'johnson', 0.832],
  ];
  for (const [a, b, expected] of published) assert.ok(Math.abs(jaroWinkler(a, b) - expected) < 0.0011, `${a} ${b}`);
  assert.equal(jaroWinkler('', ''), 1);
  assert.equal(jaroWinkler('', 'a'), 0);
});

test('edits are counted up to the limit, an exchange of neighbours as one', () => {
  assert.equal(editDistance('kitten', 'sitting', 5), 3);
  assert.equal(editDistance('petraitis', 'petriatis', 2), 1);
  assert.equal(editDistance('abc', 'xyz', 1), 2);
  assert.equal(editDistance('a'.repeat(5000), 'b'.repeat(5000), 2), 3);
});

test('a distance within the limit is the full distance, and no slip is lost to the shortcut', () => {
  const text = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(text, text, fc.integer({ min: 0, max: 4 }), (a, b, limit) => {
      const full = editDistance(a, b, 40);
      assert.equal(editDistance(a, b, limit), Math.min(full, limit + 1));
      assert.equal(editDistance(b, a, 40), full);
      const longest = Math.max(a.length, b.length);
      if (longest >= 3) assert.equal(isTypo(a, b), full <= (longest < 7 ? 1 : 2) || isAnagram(a, b));
      const alike = jaroWinkler(a, b);
      for (const least of [0.8, 0.85, 0.92]) assert.equal(isAlike(a, b, least), alike >= least);
      assert.ok(alike >= 0 && alike <= 1 && Math.abs(alike - jaroWinkler(b, a)) < 0.05);
    }),
  );
});

test('words in any order, mistyped ones counted', () => {
  assert.equal(tokenOverlap(['baltu', 'prekyba'], ['prekyba', 'baltu', 'vilnius']), 1);
  assert.equal(tokenOverlap(['baltu', 'prekiba'], ['prekyba', 'juodu']), 0.5);
  assert.equal(tokenOverlap([], ['a']), 0);
});

test('names that sound alike in several languages have one code', () => {
  for (const [a, b] of [
    ['schmidt', 'smit'],
    ['katz', 'catz'],
    ['philip', 'filip'],
    ['meyer', 'maier'],
    ['gonzalez', 'gonsales'],
    ['sabas', 'szabas'],
  ]) {
    assert.equal(phonetic(a!), phonetic(b!), `${a} ${b}`);
  }
  assert.equal(phonetic(familyStem('kazlauskiene')), phonetic(familyStem('kazlauskas')));
  assert.notEqual(phonetic('smith'), phonetic('jones'));
  assert.equal(phonetic(''), '');
});
