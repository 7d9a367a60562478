import { Button, Group, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { readPage } from '../api/queries.ts';
import type { Definition } from '../api/types.ts';
import { titleOf } from '../fields.ts';
import { HeldBy } from '../ui/held-by.tsx';
import { showProblem, showToast } from '../ui/toast.tsx';
import type { BulkOutcome } from './bulk-run.ts';
import style from './list.module.css';

const MOST_SHOWN = 200;

/** What was refused, record by record with the reason, and a way to take the rest back. */
export function BulkResultDialog({
  definition,
  outcome,
  onUndo,
  onClose,
}: {
  definition: Definition;
  outcome: BulkOutcome;
  onUndo?(): Promise<unknown>;
  onClose(result: null): void;
}) {
  const { t } = useTranslation();
  const shown = outcome.failed.slice(0, MOST_SHOWN);
  const ids = shown.map((row) => row.id).filter(Boolean);
  const { data } = useQuery({
    queryKey: ['records', definition.name, 'titles', ids],
    queryFn: ({ signal }) =>
      readPage(definition.name, { filter: { id: { in: ids } }, fields: [definition.title], limit: MOST_SHOWN }, signal),
  });
  const records = new Map(data?.items.map((record) => [record.id, record]));
  return (
    <Modal
      opened
      onClose={() => onClose(null)}
      title={t('bulk.resultTitle', { count: outcome.failed.length })}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <p className={style.resultText}>{t('bulk.resultDone', { count: outcome.succeeded })}</p>
      <ul className={style.results}>
        {shown.map((row) => {
          const record = records.get(row.id);
          return (
            <li key={row.id}>
              <Link to="/o/$object/$id" params={{ object: definition.name, id: row.id }} onClick={() => onClose(null)}>
                {record ? titleOf(definition, record, t('list.untitled')) : '…'}
              </Link>
              <div>
                {row.reason}
                {row.heldBy ? <HeldBy held={row.heldBy} id={row.id} onLeave={() => onClose(null)} /> : null}
              </div>
            </li>
          );
        })}
      </ul>
      {outcome.failed.length > MOST_SHOWN ? (
        <p>{t('bulk.resultMore', { count: outcome.failed.length - MOST_SHOWN })}</p>
      ) : null}
      <Group justify="flex-end" mt="md" gap="xs">
        {onUndo ? (
          <Button
            variant="default"
            onClick={() => {
              onClose(null);
              onUndo().then(() => showToast(t('toast.undone')), showProblem);
            }}
          >
            {t('toast.undo')}
          </Button>
        ) : null}
        <Button data-autofocus onClick={() => onClose(null)}>
          {t('common.close')}
        </Button>
      </Group>
    </Modal>
  );
}
