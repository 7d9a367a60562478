import { Button, Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../api/queries.ts';
import type { Session } from '../api/types.ts';
import { SignIn } from './sign-in-form.tsx';
import { SingleSignOnBeside } from './sign-in-ways.tsx';

/** The session ended while somebody was working: signing in again goes on where they were. */
export function SignInAgain({ onClose }: { onClose(signedIn: true | null): void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const before = queryClient.getQueryData(sessionQuery.queryKey);
  const enter = (session: Session) => {
    queryClient.setQueryData(sessionQuery.queryKey, session);
    // Somebody else at the same desk: nothing on this screen is theirs.
    if (session.user.id !== before?.user.id) window.location.assign('/');
    else onClose(true);
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
      <p style={{ color: 'var(--text-2)' }}>{t('session.nothingLost')}</p>
      <SignIn
        email={before?.user.email}
        submit={t('session.goOn')}
        leave={
          <Button variant="default" onClick={() => onClose(null)}>
            {t('session.leave')}
          </Button>
        }
        around={(form) => (
          <>
            <SingleSignOnBeside onSignedIn={enter} />
            {form}
          </>
        )}
        onSignedIn={enter}
      />
    </Modal>
  );
}
