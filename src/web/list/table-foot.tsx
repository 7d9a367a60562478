import { Menu, Skeleton, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { aggregateQuery } from '../api/queries.ts';
import type { FieldShape } from '../api/types.ts';
import { numeric } from '../fields.ts';
import style from './list.module.css';
import { useMeasureText } from './measure-text.tsx';
import { columnStyle } from './use-columns.ts';
import type { ListView } from './use-list-view.ts';
import { type TotalKind, totalKinds } from './view-settings.ts';

/** What the records have together, column by column: chosen by a click, counted apart from the list. */
export const TableFoot = memo(function TableFoot({ list, frozen }: { list: ListView; frozen: number }) {
  const { t } = useTranslation();
  const measureText = useMeasureText();
  const totals = list.settings.totals ?? {};
  const measures = measuresOf(list);
  const { data, isFetching } = useQuery({
    ...aggregateQuery(list.definition.name, { filter: list.target, measures }),
    enabled: Object.keys(measures).length > 0,
    placeholderData: (before) => before,
  });
  const row = data?.rows[0];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are placed by themselves
    // biome-ignore lint/a11y/useFocusableInteractive: the buttons in it are
    <div className={style.foot} role="row">
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: see above */}
      <span className={`${style.cell} ${style.check} ${style.sticky}`} role="gridcell" />
      {list.columns.map((field, column) => {
        const kind = totals[field.name];
        const value = row?.[measureName(field.name)];
        const told = kind && value !== undefined ? measureText(value, field, kind) : null;
        return (
          // biome-ignore lint/a11y/useSemanticElements: see above
          // biome-ignore lint/a11y/useFocusableInteractive: see above
          <div
            key={field.name}
            role="gridcell"
            className={`${style.footCell} ${column < frozen ? style.frozen : ''}`}
            style={columnStyle(column, column < frozen)}
            data-align={numeric.has(field.type) ? 'end' : undefined}
            data-last={column === frozen - 1 || undefined}
          >
            <Menu position="top-start">
              <Menu.Target>
                <UnstyledButton
                  className={style.total}
                  data-empty={!kind}
                  title={told?.full || undefined}
                  aria-label={
                    kind && told
                      ? `${field.label}: ${t(`total.${kind}`)} ${told.text}`
                      : t('total.add', { field: field.label })
                  }
                >
                  {kind ? (
                    <>
                      <span>{t(`total.${kind}`)}</span>{' '}
                      {told ? (
                        <b className="tabular" data-busy={isFetching}>
                          {told.text}
                        </b>
                      ) : (
                        <Skeleton width={40} height={9} />
                      )}
                    </>
                  ) : (
                    <span>{t('total.title')}</span>
                  )}
                </UnstyledButton>
              </Menu.Target>
              <Menu.Dropdown>
                {kindsOf(field).map((one) => (
                  <Menu.Item
                    key={one}
                    aria-current={one === kind ? true : undefined}
                    onClick={() => list.change({ totals: { ...totals, [field.name]: one } }, true)}
                  >
                    {t(`total.${one}`)}
                  </Menu.Item>
                ))}
                {kind ? (
                  <Menu.Item
                    onClick={() => {
                      const { [field.name]: _gone, ...others } = totals;
                      list.change({ totals: others }, true);
                    }}
                  >
                    {t('total.none')}
                  </Menu.Item>
                ) : null}
              </Menu.Dropdown>
            </Menu>
          </div>
        );
      })}
    </div>
  );
});

/** Measures as the aggregate route takes them, one per column that tells something. */
export function measuresOf(list: ListView): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    list.columns.flatMap((field) => {
      const kind = list.settings.totals?.[field.name];
      if (!kind || !kindsOf(field).includes(kind)) return [];
      return [[measureName(field.name), kind === 'count' ? { count: true } : { [kind]: field.name }]];
    }),
  );
}

/** A measure's name has no dots. */
export function measureName(field: string): string {
  return `m_${field.replaceAll('.', '_')}`.slice(0, 40);
}

function kindsOf(field: FieldShape): TotalKind[] {
  return totalKinds.filter((kind) => kind === 'count' || field.aggregations?.includes(kind));
}
