import { ActionIcon, Button, Menu } from '@mantine/core';
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import IconFileImport from '@tabler/icons-react/dist/esm/icons/IconFileImport.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type ComponentType, lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '#kernel/fields/web/format.ts';
import { useDefinition } from '../api/definitions.ts';
import { countQuery } from '../api/queries.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { ScreenSkeleton } from '../shell/route-boundary.tsx';
import { ColumnChooser } from './column-chooser.tsx';
import { exportHref } from './export-href.ts';
import { FilterBar } from './filter-bar.tsx';
import { FollowAll } from './follow-all.tsx';
import style from './list.module.css';
import { ListTable } from './list-table.tsx';
import { ShapeBar } from './shape-bar.tsx';
import { type ListView, useListView } from './use-list-view.ts';
import type { Shape } from './view-settings.ts';
import { ViewTabs } from './view-tabs.tsx';

/** Each shape is loaded when it is first looked at; the table comes with the page. */
const views: Record<Shape, ComponentType<{ list: ListView }>> = {
  list: ListTable,
  board: lazy(() => import('../board/board.tsx').then((loaded) => ({ default: loaded.Board }))),
  calendar: lazy(() => import('../calendar/calendar.tsx').then((loaded) => ({ default: loaded.CalendarView }))),
  timeline: lazy(() => import('../timeline/timeline.tsx').then((loaded) => ({ default: loaded.TimelineView }))),
  map: lazy(() => import('../map/map.tsx').then((loaded) => ({ default: loaded.MapView }))),
  chart: lazy(() => import('../chart/chart.tsx').then((loaded) => ({ default: loaded.ChartView }))),
};

/** Any object's records, as the chosen view shows them. The address holds view, filter, words and sorting. */
export function ListPage() {
  const { object } = useParams({ from: '/app/o/$object' });
  return <ListOf key={object} object={object} />;
}

function ListOf({ object }: { object: string }) {
  const { t } = useTranslation();
  const definition = useDefinition(object);
  const list = useListView(definition);
  const { shape } = list.settings;
  const View = views[shape];
  const create = t('list.new', { object: definition.label.one.toLocaleLowerCase() });
  return (
    <div className={style.wrap}>
      <title>{`${definition.label.many} · Tendero`}</title>
      <div className={style.head}>
        <h1>{definition.label.many}</h1>
        <Count list={list} />
        <span className={style.spring} />
        {definition.can.create ? (
          <Button
            variant="default"
            className={style.create}
            leftSection={<IconPlus size={14} />}
            aria-label={create}
            onClick={() => void openQuickCreate({ object })}
          >
            {create}
          </Button>
        ) : null}
        <Menu>
          <Menu.Target>
            <ActionIcon aria-label={t('list.more')}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {definition.can.import ? (
              <Menu.Item
                leftSection={<IconFileImport size={15} />}
                renderRoot={(props) => <Link {...props} to="/import" search={{ object }} />}
              >
                {t('list.import')}
              </Menu.Item>
            ) : null}
            {definition.can.export
              ? (['csv', 'xlsx'] as const).map((format) => (
                  <Menu.Item
                    key={format}
                    component="a"
                    href={exportHref(list, format)}
                    download
                    leftSection={<IconDownload size={15} />}
                  >
                    {t('list.export', { format: format.toUpperCase() })}
                  </Menu.Item>
                ))
              : null}
            <FollowAll definition={definition} />
            <Menu.Item
              leftSection={<IconTrash size={15} />}
              renderRoot={(props) => <Link {...props} to="/o/$object/trash" params={{ object }} />}
            >
              {t('trash.title')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <ViewTabs list={list} />
      <FilterBar list={list}>
        <ShapeBar list={list} />
        {shape === 'list' ? <ColumnChooser list={list} what="columns" /> : null}
        {shape === 'board' ? <ColumnChooser list={list} what="cards" /> : null}
      </FilterBar>
      {shape === 'list' ? (
        <ListTable key={list.tab.key} list={list} />
      ) : (
        <Suspense fallback={<ScreenSkeleton />}>
          <View key={list.tab.key} list={list} />
        </Suspense>
      )}
    </div>
  );
}

/** Comes when it comes; an estimate says so. */
function Count({ list }: { list: ListView }) {
  const { t, i18n } = useTranslation();
  const { data: total } = useQuery(
    countQuery(list.definition.name, { filter: list.query.filter, search: list.words || undefined }),
  );
  if (!total) return null;
  const prefix = total.kind === 'estimate' ? '≈ ' : total.kind === 'atLeast' ? '≥ ' : '';
  return (
    <span className={`${style.count} tabular`} aria-live="polite">
      {prefix + formatNumber(total.value, i18n.language)}
      <span className="visually-hidden">{t('list.records', { count: total.value })}</span>
    </span>
  );
}
