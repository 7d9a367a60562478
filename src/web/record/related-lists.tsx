import { ActionIcon, Skeleton } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '#kernel/fields/web/format.ts';
import { useDefinitions } from '../api/definitions.ts';
import { expandable, readPage } from '../api/queries.ts';
import type { Definition, Filter, RecordShape } from '../api/types.ts';
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
  const shown = definition.related.flatMap((related) => {
    const target = definitions.get(related.object);
    return target && !['note', 'comment', 'notification', 'follow'].includes(related.object)
      ? [{ ...related, label: labelOf(related, target), target }]
      : [];
  });
  // Two lists of the same object (relationships from and to an account) are told apart by their field.
  function labelOf(related: Definition['related'][number], target: Definition): string {
    const several = definition.related.filter((one) => one.object === related.object).length > 1;
    const field = target.fields.find((one) => one.name === related.field);
    return several && field ? `${related.label} · ${field.label}` : related.label;
  }
  if (shown.length === 0) return <p className={style.quiet}>{t('record.noRelated')}</p>;
  return (
    <div className={style.relatedLists}>
      {shown.map(({ object, field, label, target }) => (
        <Related key={`${object}.${field}`} record={record} target={target} field={field} label={label} />
      ))}
    </div>
  );
}

const most = 5;

function Related({
  record,
  target,
  field,
  label,
}: {
  record: RecordShape;
  target: Definition;
  field: string;
  label: string;
}) {
  const { t, i18n } = useTranslation();
  const operators = target.fields.find((one) => one.name === field)?.operators ?? {};
  const filter: Filter = {
    [field]: 'is' in operators || !('hasAny' in operators) ? { is: record.id } : { hasAny: [record.id] },
  };
  const columns = (target.views.find((view) => view.type === 'list')?.columns ?? target.quickCreate)
    .filter((name) => name !== field && name !== target.title && !name.includes('.'))
    .flatMap((name) => target.fields.find((one) => one.name === name) ?? [])
    .slice(0, 4);
  const wanted = [target.title, ...columns.map((column) => column.name)];
  const query = useQuery({
    queryKey: ['records', target.name, 'list', 'related', field, record.id],
    queryFn: async ({ signal }) => {
      const page = await readPage(
        target.name,
        {
          filter,
          fields: wanted,
          expand: expandable(target, wanted),
          sort: ['-updatedAt'],
          limit: most,
          count: 'estimate',
        },
        signal,
      );
      return { pages: [page], pageParams: [null] };
    },
  });
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
            onClick={() =>
              void openQuickCreate({
                object: target.name,
                values: { [field]: Array.isArray(record[field]) ? [record.id] : linkValue(target, field, record.id) },
              })
            }
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
          <span className={style.relatedTitle}>{titleOf(target, item, t('list.untitled'))}</span>
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
        <Link to="/o/$object" params={{ object: target.name }} search={{ filter }} className={style.seeAll}>
          {t('record.seeAll', { count, shown: formatNumber(count, i18n.language) })}
        </Link>
      ) : null}
    </section>
  );
}

function linkValue(target: Definition, field: string, id: string): unknown {
  return target.fields.find((one) => one.name === field)?.type === 'references' ? [id] : id;
}
