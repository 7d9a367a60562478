import { Alert, Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NextStep } from '#server/answers.ts';
import { post } from '../api/client.ts';
import { isProblem } from '../api/problem.ts';
import type { Session } from '../api/types.ts';
import { CodeInput } from './authenticator-form.tsx';
import style from './gate.module.css';
import { givePasskey, hasPasskeys } from './passkey.ts';
import { type SignedIn, useSignInTry } from './use-sign-in-try.ts';

type Way = NextStep['ways'][number];

/** The step after the password: a code of the app, a passkey, or a code that was kept for the day both are lost. */
export function SecondFactor({
  step: { token, ways },
  onBack,
  onSignedIn,
}: {
  step: NextStep;
  onBack(): void;
  onSignedIn: SignedIn;
}) {
  const { t } = useTranslation();
  const usable = ways.filter((way) => way !== 'passkey' || hasPasskeys);
  const [way, setWay] = useState<Way>(usable[0] ?? 'recovery');
  const { busy, problem, words, attempt } = useSignInTry(onSignedIn);
  const give = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    event.stopPropagation();
    const code = String(new FormData(event.currentTarget).get('code') ?? '');
    void attempt(async () => {
      if (way !== 'passkey')
        return post<Session>('/session/second-factor', {
          token,
          ...(way === 'code' ? { code } : { recoveryCode: code }),
        });
      const { options } = await post<{ options: object }>('/session/second-factor/passkey-options', { token });
      return post<Session>('/session/second-factor/passkey', { token, answer: await givePasskey(options) });
    });
  };
  const ofCode = isProblem(problem) ? problem.of('code') : undefined;
  const others = { code: 'signIn.useCode', passkey: 'signIn.usePasskey', recovery: 'signIn.useRecovery' } as const;
  const texts = { code: 'signIn.codeText', passkey: 'signIn.passkeyText', recovery: 'signIn.recoveryText' } as const;
  return (
    <form className={style.form} key={way} onSubmit={give}>
      <h2 className={style.step}>{t('signIn.codeTitle')}</h2>
      <p className={style.plain}>{t(texts[way])}</p>
      {words && !ofCode ? (
        <Alert color="red" role="alert" p="xs">
          {words}
        </Alert>
      ) : null}
      {way === 'code' ? <CodeInput label={t('signIn.code')} error={ofCode} /> : null}
      {way === 'recovery' ? (
        <TextInput
          name="code"
          label={t('signIn.recoveryCode')}
          placeholder="XXXX-XXXX-XXXX-XXXX"
          required
          withAsterisk={false}
          size="md"
          autoComplete="off"
          maxLength={50}
          autoFocus
          data-autofocus
          error={ofCode}
          classNames={{ input: style.code }}
        />
      ) : null}
      <Button type="submit" size="md" loading={busy} autoFocus={way === 'passkey'}>
        {t(way === 'passkey' ? 'signIn.usePasskey' : 'signIn.goOn')}
      </Button>
      <div className={style.row}>
        <Button variant="subtle" color="gray" size="compact-sm" onClick={onBack}>
          {t('signIn.back')}
        </Button>
        {usable
          .filter((other) => other !== way)
          .map((other) => (
            <Button key={other} variant="subtle" size="compact-sm" onClick={() => setWay(other)}>
              {t(others[other])}
            </Button>
          ))}
      </div>
    </form>
  );
}
