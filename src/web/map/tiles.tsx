import { queryOptions } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { get } from '../api/client.ts';
import style from './map.module.css';
import { addressOf, tilesOf } from './projection.ts';

/** Where the pictures come from, and whose they are. */
export interface TileSource {
  template: string;
  attribution: string;
}

/** Null where whoever runs the server named none. */
export const tileSourceQuery = queryOptions({
  queryKey: ['map-tiles'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: ({ signal }) =>
    get<{ tiles: TileSource | null }>('/map-tiles', undefined, signal).then(({ tiles }) => tiles),
});

/** The world as somebody else draws it. */
export function Tiles({
  source,
  camera,
  size,
  onNone,
}: {
  source: TileSource;
  camera: { x: number; y: number; scale: number };
  size: { width: number; height: number };
  /** Not a single one can be had: without a network, or when their server is down. */
  onNone(): void;
}) {
  const tiles = useMemo(() => tilesOf(camera, size), [camera, size]);
  const loaded = useRef(false);
  const missing = useRef(new Set<string>());
  const [, text = '', link] = /^(.*?)\s*(https?:\/\/\S+)?$/.exec(source.attribution) ?? [];
  return (
    <>
      {tiles.map((tile) => {
        const address = addressOf(source.template, tile);
        const { left, top, width, height } = tile;
        return (
          <img
            key={`${address} ${Math.floor(left / width)}`}
            className={style.tile}
            alt=""
            draggable={false}
            decoding="async"
            // Hosts of tiles want to know who uses them, and need not know which records are looked at.
            referrerPolicy="origin"
            src={address}
            style={{ left, top, width, height }}
            onLoad={() => {
              loaded.current = true;
            }}
            onError={() => {
              missing.current.add(address);
              if (!loaded.current && tiles.every((one) => missing.current.has(addressOf(source.template, one))))
                onNone();
            }}
          />
        );
      })}
      <p className={style.attribution}>
        {link ? (
          <a href={link} target="_blank" rel="noreferrer">
            {text || link}
          </a>
        ) : (
          text
        )}
      </p>
    </>
  );
}
