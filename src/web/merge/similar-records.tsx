import { Button, Modal, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import type { Definition, DuplicateCandidate, RecordShape } from '../api/types.ts';
import { isEmpty } from '../fields.ts';
import { problemText } from '../ui/toast.tsx';
import { Candidate } from './candidates.tsx';
import style from './merge.module.css';
import { useMerge } from './use-merge.ts';

/** Records that may be the same as this one; each can be looked at or merged with it. */
export function SimilarRecords({
  definition,
  record,
  onClose,
}: {
  definition: Definition;
  record: RecordShape;
  onClose(): void;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const merge = useMerge(definition.name);
  const own = new Set(['id', ...definition.fields.map(({ name }) => name)]);
  const values = Object.fromEntries(Object.entries(record).filter(([name, value]) => own.has(name) && !isEmpty(value)));
  const { data, isPending, error } = useQuery({
    queryKey: ['duplicates', definition.name, 'of', record.id, record.version],
    queryFn: ({ signal }) =>
      post<{ candidates: DuplicateCandidate[] }>(`/records/${definition.name}/duplicates`, values, { signal }),
  });
  const canMerge = definition.can.update && definition.can.delete;
  return (
    <Modal opened onClose={onClose} title={t('merge.similar')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      {isPending ? <Skeleton height={60} /> : null}
      {error ? <p role="alert">{problemText(error)}</p> : null}
      {data?.candidates.length === 0 ? <p className={style.quiet}>{t('merge.noneSimilar')}</p> : null}
      {data?.candidates.map((candidate) => (
        <Candidate
          key={candidate.id}
          candidate={candidate}
          onOpen={(id) => {
            onClose();
            void navigate({ to: '/o/$object/$id', params: { object: definition.name, id } });
          }}
        >
          {canMerge ? (
            <Button
              variant="default"
              size="compact-sm"
              onClick={() => {
                onClose();
                merge([record.id, candidate.id]);
              }}
            >
              {t('merge.merge')}
            </Button>
          ) : null}
        </Candidate>
      ))}
    </Modal>
  );
}
