import { compareRecords, MISSING, type Model, probability, scorer, weigher } from './match.ts';
import type { Kind, Prepared } from './record.ts';
import { FIELDS, type Field, type FieldLevels, type Weights } from './weights.ts';

/** Two records by position and the kind of key (its first letter) under which they met; '' for a random pair. */
export interface CandidatePair {
  readonly a: number;
  readonly b: number;
  readonly key: string;
}

/** The table counts as much as this many pairs that agree with it, so that a small file corrects it but little. */
const TABLE_AS_PAIRS = 100;
const [FEWEST_EXPECTED, MOST_EXPECTED] = [0.05, 5];
/** After the fourth round no estimate moved by more than .0001 on the three labelled sets and a made-up one of 20,000. */
const ROUNDS = 6;

/**
 * Corrects a model's weights by the records themselves, without labels (expectation–maximisation, Winkler 1988).
 *
 * u, "agrees by chance": counted on random pairs, leaving out the few that already look the same. A level's table value
 * is the mean of its prior (exponential), so an event never seen is not called impossible.
 * m, "agrees in true pairs", and how many duplicates and household mates a record has: EM over pairs that share a key. A field says nothing about itself among pairs that were
 * found by it, so each pair teaches only the other fields.
 */
export function estimateWeights(
  records: readonly Prepared[],
  blocked: readonly CandidatePair[],
  random: readonly CandidatePair[],
  model: Model,
  scale = 1,
): Model {
  const withChance = { ...model, weights: estimateChance(records, random, model) };
  return estimateAgreement(records, blocked, withChance, scale);
}

/** The fields that a kind of key makes agree (see keys.ts). */
const FIELDS_OF_KEY: Readonly<Record<Kind, Readonly<Record<string, readonly Field[]>>>> = {
  person: {
    i: ['nationalId'],
    t: ['taxNumber'],
    e: ['email'],
    l: ['email'],
    p: ['phone'],
    a: ['street', 'houseNumber'],
    n: ['familyName', 'givenName'],
    s: ['familyName', 'givenName'],
    b: ['birthDate'],
    d: ['birthDate', 'familyName'],
    y: ['birthDate', 'givenName'],
  },
  company: {
    i: ['nationalId'],
    t: ['taxNumber'],
    e: ['email', 'website'],
    p: ['phone'],
    a: ['street', 'houseNumber'],
    w: ['website', 'email'],
    c: ['company', 'city'],
    g: ['company'],
    k: ['company', 'postcode'],
    s: ['company', 'city'],
  },
};

function estimateChance(records: readonly Prepared[], random: readonly CandidatePair[], model: Model): Weights {
  const score = scorer(model);
  const counts = emptyCounts(model.weights);
  for (const pair of random) {
    const [a, b] = [records[pair.a]!, records[pair.b]!];
    if (a.kind !== b.kind) continue;
    const outcome = compareRecords(a, b);
    if (score(a, b, outcome) >= 0.5) continue;
    count(counts[a.kind], outcome, 1);
  }
  return mapLevels(model.weights, (levels, kind, field) => {
    const seen = counts[kind][field];
    const total = sum(seen);
    const rates = levels.map((level, index) => (seen[index]! + 1) / (total + 1 / level.stranger));
    const rest = 1 - sum(rates.slice(0, -1));
    return levels.map((level, index) => ({ ...level, stranger: index === levels.length - 1 ? rest : rates[index]! }));
  });
}

function estimateAgreement(
  records: readonly Prepared[],
  blocked: readonly CandidatePair[],
  start: Model,
  scale: number,
): Model {
  const outcomes = blocked.map(({ a, b }) => compareRecords(records[a]!, records[b]!));
  let model = start;
  for (let round = 0; round < ROUNDS; round++) {
    const weigh = weigher(model);
    const counts = emptyCounts(start.weights);
    const found = { same: 0, related: 0 };
    blocked.forEach((pair, index) => {
      const [a, b] = [records[pair.a]!, records[pair.b]!];
      if (a.kind !== b.kind) return;
      const odds = weigh(a, b, outcomes[index]!);
      const same = probability(odds, 'same');
      found.same += same;
      found.related += probability(odds, 'related');
      count(counts[a.kind], outcomes[index]!, same, FIELDS_OF_KEY[a.kind][pair.key]);
    });
    const weights = mapLevels(start.weights, (levels, kind, field) => {
      const seen = counts[kind][field];
      const total = sum(seen) + TABLE_AS_PAIRS;
      const rates = levels.map((level, index) => (seen[index]! + TABLE_AS_PAIRS * level.same) / total);
      // Never more differences than the table allows: else a file full of households teaches that one person has
      // many first names (of 1,300 people in 600 households, 1,000 wrong pairs were likely; with this, 9).
      const differ = Math.min(rates.at(-1)!, levels.at(-1)!.same);
      const rest = (1 - differ) / (1 - rates.at(-1)!);
      return levels.map((level, index) => ({
        ...level,
        same: index === levels.length - 1 ? differ : rates[index]! * rest,
      }));
    });
    const perRecord = (pairs: number) =>
      Math.min(MOST_EXPECTED, Math.max(FEWEST_EXPECTED, (2 * pairs * scale) / records.length));
    model = { ...start, weights, expected: { same: perRecord(found.same), related: perRecord(found.related) } };
  }
  return model;
}

type Counts = Record<Kind, Record<Field, number[]>>;

function count(counts: Record<Field, number[]>, outcome: Int8Array, weight: number, except: readonly Field[] = []) {
  FIELDS.forEach((field, index) => {
    const level = outcome[index]!;
    if (level !== MISSING && !except.includes(field)) counts[field][level]! += weight;
  });
}

function emptyCounts(weights: Weights): Counts {
  const of = (kind: Kind) =>
    Object.fromEntries(FIELDS.map((field) => [field, weights[kind][field].map(() => 0)])) as Record<Field, number[]>;
  return { person: of('person'), company: of('company') };
}

function mapLevels(
  weights: Weights,
  change: (levels: FieldLevels[Field], kind: Kind, field: Field) => FieldLevels[Field],
): Weights {
  const of = (kind: Kind) =>
    Object.fromEntries(FIELDS.map((field) => [field, change(weights[kind][field], kind, field)])) as FieldLevels;
  return { person: of('person'), company: of('company') };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
