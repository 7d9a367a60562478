import { Button, Group, Modal, MultiSelect, Select, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatAgo, formatDate } from '#kernel/fields/web/format.ts';
import type { ApiKey } from '#server/answers.ts';
import { del, post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { showProblem, showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import { refreshList, useAdminList } from './api.ts';
import { confirm, DataTable, Heading, Refusal, Section, ShownOnce, useAct } from './parts.tsx';

type Scope = ApiKey['scope'];
/** Those of a phone's address book are made in the profile. */
type Kind = Exclude<Scope['kind'], 'contacts'>;

const operations = ['create', 'read', 'update', 'delete', 'export', 'bulk', 'merge', 'reassign', 'run'] as const;
const lives = { never: null, month: 30, quarter: 90, year: 365 } as const;

/** Keys with which programs come in as the person who made them. */
export function KeysScreen() {
  const { t, i18n } = useTranslation();
  const keys = useAdminList<{ items: ApiKey[] }>('/keys');
  const definitions = useDefinitions();
  const { language, timeZone } = useFieldEnvironment();
  const { data } = keys;
  const create = () =>
    void openDialog((done) => (
      <KeyDialog
        onDone={() => {
          done(true);
          void refreshList('/keys');
        }}
      />
    ));
  const revoke = async (key: ApiKey) => {
    const sure = await confirm({
      title: t('admin.keys.revokeTitle', { name: key.name }),
      text: t('admin.keys.revokeText'),
      action: t('admin.keys.revoke'),
      danger: true,
    });
    if (!sure) return;
    try {
      await del(`/keys/${key.id}`);
      await refreshList('/keys');
      showToast(t('admin.keys.revoked', { name: key.name }));
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <>
      <Heading title={t('admin.place.keys.title')} text={t('admin.keys.text')}>
        <Button leftSection={<IconPlus size={14} />} onClick={create}>
          {t('admin.keys.create')}
        </Button>
      </Heading>
      <Section title={t('admin.keys.mine')}>
        <DataTable
          label={t('admin.place.keys.title')}
          columns={[
            t('admin.keys.name'),
            t('admin.keys.begins'),
            t('admin.keys.scope'),
            t('admin.keys.created'),
            t('admin.keys.used'),
            t('admin.keys.expires'),
            '',
          ]}
          empty={t('admin.keys.none')}
          query={keys}
          rows={data?.items.map((key) => ({
            key: key.id,
            cells: [
              <strong key="name">{key.name}</strong>,
              <span key="prefix" className={style.mono}>
                {key.prefix}…
              </span>,
              t(`admin.keys.short.${key.scope.kind}`, {
                objects:
                  key.scope.kind === 'objects'
                    ? Object.keys(key.scope.objects)
                        .map((name) => definitions.get(name)?.label.many ?? name)
                        .join(', ')
                    : '',
              }),
              formatAgo(key.createdAt, i18n.language),
              key.lastUsedAt ? formatAgo(key.lastUsedAt, i18n.language) : t('admin.keys.never'),
              key.expiresAt ? formatDate(dayOf(key.expiresAt, timeZone), language) : t('admin.keys.noEnd'),
              <div className={style.rowActions} key="actions">
                <Button
                  variant="subtle"
                  color="red"
                  size="compact-sm"
                  aria-label={t('admin.keys.revokeOne', { name: key.name })}
                  onClick={() => void revoke(key)}
                >
                  {t('admin.keys.revoke')}
                </Button>
              </div>,
            ],
          }))}
        />
      </Section>
    </>
  );
}

function KeyDialog({ onDone }: { onDone(): void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<Kind>('all');
  const [objects, setObjects] = useState<string[]>([]);
  const [allowed, setAllowed] = useState<(typeof operations)[number][]>(['read']);
  const [life, setLife] = useState<keyof typeof lives>('never');
  const [made, setMade] = useState<string | null>(null);
  const definitions = useDefinitions();
  const { busy, problem, act } = useAct();
  return (
    <Modal
      opened
      onClose={onDone}
      // The key is shown once: a click beside the window must not lose it.
      closeOnClickOutside={made === null}
      title={t('admin.keys.create')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {made ? (
        <ShownOnce text={t('admin.keys.once')} label={t('admin.keys.key')} value={made} onDone={onDone} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const scope: Scope =
              kind === 'objects'
                ? { kind, objects: Object.fromEntries(objects.map((one) => [one, allowed])) }
                : { kind };
            const days = lives[life];
            const expiresAt = days === null ? null : new Date(Date.now() + days * 24 * 3600 * 1000).toISOString();
            void act(async () => setMade((await post<{ key: string }>('/keys', { name, scope, expiresAt })).key));
          }}
        >
          <TextInput
            data-autofocus
            required
            label={t('admin.keys.name')}
            description={t('admin.keys.nameHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            mt="sm"
            label={t('admin.keys.scope')}
            description={t('admin.keys.scopeHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            allowDeselect={false}
            data={(['all', 'read', 'objects', 'scim'] as const).map((value) => ({
              value,
              label: t(`admin.keys.kind.${value}`),
            }))}
            value={kind}
            onChange={(value) => value && setKind(value as Kind)}
          />
          {kind === 'objects' ? (
            <>
              <MultiSelect
                mt="sm"
                required
                searchable
                label={t('admin.keys.objects')}
                data={definitions.list.map((one) => ({ value: one.name, label: one.label.many }))}
                value={objects}
                onChange={setObjects}
              />
              <MultiSelect
                mt="sm"
                required
                label={t('admin.keys.operations')}
                data={operations.map((value) => ({ value, label: t(`admin.keys.operation.${value}`) }))}
                value={allowed}
                onChange={setAllowed}
              />
            </>
          ) : null}
          <Select
            mt="sm"
            label={t('admin.keys.expires')}
            allowDeselect={false}
            data={(Object.keys(lives) as (keyof typeof lives)[]).map((value) => ({
              value,
              label: t(`admin.keys.expiry.${value}`),
            }))}
            value={life}
            onChange={(value) => value && setLife(value as keyof typeof lives)}
          />
          <Refusal>{problem}</Refusal>
          <Group justify="flex-end" mt="md" gap="xs">
            <Button variant="default" onClick={onDone}>
              {t('common.cancel')}
            </Button>
            <Button
              type="submit"
              loading={busy}
              disabled={!name.trim() || (kind === 'objects' && (objects.length === 0 || allowed.length === 0))}
            >
              {t('admin.keys.create')}
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}

/** The day in the reader's zone, as dates are written: `2027-01-31`. */
function dayOf(moment: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date(moment));
}
