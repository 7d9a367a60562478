/** How longitude and latitude lie on the screen: x grows to the east, y to the south. */
export interface Projection {
  at(longitude: number, latitude: number): { x: number; y: number };
  /** Pixels per unit, at most. */
  readonly closest: number;
  /** Units that a view of places shows at least: one place alone is seen with what is around it. */
  readonly least: number;
}

/** A degree of longitude at 48° north, against one of latitude: Europe has its shape. */
export const NARROW = 0.67;

/** Tenths of a degree of latitude, as the outlines are drawn. */
export const plain: Projection = {
  at: (longitude, latitude) => ({ x: longitude * 10 * NARROW, y: -latitude * 10 }),
  closest: 14,
  least: 20,
};

/** The world from 180° west to 180° east, in units. */
const WORLD = 3600 * NARROW;
const TILE = 256;
const CLOSEST_ZOOM = 18;
/** Where the square map of the web ends. */
const FARTHEST_NORTH = 85.05;

/** Mercator, as tiles are drawn, in units as wide as the plain ones. */
export const mercator: Projection = {
  at(longitude, latitude) {
    const angle = (Math.max(-FARTHEST_NORTH, Math.min(FARTHEST_NORTH, latitude)) * Math.PI) / 180;
    return { x: (longitude / 360) * WORLD, y: (-Math.log(Math.tan(Math.PI / 4 + angle / 2)) / (2 * Math.PI)) * WORLD };
  },
  closest: (TILE * 2 ** CLOSEST_ZOOM) / WORLD,
  least: 0.3,
};

/** A picture of a part of the world, and where on the screen it belongs. */
export interface Tile {
  readonly z: number;
  readonly x: number;
  readonly y: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The tiles that fill a view, drawn between 0.7 and 1.4 times their size. */
export function tilesOf(
  camera: { x: number; y: number; scale: number },
  size: { width: number; height: number },
): Tile[] {
  const z = Math.max(0, Math.min(CLOSEST_ZOOM, Math.round(Math.log2((WORLD * camera.scale) / TILE))));
  const count = 2 ** z;
  const side = (WORLD * camera.scale) / count;
  const west = (camera.x + WORLD / 2) * camera.scale - size.width / 2;
  const north = (camera.y + WORLD / 2) * camera.scale - size.height / 2;
  const tiles: Tile[] = [];
  for (let row = Math.max(0, Math.floor(north / side)); row < count && row * side < north + size.height; row++)
    for (let column = Math.floor(west / side); column * side < west + size.width; column++) {
      // Whole pixels, and the next one begins where this one ends: no seams.
      const [left, top] = [Math.round(column * side - west), Math.round(row * side - north)];
      const right = Math.round((column + 1) * side - west);
      const bottom = Math.round((row + 1) * side - north);
      // East of the date line the world begins anew.
      const x = ((column % count) + count) % count;
      tiles.push({ z, x, y: row, left, top, width: right - left, height: bottom - top });
    }
  return tiles;
}

export function addressOf(template: string, { z, x, y }: Tile): string {
  return template.replaceAll('{z}', String(z)).replaceAll('{x}', String(x)).replaceAll('{y}', String(y));
}
