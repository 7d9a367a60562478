import { keysOf } from './keys.ts';
import type { Prepared } from './record.ts';

/**
 * Records under the keys they share, in flat arrays: 8 + 4 bytes per key instead of a map of strings (1,000,000 keys
 * are 12 MB).
 */
export interface Blocks {
  /** Calls back once or (rarely) twice for every two records that share a key. */
  forEachPair(visit: (a: number, b: number, key: string) => void): void;
  /** Keys shared by too many records, and the size of the largest such block. */
  readonly oversized: { readonly blocks: number; readonly largest: number };
}

/** Most records: their positions take 21 bits beside a key's 32 in a number's 53. */
export const MOST_RECORDS = 2 ** 21;

/** Up to this size all pairs of a block are compared: at most 31 comparisons per record and key. */
const LARGEST_BLOCK = 64;
/** In larger blocks each record is compared with so many neighbours, in two orders. */
const NEIGHBOURS = 12;

export function buildBlocks(records: readonly Prepared[]): Blocks {
  const offsets = new Uint32Array(records.length + 1);
  let hashes = new Uint32Array(Math.max(16, records.length * 8));
  records.forEach((record, position) => {
    let end = offsets[position]!;
    if (end + 16 > hashes.length) {
      const larger = new Uint32Array(hashes.length * 2);
      larger.set(hashes);
      hashes = larger;
    }
    const start = end;
    for (const key of keysOf(record)) hashes[end++] = hashKey(key);
    hashes.subarray(start, end).sort();
    offsets[position + 1] = end;
  });

  const entries = new Float64Array(offsets[records.length]!);
  for (let position = 0; position < records.length; position++) {
    for (let at = offsets[position]!; at < offsets[position + 1]!; at++) {
      entries[at] = hashes[at]! * MOST_RECORDS + position;
    }
  }
  entries.sort();
  const oversized = findOversized(entries);

  /** The lowest shared key that is compared in full; a pair is visited there and nowhere else. */
  const firstShared = (a: number, b: number): number => {
    let i = offsets[a]!;
    let j = offsets[b]!;
    while (i < offsets[a + 1]! && j < offsets[b + 1]!) {
      const [one, other] = [hashes[i]!, hashes[j]!];
      if (one === other && !oversized.hashes.has(one)) return one;
      if (one <= other) i++;
      if (other <= one) j++;
    }
    return Number.POSITIVE_INFINITY;
  };

  return {
    oversized: { blocks: oversized.hashes.size, largest: oversized.largest },
    forEachPair(visit) {
      for (const { hash, start, end } of runs(entries)) {
        const key = KEY_KINDS[hash >>> 28]!;
        if (oversized.hashes.has(hash)) {
          visitNeighbours(records, positions(entries, start, end), (a, b) => {
            if (firstShared(a, b) === Number.POSITIVE_INFINITY) visit(a, b, key);
          });
          continue;
        }
        for (let i = start; i < end; i++) {
          const a = entries[i]! % MOST_RECORDS;
          for (let j = i + 1; j < end; j++) {
            const b = entries[j]! % MOST_RECORDS;
            if (a !== b && firstShared(a, b) === hash) visit(a, b, key);
          }
        }
      }
    },
  };
}

const KEY_KINDS = 'itepnsbdylawcgk';

/** FNV-1a in 28 bits under 4 bits for the kind. A collision only makes one candidate more. */
function hashKey(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return ((KEY_KINDS.indexOf(key[0]!) << 28) | (hash >>> 4)) >>> 0;
}

function* runs(entries: Float64Array): Generator<{ hash: number; start: number; end: number }> {
  let start = 0;
  while (start < entries.length) {
    const hash = Math.floor(entries[start]! / MOST_RECORDS);
    const next = (hash + 1) * MOST_RECORDS;
    let end = start + 1;
    while (end < entries.length && entries[end]! < next) end++;
    if (end - start > 1) yield { hash, start, end };
    start = end;
  }
}

function findOversized(entries: Float64Array): { hashes: Set<number>; largest: number } {
  const hashes = new Set<number>();
  let largest = 0;
  for (const { hash, start, end } of runs(entries)) {
    if (end - start <= LARGEST_BLOCK) continue;
    hashes.add(hash);
    largest = Math.max(largest, end - start);
  }
  return { hashes, largest };
}

function positions(entries: Float64Array, start: number, end: number): number[] {
  const found: number[] = [];
  for (let at = start; at < end; at++) found.push(entries[at]! % MOST_RECORDS);
  return found;
}

/**
 * The sorted-neighbourhood method (Hernández and Stolfo 1995): records that are the same stand close in at least one
 * order. By name and birth date for what is shared otherwise, by the other values for what shares the name.
 */
function visitNeighbours(
  records: readonly Prepared[],
  block: readonly number[],
  visit: (a: number, b: number) => void,
): void {
  const orders = [
    (record: Prepared) => [record.family.join(' '), record.given.join(' '), record.company.join(' '), record.birth],
    (record: Prepared) => [record.birth, record.emails[0], record.phones[0], record.postcode, record.streets[0]],
  ];
  for (const order of orders) {
    const sorted = block
      .map((position) => ({
        position,
        text: order(records[position]!)
          .map((part) => part ?? '~')
          .join('\u0001'),
      }))
      .sort((one, other) => (one.text < other.text ? -1 : one.text > other.text ? 1 : one.position - other.position));
    sorted.forEach(({ position }, at) => {
      for (let next = at + 1; next <= at + NEIGHBOURS && next < sorted.length; next++) {
        const other = sorted[next]!.position;
        visit(Math.min(position, other), Math.max(position, other));
      }
    });
  }
}
