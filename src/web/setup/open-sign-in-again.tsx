import { lazy } from 'react';
import { withWords } from '../i18n/room-words.ts';
import { openDialog } from '../ui/dialogs.tsx';

const SignInAgain = lazy(() =>
  withWords('setup', import('./sign-in-again.tsx')).then((loaded) => ({ default: loaded.SignInAgain })),
);

/** Asks for the password over what the person is doing. @returns false when they would rather leave */
export async function openSignInAgain(): Promise<boolean> {
  return (await openDialog<true>((done) => <SignInAgain onClose={done} />)) === true;
}
