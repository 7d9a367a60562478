import type { HistoryEvent } from '../api/types.ts';
import type { Entry } from './timeline-item.ts';

/** Somebody who fills in five fields one after the other made one change. */
const TOGETHER_MS = 10 * 60_000;

/**
 * Changes by the same person shortly after one another, with nothing in between, as one entry: from what each field was
 * before to what it is after. What was put back is left out.
 * @param entries newest first
 */
export function mergeChanges(entries: readonly Entry[]): Entry[] {
  const merged: Entry[] = [];
  for (const entry of entries) {
    const last = merged.at(-1);
    if (last?.kind !== 'change' || entry.kind !== 'change' || !areTogether(last.event, entry.event)) {
      merged.push(entry);
      continue;
    }
    const changes: Record<string, readonly [unknown, unknown]> = { ...last.event.changes };
    for (const [field, [from, to]] of Object.entries(entry.event.changes ?? {}))
      changes[field] = [from, field in changes ? changes[field]![1] : to];
    merged[merged.length - 1] = { ...last, event: { ...last.event, changes } };
  }
  return merged.flatMap((entry): Entry[] => {
    if (entry.kind !== 'change' || entry.event.operation !== 'update') return [entry];
    const changed = Object.entries(entry.event.changes ?? {}).filter(([, [from, to]]) => !isSame(from, to));
    return changed.length === 0 ? [] : [{ ...entry, event: { ...entry.event, changes: Object.fromEntries(changed) } }];
  });
}

function areTogether(later: HistoryEvent, earlier: HistoryEvent): boolean {
  return (
    later.record === earlier.record &&
    later.operation === 'update' &&
    earlier.operation === 'update' &&
    later.actor === earlier.actor &&
    later.via === earlier.via &&
    !later.note &&
    !earlier.note &&
    Date.parse(later.at) - Date.parse(earlier.at) <= TOGETHER_MS
  );
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left ?? null) === JSON.stringify(right ?? null);
}
