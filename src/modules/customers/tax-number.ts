/**
 * Structure of tax numbers: does it look like one of that country, and where the check digits are public, are they
 * right? Whether the number is in use is another question (VIES), asked elsewhere.
 *
 * Structures: European Commission, "VIES – VAT number structure"; check digits: the national rules named at each.
 */
export type TaxNumberCheck =
  | { ok: true; number: string; country: string | null }
  /** `structure`: wrong length or characters. `check`: mistyped, its check digit does not fit. */
  | { ok: false; reason: 'structure' | 'check'; country: string };

/**
 * @param input as typed: spaces, dots and dashes do not matter, nor does the country's prefix
 * @param country two letters, where the customer is; a prefix in the number wins over it
 * @returns `number` in capitals without separators; with the country's prefix when it was typed with one. A number of a
 *   country without a rule here is taken as it is.
 */
export function checkTaxNumber(input: string, country?: string | null): TaxNumberCheck {
  const compact = input.toUpperCase().replace(/[\s.\-/–—]/g, '');
  const prefix = prefixOf(compact, country?.toUpperCase());
  const at = prefix ?? vatCountry(country?.toUpperCase());
  const rule = at ? rules[at] : undefined;
  if (!rule || !at) return { ok: true, number: compact, country: at ?? null };
  const bare = prefix ? compact.slice(2) : compact;
  const local = prefix ? undefined : rule.local;
  if (!rule.structure.test(bare) && !local?.structure.test(bare))
    return { ok: false, reason: 'structure', country: at };
  const fits = (rule.structure.test(bare) && rule.check(bare)) || (local?.structure.test(bare) && local.check(bare));
  return fits ? { ok: true, number: compact, country: at } : { ok: false, reason: 'check', country: at };
}

interface Rule {
  /** Without the prefix. */
  structure: RegExp;
  check(number: string): boolean;
  /** A number of the same register that is no VAT number: accepted when it comes without a prefix. */
  local?: Omit<Rule, 'local'>;
}

const unchecked = () => true;
const structureOnly = (structure: RegExp): Rule => ({ structure, check: unchecked });

const rules: Readonly<Record<string, Rule>> = {
  AT: structureOnly(/^U\d{8}$/),
  BE: { structure: /^[01]\d{9}$/, check: (n) => 97 - (Number(n.slice(0, 8)) % 97) === Number(n.slice(8)) },
  BG: structureOnly(/^\d{9,10}$/),
  CH: structureOnly(/^E\d{9}(MWST|TVA|IVA)?$/),
  CY: structureOnly(/^[0-59]\d{7}[A-Z]$/),
  CZ: structureOnly(/^\d{8,10}$/),
  DE: { structure: /^[1-9]\d{8}$/, check: isMod11And10 },
  DK: { structure: /^[1-9]\d{7}$/, check: (n) => weighted(n, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 },
  EE: {
    structure: /^10\d{7}$/,
    check: isEstonianVat,
    local: { structure: /^[1789]\d{7}$/, check: (n) => Number(n[7]) === lithuanianControl(n.slice(0, 7)) },
  },
  EL: structureOnly(/^\d{9}$/),
  ES: { structure: /^([A-Z]\d{7}[0-9A-Z]|\d{8}[A-Z])$/, check: isSpanish },
  FI: { structure: /^\d{8}$/, check: (n) => weighted(n, [7, 9, 10, 5, 8, 4, 2, 1]) % 11 === 0 },
  FR: { structure: /^[0-9A-HJ-NP-Z]{2}\d{9}$/, check: isFrench },
  GB: structureOnly(/^(\d{9}|\d{12}|(GD|HA)\d{3})$/),
  HR: { structure: /^\d{11}$/, check: isMod11And10 },
  HU: structureOnly(/^\d{8}$/),
  IE: structureOnly(/^(\d{7}[A-W][A-IW]?|\d[A-Z+*]\d{5}[A-W])$/),
  IT: { structure: /^\d{11}$/, check: isLuhn },
  LT: {
    structure: /^(\d{9}|\d{12})$/,
    check: isLithuanianVat,
    local: { structure: /^\d{7}(\d{2})?$/, check: isLithuanianCompanyCode },
  },
  LU: { structure: /^\d{8}$/, check: (n) => Number(n.slice(0, 6)) % 89 === Number(n.slice(6)) },
  LV: { structure: /^\d{11}$/, check: isLatvian },
  MT: structureOnly(/^[1-9]\d{7}$/),
  NL: structureOnly(/^[0-9A-Z+*]{10}\d{2}$/),
  NO: structureOnly(/^\d{9}(MVA)?$/),
  PL: { structure: /^\d{10}$/, check: (n) => weighted(n, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(n[9]) },
  PT: { structure: /^[1-9]\d{8}$/, check: isPortuguese },
  RO: structureOnly(/^[1-9]\d{1,9}$/),
  SE: structureOnly(/^\d{10}01$/),
  SI: structureOnly(/^[1-9]\d{7}$/),
  SK: { structure: /^[1-9]\d[2-46-9]\d{7}$/, check: (n) => Number(n) % 11 === 0 },
  XI: structureOnly(/^(\d{9}|\d{12}|(GD|HA)\d{3})$/),
};

/** The number's own prefix, when it can be one: Spanish `B58378431` begins with a letter that is no prefix. */
function prefixOf(compact: string, country: string | undefined): string | undefined {
  const prefix = vatCountry(compact.slice(0, 2));
  if (!prefix || !rules[prefix]) return undefined;
  const isHere = prefix === vatCountry(country);
  return isHere || country === undefined || rules[prefix].structure.test(compact.slice(2)) ? prefix : undefined;
}

/** Greece writes EL in tax matters. */
function vatCountry(country: string | undefined): string | undefined {
  return country === 'GR' ? 'EL' : country;
}

function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0);
}

