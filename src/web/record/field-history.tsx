import { Button, Modal, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime } from '#kernel/fields/web/format.ts';
import { get } from '../api/client.ts';
import type { Definition, FieldShape, HistoryEvent, RecordShape } from '../api/types.ts';
import { problemText } from '../ui/toast.tsx';
import { Actor } from './actor.tsx';
import { Change } from './change.tsx';
import style from './record.module.css';

/** Who changed one field, when, from what to what. */
export function FieldHistory({
  definition,
  record,
  field,
  onClose,
}: {
  definition: Definition;
  record: RecordShape;
  field: FieldShape;
  onClose(): void;
}) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('record.fieldHistory', { field: field.label })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <ChangesOf definition={definition} record={record} fields={[field]} />
    </Modal>
  );
}

/** Changes of some fields, newest first. */
export function ChangesOf({
  definition,
  record,
  fields,
}: {
  definition: Definition;
  record: RecordShape;
  fields: readonly FieldShape[];
}) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const names = fields.map(({ name }) => name).join(',');
  const history = useInfiniteQuery({
    queryKey: ['records', definition.name, 'history', record.id, 'fields', names],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) =>
      get<{ items: HistoryEvent[]; next: number | null }>(
        `/records/${definition.name}/${record.id}/history`,
        { fields: names, before: pageParam ?? undefined, limit: 50 },
        signal,
      ),
    getNextPageParam: (page) => page.next,
  });
  const events = (history.data?.pages ?? []).flatMap((page) => page.items);
  return (
    <>
      {history.isPending ? <Skeleton height={60} /> : null}
      {history.isError ? <p role="alert">{problemText(history.error)}</p> : null}
      {events.map((event) => (
        <div key={event.position} className={style.fieldEvent}>
          <div className={style.fieldEventHead}>
            <Actor id={event.actor} /> · {formatDateTime(event.at, language, timeZone)}
          </div>
          {fields
            .filter(({ name }) => event.changes?.[name])
            .map((field) => (
              <Change
                key={field.name}
                field={field}
                from={event.changes![field.name]![0]}
                to={event.changes![field.name]![1]}
              />
            ))}
        </div>
      ))}
      {history.isSuccess && events.length === 0 ? <p className={style.quiet}>{t('record.neverChanged')}</p> : null}
      {history.hasNextPage ? (
        <Button
          variant="subtle"
          color="gray"
          loading={history.isFetchingNextPage}
          onClick={() => void history.fetchNextPage()}
        >
          {t('activity.more')}
        </Button>
      ) : null}
    </>
  );
}
