import { Modal, Skeleton } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime } from '#kernel/fields/web/format.ts';
import { useDefinitions } from '../api/definitions.ts';
import { readPage } from '../api/queries.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { FieldValue } from '../ui/field-value.tsx';
import { Actor } from './actor.tsx';
import { ChangesOf } from './field-history.tsx';
import style from './record.module.css';
import { filterOf, otherSideOf, relatedOf } from './related-query.ts';

/** To what a record was tied and from what it was parted: by its own references, and by relations with a role. */
export function AssociationHistory({
  definition,
  record,
  onClose,
}: {
  definition: Definition;
  record: RecordShape;
  onClose(): void;
}) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const definitions = useDefinitions();
  const own = [...definition.fields, ...definition.system].filter(
    (field) =>
      ['reference', 'references', 'user'].includes(field.type) && !['createdBy', 'updatedBy'].includes(field.name),
  );
  const relations = relatedOf(definition, definitions).filter((list) => otherSideOf(list));
  const queries = useQueries({
    queries: relations.flatMap((list) =>
      [false, true].map((deleted) => ({
        queryKey: ['records', list.target.name, 'list', 'ties', list.field, record.id, deleted],
        queryFn: async ({ signal }: { signal: AbortSignal }) => {
          const expand = [otherSideOf(list)!.name];
          const page = await readPage(
            list.target.name,
            { filter: filterOf(list, record), sort: ['-createdAt'], expand, deleted, limit: 100 },
            signal,
          );
          return { pages: [page], pageParams: [null] };
        },
      })),
    ),
  });
  const ties = relations.flatMap((list, index) =>
    queries
      .slice(index * 2, index * 2 + 2)
      .flatMap((query) =>
        (query.data?.pages[0]?.items ?? []).flatMap((item) => [
          { list, item, at: String(item.createdAt), by: item.createdBy as string | null, isTied: true },
          ...(item.deletedAt
            ? [{ list, item, at: String(item.deletedAt), by: item.updatedBy as string | null, isTied: false }]
            : []),
        ]),
      ),
  );
  ties.sort((a, b) => (a.at < b.at ? 1 : -1));
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('record.associations')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {queries.some((query) => query.isPending) ? <Skeleton height={60} /> : null}
      {ties.map(({ list, item, at, by, isTied }) => (
        <div key={`${item.id}-${isTied}`} className={style.fieldEvent}>
          <div className={style.fieldEventHead}>
            <Actor id={by} /> · {formatDateTime(at, language, timeZone)}
          </div>
          <div className={style.tie}>
            <span className={style.quiet}>{t(isTied ? 'record.tied' : 'record.parted', { list: list.label })}</span>
            <FieldValue field={otherSideOf(list)!} record={item} />
            <TieRole list={list} item={item} />
          </div>
        </div>
      ))}
      {own.length > 0 ? (
        <>
          <h3 className={style.sectionTitle}>{t('record.ownReferences')}</h3>
          <ChangesOf definition={definition} record={record} fields={own} />
        </>
      ) : null}
    </Modal>
  );
}

function TieRole({ list, item }: { list: ReturnType<typeof relatedOf>[number]; item: RecordShape }) {
  const role = list.target.fields.find((field) => field.name === list.target.title && field.type === 'select');
  return role ? <FieldValue field={role} record={item} cell /> : null;
}
