import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatAgo, formatBytes, formatNumber } from '#kernel/fields/web/format.ts';
import { useDefinitions } from '../api/definitions.ts';
import style from './admin.module.css';
import { useAdminList } from './api.ts';
import { DataTable, Heading, Mark, Pending, Section } from './parts.tsx';

interface Health {
  program: { version: string; node: string; upSince: string; memoryBytes: number };
  database: { version: string; bytes: number; connections: number; maxConnections: number; latencyMs: number };
  readers: { name: string; position: number; behind: number; error: string | null }[];
  jobs: { state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'; count: number; oldest: string }[];
  disk: { freeBytes: number; totalBytes: number } | null;
  records: { object: string; live: number; trash: number }[];
  upgrade: { state: string; definitionsVersion: number; platform: number; newestPlatform: number; due: string[] };
}

/** Events a reader may be behind before somebody should look. */
const FAR = 1_000;
const LITTLE_DISK = 0.1;

/** Whether everything is well, in one look. */
export function HealthScreen() {
  const { t, i18n } = useTranslation();
  const { language } = useFieldEnvironment();
  const definitions = useDefinitions();
  const health = useAdminList<Health>('/health/details', { refetchInterval: 5000 });
  const { data, refetch } = health;
  if (!data || health.error)
    return (
      <>
        <Heading title={t('admin.place.health.title')} text={t('admin.place.health.text')} />
        <Pending query={health} />
      </>
    );
  const { program, database, readers, jobs, disk, records, upgrade } = data;
  const share = disk ? disk.freeBytes / disk.totalBytes : 1;
  const troubles = [
    ...readers.filter((reader) => reader.error).map((reader) => t('admin.health.readerStands', { name: reader.name })),
    ...(share < LITTLE_DISK ? [t('admin.health.littleDisk')] : []),
    ...(upgrade.due.length > 0 || upgrade.state !== 'ready' ? [t('admin.health.upgradeDue')] : []),
    ...(database.connections > database.maxConnections * 0.9 ? [t('admin.health.connectionsFull')] : []),
  ];
  const fact = (label: string, value: string) => (
    <div className={style.fact} key={label}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <>
      <Heading title={t('admin.place.health.title')} text={t('admin.place.health.text')}>
        <Button variant="default" onClick={() => void refetch()}>
          {t('admin.health.look')}
        </Button>
        <Mark key="mark" tone={troubles.length > 0 ? 'danger' : 'good'}>
          {troubles.length > 0 ? t('admin.health.trouble') : t('admin.health.well')}
        </Mark>
      </Heading>
      {troubles.length > 0 ? (
        <Section title={t('admin.health.trouble')}>
          <ul>
            {troubles.map((trouble) => (
              <li key={trouble}>{trouble}</li>
            ))}
          </ul>
        </Section>
      ) : null}
      <Section title={t('admin.health.program')}>
        <dl className={style.facts}>
          {fact(t('admin.health.version'), program.version)}
          {fact(t('admin.health.upSince'), formatAgo(program.upSince, i18n.language))}
          {fact(t('admin.health.memory'), formatBytes(program.memoryBytes, language))}
          {disk
            ? fact(
                t('admin.health.disk'),
                `${formatBytes(disk.freeBytes, language)} · ${new Intl.NumberFormat(language, { style: 'percent' }).format(share)}`,
              )
            : null}
        </dl>
      </Section>
      <Section title={t('admin.health.database')}>
        <dl className={style.facts}>
          {fact('PostgreSQL', database.version)}
          {fact(t('admin.backups.size'), formatBytes(database.bytes, language))}
          {fact(t('admin.health.latency'), `${formatNumber(database.latencyMs, language)} ms`)}
          {fact(t('admin.health.connections'), `${database.connections} / ${database.maxConnections}`)}
        </dl>
      </Section>
      <Section title={t('admin.health.upgrade')} text={t('admin.health.upgradeText')}>
        <dl className={style.facts}>
          {fact(
            t('admin.webhooks.state'),
            upgrade.due.length > 0 ? t('admin.health.upgradeDue') : t('admin.health.upToDate'),
          )}
          {fact(t('admin.health.definitions'), formatNumber(upgrade.definitionsVersion, language))}
          {fact(t('admin.health.platform'), `${upgrade.platform} / ${upgrade.newestPlatform}`)}
        </dl>
        {upgrade.due.length > 0 ? (
          <ul>
            {upgrade.due.map((step) => (
              <li key={step} className={style.mono}>
                {step}
              </li>
            ))}
          </ul>
        ) : null}
      </Section>
      <Section title={t('admin.health.readers')} text={t('admin.health.readersText')}>
        <DataTable
          label={t('admin.health.readers')}
          columns={[t('admin.health.reader'), t('admin.health.behind'), t('admin.webhooks.state')]}
          empty={t('admin.health.noReaders')}
          rows={readers.map((reader) => ({
            key: reader.name,
            cells: [
              <span key="name" className={style.mono}>
                {reader.name}
              </span>,
              <span key="behind" className={style.number}>
                {formatNumber(reader.behind, language)}
              </span>,
              reader.error ? (
                <span key="state">
                  <Mark key="mark" tone="danger">
                    {t('admin.health.stands')}
                  </Mark>{' '}
                  {reader.error}
                </span>
              ) : reader.behind > FAR ? (
                <Mark key="mark" tone="warning">
                  {t('admin.health.catchingUp')}
                </Mark>
              ) : (
                <Mark key="mark" tone="good">
                  {t('admin.health.keepsUp')}
                </Mark>
              ),
            ],
          }))}
        />
      </Section>
      <Section title={t('admin.place.jobs.title')}>
        <dl className={style.facts}>
          {jobs.length === 0
            ? fact(t('admin.jobs.none'), '0')
            : jobs.map(({ state, count }) => fact(t(`admin.jobs.state.${state}`), formatNumber(count, language)))}
        </dl>
      </Section>
      <Section title={t('admin.health.records')}>
        <DataTable
          label={t('admin.health.records')}
          columns={[t('import.object'), t('admin.health.live'), t('admin.health.trash')]}
          empty={t('admin.nothing')}
          rows={records.map(({ object, live, trash }) => ({
            key: object,
            cells: [
              definitions.get(object)?.label.many ?? object,
              <span key="live" className={style.number}>
                {formatNumber(live, language)}
              </span>,
              <span key="trash" className={style.number}>
                {formatNumber(trash, language)}
              </span>,
            ],
          }))}
        />
      </Section>
    </>
  );
}
