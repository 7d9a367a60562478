/** Reproducible chance: the same seed gives the same company on every machine. */
export interface Random {
  /** 0 ≤ x < 1. */
  next(): number;
  /** Whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** By weight: `weighted([['a', 3], ['b', 1]])` is `a` three times out of four. */
  weighted<T>(items: readonly (readonly [T, number])[]): T;
  /** `count` different ones. */
  sample<T>(items: readonly T[], count: number): T[];
  /** Around `median`, mostly within a factor of `spread` of it: amounts and durations are never evenly spread. */
  around(median: number, spread: number): number;
}

/** Mulberry32 (T. Ettinger, public domain): 32 bits of state are plenty for some ten thousand draws. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const random: Random = {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)]!,
    weighted: (items) => {
      let left = next() * items.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [item, weight] of items) {
        left -= weight;
        if (left < 0) return item;
      }
      return items.at(-1)![0];
    },
    sample: (items, count) => {
      const rest = [...items];
      return Array.from(
        { length: Math.min(count, rest.length) },
        () => rest.splice(Math.floor(next() * rest.length), 1)[0]!,
      );
    },
    // The sum of three even draws is close to a bell.
    around: (median, spread) => median * spread ** ((next() + next() + next() - 1.5) / 0.75),
  };
  return random;
}

/** Ids in the form of UUID version 7, in ascending order; their time is that of the demo's making, not of today. */
export function idsOf(random: Random): () => string {
  let time = Date.UTC(2024, 0, 1);
  return () => {
    time += 1;
    const hex = time.toString(16).padStart(12, '0');
    const word = () => random.between(0, 0xffff).toString(16).padStart(4, '0');
    const variant = (0x8000 | random.between(0, 0x3fff)).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7${word().slice(1)}-${variant}-${word()}${word()}${word()}`;
  };
}
