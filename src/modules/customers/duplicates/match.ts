import { editDistance, isAlike, isTypo, tokenOverlap } from './compare.ts';
import { isNickname, isSameLithuanianFamily, isSharedMailbox } from './normalise.ts';
import { type Kind, type MatchRecord, type Prepared, prepare } from './record.ts';
import { DEFAULT_WEIGHTS, FIELDS, type Field, type Weights } from './weights.ts';

export type Certainty = 'certain' | 'likely' | 'possible';

/**
 * Probability from which a pair has a certainty. Two records that are more likely the same than not are reported;
 * only what leaves one doubt in a hundred may be treated without asking.
 */
export const THRESHOLDS: Readonly<Record<Certainty, number>> = { certain: 0.99, likely: 0.5, possible: 0.1 };

/**
 * One line of the explanation. `code` is a key of the language catalogue and `params` its values: the two compared
 * values as they were typed. `bits` is the field's contribution: +1 doubles the odds that the records are the same
 * (against the best other explanation), −1 halves them.
 */
export interface Reason {
  readonly code: string;
  readonly field?: Field;
  readonly params: Readonly<Record<string, string>>;
  readonly bits: number;
}

export interface Judgement {
  /** Probability that both records are the same person or company, 0–1. */
  readonly score: number;
  /** Undefined: not a duplicate. */
  readonly certainty: Certainty | undefined;
  /** Strongest first. */
  readonly reasons: readonly Reason[];
}

export interface Model {
  readonly weights: Weights;
  /** How many records the pair was picked from: among many, a chance agreement is less of a surprise. */
  readonly population: number;
  /** How many duplicates, and how many household or office mates, a record is expected to have among them. */
  readonly expected: { readonly same: number; readonly related: number };
  /** How probable a stranger has the value that both share; undefined where the table's average stands. */
  readonly chance?: (field: Field, a: Prepared, b: Prepared) => number | undefined;
}

/** Fewer records say nothing about rarity: a file of two rows is still picked from a larger world. */
const SMALLEST_POPULATION = 500;

/** The expectations are round figures for customer files, until the records themselves say otherwise. */
export const DEFAULT_MODEL: Model = {
  weights: DEFAULT_WEIGHTS,
  population: 10_000,
  expected: { same: 0.2, related: 0.2 },
};

/** Judges one pair and explains the judgement. */
export function judge(a: MatchRecord, b: MatchRecord, model: Model = DEFAULT_MODEL): Judgement {
  const [left, right] = [prepare(a), prepare(b)];
  const outcome = compareRecords(left, right);
  const score = scorer(model)(left, right, outcome);
  return { score, certainty: certaintyOf(score, outcome), reasons: explain(a, b, left, right, outcome, model) };
}

/** The level reached by each field, in the order of FIELDS; −1 where a value is missing on either side. */
export type Outcome = Int8Array;
export const MISSING = -1;

export function compareRecords(a: Prepared, b: Prepared, into: Outcome = new Int8Array(FIELDS.length)): Outcome {
  compareNames(a, b, into);
  into[AT.birthDate] = compareBirths(a.birth, b.birth);
  into[AT.email] = best(a.emails, b.emails, compareEmails);
  into[AT.phone] = best(a.phones, b.phones, comparePhones);
  into[AT.nationalId] = best(a.nationalIds, b.nationalIds, compareCodes);
  into[AT.taxNumber] = best(a.taxNumbers, b.taxNumbers, compareCodes);
  into[AT.company] = compareCompanies(a.company, b.company);
  into[AT.website] = compareExactly(a.website, b.website);
  into[AT.street] = best(a.streets, b.streets, compareTexts);
  into[AT.houseNumber] = compareExactly(a.house, b.house);
  into[AT.postcode] = compareOptional(a.postcode, b.postcode, compareCodes);
  into[AT.city] = compareOptional(a.city, b.city, comparePlaces);
  into[AT.region] = compareExactly(a.region, b.region);
  into[AT.country] = compareExactly(a.country, b.country);
  return into;
}

/** The three explanations of a pair, as natural logarithms of their odds. */
export interface Odds {
  readonly same: number;
  readonly stranger: number;
  readonly related: number;
}

