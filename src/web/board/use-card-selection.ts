import { useCallback, useState } from 'react';
import type { Marked } from '../list/use-selection.ts';

const none: ReadonlySet<string> = new Set();

/** Cards that are marked, to be moved or changed together. */
export function useCardSelection(): Marked & { toggleCard(id: string): void } {
  const [ids, setIds] = useState(none);
  const toggleCard = useCallback((id: string) => {
    setIds((old) => {
      const next = new Set(old);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const clear = useCallback(() => setIds((old) => (old.size === 0 ? old : none)), []);
  const [all, setAll] = useState(false);
  return {
    ids,
    all: all && ids.size > 0,
    toggleCard,
    selectAll: () => setAll(true),
    clear: () => {
      setAll(false);
      clear();
    },
  };
}
