export interface Move {
  /** Milliseconds since 1970. */
  at: number;
  from: unknown;
  to: unknown;
}

/**
 * Milliseconds that a record stood in each stage, by the stage's id; visits add up.
 * @param moves newest first
 */
export function timeInStages(
  moves: readonly Move[],
  createdAt: number,
  current: unknown,
  now: number,
): Map<string, number> {
  const times = new Map<string, number>();
  const add = (stage: unknown, ms: number) => {
    if (typeof stage === 'string') times.set(stage, (times.get(stage) ?? 0) + Math.max(0, ms));
  };
  let since = createdAt;
  for (const move of moves.toReversed()) {
    add(move.from, move.at - since);
    since = move.at;
  }
  add(current, now - since);
  return times;
}
