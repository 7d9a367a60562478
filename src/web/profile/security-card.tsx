import { Button, Modal, PasswordInput, TextInput } from '@mantine/core';
import IconFingerprint from '@tabler/icons-react/dist/esm/icons/IconFingerprint.mjs';
import IconShieldCheck from '@tabler/icons-react/dist/esm/icons/IconShieldCheck.mjs';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, lazy, type ReactNode, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatAgo, formatDate } from '#kernel/fields/web/format.ts';
import type { AuthenticatorSecret, Factors, RecoveryCodes } from '#server/answers.ts';
import { get, patch, post } from '../api/client.ts';
import { isProblem } from '../api/problem.ts';
import { hasPasskeys, makePasskey, PasskeyStopped } from '../setup/passkey.ts';
import { Card } from '../ui/card.tsx';
import { deviceOf } from '../ui/device.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { ErrorState } from '../ui/state.tsx';
import { problemText, showProblem, showToast } from '../ui/toast.tsx';
import style from './profile.module.css';

const AuthenticatorForm = lazy(() =>
  import('../setup/authenticator-form.tsx').then((loaded) => ({ default: loaded.AuthenticatorForm })),
);
const RecoveryCodeList = lazy(() =>
  import('../setup/recovery-codes.tsx').then((loaded) => ({ default: loaded.RecoveryCodeList })),
);

/** What a person signs in with beside the password: an app, codes for the day it is lost, passkeys. */
export function SecurityCard() {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const factors = useQuery({
    queryKey: ['factors'],
    queryFn: ({ signal }) => get<Factors>('/session/factors', undefined, signal),
  });
  const { data } = factors;
  const refresh = () => void factors.refetch();

  const setUpApp = async () => {
    const secret = await asOwner(data!, t('profile.app'), (own) =>
      post<AuthenticatorSecret>('/session/authenticator', own),
    );
    if (!secret) return;
    await openDialog<true>((done) => <AppDialog secret={secret} onDone={() => done(true)} />);
    refresh();
  };
  const removeApp = async () => {
    const removed = await asOwner(data!, t('profile.app'), async (own) => {
      await post('/session/authenticator/remove', own);
      return true;
    });
    if (removed) showToast(t('profile.appRemoved'));
    refresh();
  };
  const newCodes = async () => {
    const codes = await asOwner(data!, t('profile.newCodes'), (own) =>
      post<RecoveryCodes>('/session/recovery-codes', own),
    );
    if (codes) await openDialog<true>((done) => <CodesDialog codes={codes.recoveryCodes} onDone={() => done(true)} />);
    refresh();
  };
  const addPasskey = async () => {
    try {
      const begun = await asOwner(data!, t('profile.addPasskey'), (own) =>
        post<{ token: string; options: object }>('/session/passkeys/options', own),
      );
      if (!begun) return;
      const answer = await makePasskey(begun.options);
      const name = deviceOf(navigator.userAgent) ?? t('profile.passkeys');
      await post('/session/passkeys', { token: begun.token, name, answer });
      showToast(t('profile.passkeyAdded'));
    } catch (error) {
      if (error instanceof PasskeyStopped) showToast(t('signIn.passkeyStopped'));
      else showProblem(error);
    }
    refresh();
  };
  const rename = async (id: string, name: string) => {
    await openDialog<true>((done) => <NameDialog id={id} name={name} onDone={() => done(true)} />);
    refresh();
  };
  const removePasskey = async (id: string, name: string) => {
    const removed = await asOwner(data!, `${t('common.remove')}: ${name}`, async (own) => {
      await post(`/session/passkeys/${encodeURIComponent(id)}/remove`, own);
      return true;
    });
    if (removed) showToast(t('profile.passkeyRemoved'));
    refresh();
  };

  return (
    <Card title={t('profile.security')} icon={<IconShieldCheck size={16} stroke={1.7} aria-hidden />}>
      {factors.isPending ? <SkeletonLines lines={3} /> : null}
      {factors.isError ? <ErrorState error={factors.error} onRetry={refresh} /> : null}
      {data ? (
        <ul className={style.sessions}>
          <Line
            title={t('profile.app')}
            text={
              data.authenticator
                ? t('profile.appOn', { day: formatDate(data.authenticator.slice(0, 10), language) })
                : t('profile.appOff')
            }
          >
            {data.authenticator ? (
              <Button
                variant="default"
                size="compact-sm"
                aria-label={`${t('common.remove')}: ${t('profile.app')}`}
                onClick={() => void removeApp()}
              >
                {t('common.remove')}
              </Button>
            ) : (
              <Button
                size="compact-sm"
                aria-label={`${t('profile.appSetUp')}: ${t('profile.app')}`}
                onClick={() => void setUpApp()}
              >
                {t('profile.appSetUp')}
              </Button>
            )}
          </Line>
          {data.authenticator ? (
            <Line title={t('profile.codes')} text={t('profile.codesLeft', { count: data.recoveryCodes })}>
              <Button variant="default" size="compact-sm" onClick={() => void newCodes()}>
                {t('profile.newCodes')}
              </Button>
            </Line>
          ) : null}
          <Line
            title={t('profile.passkeys')}
            text={t(hasPasskeys ? 'profile.passkeysText' : 'profile.passkeysUnsupported')}
          >
            {hasPasskeys ? (
              <Button variant="default" size="compact-sm" onClick={() => void addPasskey()}>
                {t('profile.addPasskey')}
              </Button>
            ) : null}
          </Line>
          {data.passkeys.map(({ id, name, createdAt, lastUsedAt }) => (
            <Line
              key={id}
              icon={<IconFingerprint size={18} stroke={1.7} aria-hidden />}
              title={name}
              text={`${formatDate(createdAt.slice(0, 10), language)} · ${lastUsedAt ? t('profile.used', { when: formatAgo(lastUsedAt, language) }) : t('profile.neverUsed')}`}
            >
              <Button
                variant="subtle"
                color="gray"
                size="compact-sm"
                aria-label={`${t('profile.rename')}: ${name}`}
                onClick={() => void rename(id, name)}
              >
                {t('profile.rename')}
              </Button>
              <Button
                variant="default"
                size="compact-sm"
                aria-label={`${t('common.remove')}: ${name}`}
                onClick={() => void removePasskey(id, name)}
              >
                {t('common.remove')}
              </Button>
            </Line>
          ))}
        </ul>
      ) : null}
    </Card>
  );
}