/** A function that turns compared fields of two records of one kind into the odds of the three explanations. */
export function weigher(model: Model): (a: Prepared, b: Prepared, outcome: Outcome) => Odds {
  const tables = { person: logarithms(model.weights, 'person'), company: logarithms(model.weights, 'company') };
  const population = Math.max(model.population, SMALLEST_POPULATION);
  const [priorSame, priorRelated] = [model.expected.same, model.expected.related].map((n) => Math.log(n / population));
  return (a, b, outcome) => {
    const table = tables[a.kind];
    let same = priorSame!;
    let related = priorRelated!;
    let stranger = 0;
    for (let field = 0; field < outcome.length; field++) {
      const level = outcome[field]!;
      if (level === MISSING) continue;
      const logs = table[field]![level]!;
      const chance = level === 0 ? model.chance?.(FIELDS[field]!, a, b) : undefined;
      same += logs.same;
      related += logs.related;
      stranger += chance === undefined ? logs.stranger : Math.log(chance);
    }
    return { same, stranger, related };
  };
}

/** A function that turns compared fields into the probability that both records are the same. */
export function scorer(model: Model): (a: Prepared, b: Prepared, outcome: Outcome) => number {
  const weigh = weigher(model);
  return (a, b, outcome) => (a.kind === b.kind ? probability(weigh(a, b, outcome), 'same') : 0);
}

export function probability(odds: Odds, of: keyof Odds): number {
  const own = odds[of];
  return 1 / (Math.exp(odds.same - own) + Math.exp(odds.stranger - own) + Math.exp(odds.related - own));
}

/**
 * The certainty of a probability, with one brake that no sum of other fields releases: a plainly different first name
 * (twins) or date of birth (father and son) is never "certain", unless a personal number says otherwise.
 */
export function certaintyOf(score: number, outcome: Outcome): Certainty | undefined {
  if (score < THRESHOLDS.possible) return undefined;
  if (score < THRESHOLDS.likely) return 'possible';
  if (score < THRESHOLDS.certain) return 'likely';
  const isDoubted = outcome[AT.givenName]! >= DISTANT_GIVEN_NAME || outcome[AT.birthDate]! >= NEAR_BIRTH_DATE;
  return isDoubted && outcome[AT.nationalId] !== 0 ? 'likely' : 'certain';
}

/** Whether the records plainly speak of two: another first name, date of birth, personal number or tax number. */
export function contradicts(outcome: Outcome): boolean {
  return CONTRADICTIONS.some(([field, worst]) => outcome[field] === worst);
}

/** Which fields agree and disagree, with the typed values and the weight of each, strongest first. */
export function explain(
  a: MatchRecord,
  b: MatchRecord,
  left: Prepared,
  right: Prepared,
  outcome: Outcome,
  model: Model,
): Reason[] {
  const odds = weigher(model)(left, right, outcome);
  const rival = odds.related > odds.stranger ? 'related' : 'stranger';
  const reasons = FIELDS.flatMap((field, index): Reason[] => {
    const level = model.weights[left.kind][field][outcome[index]!];
    if (level === undefined) return [];
    const chance = rival === 'stranger' && outcome[index] === 0 ? model.chance?.(field, left, right) : undefined;
    const bits = Math.log2(level.same / (chance ?? level[rival]));
    const params = { a: typed(a, field), b: typed(b, field) };
    return [{ code: `duplicates.reason.${field}.${level.name}`, field, params, bits: Math.round(bits * 10) / 10 }];
  });
  return reasons.sort((one, other) => Math.abs(other.bits) - Math.abs(one.bits));
}

const AT = Object.fromEntries(FIELDS.map((field, index) => [field, index])) as Record<Field, number>;
const level = (field: Field, name: string) =>
  DEFAULT_WEIGHTS.person[field].findIndex((candidate) => candidate.name === name);
const DISTANT_GIVEN_NAME = level('givenName', 'distant');
const DIFFERENT_GIVEN_NAME = level('givenName', 'differ');
const SWAPPED_GIVEN_NAME = level('givenName', 'swapped');
const DISTANT_FAMILY_NAME = level('familyName', 'distant');
const DIFFERENT_FAMILY_NAME = level('familyName', 'differ');
const NEAR_BIRTH_DATE = level('birthDate', 'near');
const CONTRADICTIONS = (['givenName', 'birthDate', 'nationalId', 'taxNumber'] as const).map(
  (field) => [AT[field], level(field, 'differ')] as const,
);
const [EXACT, VARIANT, TYPO] = [0, 1, 2];

