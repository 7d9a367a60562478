import { Alert, Button, PasswordInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import { problemText } from '../ui/toast.tsx';
import style from './gate.module.css';
import { Gate } from './gate.tsx';
import { LanguageLinks } from './language-links.tsx';

/** Where somebody who was invited, or forgot it, chooses a password. */
export function PasswordPage() {
  const { t } = useTranslation();
  const { token } = useParams({ from: '/password/$token' });
  const navigate = useNavigate();
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const person = useQuery({
    queryKey: ['password-link', token],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => post<{ email: string }>('/password-links/check', { token }),
  });
  const choose = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      await post('/password-links/use', { token, password: form.get('password') });
      queryClient.clear();
      await navigate({ to: '/' });
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Gate title={t('password.title')}>
      <title>{`${t('password.title')} · Tendero`}</title>
      {person.error ? (
        <>
          <Alert color="red" role="alert" p="xs" mt="md">
            {problemText(person.error)}
          </Alert>
          <p className={style.text}>
            <Link to="/sign-in" search={{}}>
              {t('signIn.title')}
            </Link>
          </p>
        </>
      ) : (
        <form className={style.form} onSubmit={(event) => void choose(event)}>
          <p className={style.text}>{t('password.text', { email: person.data?.email ?? '…' })}</p>
          {problem ? (
            <Alert color="red" role="alert" p="xs">
              {problemText(problem)}
            </Alert>
          ) : null}
          <input type="hidden" name="username" autoComplete="username" value={person.data?.email ?? ''} readOnly />
          <PasswordInput
            name="password"
            label={t('password.new')}
            description={t('setup.passwordHint')}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': t('common.showPassword') }}
            minLength={10}
            required
            withAsterisk={false}
            size="md"
          />
          <Button type="submit" size="md" loading={busy} disabled={!person.data}>
            {t('password.submit')}
          </Button>
        </form>
      )}
      <LanguageLinks />
    </Gate>
  );
}
