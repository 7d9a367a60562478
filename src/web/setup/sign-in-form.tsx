import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import IconFingerprint from '@tabler/icons-react/dist/esm/icons/IconFingerprint.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, lazy, type ReactNode, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NextStep } from '#server/answers.ts';
import { post } from '../api/client.ts';
import { setupQuery } from '../api/queries.ts';
import type { Session } from '../api/types.ts';
import style from './gate.module.css';
import { givePasskey, hasPasskeys } from './passkey.ts';
import { providerOfAddress, signInWaysQuery, wayTo } from './sign-in-ways.tsx';
import { type SignedIn, useSignInTry } from './use-sign-in-try.ts';

const SecondFactor = lazy(() => import('./second-factor.tsx').then((loaded) => ({ default: loaded.SecondFactor })));
const Enrolment = lazy(() => import('./enrolment.tsx').then((loaded) => ({ default: loaded.Enrolment })));

export interface SignInProps {
  /** Who was here before. */
  email?: string;
  /** What the button says. */
  submit: string;
  /** Where to go afterwards, when it is a provider that lets somebody in. */
  next?: string;
  /** Another way out, beside the button. */
  leave?: ReactNode;
  /** What stands around the form for as long as it is the password that is asked for. */
  around?(form: ReactNode): ReactNode;
  onSignedIn: SignedIn;
}

/** Asks for a password or a passkey, and for whatever the server then still asks for. */
export function SignIn(props: SignInProps) {
  const [step, setStep] = useState<NextStep | null>(null);
  if (step) return <NextStepForm {...props} step={step} onBack={() => setStep(null)} />;
  const form = <PasswordForm {...props} onNext={setStep} />;
  return props.around ? props.around(form) : form;
}

/** What is asked for after a password, by whichever page it was given. */
export function NextStepForm({
  step,
  onBack,
  onSignedIn,
}: Pick<SignInProps, 'onSignedIn'> & { step: NextStep; onBack(): void }) {
  const Form = step.step === 'second-factor' ? SecondFactor : Enrolment;
  return (
    <Suspense fallback={null}>
      <Form step={step} onBack={onBack} onSignedIn={onSignedIn} />
    </Suspense>
  );
}

function PasswordForm({
  email,
  submit,
  next,
  leave,
  onSignedIn,
  onNext,
}: SignInProps & { onNext(step: NextStep): void }) {
  const { t } = useTranslation();
  const { data: setup } = useQuery(setupQuery);
  const { data: ways } = useQuery(signInWaysQuery);
  const hasDirectory = ways?.directory === true;
  const { busy, words, attempt } = useSignInTry(onSignedIn);
  const [by, setBy] = useState<'password' | 'passkey'>('password');
  const form = useRef<HTMLFormElement>(null);
  const [provider, setProvider] = useState<{ id: string; label: string } | null>(null);
  // Administrators have a password, whatever becomes of their provider.
  const [stays, setStays] = useState(false);
  const fieldOf = (name: string) => form.current?.elements.namedItem(name) as HTMLInputElement | null | undefined;
  const lookWhereTo = async (address: string) => {
    // Who goes on with their work opens a provider beside it.
    if (leave || stays || !ways?.openid.length) return;
    const found = await providerOfAddress(address).catch(() => null);
    // Whoever has begun with a password meanwhile is not disturbed.
    if (found && fieldOf('email')?.value === address && fieldOf('password')?.value === '') setProvider(found);
  };
  const withPassword = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // A dialog stands inside the form that waits for it.
    event.stopPropagation();
    if (provider) return window.location.assign(wayTo(provider.id, next));
    const form = new FormData(event.currentTarget);
    setBy('password');
    void attempt(async () => {
      const given = { email: form.get('email'), password: form.get('password') };
      const answer = await post<Session | NextStep>('/session', given);
      if (!('step' in answer)) return answer;
      onNext(answer);
      return undefined;
    });
  };
  const withPasskey = () => {
    setBy('passkey');
    void attempt(async () => {
      const { token, options } = await post<{ token: string; options: object }>('/session/passkey-options');
      return post<Session>('/session/passkey', { token, answer: await givePasskey(options) });
    });
  };
  const rest = (
    <>
      <div>
        <PasswordInput
          name="password"
          label={t('signIn.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          size="md"
          autoFocus={Boolean(email) || stays}
          data-autofocus={Boolean(email) || undefined}
          visibilityToggleButtonProps={{ 'aria-label': t('common.showPassword') }}
        />
        {setup?.mail && !leave ? (
          <Link to="/forgotten" className={style.forgotten}>
            {t('signIn.forgotten')}
          </Link>
        ) : null}
      </div>
      <div className={leave ? style.ends : undefined}>
        {leave}
        <Button type="submit" size={leave ? undefined : 'md'} fullWidth={!leave} loading={busy && by === 'password'}>
          {submit}
        </Button>
      </div>
      {hasPasskeys ? (
        <>
          <div className={style.or}>{t('signIn.or')}</div>
          <Button
            variant="default"
            size="md"
            leftSection={<IconFingerprint size={18} stroke={1.7} aria-hidden />}
            loading={busy && by === 'passkey'}
            onClick={withPasskey}
          >
            {t('signIn.passkey')}
          </Button>
        </>
      ) : null}
    </>
  );
  return (
    <form ref={form} className={style.form} onSubmit={withPassword}>
      {words ? (
        <Alert color="red" role="alert" p="xs">
          {words}
        </Alert>
      ) : null}
      <TextInput
        name="email"
        // What a directory knows somebody by need not be an address.
        type={hasDirectory ? 'text' : 'email'}
        label={hasDirectory ? t('signIn.login') : t('signIn.email')}
        maxLength={254}
        autoComplete="username webauthn"
        defaultValue={email}
        required
        withAsterisk={false}
        size="md"
        autoFocus={!email}
        data-autofocus={!email || undefined}
        onBlur={(event) => void lookWhereTo(event.currentTarget.value)}
        onChange={() => setProvider(null)}
      />
      {provider ? (
        <>
          <Button type="submit" size="md" fullWidth autoFocus>
            {t('signIn.lead', { label: provider.label })}
          </Button>
          <p className={style.aside}>
            <button
              type="button"
              onClick={() => {
                setStays(true);
                setProvider(null);
              }}
            >
              {t('signIn.usePassword')}
            </button>
          </p>
        </>
      ) : (
        rest
      )}
    </form>
  );
}