function logarithms(weights: Weights, kind: Kind) {
  return FIELDS.map((field) =>
    weights[kind][field].map(({ same, stranger, related }) => ({
      same: Math.log(same),
      stranger: Math.log(stranger),
      related: Math.log(related),
    })),
  );
}

/**
 * First and last names together, because they get exchanged: when both disagree as they stand but one agrees
 * crosswise, the first name counts as "swapped" and the family name as what the other half shows.
 */
function compareNames(a: Prepared, b: Prepared, into: Outcome): void {
  const given = compareGiven(a.given, b.given);
  const family = compareFamily(a.family, b.family);
  into[AT.givenName] = given;
  into[AT.familyName] = family;
  if ((given !== MISSING && given < DISTANT_GIVEN_NAME) || (family !== MISSING && family < DISTANT_FAMILY_NAME)) return;
  const one = compareFamily(a.given, b.family);
  const other = compareFamily(a.family, b.given);
  const [better, worse] = [one, other].includes(MISSING)
    ? [Math.max(one, other), MISSING]
    : [Math.min(one, other), Math.max(one, other)];
  // With one half missing, only an exact crossing is believed.
  if (better === MISSING || better > (worse === MISSING ? EXACT : TYPO)) return;
  into[AT.givenName] = SWAPPED_GIVEN_NAME;
  into[AT.familyName] = worse;
}

function compareGiven(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return MISSING;
  const [firstA, firstB] = [a[0]!, b[0]!];
  const isSameFirst = firstA === firstB;
  if (isSameFirst && a.length === b.length && a.every((name, index) => name === b[index])) return EXACT;
  if (isSameFirst || isNickname(firstA, firstB) || a.includes(firstB) || b.includes(firstA)) return VARIANT;
  if (firstA.length === 1 || firstB.length === 1) return firstA[0] === firstB[0] ? VARIANT : DIFFERENT_GIVEN_NAME;
  const [wholeA, wholeB] = [joined(a), joined(b)];
  if (isTypo(firstA, firstB) || isTypo(wholeA, wholeB)) return TYPO;
  return isAlike(wholeA, wholeB, 0.8) ? DISTANT_GIVEN_NAME : DIFFERENT_GIVEN_NAME;
}

function compareFamily(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return MISSING;
  const [wholeA, wholeB] = [joined(a), joined(b)];
  if (wholeA === wholeB) return EXACT;
  for (const one of a) for (const other of b) if (one === other || isSameLithuanianFamily(one, other)) return VARIANT;
  if (isTypo(wholeA, wholeB)) return TYPO;
  if (a.length + b.length > 2) for (const one of a) for (const other of b) if (isTypo(one, other)) return TYPO;
  return isAlike(wholeA, wholeB, 0.8) ? DISTANT_FAMILY_NAME : DIFFERENT_FAMILY_NAME;
}

function compareBirths(a: string | undefined, b: string | undefined): number {
  const [TWO_PARTS, DIFFERENT] = [2, 4];
  if (a === undefined || b === undefined) return MISSING;
  const isPartial = a.includes('00', 4) || b.includes('00', 4) || a.startsWith('0000') || b.startsWith('0000');
  if (isPartial && (a.endsWith('0000') || b.endsWith('0000'))) {
    if (a.startsWith('0000') || b.startsWith('0000')) return MISSING;
    return a.slice(0, 4) === b.slice(0, 4) ? NEAR_BIRTH_DATE : DIFFERENT;
  }
  if (a === b) return EXACT;
  if (editDistance(a, b, 1) === 1) return 1;
  const sameYear = a.slice(0, 4) === b.slice(0, 4);
  if (sameYear && a.slice(4, 6) === b.slice(6) && a.slice(6) === b.slice(4, 6)) return 1;
  const agreeing = Number(sameYear) + Number(a.slice(4, 6) === b.slice(4, 6)) + Number(a.slice(6) === b.slice(6));
  if (agreeing === 2) return TWO_PARTS;
  return Math.abs(days(a) - days(b)) <= 366 ? NEAR_BIRTH_DATE : DIFFERENT;
}

/** Days since year 0, roughly: good to a few days, and defined for mistyped dates too. */
function days(date: string): number {
  return Number(date.slice(0, 4)) * 365.25 + Number(date.slice(4, 6)) * 30.4 + Number(date.slice(6));
}

