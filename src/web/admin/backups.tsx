import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatBytes, formatDateTime } from '#kernel/fields/web/format.ts';
import { del, post } from '../api/client.ts';
import { showProblem } from '../ui/toast.tsx';
import style from './admin.module.css';
import { refreshList, useAdminList } from './api.ts';

import { JobLine } from './job-line.tsx';
import { confirm, DataTable, Heading, Refusal, Section, useAct } from './parts.tsx';

interface Backup {
  name: string;
  bytes: number;
  madeAt: string;
}

/** Backups of the server: made, taken away, removed. Putting one back is a command, and the screen says which. */
export function BackupsScreen() {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const backups = useAdminList<{ items: Backup[]; folder: string }>('/backups');
  const { data } = backups;
  const [job, setJob] = useState<string | null>(null);
  const { busy, problem, act } = useAct();
  const remove = async ({ name }: Backup) => {
    const sure = await confirm({
      title: t('admin.backups.removeTitle'),
      text: t('admin.backups.removeText', { name }),
      action: t('common.remove'),
      danger: true,
    });
    if (sure) await del(`/backups/${name}`).then(() => refreshList('/backups'), showProblem);
  };
  return (
    <>
      <Heading title={t('admin.place.backups.title')} text={t('admin.place.backups.text')}>
        <Button
          loading={busy}
          onClick={() => void act(async () => setJob((await post<{ job: string }>('/backups')).job))}
        >
          {t('admin.backups.make')}
        </Button>
      </Heading>
      <Refusal>{problem}</Refusal>
      <Section
        title={t('admin.backups.list')}
        text={data ? t('admin.backups.folder', { folder: data.folder }) : undefined}
      >
        <JobLine id={job} label={t('admin.jobs.kind.backup')} onDone={() => void refreshList('/backups')} />
        <DataTable
          label={t('admin.place.backups.title')}
          columns={[t('admin.imports.file'), t('admin.backups.made'), t('admin.backups.size'), '']}
          empty={t('admin.backups.none')}
          query={backups}
          rows={data?.items.map((backup) => ({
            key: backup.name,
            cells: [
              <span key="name" className={style.mono}>
                {backup.name}
              </span>,
              formatDateTime(backup.madeAt, language, timeZone),
              <span key="size" className={style.number}>
                {formatBytes(backup.bytes, language)}
              </span>,
              <div className={style.rowActions} key="actions">
                <a className={style.link} href={`/api/backups/${backup.name}`} download>
                  {t('admin.backups.download')}
                </a>
                <Button variant="subtle" color="red" size="compact-sm" onClick={() => void remove(backup)}>
                  {t('common.remove')}
                </Button>
              </div>,
            ],
          }))}
        />
      </Section>
      <Section title={t('admin.backups.restore')} text={t('admin.backups.restoreText')}>
        <code className={style.mono}>npm run tendero -- restore {data?.items[0]?.name ?? 'tendero-….tar.gz'}</code>
      </Section>
    </>
  );
}
