import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { MapTiles } from '../map-tiles.ts';

const Tiles = Type.Object({
  template: Type.String({ description: 'Address of a tile with {z}, {x} and {y}, in EPSG:3857' }),
  attribution: Type.String({ description: 'Whose map it is, to be shown on it; an address at its end is a link' }),
});

/** Where maps get their pictures. */
export function mapRoutes(app: FastifyInstance, tiles: MapTiles | null): void {
  app.get(
    '/api/map-tiles',
    {
      schema: {
        tags: ['map'],
        summary: 'Where pictures of the map come from; null when the server names none',
        response: { 200: Type.Object({ tiles: Type.Union([Tiles, Type.Null()]) }) },
      },
    },
    () => ({ tiles: tiles && { template: tiles.template, attribution: tiles.attribution } }),
  );
}
