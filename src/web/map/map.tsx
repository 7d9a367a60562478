import { ActionIcon } from '@mantine/core';
import IconFocusCentered from '@tabler/icons-react/dist/esm/icons/IconFocusCentered.mjs';
import IconMapOff from '@tabler/icons-react/dist/esm/icons/IconMapOff.mjs';
import IconMinus from '@tabler/icons-react/dist/esm/icons/IconMinus.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '#kernel/fields/web/format.ts';
import type { RecordShape } from '../api/types.ts';
import { cardsOf } from '../calendar/calendar.tsx';
import { isEmpty, titleOf } from '../fields.ts';
import type { ListView } from '../list/use-list-view.ts';
import { useShapeRecords } from '../list/use-shape-records.ts';
import { ScreenSkeleton } from '../shell/route-boundary.tsx';
import { FieldValue } from '../ui/field-value.tsx';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import style from './map.module.css';
import { type Cluster, clustersOf, type Point, pointOf } from './places.ts';
import { mercator, NARROW, type Projection, plain } from './projection.ts';
import { type TileSource, Tiles, tileSourceQuery } from './tiles.tsx';
import { borderPath, landPath } from './world.ts';

/** A record in the units of the projection. */
interface Place {
  x: number;
  y: number;
  record: RecordShape;
  precision: Point['precision'];
}

interface Camera {
  x: number;
  y: number;
  /** Pixels per unit. */
  scale: number;
}

const FARTHEST = 0.22;
/** Pixels within which records stand as one. */
const NEAR = 34;
/** Pixels that are no distance even from the closest. */
const NEXT_DOOR = 7;
const MOST = 2000;

/**
 * Records where their address or place is: on tiles when the server names some and they can be had, else on outlines that
 * need nobody. Near ones stand as one until one comes closer.
 */
export function MapView({ list }: { list: ListView }) {
  const { data: source, isPending } = useQuery(tileSourceQuery);
  const [isPlain, setIsPlain] = useState(false);
  if (isPending) return <ScreenSkeleton />;
  const used = isPlain ? null : (source ?? null);
  return <WorldMap key={String(used !== null)} list={list} source={used} onNoTiles={() => setIsPlain(true)} />;
}