/**
 * Lithuanian (and Estonian) control digit: weights 1, 2, … 9, 1 …; when that gives 10, from 3 on; when that gives 10
 * again, 0. (Nutarimas dėl Juridinių asmenų registro nuostatų; the personal code has the same one.)
 */
export function lithuanianControl(digits: string): number {
  const sum = (start: number) =>
    [...digits].reduce((total, digit, index) => total + Number(digit) * (((index + start - 1) % 9) + 1), 0) % 11;
  const first = sum(1);
  if (first < 10) return first;
  const second = sum(3);
  return second < 10 ? second : 0;
}

/** PVM mokėtojo kodas: 9 digits with a 1 before the control digit, or 12 for temporary registrations. */
function isLithuanianVat(number: string): boolean {
  return number.at(-2) === '1' && Number(number.at(-1)) === lithuanianControl(number.slice(0, -1));
}

/** Juridinio asmens kodas: 9 digits with a control digit; the 7 digits of before 2004 have none. */
function isLithuanianCompanyCode(number: string): boolean {
  return number.length === 7 || Number(number[8]) === lithuanianControl(number.slice(0, 8));
}

const dniLetters = 'TRWAGMYFPDXBNJZSQVHLCKE';
const cifLetters = 'JABCDEFGHI';

/** NIF of persons (DNI, NIE, K, L, M) and of companies (the former CIF): Orden EHA/451/2008 and Real Decreto 1065/2007. */
function isSpanish(number: string): boolean {
  const first = number[0]!;
  const digits = number.slice(1, 8);
  const control = number[8]!;
  if (/\d/.test(first)) return control === dniLetters[Number(number.slice(0, 8)) % 23];
  if (/[XYZ]/.test(first)) return control === dniLetters[Number(`${'XYZ'.indexOf(first)}${digits}`) % 23];
  if (/[KLM]/.test(first)) return control === dniLetters[Number(digits) % 23];
  if (!/[ABCDEFGHJNPQRSUVW]/.test(first)) return false;
  const digit = spanishCompanyControl(digits);
  const isLetter = control === cifLetters[digit];
  const isDigit = control === String(digit);
  if (/[NPQRSW]/.test(first)) return isLetter;
  return /[ABEH]/.test(first) ? isDigit : isLetter || isDigit;
}

/** Control digit of the seven digits of a company's NIF. */
export function spanishCompanyControl(digits: string): number {
  const sum = [...digits].reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

function isEstonianVat(number: string): boolean {
  return (10 - (weighted(number, [3, 7, 1, 3, 7, 1, 3, 7]) % 10)) % 10 === Number(number[8]);
}

/** Legal persons begin with 4 to 9; a natural person's code is a birth date and a number, without a public check. */
function isLatvian(number: string): boolean {
  if (number[0]! < '4') return true;
  const rest = weighted(number, [9, 1, 4, 8, 3, 10, 2, 5, 7, 6]) % 11;
  const control = rest === 4 ? 0 : rest > 4 ? 14 - rest : 3 - rest;
  return control === Number(number[10]);
}

/** ISO 7064 MOD 11,10. */
function isMod11And10(number: string): boolean {
  let product = 10;
  for (const digit of number.slice(0, -1)) {
    const sum = (Number(digit) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === Number(number.at(-1));
}

function isLuhn(number: string): boolean {
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Two key digits before a SIREN with its Luhn digit (Monaco's 000… has none); newer keys with letters are not public. */
function isFrench(number: string): boolean {
  const siren = number.slice(2);
  if (!siren.startsWith('000') && !isLuhn(siren)) return false;
  return !/^\d\d$/.test(number.slice(0, 2)) || (12 + 3 * (Number(siren) % 97)) % 97 === Number(number.slice(0, 2));
}

function isPortuguese(number: string): boolean {
  const control = 11 - (weighted(number, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return (control > 9 ? 0 : control) === Number(number[8]);
}
