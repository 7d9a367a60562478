import UTIF from 'utif2';

/** A page of a TIFF, as far as its directory tells. */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  /** Of a dot of it, height to width: faxes of low resolution have dots that are twice as high as wide. */
  readonly dot: number;
}

/** What nobody faxes, and what would take the browser's memory: 40 million dots are 160 MB. */
const MOST_DOTS = 40_000_000;
const MOST_PAGES = 500;
const MOST_ENTRIES = 200;
/** Bytes of a value of each type (TIFF 6.0, page 15). */
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];
/** Directories inside directories: cameras have them, and they may go round in circles. */
const INSIDE = new Set([330, 34665, 34853, 37500, 40965, 50740, 61440]);
const WIDTH = 256;
const HEIGHT = 257;
const X_RESOLUTION = 282;
const Y_RESOLUTION = 283;

/**
 * Looks through the directories of a TIFF that a stranger may have made: each page once, nothing that lies outside the file.
 * @throws RangeError for what is no such file
 */
export function readPages(bytes: ArrayBuffer): TiffPage[] {
  const view = new DataView(bytes);
  const order = view.getUint16(0);
  const isLittle = order === 0x4949;
  if (!isLittle && order !== 0x4d4d) throw new RangeError('no TIFF');
  if (view.getUint16(2, isLittle) !== 42) throw new RangeError('no TIFF');
  const pages: TiffPage[] = [];
  const seen = new Set<number>();
  for (let at = view.getUint32(4, isLittle); at !== 0; ) {
    const entries = view.getUint16(at, isLittle);
    if (seen.has(at) || seen.size === MOST_PAGES || entries === 0 || entries > MOST_ENTRIES)
      throw new RangeError('its directories are broken');
    seen.add(at);
    const tags = new Map<number, number>();
    for (let index = 0; index < entries; index++) {
      const entry = at + 2 + index * 12;
      const tag = view.getUint16(entry, isLittle);
      const type = view.getUint16(entry + 2, isLittle);
      const length = view.getUint32(entry + 4, isLittle) * (SIZES[type] ?? 0);
      const place = length > 4 ? view.getUint32(entry + 8, isLittle) : entry + 8;
      if (length === 0 || place + length > bytes.byteLength || INSIDE.has(tag))
        throw new RangeError('its directory is broken');
      tags.set(tag, valueAt(view, place, type, isLittle));
    }
    const [width, height] = [tags.get(WIDTH) ?? 0, tags.get(HEIGHT) ?? 0];
    // What is no number is no size either.
    if (!(width >= 1 && height >= 1 && width * height <= MOST_DOTS)) throw new RangeError('a page has no size to draw');
    const dot = (tags.get(X_RESOLUTION) ?? 1) / (tags.get(Y_RESOLUTION) ?? 1);
    pages.push({ width, height, dot: dot > 0.1 && dot < 10 ? dot : 1 });
    at = view.getUint32(at + 2 + entries * 12, isLittle);
  }
  if (pages.length === 0) throw new RangeError('it has no page');
  return pages;
}

/**
 * The dots of a page, four bytes each. To be called where it can be ended: a broken page may take any time.
 * @param bytes that `readPages` has looked through
 */
export function drawPage(bytes: ArrayBuffer, page: number): Uint8ClampedArray<ArrayBuffer> {
  const directory = UTIF.decode(bytes)[page]!;
  UTIF.decodeImage(bytes, directory);
  const dots = UTIF.toRGBA8(directory);
  if (dots.length !== directory.width * directory.height * 4) throw new RangeError('the page is broken');
  return new Uint8ClampedArray(dots);
}

function valueAt(view: DataView, place: number, type: number, isLittle: boolean): number {
  switch (type) {
    case 3:
      return view.getUint16(place, isLittle);
    case 4:
      return view.getUint32(place, isLittle);
    case 5:
      return view.getUint32(place, isLittle) / view.getUint32(place + 4, isLittle);
    default:
      return Number.NaN;
  }
}
