/**
 * The media type of a file by what is in it: what its sender says is not believed. Text has no marks of its own, so there
 * the name decides among types that are harmless to show as text, and what a browser would run is named as such.
 *
 * @param head the first 4 kB
 */
export function typeOf(head: Buffer, name: string): string {
  const extension = /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  for (const [type, offset, mark] of marks) {
    if (head.subarray(offset, offset + mark.length).equals(mark)) return containers[type]?.(head, extension) ?? type;
  }
  // Mails hold letters of any charset, so they need not be text.
  if (extension === 'eml' && /^[!-9;-~]{1,100}:/.test(head.toString('latin1'))) return texts.eml!;
  if (!isText(head)) return 'application/octet-stream';
  const start = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
    .slice(0, 1_000)
    .toLowerCase();
  if (start.startsWith('<svg') || (start.startsWith('<?xml') && start.includes('<svg'))) return 'image/svg+xml';
  if (/^(<!doctype html|<html|<head|<body|<script|<!--)/.test(start)) return 'text/html';
  if (start.startsWith('<?xml')) return 'application/xml';
  return texts[extension] ?? 'text/plain';
}

/** May a browser show it in a page of ours? SVG and HTML run scripts. */
export function isInline(type: string): boolean {
  return ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp', 'application/pdf'].includes(
    type,
  );
}

const marks: readonly (readonly [type: string, offset: number, mark: Buffer])[] = [
  ['image/png', 0, bytes('89504e470d0a1a0a')],
  ['image/jpeg', 0, bytes('ffd8ff')],
  ['image/gif', 0, Buffer.from('GIF8')],
  ['riff', 0, Buffer.from('RIFF')],
  ['image/bmp', 0, Buffer.from('BM')],
  ['image/tiff', 0, bytes('49492a00')],
  ['image/tiff', 0, bytes('4d4d002a')],
  ['image/x-icon', 0, bytes('00000100')],
  ['iso-media', 4, Buffer.from('ftyp')],
  ['application/pdf', 0, Buffer.from('%PDF-')],
  ['application/zip', 0, bytes('504b0304')],
  ['application/zip', 0, bytes('504b0506')],
  ['ole', 0, bytes('d0cf11e0a1b11ae1')],
  ['application/gzip', 0, bytes('1f8b')],
  ['application/x-7z-compressed', 0, bytes('377abcaf271c')],
  ['application/vnd.rar', 0, Buffer.from('Rar!\u001a\u0007')],
  ['audio/mpeg', 0, Buffer.from('ID3')],
  ['audio/ogg', 0, Buffer.from('OggS')],
  ['audio/flac', 0, Buffer.from('fLaC')],
  ['video/webm', 0, bytes('1a45dfa3')],
  ['application/rtf', 0, Buffer.from('{\\rtf')],
];

const office = 'application/vnd.openxmlformats-officedocument';

/** Formats that say more inside. */
const containers: Readonly<Record<string, (head: Buffer, extension: string) => string>> = {
  riff: (head) =>
    ({ WEBP: 'image/webp', WAVE: 'audio/wav', 'AVI ': 'video/x-msvideo' })[head.toString('latin1', 8, 12)] ??
    'application/octet-stream',
  'iso-media': (head) => {
    const brand = head.toString('latin1', 8, 12);
    if (brand === 'avif' || brand === 'avis') return 'image/avif';
    if (/^(heic|heix|mif1|msf1)$/.test(brand)) return 'image/heic';
    if (brand.startsWith('M4A')) return 'audio/mp4';
    return brand === 'qt  ' ? 'video/quicktime' : 'video/mp4';
  },
  // Two letters begin many things: a picture of this kind has four bytes of zero at 6.
  'image/bmp': (head) =>
    head.length >= 14 && head.readUInt32LE(6) === 0
      ? 'image/bmp'
      : isText(head)
        ? 'text/plain'
        : 'application/octet-stream',
  'application/zip': (head, extension) => {
    const names = head.toString('latin1');
    if (names.includes('[Content_Types].xml') || names.includes('_rels/')) {
      if (names.includes('word/') || extension === 'docx') return `${office}.wordprocessingml.document`;
      if (names.includes('xl/') || extension === 'xlsx') return `${office}.spreadsheetml.sheet`;
      if (names.includes('ppt/') || extension === 'pptx') return `${office}.presentationml.presentation`;
    }
    return (
      /mimetype(application\/(?:vnd\.oasis\.opendocument\.[a-z-]+|epub\+zip))/.exec(names)?.[1] ?? 'application/zip'
    );
  },
  ole: (_, extension) =>
    ({
      doc: 'application/msword',
      xls: 'application/vnd.ms-excel',
      ppt: 'application/vnd.ms-powerpoint',
      msg: 'application/vnd.ms-outlook',
    })[extension] ?? 'application/x-ole-storage',
};

const texts: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  json: 'application/json',
  md: 'text/markdown',
  ics: 'text/calendar',
  vcf: 'text/vcard',
  eml: 'message/rfc822',
};

/** UTF-8 without control characters; a character may be cut off at the end of the head. */
function isText(head: Buffer): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: text has none of them
    return !/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text);
  } catch {
    return false;
  }
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}
