import { Alert, Button, Group, Modal, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime } from '#kernel/fields/web/format.ts';
import { post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient, readRecord } from '../api/queries.ts';
import type { Definition, HistoryEvent, Undone } from '../api/types.ts';
import { titleOf } from '../fields.ts';
import { Actor } from '../record/actor.tsx';
import { problemText } from '../ui/toast.tsx';
import style from './merge.module.css';

/** Says what separating would do, does it, and tells what stayed as it is because somebody changed it since. */
export function Unmerge({
  definition,
  event,
  onClose,
}: {
  definition: Definition;
  event: HistoryEvent;
  onClose(): void;
}) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const definitions = useDefinitions();
  const [problem, setProblem] = useState<unknown>(null);
  const [outcome, setOutcome] = useState<Undone | null>(null);
  const [busy, setBusy] = useState(false);
  const { data: merged } = useQuery({
    queryKey: ['records', definition.name, 'merged', event.record],
    queryFn: ({ signal }) => readRecord(definition, event.record, signal),
  });
  const title = merged ? titleOf(definition, merged, t('list.untitled')) : null;
  const separate = async () => {
    setBusy(true);
    setProblem(null);
    try {
      setOutcome(await post<Undone>(`/merges/${event.changeSet}/unmerge`));
      void queryClient.invalidateQueries({ queryKey: ['records'] });
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  const labelsOf = (object: string, fields: readonly string[]) =>
    fields
      .map((name) => definitions.get(object)?.fields.find((field) => field.name === name)?.label ?? name)
      .join(', ');
  return (
    <Modal opened onClose={onClose} title={t('merge.takeApart')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      {outcome ? (
        <div role="status">
          <p>{t('merge.apart', { count: outcome.undone })}</p>
          {outcome.conflicts.map(({ object, record, fields }) => (
            <p key={record} className={style.quiet}>
              {t('merge.stayed', {
                object: definitions.get(object)?.label.one ?? object,
                fields: labelsOf(object, fields),
              })}
            </p>
          ))}
          <p className={style.links}>
            <Link to="/o/$object/$id" params={{ object: definition.name, id: event.record }} onClick={onClose}>
              {title ?? '…'}
            </Link>
          </p>
        </div>
      ) : (
        <>
          {merged ? (
            <p>
              {t('merge.apartText', { title: title ?? '' })} <Actor id={event.actor} /> ·{' '}
              {formatDateTime(event.at, language, timeZone)}
            </p>
          ) : (
            <Skeleton height={40} />
          )}
          {problem ? (
            <Alert color="red" role="alert" mt="sm">
              {problemText(problem)}
            </Alert>
          ) : null}
        </>
      )}
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t(outcome ? 'common.close' : 'common.cancel')}
        </Button>
        {outcome ? null : (
          <Button loading={busy} onClick={() => void separate()}>
            {t('merge.takeApart')}
          </Button>
        )}
      </Group>
    </Modal>
  );
}
