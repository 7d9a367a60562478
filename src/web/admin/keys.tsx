import { Button, Group, Modal, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatAgo } from '#kernel/fields/web/format.ts';
import { del, post } from '../api/client.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { showProblem, showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import { refreshList, useAdminList } from './api.ts';
import { confirm, DataTable, Heading, Refusal, Section, ShownOnce, useAct } from './parts.tsx';

interface Key {
  id: string;
  name: string;
  prefix: string;
  createdAt: string;
  lastUsedAt: string | null;
}

/** Keys with which programs come in as the person who made them. */
export function KeysScreen() {
  const { t, i18n } = useTranslation();
  const keys = useAdminList<{ items: Key[] }>('/keys');
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
  const revoke = async (key: Key) => {
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
          columns={[t('admin.keys.name'), t('admin.keys.begins'), t('admin.keys.created'), t('admin.keys.used'), '']}
          empty={t('admin.keys.none')}
          query={keys}
          rows={data?.items.map((key) => ({
            key: key.id,
            cells: [
              <strong key="name">{key.name}</strong>,
              <span key="prefix" className={style.mono}>
                {key.prefix}…
              </span>,
              formatAgo(key.createdAt, i18n.language),
              key.lastUsedAt ? formatAgo(key.lastUsedAt, i18n.language) : t('admin.keys.never'),
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
  const [made, setMade] = useState<string | null>(null);
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
            void act(async () => setMade((await post<{ key: string }>('/keys', { name })).key));
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
          <Refusal>{problem}</Refusal>
          <Group justify="flex-end" mt="md" gap="xs">
            <Button variant="default" onClick={onDone}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={busy} disabled={!name.trim()}>
              {t('admin.keys.create')}
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}
