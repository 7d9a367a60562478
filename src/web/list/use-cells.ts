import { type RefObject, useCallback, useRef, useState } from 'react';
import { isProblem } from '../api/problem.ts';
import type { Definition, FieldShape, RecordShape } from '../api/types.ts';
import { fieldNow } from '../field-rules.ts';
import { computed } from '../fields.ts';
import type { EndedBy } from '../record/inline-editor.tsx';
import { saveChanges } from '../record/save-field.tsx';
import { problemText, showProblem } from '../ui/toast.tsx';
import { type Lines, nextRecord, recordAt } from './lines.ts';

export interface Spot {
  row: number;
  column: number;
}

/** What was refused, kept with its cell until it is put right. */
export interface Refusal {
  draft: unknown;
  message: string;
}

export type Refusals = Readonly<Record<string, Refusal>>;

export interface Cells {
  active: Spot | null;
  /** The other corner of the marked range; the active cell itself when nothing more is marked. */
  anchor: Spot | null;
  editing: boolean;
  /** By record id, then by field. */
  refused: ReadonlyMap<string, Refusals>;
  go(to: Spot | null, extend?: boolean): void;
  move(down: number, right: number, extend?: boolean): void;
  edit(at?: Spot | null): void;
  cancel(): void;
  save(from: RecordShape, field: FieldShape, value: unknown, by: EndedBy): void;
  refuse(refusals: readonly { id: string; field: string; refusal: Refusal }[]): void;
  isEditable(field: FieldShape): boolean;
}

/** The cursor over the cells of a table, the range it marks, and the cell that is being edited. */
export function useCells(
  definition: Definition,
  columns: readonly FieldShape[],
  lines: Lines,
  scrollTo: (row: number, column: number) => void,
  grid: RefObject<HTMLElement | null>,
): Cells {
  const [state, setState] = useState<{ active: Spot | null; anchor: Spot | null; editing: boolean }>({
    active: null,
    anchor: null,
    editing: false,
  });
  const [refused, setRefused] = useState<ReadonlyMap<string, Refusals>>(new Map());
  const latest = useRef({ state, lines, columns, scrollTo });
  latest.current = { state, lines, columns, scrollTo };

  const focusGrid = useCallback(() => grid.current?.focus({ preventScroll: true }), [grid]);
  const go = useCallback((to: Spot | null, extend = false) => {
    const next = { active: to, anchor: extend ? (latest.current.state.anchor ?? to) : to, editing: false };
    latest.current.state = next;
    setState(next);
  }, []);
  const move = useCallback(
    (down: number, right: number, extend = false) => {
      const { state: now, lines: all, columns: shown } = latest.current;
      const from = now.active ?? { row: all.start - 1, column: 0 };
      const wanted = Math.max(all.start, Math.min(all.end - 1, from.row + down));
      let row = nextRecord(all, wanted, down < 0 ? -1 : 1);
      if (row === -1) row = nextRecord(all, wanted, down < 0 ? 1 : -1);
      if (row === -1) return;
      const column = Math.max(0, Math.min(shown.length - 1, from.column + right));
      go({ row, column }, extend);
      latest.current.scrollTo(row, column);
      focusGrid();
    },
    [go, focusGrid],
  );
  const isEditable = useCallback(
    (field: FieldShape) =>
      definition.can.update && !field.readOnly && !computed.has(field.type) && !field.name.includes('.'),
    [definition.can.update],
  );
  const edit = useCallback(
    (at: Spot | null = latest.current.state.active) => {
      const { lines: all, columns: shown } = latest.current;
      const field = at ? shown[at.column] : undefined;
      const record = at ? recordAt(all, at.row) : undefined;
      if (!at || !field || !record || !isEditable(field) || !fieldNow(field, record)) return;
      const next = { active: at, anchor: at, editing: true };
      latest.current.state = next;
      setState(next);
    },
    [isEditable],
  );
  const stop = useCallback(() => {
    const next = { ...latest.current.state, editing: false };
    latest.current.state = next;
    setState(next);
  }, []);
  const forget = useCallback((id: string, field: string) => {
    setRefused((old) => {
      if (!old.get(id)?.[field]) return old;
      const { [field]: _gone, ...others } = old.get(id)!;
      return new Map(old).set(id, others);
    });
  }, []);
  const refuse = useCallback((refusals: readonly { id: string; field: string; refusal: Refusal }[]) => {
    setRefused((old) => {
      const next = new Map(old);
      for (const { id, field, refusal } of refusals) next.set(id, { ...next.get(id), [field]: refusal });
      return next;
    });
  }, []);
  const cancel = useCallback(() => {
    const { state: now, lines: all, columns: shown } = latest.current;
    const record = now.active ? recordAt(all, now.active.row) : undefined;
    const field = now.active ? shown[now.active.column] : undefined;
    // Esc gives up what was refused too.
    if (record && field) forget(record.id, field.name);
    stop();
    focusGrid();
  }, [stop, focusGrid, forget]);

  const save = useCallback(
    (record: RecordShape, field: FieldShape, value: unknown, by: EndedBy) => {
      const at = latest.current.state.active;
      stop();
      if (by !== 'blur') focusGrid();
      if (by === 'enter') move(1, 0);
      else if (by === 'tab') move(0, 1);
      else if (by === 'back-tab') move(0, -1);
      forget(record.id, field.name);
      if (JSON.stringify(value) === JSON.stringify(record[field.name] ?? null)) return;
      saveChanges(definition, record, { [field.name]: value }).catch((error: unknown) => {
        const message = isProblem(error) ? error.of(field.name) : undefined;
        const refusal = { draft: value, message: message ?? problemText(error) };
        refuse([{ id: record.id, field: field.name, refusal }]);
        // Its editor opens again with what was typed, unless the person is typing elsewhere by now.
        const { state: now, lines: all } = latest.current;
        if (at && !now.editing && recordAt(all, at.row)?.id === record.id) edit(at);
        else showProblem(error);
      });
    },
    [definition, stop, focusGrid, move, forget, refuse, edit],
  );
  return { ...state, refused, go, move, edit, cancel, save, refuse, isEditable };
}

/** The marked cells, corners in order. */
export function rangeOf({ active, anchor }: Pick<Cells, 'active' | 'anchor'>): {
  top: number;
  bottom: number;
  left: number;
  right: number;
} | null {
  if (!active) return null;
  const other = anchor ?? active;
  return {
    top: Math.min(active.row, other.row),
    bottom: Math.max(active.row, other.row),
    left: Math.min(active.column, other.column),
    right: Math.max(active.column, other.column),
  };
}
