/** So many at once, and as many again in `perMs`. */
export interface Pace {
  readonly most: number;
  readonly perMs: number;
}

interface Bucket {
  left: number;
  at: number;
}

/** Buckets that are full again say nothing, and are dropped when there are more. */
const MOST_BUCKETS = 20_000;

/**
 * Counts by name, in this process. What strangers send costs a row each: nobody needs more than a few a minute.
 * @returns whether one more is within the pace
 */
export function pacer({ most, perMs }: Pace): (name: string, now?: number) => boolean {
  const buckets = new Map<string, Bucket>();
  const rate = most / perMs;
  return (name, now = performance.now()) => {
    const bucket = buckets.get(name) ?? { left: most, at: now };
    bucket.left = Math.min(most, bucket.left + (now - bucket.at) * rate);
    bucket.at = now;
    if (!buckets.has(name)) {
      if (buckets.size >= MOST_BUCKETS) dropOne(buckets, most, rate, now);
      buckets.set(name, bucket);
    }
    if (bucket.left < 1) return false;
    bucket.left--;
    return true;
  };
}

/** Of an IPv6 address the network: whoever has one has billions of addresses. */
export function networkOf(address: string): string {
  if (!address.includes(':') || /^::ffff:\d/i.test(address)) return address;
  const [head = '', tail] = address.split('::');
  const first = head.split(':').filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - first.length - tail.split(':').filter(Boolean).length;
  return [...first, ...Array<string>(Math.max(0, missing)).fill('0')].slice(0, 4).join(':');
}

function dropOne(buckets: Map<string, Bucket>, most: number, rate: number, now: number): void {
  for (const [name, { left, at }] of buckets) if (left + (now - at) * rate >= most) buckets.delete(name);
  const [first] = buckets.keys();
  if (buckets.size >= MOST_BUCKETS && first !== undefined) buckets.delete(first);
}
