import { isAscii } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import { TransferError } from './errors.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'windows-1257';

/**
 * Finds the encoding of a text: by its byte order mark, else UTF-16 by the pattern of its NUL bytes, else UTF-8 when the
 * bytes are that, else one of the two Windows pages of our three languages by the letters that each would give.
 * Reads on until the evidence is enough; a file of plain ASCII is read to its end (node checks several GB/s).
 * @throws TransferError binary-file, encoding-unsupported
 */
export async function detectEncoding(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  hints: { language?: string } = {},
): Promise<Encoding> {
  const evidence = { valid: 0, invalid: 0, control: 0, high: new Uint32Array(256) };
  let rest: Uint8Array = new Uint8Array();
  let isFirst = true;
  for await (const chunk of bytes) {
    if (chunk.length === 0) continue;
    if (isFirst) {
      const marked = byMark(chunk) ?? byNulPattern(chunk.subarray(0, 4096));
      if (marked) return marked;
      isFirst = false;
    }
    if (rest.length === 0 && isAscii(chunk)) continue;
    rest = countSequences(rest.length ? Buffer.concat([rest, chunk]) : chunk, evidence);
    if (evidence.valid + evidence.invalid >= 5_000) break;
  }
  evidence.invalid += rest.length;
  // One bad byte among many good letters is an accident of that row; the reader reports it there.
  if (evidence.invalid * 50 <= evidence.valid) return 'utf-8';
  if (evidence.control > evidence.invalid) throw new TransferError('binary-file');
  return windowsPage(evidence.high, hints.language);
}

/** Turns pieces of bytes into text across the borders of the pieces. Bytes that mean nothing become U+FFFD. */
export function textDecoder(encoding: Encoding): { write(bytes: Uint8Array): string; end(): string } {
  let isFirst = true;
  const withoutMark = (text: string): string => {
    if (!isFirst || text === '') return text;
    isFirst = false;
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  };
  if (encoding === 'utf-8' || encoding === 'utf-16le') {
    // StringDecoder is several times faster than a streaming TextDecoder but knows these two only.
    const decoder = new StringDecoder(encoding);
    return {
      write: (bytes) => withoutMark(decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))),
      end: () => withoutMark(decoder.end()),
    };
  }
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return { write: (bytes) => withoutMark(decoder.decode(bytes, { stream: true })), end: () => decoder.decode() };
}

function byMark(bytes: Uint8Array): Encoding | null {
  const [a, b, c, d] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff)) {
    throw new TransferError('encoding-unsupported', null, { encoding: 'UTF-32' });
  }
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return null;
}

function byNulPattern(bytes: Uint8Array): Encoding | null {
  const nuls = [0, 0];
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 0) nuls[i & 1]!++;
  const [even, odd] = nuls as [number, number];
  if (even + odd === 0) return null;
  const half = bytes.length / 2;
  if (odd > half * 0.4 && even < half * 0.02) return 'utf-16le';
  if (even > half * 0.4 && odd < half * 0.02) return 'utf-16be';
  throw new TransferError('binary-file');
}

type Evidence = { valid: number; invalid: number; control: number; high: Uint32Array };

/** Counts whole UTF-8 sequences and bytes that belong to none; returns a sequence cut off at the end, if there is one. */
function countSequences(bytes: Uint8Array, evidence: Evidence): Uint8Array {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte < 0x80) {
      if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) {
        if (byte === 0) throw new TransferError('binary-file');
        evidence.control++;
      }
      continue;
    }
    const following = byte >= 0xf0 && byte < 0xf5 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc2 ? 1 : 0;
    let found = 0;
    while (found < following && byte < 0xf5 && ((bytes[i + found + 1] ?? 0) & 0xc0) === 0x80) found++;
    if (following > 0 && found === following) {
      evidence.valid++;
      i += following;
    } else if (following > 0 && i + found + 1 === bytes.length && byte < 0xf5) {
      return bytes.slice(i);
    } else {
      evidence.invalid++;
    }
    evidence.high[byte]!++;
  }
  return bytes.slice(bytes.length);
}

/** How often (per thousand letters, roughly) these letters occur in Lithuanian, and in Spanish and its neighbours. */
const LETTERS_1257: Record<string, number> = {
  ė: 16,
  ų: 13,
  š: 12,
  ž: 8,
  ą: 7,
  į: 6,
  ū: 5,
  č: 4,
  ę: 2,
  ā: 2,
  ī: 1,
  ē: 1,
};
const LETTERS_1252: Record<string, number> = {
  ...{ ó: 9, í: 7, é: 6, á: 5, ñ: 3, ú: 2, ç: 1, à: 1, è: 1, ã: 1, ê: 0.5, ò: 0.5 },
  ...{ '¿': 0.5, '¡': 0.5, º: 0.5, ª: 0.5, ï: 0.2, ë: 0.3, â: 0.3, ô: 0.3, î: 0.2, û: 0.2 },
};
/** A letter that the language does not have at all. */
const STRANGE = 0.05;

function windowsPage(high: Uint32Array, language: string | undefined): Encoding {
  const spanish = new TextDecoder('windows-1252');
  const baltic = new TextDecoder('windows-1257');
  // A single ë would otherwise be taken for ė: a Baltic file has many letters to show.
  let likelihood = language === 'lt' ? 2 : -5;
  for (let byte = 0x80; byte < 0x100; byte++) {
    const count = high[byte] as number;
    const as1252 = spanish.decode(Uint8Array.of(byte)).toLowerCase();
    const as1257 = baltic.decode(Uint8Array.of(byte)).toLowerCase();
    // Both pages have ä, é, ö, ü, € and the quotes in the same places: no evidence, and no difference either.
    if (count === 0 || as1252 === as1257) continue;
    likelihood += count * Math.log((LETTERS_1257[as1257] ?? STRANGE) / (LETTERS_1252[as1252] ?? STRANGE));
  }
  return likelihood > 0 ? 'windows-1257' : 'windows-1252';
}
