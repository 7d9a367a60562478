import { Modal, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime } from '#kernel/fields/web/format.ts';
import { historyQuery } from '../api/queries.ts';
import type { Definition, FieldShape, RecordShape } from '../api/types.ts';
import style from './record.module.css';
import { Actor, Change } from './timeline-entry.tsx';

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
  const { language, timeZone } = useFieldEnvironment();
  const history = useInfiniteQuery(historyQuery(definition.name, record.id));
  const events = (history.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((event) => event.changes?.[field.name]);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('record.fieldHistory', { field: field.label })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {history.isPending ? <Skeleton height={60} /> : null}
      {events.map((event) => (
        <div key={event.position} className={style.fieldEvent}>
          <div className={style.entryHead}>
            <Actor id={event.actor} /> · {formatDateTime(event.at, language, timeZone)}
          </div>
          <Change field={field} from={event.changes![field.name]![0]} to={event.changes![field.name]![1]} />
        </div>
      ))}
      {!history.isPending && events.length === 0 ? <p className={style.quiet}>{t('record.neverChanged')}</p> : null}
    </Modal>
  );
}
