import { Button, Skeleton } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useQueries } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ShownPanel } from '#kernel/object/layout.ts';
import { useDefinitions } from '../api/definitions.ts';
import { usePreference } from '../preferences.ts';
import { useRecordContext } from './page-context.ts';
import style from './related.module.css';
import { RelatedList } from './related-list.tsx';
import { addTo, keyOf, pageQuery, type RelatedOf, relatedOf } from './related-query.ts';

/** One list that an administrator gave a place. */
export function RelatedPanel({
  panel,
  zone,
}: {
  panel: Extract<ShownPanel, { type: 'related' }>;
  zone: 'side' | 'middle';
}) {
  const { definition } = useRecordContext();
  const target = useDefinitions().get(panel.object);
  if (!target) return null;
  const list: RelatedOf = {
    target,
    field: panel.field,
    label: panel.label ?? definition.related.find((one) => one.object === panel.object)?.label ?? target.label.many,
  };
  return <RelatedList list={list} zone={zone} columns={panel.columns} sort={panel.sort} limit={panel.limit} />;
}

/** Lists that have no place of their own; those without a record are offered as buttons, to begin one. */
export function OtherRelated({ zone }: { zone: 'side' | 'middle' }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const { definition, record, layout, compact } = useRecordContext();
  const [opened, setOpened] = usePreference<readonly string[]>(`related.${definition.name}.opened`, none);
  const placed = [layout.left, layout.right, ...layout.tabs.map((tab) => tab.panels)]
    .flat()
    .flatMap((panel) => (panel.type === 'related' ? [`${panel.object}.${panel.field}`] : []));
  const lists = relatedOf(definition, definitions).filter((list) => !placed.includes(keyOf(list)));
  const queries = useQueries({ queries: lists.map((list) => pageQuery(list, record, {})) });
  const shown = lists.map((list, index) => ({ list, query: queries[index]! }));
  const isEmptyList = ({ list, query }: (typeof shown)[number]) =>
    query.data?.pages[0]?.items.length === 0 && !opened.includes(keyOf(list));
  const empty = shown.filter(isEmptyList);
  const filled = shown.filter((one) => !isEmptyList(one));
  if (shown.length === 0) return <p className={style.quiet}>{t('record.noRelated')}</p>;
  return (
    <div className={style.lists}>
      {filled.map(({ list, query }) =>
        query.isPending ? (
          <Skeleton key={keyOf(list)} height={70} />
        ) : (
          <RelatedList key={keyOf(list)} list={list} zone={zone} />
        ),
      )}
      {empty.length > 0 && !compact && !record.deletedAt ? (
        <div className={style.emptyLists}>
          {empty
            .filter(({ list }) => !isSetByProgram(list) && (list.target.can.create || list.target.can.update))
            .map(({ list }) => (
              <Button
                key={keyOf(list)}
                variant="subtle"
                color="gray"
                size="compact-sm"
                leftSection={<IconPlus size={13} aria-hidden />}
                aria-label={t('record.addRelated', { object: list.label })}
                onClick={() => {
                  if (list.target.can.create) addTo(list, record);
                  else setOpened([...opened, keyOf(list)]);
                }}
              >
                {list.label}
              </Button>
            ))}
        </div>
      ) : null}
    </div>
  );
}

const none: readonly string[] = [];

function isSetByProgram({ target, field }: RelatedOf): boolean {
  return target.fields.some((one) => one.name === field && one.readOnly);
}
