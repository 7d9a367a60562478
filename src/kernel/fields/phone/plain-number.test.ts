import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import examples from 'libphonenumber-js/examples.mobile.json';
import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';
import { plainNumber } from './plain-number.ts';

/** Workspaces of these countries: alone with their code, sharing it, without a national prefix, with odd ones. */
const homes: (CountryCode | undefined)[] = [
  'LT',
  'ES',
  'DE',
  'FR',
  'GB',
  'US',
  'RU',
  'IT',
  'MX',
  'AR',
  'BR',
  'AU',
  undefined,
];

function fullNumber(text: string, country: CountryCode | undefined): string | null {
  const number = parsePhoneNumberFromString(text.replace(/^\s*\(?00\)?[\s-]*(?=[1-9])/, '+'), {
    ...(country ? { defaultCountry: country } : {}),
    extract: false,
  });
  return number?.isPossible() ? (number.ext ? `${number.number}x${number.ext}` : number.number) : null;
}

/** @returns how many were decided without the full parser */
function compare(texts: Iterable<string>, countries: readonly (CountryCode | undefined)[] = homes): number {
  let decided = 0;
  for (const text of texts) {
    for (const country of countries) {
      const plain = plainNumber(text, country ?? '');
      if (plain === undefined) continue;
      decided++;
      assert.equal(plain, fullNumber(text, country), `${text} in ${country}`);
    }
  }
  return decided;
}

test('what is decided at a glance is what the full parser says: a number of every country, written in many ways', () => {
  const texts: string[] = [];
  for (const [country, national] of Object.entries(examples as Record<string, string>)) {
    const code = getCountryCallingCode(country as CountryCode);
    for (const digits of [
      national,
      `0${national}`,
      `8${national}`,
      `1${national}`,
      national.slice(1),
      `${national}7`,
    ]) {
      texts.push(`+${code}${digits}`, `${code}${digits}`, digits, `00${code}${digits}`, `+${code} (0) ${digits}`);
      texts.push(`+${code} ${digits.slice(0, 3)} ${digits.slice(3)}`, `(${digits.slice(0, 3)}) ${digits.slice(3)}`);
      texts.push(`${digits.slice(0, 2)}-${digits.slice(2, 5)}-${digits.slice(5)}`, `+${code}.${digits}`);
    }
  }
  assert.ok(compare(texts) > 10_000);
});

test('the same for random digits behind every calling code, of every length', () => {
  let seed = 7;
  const digit = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * 10);
  };
  const texts: string[] = [];
  for (const code of new Set(getCountries().map((country) => getCountryCallingCode(country)))) {
    for (let length = 3; length <= 15; length++) {
      for (let n = 0; n < 12; n++) texts.push(`+${code}${Array.from({ length }, digit).join('')}`);
    }
  }
  for (let n = 0; n < 5_000; n++) texts.push(Array.from({ length: 6 + (n % 9) }, digit).join(''));
  assert.ok(
    compare(
      texts.filter((text) => text.startsWith('+')),
      ['LT'],
    ) > 5_000,
  );
  assert.ok(compare(texts.filter((text) => !text.startsWith('+'))) > 1_000);
});

test('the same for numbers as people wrote them', (t) => {
  const folder = resolve(import.meta.dirname, '../../../../../shared/data/imports');
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.tar.gz'));
  } catch {
    t.skip('the real files are not here');
    return;
  }
  const texts = new Set<string>();
  for (const name of names) {
    const content = gunzipSync(readFileSync(resolve(folder, name))).toString('latin1');
    for (const [text] of content.matchAll(/[+(]?\d[\d ().-]{5,20}\d/g)) texts.add(text);
  }
  assert.ok(compare(texts) > 100, `${texts.size}`);
});

test('the usual ways to write a number need no full parser', () => {
  const usual: [string, CountryCode, string][] = [
    ['+37061234567', 'ES', '+37061234567'],
    ['+370 612 34567', 'ES', '+37061234567'],
    ['612 34 56 78', 'ES', '+34612345678'],
    ['+1 (212) 555-0123', 'LT', '+12125550123'],
    ['+44 20 7183 8750', 'LT', '+442071838750'],
  ];
  for (const [text, country, number] of usual) assert.equal(plainNumber(text, country), number, text);
});
