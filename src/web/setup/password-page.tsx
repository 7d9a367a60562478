import { Alert, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NextStep } from '#server/answers.ts';
import { configureClient, post } from '../api/client.ts';
import { isProblem } from '../api/problem.ts';
import { queryClient, sessionQuery, setupQuery } from '../api/queries.ts';
import type { Session } from '../api/types.ts';
import { problemText } from '../ui/toast.tsx';
import style from './gate.module.css';
import { Gate } from './gate.tsx';
import { LanguageLinks } from './language-links.tsx';
import { NewPasswordInput } from './new-password-input.tsx';
import { NextStepForm } from './sign-in-form.tsx';

/** Where somebody who was invited, or forgot it, chooses a password. */
export function PasswordPage() {
  const { t } = useTranslation();
  const { token } = useParams({ from: '/password/$token' });
  const navigate = useNavigate();
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [step, setStep] = useState<NextStep | null>(null);
  const { data: setup } = useQuery(setupQuery);
  const person = useQuery({
    queryKey: ['password-link', token],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => post<{ email: string; name: string }>('/password-links/check', { token }),
  });
  const enter = async (session: Session) => {
    configureClient({ csrf: session.csrf });
    queryClient.clear();
    queryClient.setQueryData(sessionQuery.queryKey, session);
    await navigate({ to: '/' });
  };
  const choose = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      const answer = await post<Session | NextStep>('/password-links/use', { token, password: form.get('password') });
      if ('step' in answer) setStep(answer);
      else await enter(answer);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const faultOfPassword = isProblem(problem) ? problem.of('password') : undefined;
  return (
    <Gate title={t(step ? 'signIn.title' : 'password.title')}>
      <title>{`${t('password.title')} · Tendero`}</title>
      {step ? (
        <NextStepForm step={step} onBack={() => void navigate({ to: '/sign-in', search: {} })} onSignedIn={enter} />
      ) : person.error ? (
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
          {problem && !faultOfPassword ? (
            <Alert color="red" role="alert" p="xs">
              {problemText(problem)}
            </Alert>
          ) : null}
          <input type="hidden" name="username" autoComplete="username" value={person.data?.email ?? ''} readOnly />
          <NewPasswordInput
            label={t('password.new')}
            own={[person.data?.name ?? '', person.data?.email ?? '', setup?.company?.name ?? '']}
            error={faultOfPassword}
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
