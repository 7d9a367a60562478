/** A point of a list: `id` stays its own, whatever becomes of its words and its place. */
export interface ChecklistItem {
  id: string;
  text: string;
  done: boolean;
}

/** A line each: `[x] Call`, `[ ] Write`. */
export function formatChecklist(items: readonly ChecklistItem[]): string {
  return items.map(({ text, done }) => `[${done ? 'x' : ' '}] ${text}`).join('\n');
}

/** How many are done, e.g. `2/5`. */
export function progressOf(items: readonly ChecklistItem[]): string {
  return `${items.filter(({ done }) => done).length}/${items.length}`;
}

/**
 * What two people made of a list at the same time: each point as whoever changed it left it, new ones of both, and gone what
 * either took out, unless the other worked on it meanwhile. Where both changed the same, and for the order, it is mine.
 */
export function mergeChecklists(
  base: readonly ChecklistItem[] | null,
  mine: readonly ChecklistItem[] | null,
  theirs: readonly ChecklistItem[] | null,
): ChecklistItem[] | null {
  const [was, now] = [byId(base), byId(theirs)];
  const merged: ChecklistItem[] = (mine ?? []).flatMap((item) => {
    const [before, other] = [was.get(item.id), now.get(item.id)];
    if (!before) return [item];
    if (!other) return isSame(before, item) ? [] : [item];
    return [
      {
        id: item.id,
        text: item.text === before.text ? other.text : item.text,
        done: item.done === before.done ? other.done : item.done,
      },
    ];
  });
  const kept = byId(mine);
  for (const [index, item] of (theirs ?? []).entries()) {
    const before = was.get(item.id);
    if (kept.has(item.id) || (before && isSame(before, item))) continue;
    const above = theirs![index - 1];
    merged.splice(above ? merged.findIndex(({ id }) => id === above.id) + 1 : 0, 0, item);
  }
  return merged.length > 0 ? merged : null;
}

function byId(items: readonly ChecklistItem[] | null): Map<string, ChecklistItem> {
  return new Map((items ?? []).map((item) => [item.id, item]));
}

function isSame(one: ChecklistItem, other: ChecklistItem): boolean {
  return one.text === other.text && one.done === other.done;
}
