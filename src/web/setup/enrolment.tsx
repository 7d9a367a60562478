import { Alert, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AuthenticatorSecret, NextStep, SignedInWithCodes } from '#server/answers.ts';
import { post } from '../api/client.ts';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { problemText } from '../ui/toast.tsx';
import { AuthenticatorForm } from './authenticator-form.tsx';
import style from './gate.module.css';
import { RecoveryCodeList } from './recovery-codes.tsx';
import { type SignedIn, useSignInTry } from './use-sign-in-try.ts';

/** The company asks everybody for a second factor: it is set up on the way in. */
export function Enrolment({
  step: { token },
  onBack,
  onSignedIn,
}: {
  step: NextStep;
  onBack(): void;
  onSignedIn: SignedIn;
}) {
  const { t } = useTranslation();
  const [done, setDone] = useState<SignedInWithCodes | null>(null);
  const { enter } = useSignInTry(onSignedIn);
  const secret = useQuery({
    queryKey: ['enrolment', token],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    queryFn: () => post<AuthenticatorSecret>('/session/enrolment', { token }),
  });
  if (done) {
    return (
      <>
        <h2 className={style.step}>{t('secondFactor.codesTitle')}</h2>
        <RecoveryCodeList codes={done.recoveryCodes} onKept={() => void enter(done.session)} />
      </>
    );
  }
  return (
    <>
      <h2 className={style.step}>{t('secondFactor.title')}</h2>
      <p className={style.plain}>{t('secondFactor.needed')}</p>
      {secret.error ? (
        <div className={style.form}>
          <Alert color="red" role="alert" p="xs">
            {problemText(secret.error)}
          </Alert>
          <Button variant="default" onClick={onBack}>
            {t('signIn.back')}
          </Button>
        </div>
      ) : secret.data ? (
        <AuthenticatorForm
          secret={secret.data}
          onCode={async (code) => setDone(await post<SignedInWithCodes>('/session/enrolment/confirm', { token, code }))}
        />
      ) : (
        <SkeletonLines lines={5} />
      )}
    </>
  );
}
