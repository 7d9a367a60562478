import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import style from './chart.module.css';

/** One category of a chart: what is measured of it, and how it is told. */
export interface Slice {
  key: string;
  value: unknown;
  label: string;
  measure: number;
  text: string;
  full: string;
  tone: string;
}

interface ChartProps {
  slices: readonly Slice[];
  /** What is measured by what, for who cannot see it. */
  label: string;
  onOpen(slice: Slice): void;
  renderLabel(slice: Slice): ReactNode;
}

/** Lying bars: names have room, and any number of them fits. */
export function Bars({ slices, label, onOpen, renderLabel }: ChartProps) {
  const most = Math.max(...slices.map((slice) => slice.measure), 0);
  const least = Math.min(...slices.map((slice) => slice.measure), 0);
  const share = (value: number) => (100 * Math.abs(value)) / Math.max(1e-9, most - least);
  return (
    <ul className={style.bars} aria-label={label}>
      {slices.map((slice) => (
        <li key={slice.key}>
          <button type="button" className={style.barLine} title={slice.full} onClick={() => onOpen(slice)}>
            <span className={style.barLabel}>{renderLabel(slice)}</span>
            <span className={style.track}>
              <i className={style.barFill} data-tone={slice.tone} style={{ width: `${share(slice.measure)}%` }} />
              <b className="tabular">{slice.text}</b>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** What goes from one step to the next, in the middle, each as wide as it measures. */
export function Funnel({ slices, label, onOpen, renderLabel }: ChartProps) {
  const { t } = useTranslation();
  const most = Math.max(...slices.map((slice) => slice.measure), 1e-9);
  return (
    <ul className={style.funnel} aria-label={label}>
      {slices.map((slice, index) => {
        const before = slices[index - 1];
        const kept = before && before.measure > 0 ? Math.round((100 * slice.measure) / before.measure) : null;
        return (
          <li key={slice.key}>
            <span className={style.funnelLabel}>{renderLabel(slice)}</span>
            <button
              type="button"
              className={style.step}
              data-tone={slice.tone}
              style={{ width: `${Math.max(2, (100 * slice.measure) / most)}%` }}
              title={slice.full}
              aria-label={`${slice.label || t('group.one')}: ${slice.text}`}
              onClick={() => onOpen(slice)}
            >
              <b className="tabular">{slice.text}</b>
            </button>
            <span className={`${style.kept} tabular`}>{kept === null ? '' : `${kept} %`}</span>
          </li>
        );
      })}
    </ul>
  );
}

const RADIUS = 100;
const HOLE = 62;

export function Pie({ slices, label, onOpen, renderLabel, total }: ChartProps & { total: number }) {
  const shown = slices.filter((slice) => slice.measure > 0);
  let turned = 0;
  return (
    <div className={style.pie}>
      <svg viewBox="-104 -104 208 208" role="img" aria-label={label}>
        {shown.map((slice) => {
          const from = turned;
          turned += slice.measure / Math.max(1e-9, total);
          return (
            <path key={slice.key} d={ringPart(from, turned)} className={style.ring} data-tone={slice.tone}>
              <title>{`${slice.label}: ${slice.full}`}</title>
            </path>
          );
        })}
      </svg>
      <ul className={style.legend}>
        {shown.map((slice) => (
          <li key={slice.key}>
            <button type="button" onClick={() => onOpen(slice)} title={slice.full}>
              <i data-tone={slice.tone} />
              <span>{renderLabel(slice)}</span>
              <b className="tabular">{slice.text}</b>
              <em className="tabular">{`${Math.round((1000 * slice.measure) / Math.max(1e-9, total)) / 10} %`}</em>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

const MARGIN = { left: 12, right: 18, top: 28, bottom: 34 };

export function Line({ slices, label, onOpen }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 900, height: 380 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const shown = slices.filter((slice) => slice.value !== null);
  const most = Math.max(...shown.map((slice) => slice.measure), 1e-9);
  const least = Math.min(...shown.map((slice) => slice.measure), 0);
  const width = Math.max(10, size.width - MARGIN.left - MARGIN.right);
  const height = Math.max(10, size.height - MARGIN.top - MARGIN.bottom);
  const x = (index: number) => MARGIN.left + (shown.length > 1 ? (index * width) / (shown.length - 1) : width / 2);
  const y = (value: number) => MARGIN.top + height - ((value - least) / Math.max(1e-9, most - least)) * height;
  const points = shown.map((slice, index) => `${x(index)},${y(slice.measure)}`).join(' ');
  // As many names as have room without touching.
  const every = Math.max(1, Math.ceil((shown.length * 130) / width));
  const highest = shown.findIndex((slice) => slice.measure === most);
  return (
    <div className={style.line} ref={box}>
      {/* A group, not a picture: its points are buttons. */}
      {/* biome-ignore lint/a11y/useSemanticElements: an SVG has no fieldset */}
      <svg width={size.width} height={size.height} role="group" aria-label={label}>
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <line
            key={part}
            className={style.gridLine}
            x1={MARGIN.left}
            x2={MARGIN.left + width}
            y1={MARGIN.top + height * part}
            y2={MARGIN.top + height * part}
          />
        ))}
        {shown.length > 1 ? (
          <>
            <polygon
              className={style.area}
              points={`${x(0)},${y(least)} ${points} ${x(shown.length - 1)},${y(least)}`}
            />
            <polyline className={style.curve} points={points} />
          </>
        ) : null}
        {shown.map((slice, index) => (
          // biome-ignore lint/a11y/useSemanticElements: an SVG has no buttons
          <g
            key={slice.key}
            role="button"
            tabIndex={0}
            aria-label={`${slice.label}: ${slice.text}`}
            className={style.point}
            onClick={() => onOpen(slice)}
            onKeyDown={(event) => event.key === 'Enter' && onOpen(slice)}
          >
            <title>{`${slice.label}: ${slice.full}`}</title>
            <rect x={x(index) - 12} y={MARGIN.top} width={24} height={height} fill="transparent" />
            <circle cx={x(index)} cy={y(slice.measure)} r={4} />
          </g>
        ))}
        {/* Beside the buttons, whose names say both. */}
        {shown.map((slice, index) => (
          <g key={slice.key} aria-hidden className={style.pointTexts}>
            {index === highest || index === shown.length - 1 ? (
              <text
                x={x(index)}
                y={y(slice.measure) - 10}
                textAnchor={anchor(index, shown.length)}
                className={style.pointText}
              >
                {slice.text}
              </text>
            ) : null}
            {index % every === 0 ? (
              <text x={x(index)} y={MARGIN.top + height + 20} textAnchor={anchor(index, shown.length)}>
                {slice.label}
              </text>
            ) : null}
          </g>
        ))}
      </svg>
    </div>
  );
}

function anchor(index: number, count: number): 'start' | 'middle' | 'end' {
  return count === 1 ? 'middle' : index === 0 ? 'start' : index === count - 1 ? 'end' : 'middle';
}

/** A part of a ring, in turns from the top. */
function ringPart(from: number, to: number): string {
  // A whole turn ends where it begins, and would draw nothing.
  const end = Math.min(to, from + 0.9999);
  const at = (turn: number, radius: number) => {
    const angle = (turn - 0.25) * 2 * Math.PI;
    return `${(radius * Math.cos(angle)).toFixed(2)} ${(radius * Math.sin(angle)).toFixed(2)}`;
  };
  const large = end - from > 0.5 ? 1 : 0;
  return `M${at(from, RADIUS)}A${RADIUS} ${RADIUS} 0 ${large} 1 ${at(end, RADIUS)}L${at(end, HOLE)}A${HOLE} ${HOLE} 0 ${large} 0 ${at(from, HOLE)}Z`;
}
