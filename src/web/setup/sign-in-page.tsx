import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { configureClient, post } from '../api/client.ts';
import { queryClient, sessionQuery } from '../api/queries.ts';
import type { Session } from '../api/types.ts';
import { problemText } from '../ui/toast.tsx';
import style from './gate.module.css';
import { Gate } from './gate.tsx';
import { LanguageLinks } from './language-links.tsx';

export function SignInPage() {
  const { t } = useTranslation();
  const { next } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const router = useRouter();
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const signIn = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      const session = await post<Session>('/session', { email: form.get('email'), password: form.get('password') });
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, session);
      configureClient({ csrf: session.csrf });
      if (next) router.history.push(next);
      else await navigate({ to: '/' });
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Gate title={t('signIn.title')}>
      <title>{`${t('signIn.title')} · Tendero`}</title>
      <form className={style.form} onSubmit={(event) => void signIn(event)}>
        {problem ? (
          <Alert color="red" role="alert" p="xs">
            {problemText(problem)}
          </Alert>
        ) : null}
        <TextInput
          name="email"
          type="email"
          label={t('signIn.email')}
          autoComplete="username"
          required
          withAsterisk={false}
          size="md"
          data-autofocus
          autoFocus
        />
        <PasswordInput
          name="password"
          label={t('signIn.password')}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': t('common.showPassword') }}
          required
          withAsterisk={false}
          size="md"
        />
        <Button type="submit" size="md" loading={busy}>
          {t('signIn.submit')}
        </Button>
      </form>
      <LanguageLinks />
    </Gate>
  );
}
