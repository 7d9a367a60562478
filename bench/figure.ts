/** One measured number, as `results.json` keeps it. */
export interface Figure {
  name: string;
  unit: string;
  value: number;
  better: 'lower' | 'higher';
  target: number | null;
  /** The same work without Tendero: bare SQL, bare driver. */
  floor: number | null;
}

/** Several figures of one thing: unit, value, what is better, target. */
export function pairsOf(name: string, figures: readonly (readonly [string, number, 'lower' | 'higher', number | null])[]): Figure[] {
  return figures.map(([unit, value, better, target]) => ({ name, unit, value: Math.round(value * 1000) / 1000, better, target, floor: null }));
}
