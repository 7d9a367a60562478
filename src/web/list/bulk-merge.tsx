import { Button, Group, Modal, Radio, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate } from '#kernel/fields/web/format.ts';
import { post } from '../api/client.ts';
import { queryClient, readPage } from '../api/queries.ts';
import type { Definition } from '../api/types.ts';
import { showProblem, showUndo } from '../ui/toast.tsx';
import style from './list.module.css';
import { titleOf } from './list-row.tsx';

/** Which of some records stays; what the others say and who points to them goes to it. */
export function BulkMerge({
  definition,
  ids,
  onClose,
}: {
  definition: Definition;
  ids: readonly string[];
  onClose(merged: true | null): void;
}) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const [chosen, setChosen] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { data } = useQuery({
    queryKey: ['records', definition.name, 'titles', ids],
    queryFn: ({ signal }) =>
      readPage(
        definition.name,
        {
          filter: { id: { in: ids } },
          fields: [definition.title, 'createdAt', 'updatedAt'],
          sort: ['createdAt'],
          limit: 50,
        },
        signal,
      ),
  });
  // The oldest is the one that others know.
  const survivor = chosen ?? data?.items[0]?.id ?? null;
  const merge = async () => {
    if (!survivor) return;
    setBusy(true);
    try {
      const { changeSet } = await post<{ changeSet: string }>(`/records/${definition.name}/merge`, {
        survivor,
        others: ids.filter((id) => id !== survivor),
      });
      const refresh = () => queryClient.invalidateQueries({ queryKey: ['records'] });
      await refresh();
      showUndo(t('bulk.merged', { count: ids.length }), () => post(`/merges/${changeSet}/unmerge`).then(refresh));
      onClose(true);
    } catch (error) {
      showProblem(error);
      setBusy(false);
    }
  };
  return (
    <Modal
      opened
      onClose={() => onClose(null)}
      title={t('bulk.mergeTitle', { count: ids.length })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <p className={style.resultText}>{t('bulk.mergeText')}</p>
      {data ? (
        <Radio.Group label={t('bulk.mergeStays')} value={survivor} onChange={setChosen}>
          <Stack gap={8} mt={6}>
            {data.items.map((record) => (
              <Radio
                key={record.id}
                size="xs"
                value={record.id}
                label={titleOf(definition, record, t('list.untitled'))}
                description={t('bulk.mergeMade', { day: formatDate(String(record.createdAt), language) })}
              />
            ))}
          </Stack>
        </Radio.Group>
      ) : (
        <Skeleton height={80} />
      )}
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={() => onClose(null)}>
          {t('common.cancel')}
        </Button>
        <Button loading={busy} disabled={!survivor} onClick={() => void merge()}>
          {t('bulk.merge')}
        </Button>
      </Group>
    </Modal>
  );
}
