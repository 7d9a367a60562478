import { pipeline } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';
import { fromBufferPromise } from 'yauzl';

/**
 * A ZIP as it is written: each part deflated, its size and checksum after it (APPNOTE 4.3.9). Parts and the whole must
 * stay below 4 GB, which a sheet of 1,048,576 rows does.
 */
export async function* writeZip(
  parts: [name: string, text: AsyncIterable<string> | Iterable<string>][],
): AsyncGenerator<Uint8Array> {
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of parts) {
    const start = offset;
    const sums = { crc: 0, size: 0, compressed: 0 };
    const local = Buffer.concat([
      record(0x04034b50, [2, 20], ...common({ crc: 0, size: 0, compressed: 0 }, name), [2, 0]),
      Buffer.from(name),
    ]);
    offset += local.length;
    yield local;
    for await (const chunk of deflate(text, sums)) {
      offset += chunk.length;
      yield chunk;
    }
    const after = record(0x08074b50, [4, sums.crc], [4, sums.compressed], [4, sums.size]);
    offset += after.length;
    yield after;
    const rest: [number, number][] = [
      [2, 0],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, start],
    ];
    directory.push(record(0x02014b50, [2, 20], [2, 20], ...common(sums, name), ...rest), Buffer.from(name));
  }
  const central = Buffer.concat(directory);
  yield central;
  yield record(
    0x06054b50,
    [2, 0],
    [2, 0],
    [2, parts.length],
    [2, parts.length],
    [4, central.length],
    [4, offset],
    [2, 0],
  );
}

/** Refuses what unpacks to more than it may; the sizes in the directory are only claims. */
export interface ZipLimits {
  /** Parts. */
  readonly parts: number;
  /** Bytes of all parts, unpacked. */
  readonly bytes: number;
}

/**
 * The parts of a small ZIP as texts, by name.
 * @throws Error for what is no ZIP or goes beyond the limits
 */
export async function readZip(bytes: Buffer, limits: ZipLimits): Promise<Record<string, string>> {
  const zip = await fromBufferPromise(bytes, { lazyEntries: true });
  const parts: Record<string, string> = {};
  let left = limits.bytes;
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue;
    if (Object.keys(parts).length >= limits.parts) throw new Error('too many parts');
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      left -= (chunk as Buffer).length;
      if (left < 0) throw new Error('too large');
      chunks.push(chunk as Buffer);
    }
    parts[entry.fileName] = Buffer.concat(chunks).toString('utf8');
  }
  return parts;
}

type Sums = { crc: number; size: number; compressed: number };

async function* deflate(text: AsyncIterable<string> | Iterable<string>, sums: Sums): AsyncGenerator<Buffer> {
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const part of text) {
      const bytes = Buffer.from(part);
      sums.crc = crc32(bytes, sums.crc);
      sums.size += bytes.length;
      yield bytes;
    }
  };
  const deflater = createDeflateRaw({ level: 6 });
  // An error on the way destroys the deflater, and so reaches the loop below.
  pipeline(counted, deflater, () => {});
  for await (const chunk of deflater) {
    sums.compressed += chunk.length;
    yield chunk;
  }
}

/** Flags (sums follow, names in UTF-8), deflate, 1980-01-01 (no clock: equal data give equal files), sums, name length. */
function common({ crc, size, compressed }: Sums, name: string): [bytes: number, value: number][] {
  return [
    [2, 0x0808],
    [2, 8],
    [2, 0],
    [2, 0x21],
    [4, crc],
    [4, compressed],
    [4, size],
    [2, Buffer.byteLength(name)],
  ];
}

function record(signature: number, ...fields: [bytes: number, value: number][]): Buffer {
  const buffer = Buffer.alloc(4 + fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = buffer.writeUInt32LE(signature, 0);
  for (const [bytes, value] of fields) at = buffer.writeUIntLE(value, at, bytes);
  return buffer;
}
