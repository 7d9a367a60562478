import { randomBytes } from 'node:crypto';

/** Ids whose random half is drawn at once: asking for 8 bytes each time took 8 µs. */
const DRAWN = 256;
let random = '';
let used = DRAWN;
let milliseconds = 0;
/** Of ids of one millisecond: what follows the time in them. */
const PER_MILLISECOND = 4_096;
let counter = 0;
let head = '';

/**
 * A UUIDv7: ids of one process ascend, so that indexes grow at their right end (RFC 9562, 6.2 method 1: a counter of 12 bits
 * behind the milliseconds). Cut up as text it takes half of what the library takes, 0.5 µs: an import needs one a row.
 */
export function newId(): string {
  if (used === DRAWN) {
    random = randomBytes(DRAWN * 8).toString('hex');
    used = 0;
  }
  const at = used++ * 16;
  const now = Date.now();
  counter++;
  if (now > milliseconds || counter === PER_MILLISECOND) {
    milliseconds = Math.max(now, milliseconds + 1);
    counter = 0;
    const time = milliseconds.toString(16).padStart(12, '0');
    head = `${time.slice(0, 8)}-${time.slice(8)}-7`;
  }
  const variant = '89ab'[random.charCodeAt(at) & 3];
  return `${head}${counter.toString(16).padStart(3, '0')}-${variant}${random.slice(at + 1, at + 4)}-${random.slice(at + 4, at + 16)}`;
}
