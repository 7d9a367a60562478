/** Archives in the ustar format, read and written as streams: `tar` on every system opens them. */

export interface TarEntry {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** To be read before the next entry is asked for; what is not read is skipped. */
  readonly content: AsyncGenerator<Buffer>;
}

const BLOCK = 512;

/** The header that stands before an entry's content. @throws RangeError for a path or size the format has no room for */
export function tarHeader(path: string, size: number, time: Date): Buffer {
  const header = Buffer.alloc(BLOCK);
  const [prefix, name] = splitPath(path);
  // 8 GB: eleven octal digits. What is larger is written in pieces.
  if (size > 0o77777777777) throw new RangeError(`${path} is too large`);
  header.write(name, 0);
  header.write('0000600\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write(
    `${Math.floor(time.getTime() / 1_000)
      .toString(8)
      .padStart(11, '0')}\0`,
    136,
  );
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.write(prefix, 345);
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** What fills the last block of an entry's content. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

export function tarEnd(): Buffer {
  return Buffer.alloc(2 * BLOCK);
}

/** @throws Error when the archive is damaged or ends early */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const reader = byteReader(source);
  for (;;) {
    const header = await reader.take(BLOCK);
    if (header.every((byte) => byte === 0)) return;
    if (checksum(header) !== octal(header, 148, 8)) throw new Error('The archive is damaged.');
    const prefix = text(header, 345, 155);
    const name = text(header, 0, 100);
    const size = octal(header, 124, 12);
    let left = size;
    const content = (async function* () {
      while (left > 0) {
        const piece = await reader.some(left);
        left -= piece.length;
        yield piece;
      }
    })();
    yield { path: prefix ? `${prefix}/${name}` : name, size, content };
    while (left > 0) left -= (await reader.some(left)).length;
    await reader.take((BLOCK - (size % BLOCK)) % BLOCK);
  }
}

/** 155 bytes of folders, 100 of the rest, parted at a slash. */
function splitPath(path: string): [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ['', path];
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    const [prefix, name] = [path.slice(0, slash), path.slice(slash + 1)];
    if (Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) return [prefix, name];
  }
  throw new RangeError(`${path} is too long`);
}

/** Sum of all bytes, its own place taken for spaces. */
function checksum(header: Buffer): number {
  let sum = 0;
  for (let index = 0; index < BLOCK; index++) sum += index >= 148 && index < 156 ? 32 : header[index]!;
  return sum;
}

function text(header: Buffer, start: number, length: number): string {
  const end = header.indexOf(0, start);
  return header.toString('utf8', start, end === -1 || end > start + length ? start + length : end);
}

function octal(header: Buffer, start: number, length: number): number {
  const digits = text(header, start, length).trim();
  if (!/^[0-7]+$/.test(digits)) throw new Error('The archive is damaged.');
  return Number.parseInt(digits, 8);
}

function byteReader(source: AsyncIterable<Buffer>) {
  const pieces = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const some = async (most: number): Promise<Buffer> => {
    while (rest.length === 0) {
      const { done, value } = await pieces.next();
      if (done) throw new Error('The archive ends too early.');
      rest = value;
    }
    const piece = rest.subarray(0, most);
    rest = rest.subarray(piece.length);
    return piece;
  };
  return {
    /** At least one byte and at most so many. */
    some,
    async take(count: number): Promise<Buffer> {
      const taken: Buffer[] = [];
      for (let left = count; left > 0; left -= taken.at(-1)!.length) taken.push(await some(left));
      return Buffer.concat(taken, count);
    },
  };
}
