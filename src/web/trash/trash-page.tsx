import { Button } from '@mantine/core';
import IconArrowLeft from '@tabler/icons-react/dist/esm/icons/IconArrowLeft.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatAgo } from '#kernel/fields/web/format.ts';
import { refreshObject } from '../api/cache.ts';
import { post } from '../api/client.ts';
import { useDefinition } from '../api/definitions.ts';
import { listQuery, queryClient } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import { removeRecord } from '../api/writes.ts';
import { titleOf } from '../fields.ts';
import { ScreenSkeleton } from '../shell/route-boundary.tsx';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import { showProblem, showUndo } from '../ui/toast.tsx';
import style from './trash.module.css';

/** Deleted records of one object, the newest first, to take back. */
export function TrashPage() {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const { object } = useParams({ from: '/app/o/$object/trash' });
  const definition = useDefinition(object);
  const query = useInfiniteQuery(
    listQuery(object, {
      deleted: true,
      sort: ['-updatedAt'],
      fields: [definition.title, 'deletedAt', 'updatedBy'],
      expand: ['updatedBy'],
      limit: 50,
    }),
  );
  const records = query.data?.pages.flatMap((page) => page.items) ?? [];
  const restore = async (record: RecordShape) => {
    try {
      await post(`/records/${object}/${record.id}/restore`);
      refreshObject(object);
      await queryClient.invalidateQueries({ queryKey: ['records', object, 'record', record.id] });
      showUndo(t('trash.restored', { title: titleOf(definition, record, t('list.untitled')) }), () =>
        removeRecord(definition, record.id).then(() => refreshObject(object)),
      );
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <div className={style.page}>
      <title>{`${t('trash.title')} · ${definition.label.many} · Tendero`}</title>
      <header className={style.header}>
        <Link to="/o/$object" params={{ object }} search={{}} className={style.back}>
          <IconArrowLeft size={15} aria-hidden />
          {definition.label.many}
        </Link>
        <h1>{t('trash.title')}</h1>
      </header>
      {query.isPending ? <ScreenSkeleton /> : null}
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isSuccess && records.length === 0 ? (
        <EmptyState icon={<IconTrash size={22} />} title={t('trash.empty')} text={t('trash.emptyText')} />
      ) : null}
      <ul className={style.list}>
        {records.map((record) => (
          <li key={record.id}>
            <Link to="/o/$object/$id" params={{ object, id: record.id }} className={style.title}>
              {titleOf(definition, record, t('list.untitled'))}
            </Link>
            <span className={style.when}>
              {t('trash.deleted', {
                when: record.deletedAt ? formatAgo(String(record.deletedAt), language) : '',
                who: (record.expanded?.updatedBy as { title?: string } | undefined)?.title ?? '',
              })}
            </span>
            {definition.can.update ? (
              <Button variant="default" size="compact-sm" onClick={() => void restore(record)}>
                {t('trash.restore')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button
          variant="subtle"
          color="gray"
          m="md"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t('activity.more')}
        </Button>
      ) : null}
    </div>
  );
}
