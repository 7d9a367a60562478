import { ActionIcon, Button, Skeleton } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { queryOptions, type UseQueryResult, useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '#kernel/fields/web/format.ts';
import { useDefinitions } from '../api/definitions.ts';
import { expandable, readPage } from '../api/queries.ts';
import type { Definition, FieldShape, Filter, Page, RecordShape } from '../api/types.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { isEmpty } from '../fields.ts';
import { titleOf } from '../list/list-row.tsx';
import { FieldValue } from '../ui/field-value.tsx';
import { ObjectIcon } from '../ui/object-icon.tsx';
import style from './record.module.css';

/** What points at this record, a few of each kind; notes, tasks and comments are in its activity. */
export function RelatedLists({ definition, record }: { definition: Definition; record: RecordShape }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const lists = definition.related.flatMap((related): RelatedList[] => {
    const target = definitions.get(related.object);
    return target && !['note', 'comment', 'notification', 'follow'].includes(related.object)
      ? [{ target, field: related.field, label: labelOf(related, target) }]
      : [];
  });
  const queries = useQueries({ queries: lists.map((list) => pageQuery(list, record)) });
  // Two lists of the same object (relationships from and to an account) are told apart by their field.
  function labelOf(related: Definition['related'][number], target: Definition): string {
    const several = definition.related.filter((one) => one.object === related.object).length > 1;
    const field = target.fields.find((one) => one.name === related.field);
    return several && field && related.field !== definition.name ? `${related.label} · ${field.label}` : related.label;
  }
  const shown = lists.map((list, index) => ({ list, query: queries[index]! }));
  const isEmptyList = ({ query }: (typeof shown)[number]) => query.data?.pages[0]?.items.length === 0;
  const empty = shown.filter((one) => isEmptyList(one) && one.list.target.can.create);
  const filled = shown.filter((one) => !isEmptyList(one));
  if (filled.length === 0 && empty.length === 0) return <p className={style.quiet}>{t('record.noRelated')}</p>;
  return (
    <div className={style.relatedLists}>
      {filled.map(({ list, query }) => (
        <Related key={keyOf(list)} list={list} record={record} query={query} />
      ))}
      {empty.length > 0 ? (
        <div className={style.emptyLists}>
          {empty.map(({ list }) => (
            <Button
              key={keyOf(list)}
              variant="subtle"
              color="gray"
              size="compact-sm"
              leftSection={<IconPlus size={13} aria-hidden />}
              aria-label={t('record.addRelated', { object: list.label.toLocaleLowerCase() })}
              onClick={() => addTo(list, record)}
            >
              {list.label}
            </Button>
          ))}
        </div>
      ) : null}
    </div>
  );
}

interface RelatedList {
  target: Definition;
  /** Of the target, pointing here. */
  field: string;
  label: string;
}

const most = 5;

function Related({
  list: { target, field, label },
  record,
  query,
}: {
  list: RelatedList;
  record: RecordShape;
  query: UseQueryResult<{ pages: Page[] }>;
}) {
  const { t, i18n } = useTranslation();
  const columns = columnsOf(target, field);
  const heading = headingOf(target, field);
  const page = query.data?.pages[0];
  const count = page?.total?.value;
  return (
    <section className={style.related}>
      <header>
        <ObjectIcon name={target.icon} size={14} />
        <h2>{label}</h2>
        {count === undefined ? null : <span className={style.quiet}>{formatNumber(count, i18n.language)}</span>}
        <span className={style.spring} />
        {target.can.create ? (
          <ActionIcon
            size="sm"
            aria-label={t('record.addRelated', { object: target.label.one.toLocaleLowerCase() })}
            onClick={() => addTo({ target, field, label }, record)}
          >
            <IconPlus size={14} />
          </ActionIcon>
        ) : null}
      </header>
      {query.isPending ? <Skeleton height={36} /> : null}
      {query.isError ? <p className={style.quiet}>{t('problem.title')}</p> : null}
      {page?.items.map((item) => (
        <Link
          key={item.id}
          to="/o/$object/$id"
          params={{ object: target.name, id: item.id }}
          className={style.relatedItem}
        >
          <span className={style.relatedTitle}>
            {heading ? <FieldValue field={heading} record={item} cell /> : titleOf(target, item, t('list.untitled'))}
          </span>
          <span className={style.relatedDetails}>
            {columns
              .filter((column) => !isEmpty(item[column.name]))
              .slice(0, 2)
              .map((column) => (
                <span key={column.name}>
                  <FieldValue field={column} record={item} cell />
                </span>
              ))}
          </span>
        </Link>
      ))}
      {count !== undefined && count > most ? (
        <Link
          to="/o/$object"
          params={{ object: target.name }}
          search={{ filter: filterOf({ target, field, label }, record) }}
          className={style.seeAll}
        >
          {t('record.seeAll', { count, shown: formatNumber(count, i18n.language) })}
        </Link>
      ) : null}
    </section>
  );
}

/** A role or a kind says little by itself: such details are headed by whom they are about. */
function headingOf(target: Definition, field: string): FieldShape | undefined {
  const title = target.fields.find((one) => one.name === target.title);
  const isChoice = title?.type === 'select';
  return isChoice
    ? target.fields.find((one) => one.type === 'reference' && one.name !== field && one.required)
    : undefined;
}

/** Yes and no are left out: without their labels they say nothing. */
function columnsOf(target: Definition, field: string): FieldShape[] {
  const listed = target.views.find((view) => view.type === 'list')?.columns ?? target.quickCreate;
  const heading = headingOf(target, field);
  return (heading ? [target.title, ...listed] : listed)
    .filter((name, index, all) => all.indexOf(name) === index && name !== field && !name.includes('.'))
    .filter((name) => name !== (heading?.name ?? target.title))
    .flatMap((name) => target.fields.find((one) => one.name === name) ?? [])
    .filter((column) => column.type !== 'boolean')
    .slice(0, 4);
}

function filterOf({ target, field }: RelatedList, record: RecordShape): Filter {
  const operators = target.fields.find((one) => one.name === field)?.operators ?? {};
  return { [field]: 'is' in operators || !('hasAny' in operators) ? { is: record.id } : { hasAny: [record.id] } };
}

function pageQuery(list: RelatedList, record: RecordShape) {
  const { target, field } = list;
  const shown = [headingOf(target, field), ...columnsOf(target, field)].flatMap((column) => column?.name ?? []);
  const fields = [...new Set([target.title, ...shown])];
  return queryOptions({
    queryKey: ['records', target.name, 'list', 'related', field, record.id],
    queryFn: async ({ signal }) => {
      const page = await readPage(
        target.name,
        {
          filter: filterOf(list, record),
          fields,
          expand: expandable(target, fields),
          sort: ['-updatedAt'],
          limit: most,
          count: 'estimate',
        },
        signal,
      );
      return { pages: [page], pageParams: [null] };
    },
  });
}

function addTo({ target, field }: RelatedList, record: RecordShape): void {
  const value = target.fields.find((one) => one.name === field)?.type === 'references' ? [record.id] : record.id;
  void openQuickCreate({ object: target.name, values: { [field]: value } });
}

function keyOf({ target, field }: RelatedList): string {
  return `${target.name}.${field}`;
}
