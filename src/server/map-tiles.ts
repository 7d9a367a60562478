import { UsageError } from '#app/exit-codes.ts';

/** Where pictures of the map come from. Without one the map is outlines that need no server. */
export interface MapTiles {
  /** Address of a tile with `{z}`, `{x}` and `{y}`, in the projection of the web's maps (EPSG:3857). */
  readonly template: string;
  /** Whose map it is, as its licence asks for. */
  readonly attribution: string;
  /** The one host that the browser may load them from. */
  readonly origin: string;
}

/**
 * `TENDERO_MAP_TILES` and `TENDERO_MAP_ATTRIBUTION`. It is the matter of whoever runs the server: each look at a map tells
 * the host of the tiles which part of the world somebody looks at.
 * @throws UsageError
 */
export function mapTilesOf(environment: NodeJS.ProcessEnv = process.env): MapTiles | null {
  const { TENDERO_MAP_TILES: template, TENDERO_MAP_ATTRIBUTION: attribution } = environment;
  if (!template) return null;
  if (!URL.canParse(template) || !['{z}', '{x}', '{y}'].every((part) => template.includes(part)))
    throw new UsageError(
      `TENDERO_MAP_TILES is ${template}, but it has to look like https://tiles.example.com/{z}/{x}/{y}.png.`,
    );
  const { protocol, origin, host } = new URL(template);
  // A host that depends on the tile could not be allowed alone.
  if (!/^https?:$/.test(protocol) || /[{}%*]/.test(host))
    throw new UsageError(`TENDERO_MAP_TILES is ${template}, but it has to name one host by http or https.`);
  if (!attribution?.trim())
    throw new UsageError('TENDERO_MAP_ATTRIBUTION has to say whose map it is, such as "© OpenStreetMap contributors".');
  return { template, attribution: attribution.trim(), origin };
}
