/** The files and words in a winmail.dat, the wrapping that Outlook sends to those who cannot read it (MS-OXTNEF). */
export interface Tnef {
  readonly files: readonly { readonly name: string; readonly type: string | null; readonly bytes: Uint8Array }[];
  readonly text: string | null;
  readonly html: string | null;
}

const SIGNATURE = 0x22_3e_9f_78;
const MOST_FILES = 500;
const MOST_PROPERTIES = 2_000;

const attribute = {
  body: 0x00_02_80_0c,
  messageProperties: 0x00_06_90_03,
  fileBegins: 0x00_06_90_02,
  fileTitle: 0x00_01_80_10,
  fileData: 0x00_06_80_0f,
  fileProperties: 0x00_06_90_05,
  codePage: 0x00_06_90_07,
} as const;

const property = { html: 0x10_13, data: 0x37_01, longName: 0x37_07, shortName: 0x37_04, type: 0x37_0e } as const;

/** @returns null for what is no such file, or breaks off before it says anything */
export function openTnef(source: Uint8Array): Tnef | null {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== SIGNATURE) return null;
  const files: { name: string; type: string | null; bytes: Uint8Array }[] = [];
  let text: string | null = null;
  let html: string | null = null;
  let charset = 'windows-1252';
  let file: (typeof files)[number] | undefined;
  for (let at = 6; at + 9 <= bytes.length; ) {
    const id = bytes.readUInt32LE(at + 1);
    const length = bytes.readUInt32LE(at + 5);
    const data = bytes.subarray(at + 9, at + 9 + length);
    if (data.length < length) break;
    at += 9 + length + 2;
    if (id === attribute.codePage && length >= 4) charset = `windows-${data.readUInt32LE(0)}`;
    else if (id === attribute.body) text = decodedText(data, charset);
    else if (id === attribute.messageProperties) {
      const found = propertiesOf(data, charset).get(property.html);
      if (found) html = decodedText(found, charset);
    } else if (id === attribute.fileBegins) {
      if (files.length >= MOST_FILES) break;
      file = { name: '', type: null, bytes: new Uint8Array() };
      files.push(file);
    } else if (!file) continue;
    else if (id === attribute.fileTitle) file.name ||= decodedText(data, charset);
    else if (id === attribute.fileData) file.bytes = data;
    else if (id === attribute.fileProperties) {
      const found = propertiesOf(data, charset);
      const say = (name: number) => (found.has(name) ? decodedText(found.get(name)!, charset) : '');
      file.name = say(property.longName) || file.name || say(property.shortName);
      file.type = say(property.type) || null;
      const content = found.get(property.data);
      // An object begins with the 16 bytes of its class.
      if (file.bytes.length === 0 && content) file.bytes = content;
    }
  }
  const isEmpty = files.length === 0 && text === null && html === null;
  return isEmpty ? null : { files: files.filter(({ bytes }) => bytes.length > 0), text, html };
}

/** Values of one-valued properties by their number; text is given as UTF-8. Stops where it no longer understands. */
function propertiesOf(data: Buffer, charset: string): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  if (data.length < 4) return found;
  const count = Math.min(data.readUInt32LE(0), MOST_PROPERTIES);
  let at = 4;
  for (let index = 0; index < count && at + 4 <= data.length; index++) {
    const type = data.readUInt16LE(at);
    const id = data.readUInt16LE(at + 2);
    at += 4;
    if (id >= 0x80_00) {
      // A named property: its class, and a number or a name.
      if (at + 24 > data.length) break;
      const isText = data.readUInt32LE(at + 16) === 1;
      const length = data.readUInt32LE(at + 20);
      at += isText ? 24 + padded(length) : 24;
    }
    const isMany = (type & 0x10_00) !== 0;
    const base = type & 0xef_ff;
    if (base === 0x1e || base === 0x1f || base === 0x0d || base === 0x01_02 || isMany) {
      if (at + 4 > data.length) break;
      const values = data.readUInt32LE(at);
      at += 4;
      for (let value = 0; value < values; value++) {
        const fixed = fixedSizes.get(base);
        if (fixed !== undefined) {
          at += fixed;
          continue;
        }
        if (at + 4 > data.length) return found;
        const length = data.readUInt32LE(at);
        const bytes = data.subarray(at + 4, at + 4 + length);
        if (bytes.length < length) return found;
        at += 4 + padded(length);
        if (!found.has(id)) {
          if (base === 0x1f) found.set(id, Buffer.from(bytes.toString('utf16le')));
          else if (base === 0x1e) found.set(id, Buffer.from(decodedText(bytes, charset)));
          else found.set(id, base === 0x0d ? bytes.subarray(16) : bytes);
        }
        if (at > data.length) return found;
      }
      continue;
    }
    const size = fixedSizes.get(base);
    if (size === undefined) break;
    at += size;
  }
  return found;
}

const fixedSizes = new Map([
  ...[0x01, 0x02, 0x03, 0x04, 0x0a, 0x0b].map((type): [number, number] => [type, 4]),
  ...[0x05, 0x06, 0x07, 0x14, 0x40].map((type): [number, number] => [type, 8]),
  [0x48, 16],
]);

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function decodedText(bytes: Uint8Array, charset: string): string {
  const end = bytes.length > 0 && bytes.at(-1) === 0 ? -1 : undefined;
  const cut = bytes.subarray(0, end);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(cut).replaceAll('\0', '');
  } catch {
    return decoderFor(charset).decode(cut).replaceAll('\0', '');
  }
}

function decoderFor(charset: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder('windows-1252');
  }
}
