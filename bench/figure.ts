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

export function figure(
  name: string,
  unit: string,
  value: number,
  better: 'lower' | 'higher',
  target: number | null = null,
  floor: number | null = null,
): Figure {
  return { name, unit, value: rounded(value), better, target, floor: floor === null ? null : rounded(floor) };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
