import { Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../api/client.ts';
import style from './admin.module.css';

export interface JobShape {
  id: string;
  kind: string;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  done: number;
  total: number | null;
  message: string | null;
  result: unknown;
  createdAt: string;
  updatedAt: string;
  createdBy?: string | null;
}

export const isUnderWay = (job: Pick<JobShape, 'state'>) => job.state === 'queued' || job.state === 'running';

/** How a job goes that something here has begun; nothing without one. */
export function JobLine({ id, label, onDone }: { id: string | null; label: string; onDone?(job: JobShape): void }) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ['admin', 'job', id],
    enabled: id !== null,
    queryFn: async ({ signal }) => {
      const job = await get<JobShape>(`/jobs/${id}`, undefined, signal);
      if (!isUnderWay(job)) onDone?.(job);
      return job;
    },
    refetchInterval: ({ state }) => (state.data && !isUnderWay(state.data) ? false : 700),
  });
  if (!id || !data) return null;
  return (
    <div className={style.sample} role="status">
      <span>
        {label} · {t(`admin.jobs.state.${data.state}`)}
      </span>
      {isUnderWay(data) ? (
        <Progress
          aria-label={label}
          w={140}
          size="sm"
          value={data.total ? (100 * data.done) / data.total : 100}
          animated={!data.total}
        />
      ) : null}
    </div>
  );
}