function compareEmails(a: string, b: string): number {
  const [SHARED, MISTYPED, SAME_LOCAL, DIFFERENT] = [1, 2, 3, 4];
  if (a === b) return isSharedMailbox(a) ? SHARED : EXACT;
  const at = a.lastIndexOf('@');
  if (at >= 5 && at === b.lastIndexOf('@') && a.startsWith(b.slice(0, at)) && !isSharedMailbox(a)) {
    return editDistance(a, b, 2) <= 2 ? MISTYPED : SAME_LOCAL;
  }
  return isTypo(a, b) ? MISTYPED : DIFFERENT;
}

function comparePhones(a: string, b: string): number {
  const [MISTYPED, DIFFERENT] = [1, 2];
  if (a === b || (Math.min(a.length, b.length) === 7 && (a.endsWith(b) || b.endsWith(a)))) return EXACT;
  return editDistance(a, b, 1) <= 1 ? MISTYPED : DIFFERENT;
}

/** Identifiers and postcodes: one slip, two from seven characters. */
function compareCodes(a: string, b: string): number {
  if (a === b) return EXACT;
  const limit = Math.max(a.length, b.length) < 7 ? 1 : 2;
  return editDistance(a, b, limit) <= limit ? 1 : 2;
}

function compareTexts(a: string, b: string): number {
  if (a === b) return EXACT;
  return isTypo(a, b) || isAlike(a, b, 0.92) ? 1 : 2;
}

function comparePlaces(a: string, b: string): number {
  if (a === b) return EXACT;
  return isTypo(a, b) || isAlike(a, b, 0.85) ? 1 : 2;
}

function compareCompanies(a: readonly string[], b: readonly string[]): number {
  const [DISTANT, DIFFERENT] = [3, 4];
  if (a.length === 0 || b.length === 0) return MISSING;
  const [wholeA, wholeB] = [joined(a), joined(b)];
  if (wholeA === wholeB) return EXACT;
  if (isTypo(wholeA, wholeB)) return TYPO;
  const overlap = tokenOverlap(a, b);
  if (overlap === 1) return a.length === b.length ? TYPO : VARIANT;
  return overlap >= 0.5 || isAlike(wholeA, wholeB, 0.88) ? DISTANT : DIFFERENT;
}

function joined(parts: readonly string[]): string {
  return parts.length === 1 ? parts[0]! : parts.join('');
}

function compareExactly(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return MISSING;
  return a === b ? EXACT : 1;
}

function compareOptional(
  a: string | undefined,
  b: string | undefined,
  compare: (a: string, b: string) => number,
): number {
  return a === undefined || b === undefined ? MISSING : compare(a, b);
}

/** The best level among the pairs of two lists of values. */
function best(a: readonly string[], b: readonly string[], compare: (a: string, b: string) => number): number {
  let result = MISSING;
  for (const one of a) {
    for (const other of b) {
      const reached = compare(one, other);
      if (result === MISSING || reached < result) result = reached;
      if (result === EXACT) return EXACT;
    }
  }
  return result;
}

/** The value as it stands in the record, for the explanation. */
function typed(record: MatchRecord, field: Field): string {
  const roles = {
    givenName: ['givenName', 'middleName', 'fullName'],
    familyName: ['familyName', 'fullName'],
    birthDate: ['birthDate', 'birthYear', 'birthMonth', 'birthDay'],
    company: ['company', 'fullName'],
    website: ['website', 'email'],
    houseNumber: ['houseNumber', 'street'],
  } as const;
  const sources: readonly (keyof MatchRecord)[] = field in roles ? roles[field as keyof typeof roles] : [field];
  const isJoined = field === 'birthDate' || (field === 'givenName' && record.givenName !== undefined);
  const found = sources.map((role) => [record[role] ?? []].flat().filter((text) => text.trim() !== ''));
  const shown = isJoined
    ? found
        .slice(0, field === 'givenName' ? 2 : 4)
        .map((all) => all.join(' '))
        .filter((text) => text !== '')
    : [(found.find((all) => all.length > 0) ?? []).join(', ')];
  return shown
    .join(field === 'birthDate' ? '-' : ' ')
    .trim()
    .slice(0, 120)
    .toWellFormed();
}
