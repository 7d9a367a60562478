import {
  birthDate,
  companyWords,
  fold,
  nameWords,
  normaliseBirthDate,
  normaliseEmail,
  normaliseIdentifier,
  normalisePhone,
  normalisePostcode,
  ownDomain,
  splitFullName,
  streetWords,
} from './normalise.ts';

/** What a value means for matching. A role takes one value or several (two e-mail addresses, two street lines). */
export const ROLES = [
  'givenName',
  'middleName',
  'familyName',
  'fullName',
  'birthDate',
  'birthYear',
  'birthMonth',
  'birthDay',
  'email',
  'phone',
  'nationalId',
  'taxNumber',
  'company',
  'website',
  'street',
  'houseNumber',
  'postcode',
  'city',
  'region',
  'country',
] as const;

export type Role = (typeof ROLES)[number];
export type Kind = 'person' | 'company';

/**
 * A person or company as it was typed. `key` is the caller's name for it (row number, record id) and is never
 * compared. Without `kind`, a record with a company's data and no person's name is a company. A person's `company` is
 * the employer.
 */
export type MatchRecord = { readonly key: string; readonly kind?: Kind } & {
  readonly [role in Role]?: string | readonly string[];
};

/** A record normalised once, ready for any number of comparisons. */
export interface Prepared {
  readonly key: string;
  readonly kind: Kind;
  readonly given: readonly string[];
  readonly family: readonly string[];
  /** YYYYMMDD, 00 for unknown parts. */
  readonly birth: string | undefined;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly nationalIds: readonly string[];
  readonly taxNumbers: readonly string[];
  readonly company: readonly string[];
  readonly website: string | undefined;
  /** Street lines without spaces: "maltby cir cuit" is a common slip. */
  readonly streets: readonly string[];
  readonly house: string | undefined;
  readonly postcode: string | undefined;
  readonly city: string | undefined;
  readonly region: string | undefined;
  readonly country: string | undefined;
}

export function prepare(record: MatchRecord): Prepared {
  const name = personName(record);
  const company = first(record.company)?.trim() ?? '';
  const emails = each(record.email, normaliseEmail);
  const isCompany = record.kind ? record.kind === 'company' : isCompanyRecord(record, name);
  const companyName = company === '' && isCompany ? (first(record.fullName) ?? '') : company;
  const lines = values(record.street).map((line) => streetWords(line));
  return {
    key: record.key,
    kind: isCompany ? 'company' : 'person',
    given: name.given,
    family: name.family,
    birth: birth(record),
    emails,
    phones: each(record.phone, normalisePhone),
    nationalIds: each(record.nationalId, normaliseIdentifier),
    taxNumbers: each(record.taxNumber, normaliseIdentifier),
    company: companyName === '' ? NONE : companyWords(companyName),
    website: ownWebsite(record, isCompany, emails),
    streets: unique(lines.map((line) => line.filter((word) => !HOUSE_NUMBER.test(word)).join(''))),
    house: houseNumber(record, lines),
    postcode: normalisePostcode(first(record.postcode) ?? ''),
    city: folded(record.city),
    region: folded(record.region),
    country: folded(record.country),
  };
}

const NONE: readonly string[] = [];
const HOUSE_NUMBER = /^\d+[a-z]?$/;

function personName(record: MatchRecord): { given: readonly string[]; family: readonly string[] } {
  const given = [...values(record.givenName), ...values(record.middleName)].flatMap(nameWords);
  const family = values(record.familyName).flatMap(nameWords);
  if (given.length > 0 || family.length > 0) return { given, family };
  const whole = first(record.fullName);
  return whole === undefined ? { given: NONE, family: NONE } : splitFullName(whole);
}

function isCompanyRecord(record: MatchRecord, name: { given: readonly string[]; family: readonly string[] }): boolean {
  if (name.given.length > 0 || name.family.length > 0) return false;
  return [record.company, record.taxNumber, record.website].some((value) => values(value).length > 0);
}

function birth(record: MatchRecord): string | undefined {
  const whole = first(record.birthDate);
  if (whole !== undefined) return normaliseBirthDate(whole);
  return birthDate(first(record.birthYear) ?? '', first(record.birthMonth) ?? '', first(record.birthDay) ?? '');
}

/** A company's own domain, from its site or else from a mailbox of its own. An employee's says nothing about him. */
function ownWebsite(record: MatchRecord, isCompany: boolean, emails: readonly string[]): string | undefined {
  const site = first(record.website);
  if (site !== undefined) return ownDomain(site);
  return isCompany ? emails.map(ownDomain).find((domain) => domain !== undefined) : undefined;
}

/** The declared number, or else the first one in the street lines. */
function houseNumber(record: MatchRecord, lines: readonly string[][]): string | undefined {
  return folded(record.houseNumber)?.replaceAll(' ', '') ?? lines[0]?.find((word) => HOUSE_NUMBER.test(word));
}

function folded(value: string | readonly string[] | undefined): string | undefined {
  const text = fold(first(value) ?? '');
  return text === '' ? undefined : text;
}

function each(
  value: string | readonly string[] | undefined,
  normalise: (text: string) => string | undefined,
): readonly string[] {
  const all = values(value);
  return all.length === 0 ? NONE : unique(all.map(normalise));
}

/** At most four: a record with hundreds of phones must not cost hundreds² per comparison. */
function unique(all: readonly (string | undefined)[]): readonly string[] {
  const kept = new Set<string>();
  for (const value of all) if (value !== undefined && value !== '' && kept.size < 4) kept.add(value);
  return kept.size === 0 ? NONE : [...kept];
}

function values(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return NONE;
  return typeof value === 'string'
    ? value.trim() === ''
      ? NONE
      : [value]
    : value.filter((text) => text.trim() !== '');
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return values(value)[0];
}
