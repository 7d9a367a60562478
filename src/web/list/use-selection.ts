import { useCallback, useState } from 'react';

export interface Selection {
  ids: ReadonlySet<string>;
  /** Everything the filter finds, also what is not loaded. */
  all: boolean;
  toggle(index: number, range: boolean): void;
  selectLoaded(): void;
  selectAll(): void;
  clear(): void;
}

/** Marked rows; with shift, all between this and the last one marked. */
export function useSelection(ids: readonly string[]): Selection {
  const [state, setState] = useState<{ ids: ReadonlySet<string>; all: boolean; last: number }>({
    ids: new Set(),
    all: false,
    last: -1,
  });
  const toggle = useCallback(
    (index: number, range: boolean) =>
      setState((old) => {
        const next = new Set(old.ids);
        const mark = !next.has(ids[index]!);
        const from = range && old.last >= 0 ? Math.min(old.last, index) : index;
        const to = range && old.last >= 0 ? Math.max(old.last, index) : index;
        for (const id of ids.slice(from, to + 1)) {
          if (mark) next.add(id);
          else next.delete(id);
        }
        return { ids: next, all: false, last: index };
      }),
    [ids],
  );
  return {
    ids: state.ids,
    all: state.all,
    toggle,
    selectLoaded: () => setState({ ids: new Set(ids), all: false, last: -1 }),
    selectAll: () => setState({ ids: new Set(ids), all: true, last: -1 }),
    clear: () => setState({ ids: new Set(), all: false, last: -1 }),
  };
}
