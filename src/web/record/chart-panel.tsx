import { useMemo } from 'react';
import type { ShownPanel } from '#kernel/object/layout.ts';
import { useDefinitions } from '../api/definitions.ts';
import type { Definition } from '../api/types.ts';
import { ChartView } from '../chart/chart.tsx';
import { useRecordContext } from './page-context.ts';
import style from './panels.module.css';
import { useRelatedView } from './related-view.ts';

type ChartPanelShape = Extract<ShownPanel, { type: 'chart' }>;

/** Records that point at this one, counted or measured; a category leads to its records. */
export function ChartPanel({ panel }: { panel: ChartPanelShape }) {
  const target = useDefinitions().get(panel.object);
  return target ? <Chart panel={panel} target={target} /> : null;
}

function Chart({ panel, target }: { panel: ChartPanelShape; target: Definition }) {
  const { record } = useRecordContext();
  const { field, by, chart = 'bar', measure, of } = panel;
  const list = useMemo(() => ({ target, field, label: target.label.many }), [target, field]);
  const shown = useMemo(
    () => ({
      shape: 'chart' as const,
      filter: {},
      sort: [],
      by,
      chart,
      ...(measure && of ? { measure, sum: of } : {}),
    }),
    [by, chart, measure, of],
  );
  const view = useRelatedView(list, record, shown);
  return (
    <div className={style.chart}>
      <ChartView list={view} />
    </div>
  );
}
