import { type CSSProperties, type RefObject, useCallback, useMemo } from 'react';
import { usePreference } from '../preferences.ts';
import { widthOf } from './column-widths.ts';
import type { ListView } from './use-list-view.ts';

export const CHECK_WIDTH = 40;
const NARROWEST = 60;
const WIDEST = 900;
const noWidths: Record<string, number> = {};

export interface ColumnLayout {
  /** Widths and offsets as variables: a column is resized without drawing a row again. */
  style: CSSProperties;
  total: number;
  frozen: number;
  widths: readonly number[];
  widthOf(column: number): number;
  /** Shows a width while it is being drawn; `keep` remembers it. */
  resize(column: number, width: number, keep: boolean): void;
  /** Back to what the field's type is given. */
  fit(column: number): void;
}

/** How wide a list's columns are and which of them stay: a person's own, on all their devices. */
export function useColumns(list: ListView, grid: RefObject<HTMLElement | null>): ColumnLayout {
  const { definition, columns, settings } = list;
  const [chosen, keepWidths] = usePreference(`list.${definition.name}.widths`, noWidths);
  const frozen = Math.min(columns.length, settings.freeze ?? (columns[0]?.name === definition.title ? 1 : 0));
  const widths = useMemo(
    () => columns.map((field) => chosen[field.name] ?? widthOf(field, field.name === definition.title)),
    [columns, chosen, definition.title],
  );
  const total = widths.reduce((sum, width) => sum + width, CHECK_WIDTH);
  const resize = useCallback(
    (column: number, width: number, keep: boolean) => {
      const name = columns[column]?.name;
      if (!name) return;
      const rounded = Math.round(Math.max(NARROWEST, Math.min(WIDEST, width)));
      grid.current?.toggleAttribute('data-resizing', !keep);
      if (keep) keepWidths({ ...chosen, [name]: rounded });
      else
        for (const [property, value] of Object.entries(variables(widths.with(column, rounded), frozen)))
          grid.current?.style.setProperty(property, value);
    },
    [columns, chosen, keepWidths, widths, frozen, grid],
  );
  const fit = useCallback(
    (column: number) => {
      const { [columns[column]?.name ?? '']: _chosen, ...others } = chosen;
      keepWidths(others);
    },
    [columns, chosen, keepWidths],
  );
  return useMemo(
    () => ({
      style: variables(widths, frozen) as CSSProperties,
      total,
      frozen,
      widths,
      widthOf: (column) => widths[column] ?? 0,
      resize,
      fit,
    }),
    [widths, frozen, total, resize, fit],
  );
}

/** How wide a cell is, and where it stays while the others are scrolled. */
export function columnStyle(column: number, isFrozen: boolean): CSSProperties {
  const width = `var(--w${column})`;
  return isFrozen ? ({ width, '--left': `var(--l${column})` } as CSSProperties) : { width };
}

function variables(widths: readonly number[], frozen: number): Record<string, string> {
  const result: Record<string, string> = {};
  let left = CHECK_WIDTH;
  widths.forEach((width, column) => {
    result[`--w${column}`] = `${width}px`;
    if (column < frozen) result[`--l${column}`] = `${left}px`;
    left += width;
  });
  result['--total'] = `${left}px`;
  return result;
}
