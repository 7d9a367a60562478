import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Both halves of the young generation together. V8 lets it grow to 67 MB on a machine of 24 GB. */
const YOUNG_BYTES = 16 * 2 ** 20;

/**
 * Bytes of a piece of memory that short buffers share, and that is there until the last of them goes. Node's is 64 kB: what the
 * mails of a batch held of it was given back by nothing but a collection of the whole heap, of which there were twice as many.
 */
const POOL_BYTES = 8 * 2 ** 10;

/**
 * Keeps the memory for PostgreSQL's cache, where V8 would take what it gets.
 *
 * The heap grows by half before it is cleaned, not to its double and more: lists for sixteen clients at once took 389 MB
 * without a limit, and 299 MB at 30 % for more collections; 50 % lies between. The young generation stops growing at 16 MB:
 * an import of 200,000 rows then peaks at 195 MB instead of 320, for the same CPU.
 */
export function keepHeapSmall(): void {
  Buffer.poolSize = POOL_BYTES;
  setFlagsFromString('--heap-growing-percent=50');
  // Its limit can be set before the start only: `npm start` does (`--max-semi-space-size`). For whoever starts it in another way,
  // whether it grows at all can be said at any time, and what grew meanwhile stays. A major collection may make it as small as
  // 1 MB, so it is let grow again: where it was not, a quarter of the server's time was collecting it.
  let grows = true;
  const watch = new PerformanceObserver(() => {
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
    if (!young || grows === young.space_size < YOUNG_BYTES) return;
    grows = !grows;
    setFlagsFromString(`--semi-space-growth-factor=${grows ? 2 : 1}`);
  });
  watch.observe({ entryTypes: ['gc'] });
}

/** Gives back what only starting needed, 55 of 220 MB; V8 would keep it until it needs room. */
export function tidyHeap(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (how: object) => Promise<void>;
  void collect({ type: 'major', flavor: 'last-resort', execution: 'async' });
}
