import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { configureClient } from '../api/client.ts';
import type { Session } from '../api/types.ts';
import { problemText } from '../ui/toast.tsx';
import { PasskeyStopped } from './passkey.ts';

/** The form stays busy until the screen has changed. */
export type SignedIn = (session: Session) => unknown;

/** One try after the other: the button is busy, and what went wrong is said. */
export function useSignInTry(onSignedIn: SignedIn) {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const enter = async (session: Session) => {
    configureClient({ csrf: session.csrf });
    await onSignedIn(session);
  };
  /** @param ask what it answers is a session, or nothing where there is a step to go */
  const attempt = async (ask: () => Promise<Session | undefined>) => {
    setBusy(true);
    setProblem(null);
    try {
      const session = await ask();
      if (session) await enter(session);
      else setBusy(false);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const words = problem instanceof PasskeyStopped ? t('signIn.passkeyStopped') : problem ? problemText(problem) : null;
  return { busy, problem, words, attempt, enter };
}
