import { Button, NumberInput, PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MailServer } from '#server/answers.ts';
import { del, patch, post, request } from '../api/client.ts';
import { isProblem } from '../api/problem.ts';
import { queryClient, setupQuery } from '../api/queries.ts';
import { sendersQuery } from '../compose/mail-queries.ts';
import { showProblem, showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import { useAdminList } from './api.ts';
import { MailProvidersSection } from './mail-providers.tsx';
import { confirm, Heading, Pending, Refusal, Section, useAct } from './parts.tsx';

/** Through which server mail goes out. */
export function MailScreen() {
  const { t } = useTranslation();
  const mail = useAdminList<{ server: MailServer | null }>('/mail-server');
  const { data, refetch } = mail;
  const onSaved = () => {
    void queryClient.invalidateQueries({ queryKey: setupQuery.queryKey });
    void refetch();
  };
  return (
    <>
      <Heading title={t('admin.place.mail.title')} text={t('admin.place.mail.text')} />
      {data ? <MailForm key={JSON.stringify(data)} server={data.server} onSaved={onSaved} /> : <Pending query={mail} />}
      {data?.server ? <Tracking /> : null}
      <MailProvidersSection />
    </>
  );
}

/** Whether writers may ask to know when a mail of theirs is opened. */
function Tracking() {
  const { t } = useTranslation();
  const { data: company, refetch } = useAdminList<{ mailTracking: boolean }>('/company');
  const { problem, busy, act } = useAct();
  if (!company) return null;
  const set = (mailTracking: boolean) =>
    act(async () => {
      await patch('/company', { mailTracking });
      await Promise.all([refetch(), queryClient.invalidateQueries({ queryKey: sendersQuery.queryKey })]);
    });
  return (
    <Section title={t('admin.mail.tracking')} text={t('admin.mail.trackingText')}>
      <Switch
        label={t('admin.mail.trackingOn')}
        checked={company.mailTracking}
        disabled={busy}
        onChange={(event) => void set(event.currentTarget.checked)}
      />
      <Refusal>{problem}</Refusal>
    </Section>
  );
}

const portOf = { tls: 465, starttls: 587, none: 25 } as const;

function MailForm({ server, onSaved }: { server: MailServer | null; onSaved(): void }) {
  const { t } = useTranslation();
  const [values, setValues] = useState({
    host: '',
    port: 587,
    security: 'starttls' as MailServer['security'],
    senderName: '',
    senderAddress: '',
    site: window.location.origin,
    ...server,
    username: server?.username ?? '',
    password: '',
  });
  const saving = useAct();
  const testing = useAct();
  const set = (changes: Partial<typeof values>) => setValues({ ...values, ...changes });
  const of = (field: string) => (isProblem(saving.error) ? saving.error.of(field) : undefined);
  const isNamed = ['host', 'port', 'username', 'senderName', 'senderAddress', 'site'].some(of);
  const save = () =>
    saving.act(async () => {
      const { password, hasPassword: _, ...given } = values as typeof values & { hasPassword?: boolean };
      const username = given.username.trim() || null;
      await request('PUT', '/mail-server', { body: { ...given, username, ...(password ? { password } : {}) } });
      showToast(t('admin.saved'));
      onSaved();
    });
  const test = () =>
    testing.act(async () => {
      const { sentTo } = await post<{ sentTo: string }>('/mail-server/test');
      showToast(t('admin.mail.testSent', { address: sentTo }));
    });
  const remove = async () => {
    const sure = await confirm({
      title: t('admin.mail.remove'),
      text: t('admin.mail.removeText'),
      action: t('admin.mail.remove'),
      danger: true,
    });
    if (sure) await del('/mail-server').then(onSaved, showProblem);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Section title={t('admin.mail.server')}>
        <div className={style.form}>
          <TextInput
            label={t('admin.mail.host')}
            placeholder="smtp.example.com"
            required
            maxLength={253}
            value={values.host}
            error={of('host')}
            onChange={(event) => set({ host: event.currentTarget.value })}
          />
          <Select
            label={t('admin.mail.security')}
            allowDeselect={false}
            data={(['starttls', 'tls', 'none'] as const).map((value) => ({
              value,
              label: t(`admin.mail.securities.${value}`),
            }))}
            value={values.security}
            onChange={(value) => {
              const security = value as MailServer['security'];
              // Whoever has a port of their own keeps it.
              set({ security, ...(values.port === portOf[values.security] ? { port: portOf[security] } : {}) });
            }}
          />
          <NumberInput
            label={t('admin.mail.port')}
            required
            min={1}
            max={65_535}
            allowDecimal={false}
            hideControls
            value={values.port}
            error={of('port')}
            onChange={(port) => set({ port: Number(port) })}
          />
          <TextInput
            label={t('admin.mail.username')}
            description={t('admin.mail.usernameHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            autoComplete="off"
            maxLength={320}
            value={values.username}
            error={of('username')}
            onChange={(event) => set({ username: event.currentTarget.value })}
          />
          <PasswordInput
            label={t('admin.mail.password')}
            description={server?.hasPassword ? t('admin.mail.passwordKept') : undefined}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            autoComplete="new-password"
            maxLength={1_000}
            value={values.password}
            onChange={(event) => set({ password: event.currentTarget.value })}
            visibilityToggleButtonProps={{ 'aria-label': t('common.showPassword') }}
          />
        </div>
      </Section>
      <Section title={t('admin.mail.sender')}>
        <div className={style.form}>
          <TextInput
            label={t('admin.mail.senderName')}
            required
            maxLength={100}
            value={values.senderName}
            error={of('senderName')}
            onChange={(event) => set({ senderName: event.currentTarget.value })}
          />
          <TextInput
            label={t('admin.mail.senderAddress')}
            type="email"
            required
            maxLength={254}
            value={values.senderAddress}
            error={of('senderAddress')}
            onChange={(event) => set({ senderAddress: event.currentTarget.value })}
          />
          <TextInput
            label={t('admin.mail.site')}
            description={t('admin.mail.siteHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            type="url"
            required
            maxLength={300}
            value={values.site}
            error={of('site')}
            onChange={(event) => set({ site: event.currentTarget.value })}
          />
        </div>
      </Section>
      <div className={style.formEnd} style={{ marginBottom: 16 }}>
        <Refusal>{isNamed ? testing.problem : (saving.problem ?? testing.problem)}</Refusal>
        {server ? (
          <>
            <Button variant="subtle" color="red" onClick={() => void remove()}>
              {t('admin.mail.remove')}
            </Button>
            <Button variant="default" loading={testing.busy} onClick={() => void test()}>
              {t('admin.mail.test')}
            </Button>
          </>
        ) : null}
        <Button type="submit" loading={saving.busy}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}
