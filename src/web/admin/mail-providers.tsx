import { Button, Modal, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MailProviders } from '#server/answers.ts';
import { del, request } from '../api/client.ts';
import { isProblem } from '../api/problem.ts';
import { CopyField } from '../ui/copy-field.tsx';
import { openDialog } from '../ui/dialogs.tsx';
import { showProblem } from '../ui/toast.tsx';
import style from './admin.module.css';
import { useAdminList } from './api.ts';
import { confirm, DataTable, Refusal, Section, useAct } from './parts.tsx';

type Preset = MailProviders['presets'][number];
type Provider = MailProviders['items'][number];

/** Where people sign in to their mailboxes without giving a password away. */
export function MailProvidersSection() {
  const { t } = useTranslation();
  const providers = useAdminList<MailProviders>('/mail-providers');
  const { data, refetch } = providers;
  const change = async (preset: Preset, kept: Provider | undefined) => {
    const redirectUri = data!.redirectUri;
    await openDialog((done) => (
      <ProviderDialog preset={preset} kept={kept} redirectUri={redirectUri} onClose={() => done(null)} />
    ));
    void refetch();
  };
  const remove = async (name: string, label: string) => {
    const sure = await confirm({
      title: t('admin.mailProviders.remove', { label }),
      text: t('admin.mailProviders.removeText'),
      action: t('common.remove'),
      danger: true,
    });
    if (sure) await del(`/mail-providers/${name}`).then(() => refetch(), showProblem);
  };
  return (
    <Section title={t('admin.mailProviders.title')} text={t('admin.mailProviders.text')}>
      <DataTable
        label={t('admin.mailProviders.title')}
        columns={[t('admin.mailProviders.provider'), t('admin.mailProviders.client'), '']}
        query={providers}
        empty=""
        rows={data?.presets.map((preset) => {
          const kept = data.items.find(({ name }) => name === preset.name);
          const label = kept?.label || preset.label || t('admin.mailProviders.other');
          return {
            key: preset.name,
            muted: !kept,
            cells: [
              label,
              kept ? kept.clientId : t('admin.mailProviders.notSetUp'),
              <span key="acts" className={style.rowActions}>
                <Button variant="subtle" size="compact-sm" onClick={() => void change(preset, kept)}>
                  {t(kept ? 'admin.mailProviders.change' : 'admin.mailProviders.setUp')}
                </Button>
                {kept ? (
                  <Button
                    variant="subtle"
                    color="red"
                    size="compact-sm"
                    onClick={() => void remove(preset.name, label)}
                  >
                    {t('common.remove')}
                  </Button>
                ) : null}
              </span>,
            ],
          };
        })}
      />
    </Section>
  );
}

function ProviderDialog({
  preset,
  kept,
  redirectUri,
  onClose,
}: {
  preset: Preset;
  kept: Provider | undefined;
  redirectUri: string;
  onClose(): void;
}) {
  const { t } = useTranslation();
  const [values, setValues] = useState({ clientId: '', ...preset, ...kept, secret: '' });
  const saving = useAct();
  const of = (field: string) => (isProblem(saving.error) ? saving.error.of(field) : undefined);
  const save = () =>
    saving.act(async () => {
      const { issuer, clientId, scope, label, secret } = values;
      const body = { issuer: issuer.trim(), clientId: clientId.trim(), scope: scope.trim(), label: label.trim() };
      await request('PUT', `/mail-providers/${preset.name}`, { body: { ...body, ...(secret ? { secret } : {}) } });
      onClose();
    });
  const input = (name: 'label' | 'issuer' | 'clientId' | 'scope', help?: string) => (
    <TextInput
      label={t(`admin.mailProviders.${name}`)}
      description={help}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      required
      maxLength={name === 'label' ? 60 : 500}
      value={values[name]}
      error={of(name)}
      onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
    />
  );
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('admin.mailProviders.setUpTitle', { label: values.label || t('admin.mailProviders.other') })}
      size={560}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Stack gap="sm">
          <CopyField label={t('admin.mailProviders.redirectUri')} value={redirectUri} />
          {input('label')}
          {input('issuer', preset.name === 'microsoft' ? t('admin.mailProviders.tenant') : undefined)}
          {input('clientId')}
          <PasswordInput
            label={t('admin.mailProviders.secret')}
            description={kept?.hasSecret ? t('admin.mail.passwordKept') : undefined}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            autoComplete="off"
            maxLength={1_000}
            value={values.secret}
            onChange={(event) => setValues({ ...values, secret: event.currentTarget.value })}
            visibilityToggleButtonProps={{ 'aria-label': t('common.showPassword') }}
          />
          {input('scope')}
          <Refusal>{['label', 'issuer', 'clientId', 'scope'].some(of) ? null : saving.problem}</Refusal>
          <Button type="submit" loading={saving.busy}>
            {t('common.save')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
