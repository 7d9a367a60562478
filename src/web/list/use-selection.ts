import { useCallback, useMemo, useRef, useState } from 'react';
import { type Lines, recordAt, recordsBetween } from './lines.ts';

/** Marked records, in whatever shape they are shown. */
export interface Marked {
  ids: ReadonlySet<string>;
  /** Everything the filter finds, also what is not loaded. */
  all: boolean;
  selectAll(): void;
  clear(): void;
}

export interface Selection extends Marked {
  toggle(index: number, range: boolean): void;
  /** Marks all of these, or none of them when all are marked. */
  toggleAll(ids: readonly string[]): void;
}

const none: ReadonlySet<string> = new Set();

/** Marked rows; with shift, all between this and the last one marked. */
export function useSelection(lines: Lines): Selection {
  const [state, setState] = useState<{ ids: ReadonlySet<string>; all: boolean }>({ ids: none, all: false });
  const last = useRef(-1);
  const latest = useRef(lines);
  latest.current = lines;
  const toggle = useCallback((index: number, range: boolean) => {
    const id = recordAt(latest.current, index)?.id;
    if (!id) return;
    const from = range && last.current >= 0 ? last.current : index;
    last.current = index;
    setState((old) => {
      const next = new Set(old.ids);
      const mark = range || !next.has(id);
      for (const record of recordsBetween(latest.current, from, index)) {
        if (mark) next.add(record.id);
        else next.delete(record.id);
      }
      return { ids: next, all: false };
    });
  }, []);
  const toggleAll = useCallback(
    (ids: readonly string[]) =>
      setState((old) => {
        const next = new Set(old.ids);
        const mark = ids.some((id) => !next.has(id));
        for (const id of ids) {
          if (mark) next.add(id);
          else next.delete(id);
        }
        return { ids: next, all: false };
      }),
    [],
  );
  const selectAll = useCallback(() => setState((old) => ({ ...old, all: true })), []);
  const clear = useCallback(() => {
    last.current = -1;
    setState((old) => (old.ids.size === 0 && !old.all ? old : { ids: none, all: false }));
  }, []);
  return useMemo(
    () => ({ ...state, toggle, toggleAll, selectAll, clear }),
    [state, toggle, toggleAll, selectAll, clear],
  );
}
