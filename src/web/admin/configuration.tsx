import { Button, FileButton } from '@mantine/core';
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconArrowBackUp from '@tabler/icons-react/dist/esm/icons/IconArrowBackUp.mjs';
import IconMinus from '@tabler/icons-react/dist/esm/icons/IconMinus.mjs';
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment, useRecordTitle } from '#kernel/fields/web/environment.tsx';
import { formatDate, formatDateTime } from '#kernel/fields/web/format.ts';
import { post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient } from '../api/queries.ts';
import { showUndo } from '../ui/toast.tsx';
import style from './admin.module.css';
import { refreshDefinitions, useAdminList } from './api.ts';
import { DataTable, Heading, Refusal, Section, useAct } from './parts.tsx';

interface Change {
  kind: string;
  object?: string;
  name?: string;
  definition?: { name?: string; type?: string; fields?: Record<string, unknown> };
  changes?: Record<string, unknown>;
  currency?: string;
  on?: string;
  rate?: number;
}

interface Difference {
  version: number;
  changes: Change[];
  refused: {
    change: Change;
    problem: { title: string; detail: string; errors: { field: string; message: string }[] };
  }[];
}

type Files = Record<string, string>;

/** The whole configuration as files; another one compared, applied, and taken back. */
export function ConfigurationScreen() {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const versions = useAdminList<{
    version: number;
    items: {
      version: number;
      changedAt: string;
      changedBy: string | null;
      changes: { kind: string; object: string; name?: string; type?: string; settings?: string[] }[];
    }[];
  }>('/configuration/versions');
  const [wanted, setWanted] = useState<{
    from: string;
    files?: Files;
    version?: number;
    difference: Difference;
  } | null>(null);
  const { busy, problem, act } = useAct();

  const read = (chosen: File[]) =>
    act(async () => {
      const [first] = chosen;
      if (!first) return;
      const files = await filesOf(chosen);
      const difference = await post<Difference>('/configuration/compare', { files });
      setWanted({
        from: chosen.length > 1 ? t('admin.configuration.files', { count: chosen.length }) : first.name,
        files,
        difference,
      });
    });
  const look = (version: number) =>
    act(async () => {
      const difference = await post<Difference>(`/configuration/versions/${version}/compare`);
      setWanted({ from: t('admin.configuration.version', { version }), version, difference });
    });
  const apply = () =>
    act(async () => {
      if (!wanted) return;
      const path =
        wanted.version === undefined ? '/configuration/apply' : `/configuration/versions/${wanted.version}/restore`;
      const body = wanted.version === undefined ? { files: wanted.files, version: wanted.difference.version } : {};
      const { before } = await post<{ before: unknown }>(path, body);
      setWanted(null);
      await refreshAll();
      showUndo(t('admin.configuration.applied', { count: wanted.difference.changes.length }), async () => {
        await post('/configuration/take-back', before);
        await refreshAll();
      });
    });
  return (
    <>
      <Heading title={t('admin.place.configuration.title')} text={t('admin.place.configuration.text')}>
        <Button variant="default" renderRoot={(props) => <a {...props} href="/api/configuration.zip" download />}>
          {t('admin.configuration.download')}
        </Button>
      </Heading>
      <Section title={t('admin.configuration.compare')} text={t('admin.configuration.compareText')}>
        <FileButton
          multiple
          accept=".zip,.json"
          inputProps={{ 'aria-label': t('admin.configuration.choose') }}
          onChange={(chosen) => void read(chosen)}
        >
          {(props) => (
            <Button {...props} variant="default" loading={busy && !wanted}>
              {t('admin.configuration.choose')}
            </Button>
          )}
        </FileButton>
        <Refusal>{problem}</Refusal>
      </Section>
      {wanted ? (
        <Section title={t('admin.configuration.difference', { from: wanted.from })}>
          <DifferenceList difference={wanted.difference} />
          <div className={style.formEnd} style={{ marginTop: 12 }}>
            <Button variant="default" onClick={() => setWanted(null)}>
              {t('common.cancel')}
            </Button>
            <Button
              loading={busy}
              disabled={wanted.difference.refused.length > 0 || wanted.difference.changes.length === 0}
              onClick={() => void apply()}
            >
              {t('admin.configuration.apply', { count: wanted.difference.changes.length })}
            </Button>
          </div>
        </Section>
      ) : null}
      <Section title={t('admin.configuration.history')} text={t('admin.configuration.historyText')}>
        <DataTable
          label={t('admin.configuration.history')}
          columns={[
            t('admin.configuration.versionTitle'),
            t('admin.webhooks.when'),
            t('admin.configuration.who'),
            t('admin.configuration.what'),
            '',
          ]}
          empty={t('admin.configuration.untouched')}
          query={versions}
          rows={versions.data?.items.map((item, index, all) => ({
            key: String(item.version),
            cells: [
              <span key="version" className={style.number}>
                {item.version}
                {index === 0 ? <span className={style.quiet}> · {t('admin.configuration.now')}</span> : null}
              </span>,
              formatDateTime(item.changedAt, language, timeZone),
              <Who key="who" id={item.changedBy} />,
              <VersionChanges
                key="what"
                changes={item.changes.map(({ type, settings, ...change }) => ({
                  ...change,
                  ...(type && { definition: { type } }),
                  ...(settings && { changes: Object.fromEntries(settings.map((name) => [name, null])) }),
                }))}
              />,
              <div className={style.rowActions} key="actions">
                <Button
                  variant="subtle"
                  color="gray"
                  size="compact-sm"
                  leftSection={<IconArrowBackUp size={14} />}
                  onClick={() => void look(all[index + 1]?.version ?? 1)}
                >
                  {t('admin.configuration.before')}
                </Button>
              </div>,
            ],
          }))}
        />
      </Section>
      <Section title={t('admin.configuration.command')} text={t('admin.configuration.commandText')}>
        <code className={style.mono}>npm run tendero -- config export folder</code>
        <br />
        <code className={style.mono}>npm run tendero -- config diff folder</code>
        <br />
        <code className={style.mono}>npm run tendero -- config apply folder</code>
      </Section>
    </>
  );
}

