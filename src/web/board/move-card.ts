import type { InfiniteData } from '@tanstack/react-query';
import { queryClient } from '../api/queries.ts';
import type { Definition, Page, RecordShape } from '../api/types.ts';
import { saveChanges } from '../record/save-field.tsx';
import { showProblem } from '../ui/toast.tsx';
import type { Lane } from './use-lanes.ts';

/** Moves a card at once; it goes back when the server refuses. The toast takes it back too. */
export async function moveCard(move: {
  definition: Definition;
  record: RecordShape;
  /** The column's field and value, and the swimlane's where there is one. */
  changes: Readonly<Record<string, unknown>>;
  by: string;
  lane: Lane;
  fromKey: readonly unknown[];
  toKey: readonly unknown[];
  message: string;
}): Promise<void> {
  const { definition, record, changes, by, lane, fromKey, toKey } = move;
  const [from, target] = [
    queryClient.getQueryData<InfiniteData<Page>>(fromKey),
    queryClient.getQueryData<InfiniteData<Page>>(toKey),
  ];
  const moved = {
    ...record,
    ...changes,
    expanded: { ...record.expanded, [by]: { id: lane.value, title: lane.label } },
  };
  if (from)
    queryClient.setQueryData(
      fromKey,
      mapFirst(from, (items) => items.filter((item) => item.id !== record.id), true),
    );
  if (target)
    queryClient.setQueryData(
      toKey,
      mapFirst(target, (items) => [moved, ...items.filter((item) => item.id !== record.id)]),
    );
  const putBack = () => {
    if (from) queryClient.setQueryData(fromKey, from);
    if (target) queryClient.setQueryData(toKey, target);
  };
  try {
    const saved = await saveChanges(definition, record, { ...changes }, move.message);
    if (!saved) putBack();
  } catch (error) {
    putBack();
    showProblem(error);
  }
}

function mapFirst(
  data: InfiniteData<Page>,
  change: (items: RecordShape[]) => RecordShape[],
  everyPage = false,
): InfiniteData<Page> {
  return {
    ...data,
    pages: data.pages.map((page, index) => (index === 0 || everyPage ? { ...page, items: change(page.items) } : page)),
  };
}
