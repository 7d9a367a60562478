import { type Blocks, buildBlocks, MOST_RECORDS } from './blocks.ts';
import { type CandidatePair, estimateWeights } from './estimate.ts';
import { groupPairs, linkedPairs, pairId, type ScoredPair } from './groups.ts';
import {
  type Certainty,
  certaintyOf,
  compareRecords,
  DEFAULT_MODEL,
  explain,
  type Model,
  type Reason,
  scorer,
  THRESHOLDS,
} from './match.ts';
import { countValues } from './rarity.ts';
import { type MatchRecord, type Prepared, prepare } from './record.ts';
import type { Weights } from './weights.ts';

export interface FindOptions {
  /** The least certainty that is reported; 'likely' unless told. */
  readonly least?: Certainty;
  /** Weights to use as they are; without them the default table is corrected by the records themselves. */
  readonly weights?: Weights;
  /** Most pairs that are reported (the surest stay); 500,000 unless told. */
  readonly limit?: number;
}

export interface DuplicatePair {
  /** Keys of the two records, the earlier record first. */
  readonly a: string;
  readonly b: string;
  /** Probability that both are the same, 0–1. */
  readonly score: number;
  readonly certainty: Certainty;
  readonly reasons: readonly Reason[];
}

/** Something the reader of the result should know; `code` is a key of the language catalogue. */
export interface Note {
  readonly code: string;
  readonly params: Readonly<Record<string, number>>;
}

export interface Duplicates {
  /** Surest first. */
  readonly pairs: readonly DuplicatePair[];
  /** Keys of records that belong together, two or more each; by pairs that are at least likely. */
  readonly groups: readonly (readonly string[])[];
  readonly notes: readonly Note[];
  /** Pairs of records that were compared. */
  readonly compared: number;
}

/**
 * Finds the likely duplicates in a set of records. Time and memory grow with the number of records, not its square:
 * only records that share a key are compared, and of keys shared by too many only neighbours.
 *
 * @throws RangeError beyond 2,097,152 records.
 */
export function findDuplicates(records: Iterable<MatchRecord>, options: FindOptions = {}): Duplicates {
  const typed = [...records];
  if (typed.length > MOST_RECORDS) throw new RangeError(`At most ${MOST_RECORDS} records can be compared at once.`);
  const prepared = typed.map(prepare);
  const blocks = buildBlocks(prepared);
  const start: Model = { ...DEFAULT_MODEL, population: prepared.length, chance: countValues(prepared) };
  const blocked = sampleBlocked(blocks);
  const model: Model = options.weights
    ? { ...start, weights: options.weights }
    : estimateWeights(prepared, blocked.sample, sampleRandom(prepared), start, blocked.scale);

  const least = THRESHOLDS[options.least ?? 'likely'];
  const { found, compared } = scorePairs(prepared, blocks, model, Math.min(least, THRESHOLDS.likely));
  const likely = found.filter((pair) => pair.score >= THRESHOLDS.likely).sort(surestFirst);
  const groups = groupPairs(likely, prepared, model);
  const linked = linkedPairs(groups, likely);
  const isLinked = new Set(linked.map(({ a, b }) => pairId(a, b)));
  const reported = found.filter((pair) => pair.score >= least && !isLinked.has(pairId(pair.a, pair.b))).concat(linked);
  reported.sort(surestFirst);

  const limit = options.limit ?? 500_000;
  return {
    pairs: reported.slice(0, limit).map((pair) => describe(pair, typed, prepared, model)),
    groups: groups.map((members) => members.map((position) => prepared[position]!.key)),
    notes: notesOf(blocks.oversized, reported.length, limit),
    compared,
  };
}

function surestFirst(one: ScoredPair, other: ScoredPair): number {
  return other.score - one.score || one.a - other.a || one.b - other.b;
}

function describe(
  { a, b, score, through }: ScoredPair,
  typed: readonly MatchRecord[],
  prepared: readonly Prepared[],
  model: Model,
): DuplicatePair {
  const [left, right] = [prepared[a]!, prepared[b]!];
  const outcome = compareRecords(left, right);
  const reasons = explain(typed[a]!, typed[b]!, left, right, outcome, model);
  const isLinked = through !== undefined;
  if (isLinked) {
    const params = { record: prepared[through]!.key };
    reasons.unshift({ code: 'duplicates.reason.linked', params, bits: 0 });
  }
  return {
    a: left.key,
    b: right.key,
    score: Math.round(score * 10_000) / 10_000,
    certainty: isLinked ? 'likely' : certaintyOf(score, outcome)!,
    reasons,
  };
}

function scorePairs(records: readonly Prepared[], blocks: Blocks, model: Model, least: number) {
  const score = scorer(model);
  const outcome = new Int8Array(compareRecords(EMPTY, EMPTY).length);
  const found = new Map<number, ScoredPair>();
  let compared = 0;
  blocks.forEachPair((a, b) => {
    compared++;
    const [left, right] = [records[a]!, records[b]!];
    if (left.kind !== right.kind) return;
    const probability = score(left, right, compareRecords(left, right, outcome));
    if (probability >= least) found.set(pairId(a, b), { a, b, score: probability });
  });
  return { found: [...found.values()], compared };
}

const EMPTY = prepare({ key: '' });

const SAMPLED_PAIRS = 30_000;

function sampleBlocked(blocks: Blocks): { sample: CandidatePair[]; scale: number } {
  const sample: CandidatePair[] = [];
  const random = generator();
  let seen = 0;
  blocks.forEachPair((a, b, key) => {
    // Reservoir sampling: every candidate has the same chance to stay.
    const at = seen < SAMPLED_PAIRS ? seen : Math.floor(random() * (seen + 1));
    if (at < SAMPLED_PAIRS) sample[at] = { a, b, key };
    seen++;
  });
  return { sample, scale: seen / Math.max(1, sample.length) };
}

function sampleRandom(records: readonly Prepared[]): CandidatePair[] {
  if (records.length < 2) return [];
  const random = generator();
  const pick = () => Math.floor(random() * records.length);
  return Array.from({ length: SAMPLED_PAIRS }, () => ({ a: pick(), b: pick(), key: '' })).filter(({ a, b }) => a !== b);
}

/** The same sample every time (mulberry32): a file checked twice gives the same answer. */
function generator(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function notesOf(oversized: { blocks: number; largest: number }, found: number, limit: number): Note[] {
  const notes: Note[] = [];
  if (oversized.blocks > 0) notes.push({ code: 'duplicates.note.oversizedBlocks', params: { ...oversized } });
  if (found > limit) notes.push({ code: 'duplicates.note.tooManyPairs', params: { found, limit } });
  return notes;
}
