import { MOST_RECORDS } from './blocks.ts';
import { compareRecords, contradicts, type Model, scorer, THRESHOLDS } from './match.ts';
import type { Prepared } from './record.ts';

/** Two records by position, the earlier first. */
export interface ScoredPair {
  readonly a: number;
  readonly b: number;
  readonly score: number;
  /** The record over which the two are linked, when they show too little themselves. */
  readonly through?: number;
}

/** Groups larger than this are checked by their first members only, so that checking stays linear. */
const CHECKED_MEMBERS = 24;

/**
 * Records that belong together. Pairs (surest first) join groups, unless more of the new neighbours contradict each
 * other than agree: "J. Smith" is like John and like Jane, but must not make one person of them.
 */
export function groupPairs(pairs: readonly ScoredPair[], records: readonly Prepared[], model: Model): number[][] {
  const score = scorer(model);
  const likely = new Set(pairs.map(({ a, b }) => pairId(a, b)));
  const isContradiction = (a: number, b: number) => {
    const outcome = compareRecords(records[a]!, records[b]!);
    return contradicts(outcome) && score(records[a]!, records[b]!, outcome) < THRESHOLDS.possible;
  };
  const isCoherent = (one: readonly number[], other: readonly number[]) => {
    let balance = 0;
    for (const a of one.slice(0, CHECKED_MEMBERS)) {
      for (const b of other.slice(0, CHECKED_MEMBERS)) {
        if (likely.has(pairId(a, b))) balance++;
        else if (isContradiction(a, b)) balance--;
      }
    }
    // Of large groups only a part is seen, so silence there is no objection.
    return balance > 0 || (balance === 0 && Math.max(one.length, other.length) > CHECKED_MEMBERS);
  };

  const groups = new Map<number, number[]>();
  for (const { a, b } of pairs) {
    const one = groups.get(a) ?? [a];
    const other = groups.get(b) ?? [b];
    if (one === other || !isCoherent(one, other)) continue;
    const [large, small] = one.length >= other.length ? [one, other] : [other, one];
    groups.set(large[0]!, large);
    for (const member of small) {
      large.push(member);
      groups.set(member, large);
    }
  }
  return [...new Set(groups.values())]
    .map((members) => members.sort((one, other) => one - other))
    .sort((one, other) => one[0]! - other[0]!);
}

/**
 * Pairs within a group that show too little themselves but are both linked to a third record. Their score is the
 * probability that both links hold.
 */
export function linkedPairs(groups: readonly (readonly number[])[], pairs: readonly ScoredPair[]): ScoredPair[] {
  const scores = new Map(pairs.map(({ a, b, score }) => [pairId(a, b), score]));
  const linked: ScoredPair[] = [];
  for (const members of groups) {
    if (members.length < 3 || members.length > CHECKED_MEMBERS) continue;
    members.forEach((a, index) => {
      for (const b of members.slice(index + 1)) {
        if (scores.has(pairId(a, b))) continue;
        let best = { score: 0, through: -1 };
        for (const through of members) {
          const score = (scores.get(pairId(a, through)) ?? 0) * (scores.get(pairId(through, b)) ?? 0);
          if (score > best.score) best = { score, through };
        }
        if (best.score >= THRESHOLDS.likely) linked.push({ a, b, ...best });
      }
    });
  }
  return linked;
}

export function pairId(a: number, b: number): number {
  return Math.min(a, b) * MOST_RECORDS + Math.max(a, b);
}
