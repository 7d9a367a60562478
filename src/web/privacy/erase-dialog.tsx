import { Button, Checkbox, Group, Modal, Radio, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErasurePlan } from '#server/answers.ts';
import { JobLine, type JobShape } from '../admin/job-line.tsx';
import { Refusal, useAct } from '../admin/parts.tsx';
import { refreshObject } from '../api/cache.ts';
import { get, post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient } from '../api/queries.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { problemText, showToast } from '../ui/toast.tsx';
import style from './privacy.module.css';

type Mode = ErasurePlan['mode'];

/** Says plainly what goes, and that it does not come back, before anything does. */
export function EraseDialog({
  definition,
  record,
  title,
  onDone,
}: {
  definition: Definition;
  record: RecordShape;
  title: string;
  onDone(isDone: boolean | null): void;
}) {
  const { t } = useTranslation();
  const [mode, setMode] = useState<Mode>('anonymise');
  const [isSure, setSure] = useState(false);
  const [job, setJob] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const { busy, problem, act } = useAct();
  const path = `/privacy/${definition.name}/${record.id}/erasure`;
  const plan = useQuery({
    queryKey: ['admin', 'erasure', record.id, mode],
    queryFn: ({ signal }) => get<ErasurePlan>(path, { mode }, signal),
    staleTime: 0,
    retry: false,
  });
  const begin = () =>
    act(async () => {
      setFailure(null);
      setJob((await post<{ job: string }>(path, { mode })).job);
    });
  const end = ({ state, message }: JobShape) => {
    if (state !== 'done') {
      setJob(null);
      setFailure(message);
      return;
    }
    refreshObject(definition.name);
    void queryClient.invalidateQueries({ queryKey: ['records'] });
    showToast(t(mode === 'delete' ? 'admin.privacy.wasDeleted' : 'admin.privacy.wasAnonymised'));
    onDone(true);
  };
  return (
    <Modal
      opened
      onClose={() => onDone(null)}
      title={t('admin.privacy.eraseTitle', { title })}
      size={560}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md">
        <Radio.Group
          aria-label={t('admin.privacy.act')}
          value={mode}
          onChange={(value) => {
            setMode(value as Mode);
            setSure(false);
          }}
        >
          <Stack gap="xs">
            {(['anonymise', 'delete'] as const).map((value) => (
              <Radio
                key={value}
                value={value}
                label={t(`admin.privacy.acts.${value}`)}
                description={t(`admin.privacy.about.${value}`)}
              />
            ))}
          </Stack>
        </Radio.Group>
        <section className={style.plan} aria-label={t('admin.privacy.plan')} aria-live="polite">
          <h3>{t('admin.privacy.plan')}</h3>
          {plan.data ? (
            <Plan plan={plan.data} />
          ) : plan.error ? (
            <Refusal>{problemText(plan.error)}</Refusal>
          ) : (
            <SkeletonLines lines={4} />
          )}
        </section>
        <p className={style.warning}>{t('admin.privacy.backups')}</p>
        <Checkbox
          label={t('admin.privacy.sure')}
          checked={isSure}
          disabled={!plan.data}
          onChange={(event) => setSure(event.currentTarget.checked)}
        />
        <Refusal>{problem ?? failure}</Refusal>
        <JobLine id={job} label={t('admin.jobs.kind.erase')} onDone={end} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" data-autofocus onClick={() => onDone(null)}>
            {t('common.cancel')}
          </Button>
          <Button color="red" disabled={!isSure || job !== null} loading={busy} onClick={() => void begin()}>
            {t(`admin.privacy.acts.${mode}`)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Plan({ plan }: { plan: ErasurePlan }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const nameOf = (object: string) => definitions.get(object)?.label.many ?? object;
  const other = (
    ['events', 'files', 'importFiles', 'webhookDeliveries', 'duplicatePairs', 'preferences', 'keptAnswers'] as const
  ).filter((name) => plan[name] > 0);
  return (
    <>
      <dl className={style.counts}>
        {plan.records.map(({ object, anonymised, deleted }) => (
          <div key={object}>
            <dt>{nameOf(object)}</dt>
            <dd>
              {[
                ...(deleted > 0 ? [t('admin.privacy.deleted', { count: deleted })] : []),
                ...(anonymised > 0 ? [t('admin.privacy.anonymised', { count: anonymised })] : []),
              ].join(', ')}
            </dd>
          </div>
        ))}
        {other.map((name) => (
          <div key={name}>
            <dt>{t(`admin.privacy.part.${name}`)}</dt>
            <dd>{plan[name]}</dd>
          </div>
        ))}
      </dl>
      {plan.left.mentions.length > 0 ? (
        <div className={style.mentions}>
          <p>{t('admin.privacy.mentions')}</p>
          <ul>
            {plan.left.mentions.slice(0, 10).map(({ object, record }) => (
              <li key={record}>
                <Link to="/o/$object/$id" params={{ object, id: record }} target="_blank">
                  {definitions.get(object)?.label.one ?? object}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {plan.left.busyImports.length > 0 ? <p className={style.warning}>{t('admin.privacy.busyImports')}</p> : null}
    </>
  );
}
