import { Alert, Button, Group, Modal, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { configureClient, post } from '../api/client.ts';
import { sessionQuery } from '../api/queries.ts';
import type { Session } from '../api/types.ts';
import { problemText } from '../ui/toast.tsx';

/** The session ended while somebody was working: signing in again goes on where they were. */
export function SignInAgain({ onClose }: { onClose(signedIn: true | null): void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const before = queryClient.getQueryData(sessionQuery.queryKey);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const signIn = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    event.stopPropagation();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      const session = await post<Session>('/session', { email: form.get('email'), password: form.get('password') });
      configureClient({ csrf: session.csrf });
      queryClient.setQueryData(sessionQuery.queryKey, session);
      // Somebody else at the same desk: nothing on this screen is theirs.
      if (session.user.id !== before?.user.id) window.location.assign('/');
      else onClose(true);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Modal
      opened
      onClose={() => onClose(null)}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      zIndex={500}
      title={t('session.ended')}
    >
      <form onSubmit={(event) => void signIn(event)}>
        <Stack gap="sm">
          <p style={{ color: 'var(--text-2)' }}>{t('session.nothingLost')}</p>
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
            defaultValue={before?.user.email}
            required
            withAsterisk={false}
          />
          <PasswordInput
            name="password"
            label={t('signIn.password')}
            autoComplete="current-password"
            required
            withAsterisk={false}
            autoFocus
            data-autofocus
            visibilityToggleButtonProps={{ 'aria-label': t('common.showPassword') }}
          />
        </Stack>
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" onClick={() => onClose(null)}>
            {t('session.leave')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('session.goOn')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