/** Definitions, and the records that are configured: pipelines, views. */
async function refreshAll(): Promise<void> {
  await refreshDefinitions();
  void queryClient.invalidateQueries({ queryKey: ['records'] });
}

/** An archive is unpacked by the server; single files are read here, by the place they have in an archive. */
async function filesOf(chosen: File[]): Promise<Files> {
  const [first] = chosen;
  if (first?.name.endsWith('.zip')) {
    const form = new FormData();
    form.set('file', first);
    return (await post<{ files: Files }>('/configuration/read', form)).files;
  }
  const texts = await Promise.all(
    chosen.map(
      async (file): Promise<[string, string]> => [
        ['configuration.json', 'records.json', 'rates.json'].includes(file.name) ? file.name : `objects/${file.name}`,
        await file.text(),
      ],
    ),
  );
  return Object.fromEntries(texts);
}

/** Who changed something; the program itself where nobody did. */
function Who({ id }: { id: string | null }) {
  const name = useRecordTitle('user', id);
  return <bdi>{id === null ? 'Tendero' : (name ?? '…')}</bdi>;
}

/** As many as are read at one glance; the rest is counted. */
const SHOWN = 3;

function VersionChanges({ changes }: { changes: readonly Change[] }) {
  const { t } = useTranslation();
  return (
    <>
      <ChangeList changes={changes.slice(0, SHOWN)} />
      {changes.length > SHOWN ? (
        <span className={style.quiet}>{t('admin.configuration.more', { count: changes.length - SHOWN })}</span>
      ) : null}
    </>
  );
}

function DifferenceList({ difference }: { difference: Difference }) {
  const { t } = useTranslation();
  if (difference.changes.length + difference.refused.length === 0)
    return <p className={style.empty}>{t('admin.configuration.same')}</p>;
  return <ChangeList changes={difference.changes} refused={difference.refused} />;
}

function ChangeList({ changes, refused = [] }: { changes: readonly Change[]; refused?: Difference['refused'] }) {
  const { t, i18n } = useTranslation();
  const definitions = useDefinitions();
  const objectName = (change: Change) => {
    const name = change.object ?? change.definition?.name ?? '';
    return definitions.get(name)?.label.many ?? name;
  };
  const fieldName = (change: Change, name = change.name) =>
    definitions.get(change.object ?? '')?.fields.find((field) => field.name === name)?.label ?? name ?? '';
  // A shared view is known by its object too: `account / Customers`.
  const recordName = (key: string) =>
    key
      .split(' / ')
      .map((part) => definitions.get(part)?.label.many ?? part)
      .join(' / ');
  const details = (change: Change): string => {
    if (change.kind === 'setRate') return new Intl.NumberFormat(i18n.language).format(change.rate ?? 0);
    if (!change.changes) return change.definition?.type ?? '';
    // Settings of a definition are called as they are written; values of a record as their fields.
    const isRecord = change.kind === 'changeRecord';
    return Object.keys(change.changes)
      .map((name) => (isRecord ? fieldName(change, name) : name))
      .join(', ');
  };
  const words = (change: Change): ReactNode => {
    const params = {
      object: objectName(change),
      field: change.kind.endsWith('Record') ? recordName(change.name ?? '') : fieldName(change),
      currency: change.currency,
      on: change.on && formatDate(change.on, i18n.language),
    };
    const what = details(change);
    return (
      <span>
        {t(`admin.configuration.change.${change.kind}`, params)}
        {what ? <span className={style.changeDetail}> · {what}</span> : null}
      </span>
    );
  };
  const kindOf = (change: Change) =>
    change.kind.startsWith('add') || change.kind.startsWith('restore')
      ? 'add'
      : change.kind.startsWith('remove')
        ? 'remove'
        : 'change';
  const icons = { add: IconPlus, remove: IconMinus, change: IconPencil };
  return (
    <ul className={style.changes}>
      {refused.map(({ change, problem }) => (
        <li key={`refused ${keyOf(change)}`} className={style.change} data-kind="refused">
          <IconAlertTriangle size={15} aria-label={t('admin.configuration.refused')} />
          <span>
            {words(change)}
            <br />
            <span className={style.changeDetail}>
              {problem.errors.map((error) => error.message).join(' ') || `${problem.title}. ${problem.detail}`}
            </span>
          </span>
        </li>
      ))}
      {changes.map((change) => {
        const kind = kindOf(change);
        const Sign = icons[kind];
        return (
          <li key={keyOf(change)} className={style.change} data-kind={kind}>
            <Sign size={15} aria-hidden />
            {words(change)}
          </li>
        );
      })}
    </ul>
  );
}

function keyOf({ kind, object, definition, name, currency, on }: Change): string {
  return JSON.stringify([kind, object ?? definition?.name, name, currency, on]);
}