function WorldMap({ list, source, onNoTiles }: { list: ListView; source: TileSource | null; onNoTiles(): void }) {
  const { t, i18n } = useTranslation();
  const projection = source ? mercator : plain;
  const { definition } = list;
  const field = list.by('map');
  const fields = useMemo(() => cardsOf(list, 'map', field?.name), [list, field]);
  const { records, isPending, isCut, error, retry } = useShapeRecords(list, {
    filter: field ? { [field.name]: { empty: false } } : undefined,
    fields: [field?.name ?? '', ...fields.map((one) => one.name)].filter(Boolean),
    most: MOST,
    enabled: field !== undefined,
  });
  const places = useMemo(
    () =>
      records.flatMap((record): Place[] => {
        const point = pointOf(field ? record[field.name] : null);
        return point ? [{ ...projection.at(...point.at), record, precision: point.precision }] : [];
      }),
    [records, field, projection],
  );
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 800, height: 500 });
  const [camera, setCamera] = useState<Camera | null>(null);
  const [chosen, setChosen] = useState<readonly Place[] | null>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const whole = useMemo(() => fit(places, size, projection), [places, size, projection]);
  const view = camera ?? whole;
  const zoom = useCallback(
    (factor: number, at?: { x: number; y: number }) =>
      setCamera((old) => {
        const now = old ?? whole;
        const scale = Math.max(FARTHEST, Math.min(projection.closest, now.scale * factor));
        const fixed = at ?? { x: size.width / 2, y: size.height / 2 };
        const dx = fixed.x - size.width / 2;
        const dy = fixed.y - size.height / 2;
        return { x: now.x + dx / now.scale - dx / scale, y: now.y + dy / now.scale - dy / scale, scale };
      }),
    [whole, size, projection],
  );
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    // Not React's: a passive listener could not keep the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - left, y: event.clientY - top });
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [zoom]);
  const drag = useRef<{ x: number; y: number; camera: Camera } | null>(null);
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if ((event.target as HTMLElement).closest('button, a')) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, y: event.clientY, camera: view };
  };
  const onPointerMove = (event: PointerEvent) => {
    const from = drag.current;
    if (!from) return;
    const { scale } = from.camera;
    setCamera({
      scale,
      x: from.camera.x - (event.clientX - from.x) / scale,
      y: from.camera.y - (event.clientY - from.y) / scale,
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const step = 80 / view.scale;
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    };
    const move = moves[event.key];
    if (move) setCamera({ ...view, x: view.x + move[0], y: view.y + move[1] });
    else if (event.key === '+') zoom(1.5);
    else if (event.key === '-') zoom(1 / 1.5);
    else if (event.key === '0') setCamera(null);
    else return;
    event.preventDefault();
  };
  const clusters = useMemo(() => clustersOf(places, NEAR / view.scale), [places, view.scale]);

  if (!field) return <EmptyState icon={<IconMapOff size={22} />} title={t('map.noField')} />;
  if (error && records.length === 0) return <ErrorState error={error} onRetry={retry} />;
  const left = size.width / 2 - view.x * view.scale;
  const top = size.height / 2 - view.y * view.scale;
  const open = (cluster: Cluster<Place>) => {
    const { members } = cluster;
    const apart = members.some(
      (one) => Math.hypot(one.x - members[0]!.x, one.y - members[0]!.y) > NEXT_DOOR / projection.closest,
    );
    // What lies apart is shown closer; what is in one place is listed.
    if (apart && view.scale < projection.closest * 0.9) setCamera(fit(members, size, projection));
    setChosen(members);
  };
  const missing = records.length - places.length;
  return (
    <div className={style.wrap}>
      {/* biome-ignore lint/a11y/useSemanticElements: a figure is not operated */}
      <div
        ref={box}
        className={style.map}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved by the arrow keys
        tabIndex={0}
        aria-label={t('map.label', { objects: definition.label.many })}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          drag.current = null;
        }}
        onKeyDown={onKeyDown}
      >
        {source ? (
          <Tiles source={source} camera={view} size={size} onNone={onNoTiles} />
        ) : (
          <svg className={style.world} width={size.width} height={size.height} aria-hidden>
            <title>{t('map.label', { objects: definition.label.many })}</title>
            <g transform={`translate(${left} ${top}) scale(${view.scale * NARROW} ${view.scale})`}>
              <path d={landPath} className={style.land} />
              <path d={borderPath} className={style.border} />
            </g>
          </svg>
        )}
        {clusters.map((cluster) => {
          const x = left + cluster.x * view.scale;
          const y = top + cluster.y * view.scale;
          if (x < -60 || y < -60 || x > size.width + 60 || y > size.height + 60) return null;
          const [only] = cluster.members;
          const single = cluster.members.length === 1;
          const title = single ? titleOf(definition, only!.record, t('list.untitled')) : '';
          return (
            <button
              key={only!.record.id}
              type="button"
              className={style.pin}
              data-single={single}
              data-rough={cluster.members.every((one) => one.precision === 'country')}
              style={
                {
                  left: x,
                  top: y,
                  '--size': `${single ? 14 : 24 + Math.min(26, Math.sqrt(cluster.members.length) * 2.4)}px`,
                } as CSSProperties
              }
              aria-label={single ? title : t('map.cluster', { count: cluster.members.length })}
              title={single ? title : undefined}
              onClick={() => open(cluster)}
            >
              {single ? null : (
                <span className="tabular">
                  {formatNumber(cluster.members.length, i18n.language, { notation: 'compact' })}
                </span>
              )}
            </button>
          );
        })}
        <div className={style.tools}>
          <ActionIcon variant="default" aria-label={t('map.closer')} aria-keyshortcuts="+" onClick={() => zoom(1.7)}>
            <IconPlus size={15} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            aria-label={t('map.farther')}
            aria-keyshortcuts="-"
            onClick={() => zoom(1 / 1.7)}
          >
            <IconMinus size={15} />
          </ActionIcon>
          <ActionIcon variant="default" aria-label={t('map.all')} aria-keyshortcuts="0" onClick={() => setCamera(null)}>
            <IconFocusCentered size={15} />
          </ActionIcon>
        </div>
        <p className={style.note} role="status">
          {isPending ? t('map.loading') : null}
          {isCut ? `${t('shape.cut', { count: records.length })} ` : null}
          {missing > 0 ? t('map.missing', { count: missing }) : null}
        </p>
        {isPending ? <ScreenSkeleton /> : null}
        {!isPending && places.length === 0 ? (
          <div className={style.empty}>
            <EmptyState icon={<IconMapOff size={22} />} title={t('map.none')} text={t('map.noneText')} />
          </div>
        ) : null}
      </div>
      {chosen ? (
        <aside className={style.list} aria-label={t('map.chosen', { count: chosen.length })}>
          <header>
            <strong>{t('map.chosen', { count: chosen.length })}</strong>
            <button type="button" onClick={() => setChosen(null)}>
              {t('common.close')}
            </button>
          </header>
          <ul>
            {chosen.slice(0, 100).map(({ record }) => (
              <li key={record.id}>
                <Link to="/o/$object/$id" params={{ object: definition.name, id: record.id }}>
                  {titleOf(definition, record, t('list.untitled'))}
                </Link>
                <span>
                  <FieldValue field={field} record={record} cell />
                </span>
                {fields
                  .filter((one) => !isEmpty(record[one.name]))
                  .map((one) => (
                    <span key={one.name}>
                      <FieldValue field={one} record={record} cell />
                    </span>
                  ))}
              </li>
            ))}
          </ul>
        </aside>
      ) : null}
    </div>
  );
}

/** All of some places on the screen, with a margin; the world when there are none. */
function fit(
  places: readonly { x: number; y: number }[],
  size: { width: number; height: number },
  { least, closest }: Projection,
): Camera {
  if (places.length === 0) return { x: 0, y: -250, scale: Math.max(FARTHEST, size.width / (3600 * NARROW)) };
  const xs = places.map(({ x }) => x);
  const ys = places.map(({ y }) => y);
  const [west, east, north, south] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min(
    size.width / Math.max(least, (east - west) * 1.25),
    size.height / Math.max(least, (south - north) * 1.35),
  );
  return { x: (west + east) / 2, y: (north + south) / 2, scale: Math.max(FARTHEST, Math.min(closest, scale)) };
}
