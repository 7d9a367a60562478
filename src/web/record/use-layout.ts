import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { conditionFields, holds, type RecordCondition } from '#kernel/object/condition.ts';
import type { ShownLayout, ShownPanel } from '#kernel/object/layout.ts';
import { get } from '../api/client.ts';
import type { Definition, RecordShape } from '../api/types.ts';

/** The layout that a record's values call for, without the panels whose condition does not hold. */
export function useLayout(definition: Definition, record: RecordShape): ShownLayout {
  const { userId } = useFieldEnvironment();
  const paths = useMemo(() => {
    const panels = (list: readonly ShownPanel[]) => list.flatMap(({ when }) => pathsOf(when));
    const all = definition.layouts.flatMap(({ when, left, right, tabs }) => [
      ...pathsOf(when),
      ...panels(left),
      ...panels(right),
      ...tabs.flatMap((tab) => [...pathsOf(tab.when), ...panels(tab.panels)]),
    ]);
    return [...new Set(all)];
  }, [definition]);
  const far = useQuery({
    queryKey: ['records', definition.name, 'far', record.id, record.version, paths],
    enabled: paths.length > 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      get<RecordShape>(
        `/records/${definition.name}/${record.id}`,
        { fields: paths.join(','), deleted: 'true' },
        signal,
      ),
  });
  return useMemo(() => {
    const known: RecordShape = { ...far.data, ...record };
    const fits = ({ when }: { readonly when?: RecordCondition }) => holds(when, known, userId);
    const chosen = definition.layouts.find(fits) ?? definition.layouts.at(-1)!;
    return {
      ...chosen,
      left: chosen.left.filter(fits),
      right: chosen.right.filter(fits),
      tabs: chosen.tabs.filter(fits).map((tab) => ({ ...tab, panels: tab.panels.filter(fits) })),
    };
  }, [definition, record, far.data, userId]);
}

/** Paths through references that a condition reads: they do not come with the record by themselves. */
function pathsOf(condition: RecordCondition | undefined): string[] {
  return conditionFields(condition).filter((name) => name.includes('.'));
}
