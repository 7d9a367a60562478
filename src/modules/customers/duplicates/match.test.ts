import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import { MOST_KEYS, matchKeys } from './keys.ts';
import { judge } from './match.ts';
import { type MatchRecord, ROLES } from './record.ts';
import { DEFAULT_WEIGHTS, FIELDS } from './weights.ts';

test('a judgement says which fields agree and disagree, strongest first', () => {
  const a = { key: '1', givenName: 'Bill', familyName: 'García Márquez', birthDate: '1980-03-04', city: 'Bilbao' };
  const b = { key: '2', givenName: 'William', familyName: 'García', birthDate: '1980-04-03', city: 'Sevilla' };
  const { score, certainty, reasons } = judge(a, b);
  assert.equal(certainty, 'possible', String(score));
  assert.deepEqual(reasons.map(({ code }) => code).sort(), [
    'duplicates.reason.birthDate.typo',
    'duplicates.reason.city.differ',
    'duplicates.reason.familyName.variant',
    'duplicates.reason.givenName.variant',
  ]);
  const city = reasons.find(({ field }) => field === 'city')!;
  assert.deepEqual(city.params, { a: 'Bilbao', b: 'Sevilla' });
  assert.ok(city.bits < 0);
  const strengths = reasons.map(({ bits }) => Math.abs(bits));
  assert.deepEqual(
    strengths,
    strengths.toSorted((one, other) => other - one),
  );
});

test('a missing value says nothing for or against', () => {
  const a = { key: '1', givenName: 'Ona', familyName: 'Petraitė', email: 'ona@pastas.lt' };
  const b = { ...a, key: '2' };
  assert.equal(judge(a, { ...b, phone: '+37061234567', birthDate: '' }).score, judge(a, b).score);
});

test('a person and a company are not the same', () => {
  const shared = { email: 'ona@firma.lt', phone: '+37061234567' };
  const person: MatchRecord = { key: '1', kind: 'person', fullName: 'Ona Petraitė', ...shared };
  assert.equal(judge(person, { key: '2', kind: 'company', company: 'Ona Petraitė', ...shared }).score, 0);
});

test('the levels of a field are all its results: their probabilities add up to one', () => {
  for (const kind of ['person', 'company'] as const) {
    for (const field of FIELDS) {
      for (const column of ['same', 'stranger', 'related'] as const) {
        const sum = DEFAULT_WEIGHTS[kind][field].reduce((total, level) => total + level[column], 0);
        assert.ok(Math.abs(sum - 1) < 0.0011, `${kind}.${field}.${column} ${sum}`);
      }
    }
  }
});

test('both kinds have the same levels, and each has words in every language', () => {
  for (const field of FIELDS) {
    const names = DEFAULT_WEIGHTS.person[field].map(({ name }) => name);
    assert.deepEqual(
      DEFAULT_WEIGHTS.company[field].map(({ name }) => name),
      names,
    );
    for (const language of ['en', 'es', 'lt']) {
      const path = new URL(`../i18n/duplicates.${language}.json`, import.meta.url);
      const words: Record<string, string> = JSON.parse(readFileSync(path, 'utf8'));
      for (const name of names) assert.ok(words[`duplicates.reason.${field}.${name}`], `${language} ${field} ${name}`);
      for (const role of ROLES) assert.ok(words[`duplicates.role.${role}`], `${language} ${role}`);
    }
  }
});

test('two spellings of one person share a key, and nobody has more than twelve', () => {
  const spellings: MatchRecord[] = [
    { key: '1', givenName: 'Ona', familyName: 'Kazlauskienė', birthDate: '1980-05-04', phone: '+370 612 34567' },
    { key: '2', fullName: 'Kazlauskas Ona' },
    { key: '3', fullName: 'Ona Kazlauskaite' },
    { key: '4', givenName: 'Inna', phone: '8 612 34567' },
  ];
  const [first, ...others] = spellings.map((record) => new Set(matchKeys(record)));
  for (const keys of others)
    assert.ok(
      [...keys].some((key) => first!.has(key)),
      [...keys].join(),
    );
  const full = Object.fromEntries(
    ROLES.map((role) => [role, ['alpha beta 1980-01-02', 'a.long.name@b.lt', '123456789']]),
  );
  for (const kind of ['person', 'company'] as const)
    assert.ok(matchKeys({ key: 'x', kind, ...full }).length <= MOST_KEYS);
});

test('hostile text is judged like any other', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('\ud800', '\0', '\u202e', 'ﷺ'.repeat(300), 'a'.repeat(100_000), '@'.repeat(5000), '1'.repeat(5000)),
    fc.constantFrom(
      '__proto__',
      'constructor',
      '2024-13-99',
      '+()- .',
      '=cmd()',
      "'; drop table x;--",
      '💥'.repeat(500),
    ),
  );
  const record = fc.dictionary(fc.constantFrom(...ROLES), fc.oneof(hostile, fc.array(hostile, { maxLength: 8 })));
  fc.assert(
    fc.property(record, record, (one, other) => {
      const { score, reasons } = judge({ key: '1', ...one }, { key: '2', ...other });
      assert.ok(score >= 0 && score <= 1, String(score));
      assert.ok(matchKeys({ key: '1', ...one }).every((key) => key.length < 300));
      for (const { params } of reasons) {
        for (const value of Object.values(params)) assert.ok(value.length <= 120 && value.isWellFormed());
      }
      assert.equal(judge({ key: '2', ...other }, { key: '1', ...one }).score, score);
    }),
    { numRuns: 300 },
  );
});
