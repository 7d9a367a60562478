import { Alert, PasswordInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { configureClient, post } from '../api/client.ts';
import type { Session } from '../api/types.ts';
import { problemText } from '../ui/toast.tsx';
import { signInWaysQuery } from './sign-in-ways.tsx';

/** Asks the server for a session. @param onSignedIn the form stays busy until the screen has changed */
export function useSignIn(onSignedIn: (session: Session) => unknown) {
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // A dialog stands inside the form that waits for it.
    event.stopPropagation();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      const session = await post<Session>('/session', { email: form.get('email'), password: form.get('password') });
      configureClient({ csrf: session.csrf });
      await onSignedIn(session);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return { problem, busy, onSubmit: (event: FormEvent<HTMLFormElement>) => void onSubmit(event) };
}

export function SignInFields({ problem, email, size }: { problem: unknown; email?: string; size?: string }) {
  const { t } = useTranslation();
  const { data: ways } = useQuery(signInWaysQuery);
  const hasDirectory = ways?.directory === true;
  return (
    <>
      {problem ? (
        <Alert color="red" role="alert" p="xs">
          {problemText(problem)}
        </Alert>
      ) : null}
      <TextInput
        name="email"
        // What a directory knows somebody by need not be an address.
        type={hasDirectory ? 'text' : 'email'}
        label={hasDirectory ? t('signIn.login') : t('signIn.email')}
        maxLength={254}
        autoComplete="username"
        defaultValue={email}
        required
        withAsterisk={false}
        size={size}
        autoFocus={!email}
        data-autofocus={!email || undefined}
      />
      <PasswordInput
        name="password"
        label={t('signIn.password')}
        autoComplete="current-password"
        required
        withAsterisk={false}
        size={size}
        autoFocus={Boolean(email)}
        data-autofocus={Boolean(email) || undefined}
        visibilityToggleButtonProps={{ 'aria-label': t('common.showPassword') }}
      />
    </>
  );
}
