import { Alert, Button, PasswordInput } from '@mantine/core';
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../api/client.ts';
import { isProblem } from '../api/problem.ts';
import { queryClient } from '../api/queries.ts';
import { NewPasswordInput } from '../setup/new-password-input.tsx';
import { Card } from '../ui/card.tsx';
import { problemText, showToast } from '../ui/toast.tsx';
import style from './profile.module.css';

const names = ['current', 'password'] as const;

/** Another password, for who knows the one in force. */
export function PasswordCard({ email, own }: { email: string; own: readonly string[] }) {
  const { t } = useTranslation();
  const form = useRef<HTMLFormElement>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [changes, setChanges] = useState(0);
  const change = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      await request('PUT', '/session/password', {
        body: { current: given.get('current'), password: given.get('password') },
      });
      form.current?.reset();
      setChanges((count) => count + 1);
      void queryClient.invalidateQueries({ queryKey: ['sessions'] });
      showToast(t('profile.passwordChanged'));
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  const of = (name: string) => (isProblem(problem) ? problem.of(name) : undefined);
  return (
    <Card title={t('profile.password')} icon={<IconLock size={16} stroke={1.7} aria-hidden />}>
      <form ref={form} className={style.form} onSubmit={(event) => void change(event)}>
        {problem && !names.some(of) ? (
          <Alert className={style.wide} color="red" role="alert" p="xs">
            {problemText(problem)}
          </Alert>
        ) : null}
        {/* Which account it is for, for the keepers of passwords. */}
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <PasswordInput
          name="current"
          label={t('profile.currentPassword')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          error={of('current')}
          visibilityToggleButtonProps={{ 'aria-label': t('common.showPassword') }}
        />
        <NewPasswordInput key={changes} label={t('password.new')} own={own} error={of('password')} />
        <p className={`${style.wide} ${style.quiet}`}>{t('profile.passwordText')}</p>
        <div className={`${style.wide} ${style.end}`}>
          <Button type="submit" loading={busy}>
            {t('profile.changePassword')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
