import { ActionIcon, Select, Skeleton, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import IconAdjustmentsHorizontal from '@tabler/icons-react/dist/esm/icons/IconAdjustmentsHorizontal.mjs';
import IconExternalLink from '@tabler/icons-react/dist/esm/icons/IconExternalLink.mjs';
import IconLink from '@tabler/icons-react/dist/esm/icons/IconLink.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import IconUnlink from '@tabler/icons-react/dist/esm/icons/IconUnlink.mjs';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '#kernel/fields/web/format.ts';
import { queryClient } from '../api/queries.ts';
import type { FieldShape, RecordShape } from '../api/types.ts';
import { removeRecord, undoChange } from '../api/writes.ts';
import { isEmpty, titleOf } from '../fields.ts';
import { usePreference } from '../preferences.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { FieldValue } from '../ui/field-value.tsx';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { problemText, showProblem, showUndo } from '../ui/toast.tsx';
import { AddExisting } from './add-existing.tsx';
import { useRecordContext } from './page-context.ts';
import style from './related.module.css';
import { ColumnMenu, ShapeMenu } from './related-menus.tsx';
import {
  addTo,
  columnsOf,
  filterOf,
  headingOf,
  isList,
  keyOf,
  otherSideOf,
  pageQuery,
  type RelatedOf,
  type RelatedView,
} from './related-query.ts';
import { RelatedInShape } from './related-shape.tsx';
import { type RelatedShape, shapesOfRelated } from './related-view.ts';
import { saveChanges } from './save-field.tsx';

const wideLimit = 10;
const usual = ['-updatedAt'];

/** Records that point at this one, with the tools of a list where they are wanted. */
export function RelatedList({
  list,
  zone,
  columns: givenColumns,
  sort: givenSort,
  limit,
}: {
  list: RelatedOf;
  zone: 'side' | 'middle';
  columns?: readonly string[];
  sort?: readonly string[];
  limit?: number;
}) {
  const { t, i18n } = useTranslation();
  const headingId = useId();
  const { definition, record, compact } = useRecordContext();
  const { target, label } = list;
  const key = `related.${definition.name}.${keyOf(list)}`;
  const [chosen, setChosen] = usePreference<readonly string[] | null>(`${key}.columns`, null);
  const [sort, setSort] = usePreference<string | null>(`${key}.sort`, null);
  const [kept, setShape] = usePreference<RelatedShape>(`${key}.shape`, 'list');
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const [viewName, setViewName] = useState<string | null>(null);
  const [extra, setExtra] = useState(0);
  const [words] = useDebouncedValue(typed.trim(), 250);
  const shapes = useMemo(() => shapesOfRelated(list), [list]);
  const shape = !compact && shapes.includes(kept) ? kept : 'list';
  // What has a place of its own stands in it.
  const order = givenSort ?? (target.fields.some(({ name }) => name === 'position') ? ['position'] : undefined);
  const view = target.views.find((one) => one.name === viewName);
  const asked: RelatedView = {
    ...(words ? { words } : {}),
    ...(view?.filter ? { filter: view.filter } : {}),
    ...(sort || order ? { sort: sort ? [sort] : order } : {}),
    ...(chosen || givenColumns ? { columns: chosen ?? givenColumns } : {}),
    ...(limit || extra || zone === 'middle' ? { limit: (limit ?? (zone === 'middle' ? wideLimit : 5)) + extra } : {}),
  };
  const query = useQuery({ ...pageQuery(list, record, asked), placeholderData: keepPreviousData });
  const columns = columnsOf(list, chosen ?? givenColumns);
  const heading = headingOf(list);
  const page = query.data?.pages[0];
  const count = page?.total?.value;
  const canTie = target.can.update && !record.deletedAt && (otherSideOf(list) === undefined || target.can.create);
  const fullList = { filter: filterOf(list, record), ...(shape === 'list' ? {} : { shape }) };

  const tie = () =>
    openDialog<true>((done) => <AddExisting list={list} record={record} definition={definition} onClose={done} />);
  return (
    <section className={style.list} data-zone={zone} aria-labelledby={headingId}>
      <header>
        <ObjectIcon name={target.icon} size={14} />
        <h2 id={headingId}>{label}</h2>
        {count === undefined ? null : <span className={style.quiet}>{formatNumber(count, i18n.language)}</span>}
        <span className={style.spring} />
        {compact ? null : (
          <div className={style.buttons}>
            <ActionIcon
              size="sm"
              aria-label={t('related.tools', { list: label })}
              title={t('related.tools', { list: label })}
              aria-expanded={isOpen}
              onClick={() => setOpen(!isOpen)}
            >
              <IconAdjustmentsHorizontal size={14} />
            </ActionIcon>
            {shapes.length > 1 ? <ShapeMenu list={label} shapes={shapes} shape={shape} onChoose={setShape} /> : null}
            <Link
              to="/o/$object"
              params={{ object: target.name }}
              search={fullList}
              className={style.full}
              aria-label={t('related.full', { list: label })}
              title={t('related.full', { list: label })}
            >
              <IconExternalLink size={14} aria-hidden />
            </Link>
            {canTie ? (
              <ActionIcon
                size="sm"
                aria-label={t('related.existing', { object: target.label.one.toLocaleLowerCase() })}
                title={t('related.existing', { object: target.label.one.toLocaleLowerCase() })}
                onClick={() => void tie()}
              >
                <IconLink size={14} />
              </ActionIcon>
            ) : null}
            {target.can.create && !record.deletedAt ? (
              <ActionIcon
                size="sm"
                aria-label={t('record.addRelated', { object: target.label.one.toLocaleLowerCase() })}
                title={t('record.addRelated', { object: target.label.one.toLocaleLowerCase() })}
                onClick={() => addTo(list, record)}
              >
                <IconPlus size={14} />
              </ActionIcon>
            ) : null}
          </div>
        )}
      </header>
      {isOpen ? (
        <div className={style.tools}>
          <TextInput
            type="search"
            size="xs"
            autoFocus
            aria-label={t('related.search', { list: label })}
            placeholder={t('related.search', { list: label })}
            leftSection={<IconSearch size={13} aria-hidden />}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Select
            size="xs"
            clearable
            aria-label={t('related.filter')}
            placeholder={t('related.filter')}
            data={target.views.filter((one) => one.filter).map((one) => ({ value: one.name, label: one.label }))}
            value={viewName}
            onChange={setViewName}
          />
          <Select
            size="xs"
            clearable
            aria-label={t('related.sort')}
            placeholder={t('related.sort')}
            data={sortsOf(list).flatMap((one) => [
              { value: one.name, label: t('related.up', { field: one.label }) },
              { value: `-${one.name}`, label: t('related.down', { field: one.label }) },
            ])}
            value={sort}
            onChange={setSort}
          />
          <ColumnMenu list={list} columns={columns} onChoose={setChosen} />
        </div>
      ) : null}
      {query.isPending ? <Skeleton height={36} /> : null}
      {query.isError ? <p className={style.quiet}>{problemText(query.error)}</p> : null}
      {shape === 'list' ? (
        <>
          {page?.items.length === 0 ? (
            <p className={style.quiet}>{t(words || view ? 'related.nothingFound' : 'related.none')}</p>
          ) : null}
          <div data-stale={query.isPlaceholderData} className={zone === 'middle' ? style.table : undefined}>
            {page?.items.map((item) => (
              <div key={item.id} className={style.item}>
                <Link to="/o/$object/$id" params={{ object: target.name, id: item.id }} className={style.link}>
                  <span className={style.title}>
                    {heading ? (
                      <FieldValue field={heading} record={item} cell />
                    ) : (
                      <bdi>{titleOf(target, item, t('list.untitled'))}</bdi>
                    )}
                  </span>
                  <span className={style.details}>
                    {columns
                      .filter((column) => zone === 'middle' || !isEmpty(item[column.name]))
                      .slice(0, zone === 'middle' ? 6 : chosen ? 4 : 2)
                      .map((column) => (
                        <span key={column.name} title={column.label}>
                          <FieldValue field={column} record={item} cell />
                        </span>
                      ))}
                  </span>
                </Link>
                {compact || record.deletedAt ? null : <Untie list={list} record={record} item={item} />}
              </div>
            ))}
          </div>
          {page?.next && !compact ? (
            <button type="button" className={style.seeAll} onClick={() => setExtra(extra + 10)}>
              {t('activity.more')}
            </button>
          ) : null}
          {count !== undefined && page?.next ? (
            <Link to="/o/$object" params={{ object: target.name }} search={fullList} className={style.seeAll}>
              {t('record.seeAll', { count, shown: formatNumber(count, i18n.language) })}
            </Link>
          ) : null}
        </>
      ) : (
        <RelatedInShape
          key={shape}
          list={list}
          record={record}
          shape={shape}
          zone={zone}
          words={words}
          filter={view?.filter}
          sort={asked.sort ?? usual}
        />
      )}
    </section>
  );
}

/** Takes a record out of the list without deleting it; a relation that is a record of its own goes to the trash. */
function Untie({ list, record, item }: { list: RelatedOf; record: RecordShape; item: RecordShape }) {
  const { t } = useTranslation();
  const { target, field } = list;
  const shape = target.fields.find((one) => one.name === field);
  const isDetail = otherSideOf(list) !== undefined;
  if (isDetail ? !target.can.delete : !target.can.update || shape?.required || shape?.readOnly) return null;
  const title = titleOf(target, item, t('list.untitled'));
  const refresh = () => void queryClient.invalidateQueries({ queryKey: ['records', target.name, 'list'] });
  const untie = async () => {
    try {
      if (isDetail) {
        const changeSet = await removeRecord(target, item.id);
        showUndo(t('related.untied', { title }), () => undoChange(target, changeSet));
      } else {
        const before = (item[field] ?? []) as string[];
        const left = isList(target, field) ? before.filter((id) => id !== record.id) : null;
        await saveChanges(target, item, { [field]: left }, t('related.untied', { title }));
      }
      refresh();
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <ActionIcon
      size="sm"
      className={style.untie}
      aria-label={t('related.untie', { title })}
      title={t('related.untie', { title })}
      onClick={() => void untie()}
    >
      <IconUnlink size={13} />
    </ActionIcon>
  );
}

function sortsOf({ target }: RelatedOf): FieldShape[] {
  return [...target.fields, ...target.system].filter((one) => one.sortable).slice(0, 20);
}
