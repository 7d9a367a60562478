import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import type { ShownLayout, ShownPanel } from '#kernel/object/layout.ts';
import { get } from '../api/client.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { matches, pathsOf } from './condition.ts';

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
    const holds = ({ when }: { readonly when?: Parameters<typeof matches>[0] }) =>
      !when || matches(when, known, userId);
    const chosen = definition.layouts.find(holds) ?? definition.layouts.at(-1)!;
    return {
      ...chosen,
      left: chosen.left.filter(holds),
      right: chosen.right.filter(holds),
      tabs: chosen.tabs.filter(holds).map((tab) => ({ ...tab, panels: tab.panels.filter(holds) })),
    };
  }, [definition, record, far.data, userId]);
}
