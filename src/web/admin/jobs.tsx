import { Button, Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatAgo } from '#kernel/fields/web/format.ts';
import { post } from '../api/client.ts';
import { showProblem } from '../ui/toast.tsx';
import style from './admin.module.css';
import { refreshList, useAdminList } from './api.ts';
import { isUnderWay, type JobShape } from './job-line.tsx';
import { DataTable, Heading, Mark, Section } from './parts.tsx';

const tones = { queued: 'warning', running: 'accent', done: 'good', failed: 'danger', cancelled: 'quiet' } as const;
const kinds = ['demo', 'import', 'backup', 'convert', 'recompute', 'duplicates', 'verifyAudit', 'erase', 'retention'];

/** Work that outlives a request: how far it is, begun again, stopped. */
export function JobsScreen() {
  const { t, i18n } = useTranslation();
  const jobs = useAdminList<{ items: JobShape[] }>('/jobs', { refetchInterval: 2000 });
  const { data } = jobs;
  const act = (job: JobShape, verb: 'retry' | 'cancel') =>
    post(`/jobs/${job.id}/${verb}`)
      .catch(showProblem)
      .then(() => refreshList('/jobs'));
  return (
    <>
      <Heading title={t('admin.place.jobs.title')} text={t('admin.place.jobs.text')} />
      <Section title={t('admin.jobs.latest')}>
        <DataTable
          label={t('admin.place.jobs.title')}
          columns={[t('admin.jobs.what'), t('admin.webhooks.state'), t('admin.jobs.begun'), '']}
          empty={t('admin.jobs.none')}
          query={jobs}
          rows={data?.items.map((job) => ({
            key: job.id,
            cells: [
              <span key="kind">
                <strong>{kinds.includes(job.kind) ? t(`admin.jobs.kind.${job.kind}`) : job.kind}</strong>
                {job.message ? (
                  <>
                    <br />
                    <span className={style.quiet}>{job.message}</span>
                  </>
                ) : null}
              </span>,
              <span key="state">
                <Mark tone={tones[job.state]}>{t(`admin.jobs.state.${job.state}`)}</Mark>
                {job.state === 'running' ? (
                  <Progress
                    aria-label={t('admin.jobs.progress')}
                    mt={6}
                    w={140}
                    size="sm"
                    value={job.total ? (100 * job.done) / job.total : 100}
                    animated={!job.total}
                  />
                ) : null}
              </span>,
              formatAgo(job.createdAt, i18n.language),
              <div className={style.rowActions} key="actions">
                {isUnderWay(job) && job.kind !== 'import' ? (
                  <Button variant="subtle" color="gray" size="compact-sm" onClick={() => void act(job, 'cancel')}>
                    {t('admin.jobs.cancel')}
                  </Button>
                ) : null}
                {(job.state === 'failed' || job.state === 'cancelled') && job.kind !== 'import' ? (
                  <Button variant="subtle" size="compact-sm" onClick={() => void act(job, 'retry')}>
                    {t('admin.jobs.retry')}
                  </Button>
                ) : null}
              </div>,
            ],
          }))}
        />
      </Section>
    </>
  );
}
