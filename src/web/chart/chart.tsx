import IconChartBarOff from '@tabler/icons-react/dist/esm/icons/IconChartBarOff.mjs';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { toneOf as toneOfText } from '#kernel/fields/web/chip.tsx';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { useDefinitions } from '../api/definitions.ts';
import { aggregateQuery } from '../api/queries.ts';
import type { AggregateRow, FieldShape } from '../api/types.ts';
import { useLanes } from '../board/use-lanes.ts';
import { allOf } from '../list/filter-model.ts';
import { GroupLabel, groupText } from '../list/group-line.tsx';
import { useMeasureText } from '../list/measure-text.tsx';
import { groupFilter } from '../list/use-groups.ts';
import type { ListView } from '../list/use-list-view.ts';
import { ScreenSkeleton } from '../shell/route-boundary.tsx';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import style from './chart.module.css';
import { Bars, Funnel, Line, Pie, type Slice } from './shapes.tsx';

const MOST = 60;

/** Counts, sums or averages of the records by the values of one field. A category leads to its records. */
export function ChartView({ list }: { list: ListView }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const measureText = useMeasureText();
  const { definition, settings } = list;
  const by = list.by('chart');
  const chosen = settings.by?.split(':');
  const bucket =
    by?.groupable === 'bucket' ? ((chosen?.[0] === by.name ? chosen[1] : undefined) ?? 'month') : undefined;
  const kind = settings.measure ?? 'count';
  const measured = kind === 'count' ? undefined : list.fieldOf(settings.sum ?? '');
  // Stages are steps in an order of their own; accounts are not.
  const target = useDefinitions().get(by?.type === 'reference' ? String(by.options?.to) : '');
  const hasOrder = target?.fields.some((field) => field.name === 'position') ?? false;
  const { lanes } = useLanes(hasOrder ? by : undefined);
  const { data, isPending, error, refetch } = useQuery({
    ...aggregateQuery(definition.name, {
      filter: list.target,
      groupBy: [bucket ? `${by?.name}:${bucket}` : by?.name],
      measures: { n: { count: true }, ...(measured ? { m: { [kind]: measured.name } } : {}) },
      limit: 2000,
    }),
    enabled: by !== undefined,
    placeholderData: (before) => before,
  });
  const words = useMemo(() => ({ yes: t('common.yes'), no: t('common.no') }), [t]);
  const slices = useMemo(() => {
    if (!by) return [];
    const options = (by.options?.options ?? []) as { value: string; label: string; color?: string | null }[];
    const all = (data?.rows ?? []).map((row): Slice => {
      const value = row.key[0] ?? null;
      const option = options.find((one) => one.value === value);
      const lane = lanes.find((one) => one.value === value);
      const raw = measured ? row.m : row.n;
      const { text, full } = measureText(raw, measured, kind, true);
      return {
        key: String(value),
        value,
        label:
          value === null
            ? t('group.none')
            : (option?.label ?? lane?.label ?? (isLinked(by) ? '' : groupText(value, bucket, language, words))),
        measure: numberOf(raw),
        text,
        full: full || text,
        tone: option?.color ?? lane?.tone ?? toneOfText(String(value)),
      };
    });
    return inOrder(
      all,
      options.map((option) => option.value),
      lanes.map((lane) => lane.value),
      bucket !== undefined,
    ).slice(0, MOST);
  }, [data, by, lanes, measured, measureText, kind, bucket, language, words, t]);

  if (!by) return <EmptyState icon={<IconChartBarOff size={22} />} title={t('chart.noField')} />;
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (isPending) return <ScreenSkeleton />;
  const label = `${measured ? t('chart.measured', { measure: t(`total.${kind}`), field: measured.label }) : t('total.count')} · ${by.label}`;
  // Among the panels of a page it is one of many that may be empty.
  if (slices.length === 0 && list.within)
    return (
      <div className={style.wrap}>
        <h2 className={style.title}>{label}</h2>
        <p className={style.cut}>{t('related.none')}</p>
      </div>
    );
  if (slices.length === 0) return <EmptyState icon={<IconChartBarOff size={22} />} title={t('list.noneFound')} />;

  // A category is a condition: the table of its records is a click away.
  const open = (slice: Slice) =>
    list.change({ shape: 'list', filter: allOf(list.filter, groupFilter(by, slice.value, bucket)) ?? {} });
  const props = {
    slices,
    label,
    onOpen: open,
    renderLabel: (slice: Slice) => <LabelOf by={by} slice={slice} bucket={bucket} />,
  };
  const chart = settings.chart ?? 'bar';
  const total = slices.reduce((sum, slice) => sum + slice.measure, 0);
  return (
    <div className={style.wrap}>
      <h2 className={style.title}>{label}</h2>
      {chart === 'pie' ? (
        <Pie {...props} total={total} />
      ) : chart === 'line' ? (
        <Line {...props} />
      ) : chart === 'funnel' ? (
        <Funnel {...props} />
      ) : (
        <Bars {...props} />
      )}
      {(data?.rows.length ?? 0) > MOST ? <p className={style.cut}>{t('chart.cut', { count: MOST })}</p> : null}
    </div>
  );
}

function LabelOf({ by, slice, bucket }: { by: FieldShape; slice: Slice; bucket: string | undefined }) {
  return slice.label ? <span>{slice.label}</span> : <GroupLabel field={by} value={slice.value} bucket={bucket} />;
}

function isLinked(field: FieldShape): boolean {
  return ['reference', 'references', 'user'].includes(field.type);
}

/** Money is drawn in the company's currency; where no rate is known, as its plain amounts. */
function numberOf(value: AggregateRow[string]): number {
  if (typeof value === 'number') return value;
  if (value && typeof value === 'object') {
    const { base, byCurrency = {} } = value as { base: number | null; byCurrency?: Record<string, number> };
    return base ?? Object.values(byCurrency).reduce((sum, amount) => sum + amount, 0);
  }
  return Number(value) || 0;
}

function inOrder(slices: Slice[], options: string[], lanes: string[], isTime: boolean): Slice[] {
  const known = options.length > 0 ? options : lanes;
  const rank = (slice: Slice) => {
    const at = known.indexOf(slice.key);
    return slice.value === null ? Number.POSITIVE_INFINITY : at === -1 ? known.length : at;
  };
  return slices.sort((a, b) => {
    if (isTime) return a.value === null ? 1 : b.value === null ? -1 : a.key < b.key ? -1 : 1;
    return known.length > 0 ? rank(a) - rank(b) : b.measure - a.measure;
  });
}
