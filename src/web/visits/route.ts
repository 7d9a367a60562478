import { type Geo, metresBetween } from '#kernel/fields/geo/format.ts';

/** Rounds end far below this; more improvements than this nobody sees. */
const MOST_PASSES = 50;

/**
 * A short way through places, from where one stands: always to the nearest, then turned round wherever two ways cross
 * (2-opt). The end is free. As the crow flies: roads are the map program's matter.
 * @param places one for each stop; null where nobody knows: those come last, as they were
 * @returns the indexes of `places` in the order of the way
 */
export function routeOrder(from: Geo | null, places: readonly (Geo | null)[]): number[] {
  const known = places.flatMap((place, index) => (place ? [index] : []));
  const unknown = places.flatMap((place, index) => (place ? [] : [index]));
  const at = (index: number) => places[index]!;
  const left = [...known];
  const way: number[] = [];
  let here = from ?? (left[0] === undefined ? null : at(left[0]));
  while (here && left.length > 0) {
    const there = here;
    const next = left.reduce((best, one) =>
      metresBetween(there, at(one)) < metresBetween(there, at(best)) ? one : best,
    );
    way.push(next);
    left.splice(left.indexOf(next), 1);
    here = at(next);
  }
  return [...untangled(from, way, at), ...unknown];
}

/** Metres from stop to stop, and from where one starts. Stops that nobody knows the place of are passed over. */
export function routeLength(from: Geo | null, places: readonly (Geo | null)[]): number {
  const known = [from, ...places].filter((place): place is Geo => place !== null);
  return known.slice(1).reduce((sum, place, index) => sum + metresBetween(known[index]!, place), 0);
}

function untangled(from: Geo | null, way: readonly number[], at: (index: number) => Geo): number[] {
  let best = [...way];
  // Without a start the first stop is it: it was put there.
  const first = from ? 0 : 1;
  for (let pass = 0, isBetter = true; isBetter && pass < MOST_PASSES; pass++) {
    isBetter = false;
    for (let start = first; start < best.length - 1; start++)
      for (let end = start + 1; end < best.length; end++) {
        const before = start === 0 ? from : at(best[start - 1]!);
        const after = best[end + 1];
        const [one, other] = [at(best[start]!), at(best[end]!)];
        const now =
          (before ? metresBetween(before, one) : 0) + (after === undefined ? 0 : metresBetween(other, at(after)));
        const then =
          (before ? metresBetween(before, other) : 0) + (after === undefined ? 0 : metresBetween(one, at(after)));
        if (then >= now) continue;
        best = [...best.slice(0, start), ...best.slice(start, end + 1).reverse(), ...best.slice(end + 1)];
        isBetter = true;
      }
  }
  return best;
}
