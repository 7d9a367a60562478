import { Button, Group, Modal, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../api/queries.ts';
import { SignInFields, useSignIn } from './sign-in-form.tsx';

/** The session ended while somebody was working: signing in again goes on where they were. */
export function SignInAgain({ onClose }: { onClose(signedIn: true | null): void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const before = queryClient.getQueryData(sessionQuery.queryKey);
  const { problem, busy, onSubmit } = useSignIn((session) => {
    queryClient.setQueryData(sessionQuery.queryKey, session);
    // Somebody else at the same desk: nothing on this screen is theirs.
    if (session.user.id !== before?.user.id) window.location.assign('/');
    else onClose(true);
  });
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
      <form onSubmit={onSubmit}>
        <Stack gap="sm">
          <p style={{ color: 'var(--text-2)' }}>{t('session.nothingLost')}</p>
          <SignInFields problem={problem} email={before?.user.email} />
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