function Line({ icon, title, text, children }: { icon?: ReactNode; title: string; text: string; children: ReactNode }) {
  return (
    <li>
      {icon}
      <div className={style.device}>
        <strong>{title}</strong>
        <span>{text}</span>
      </div>
      {children}
    </li>
  );
}

/** Does something that only the person may: asks for the password, where they have one. @returns null when they would rather not */
async function asOwner<T>(
  { hasPassword }: Factors,
  title: string,
  act: (own: { current?: string }) => Promise<T>,
): Promise<T | null> {
  if (hasPassword)
    return openDialog<T>((done) => (
      <OwnerDialog title={title} act={async (current) => done(await act({ current }))} onClose={() => done(null)} />
    ));
  try {
    return await act({});
  } catch (error) {
    showProblem(error);
    return null;
  }
}

function OwnerDialog({ title, act, onClose }: { title: string; act(current: string): Promise<void>; onClose(): void }) {
  const { t } = useTranslation();
  const [current, setCurrent] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await act(current);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <FormDialog title={title} submit={t('signIn.goOn')} busy={busy} onSubmit={() => void submit()} onClose={onClose}>
      <p className={style.quiet}>{t('profile.confirmText')}</p>
      <PasswordInput
        label={t('profile.currentPassword')}
        autoComplete="current-password"
        required
        withAsterisk={false}
        data-autofocus
        value={current}
        error={
          problem
            ? isProblem(problem)
              ? (problem.of('current') ?? problemText(problem))
              : problemText(problem)
            : undefined
        }
        onChange={(event) => setCurrent(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': t('common.showPassword') }}
      />
    </FormDialog>
  );
}

function AppDialog({ secret, onDone }: { secret: AuthenticatorSecret; onDone(): void }) {
  const { t } = useTranslation();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return (
    <Modal
      opened
      onClose={onDone}
      // The codes are shown once: a click beside the window must not lose them.
      closeOnClickOutside={codes === null}
      title={t(codes ? 'secondFactor.codesTitle' : 'profile.app')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Suspense fallback={<SkeletonLines lines={5} />}>
        {codes ? (
          <RecoveryCodeList
            codes={codes}
            onKept={() => {
              showToast(t('profile.appIsOn'));
              onDone();
            }}
          />
        ) : (
          <AuthenticatorForm
            secret={secret}
            onCode={async (code) =>
              setCodes((await post<RecoveryCodes>('/session/authenticator/confirm', { code })).recoveryCodes)
            }
          />
        )}
      </Suspense>
    </Modal>
  );
}

function CodesDialog({ codes, onDone }: { codes: readonly string[]; onDone(): void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onDone}
      closeOnClickOutside={false}
      title={t('secondFactor.codesTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Suspense fallback={<SkeletonLines lines={5} />}>
        <RecoveryCodeList codes={codes} onKept={onDone} />
      </Suspense>
    </Modal>
  );
}

function NameDialog({ id, name: before, onDone }: { id: string; name: string; onDone(): void }) {
  const { t } = useTranslation();
  const [name, setName] = useState(before);
  const [problem, setProblem] = useState<unknown>(null);
  const save = (event?: FormEvent) => {
    event?.preventDefault();
    patch(`/session/passkeys/${encodeURIComponent(id)}`, { name }).then(onDone, setProblem);
  };
  return (
    <FormDialog
      title={t('profile.rename')}
      submit={t('common.save')}
      disabled={!name.trim()}
      onSubmit={save}
      onClose={onDone}
    >
      <TextInput
        label={t('profile.passkeyName')}
        data-autofocus
        maxLength={100}
        value={name}
        error={problem ? problemText(problem) : undefined}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
