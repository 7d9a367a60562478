import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { renderSVG } from 'uqr';
import type { AuthenticatorSecret } from '#server/answers.ts';
import { isProblem } from '../api/problem.ts';
import { problemText } from '../ui/toast.tsx';
import style from './gate.module.css';

/** The secret as a picture and in letters, and the first code as the proof that the app has it. */
export function AuthenticatorForm({
  secret,
  onCode,
}: {
  secret: AuthenticatorSecret;
  /** Throws what the server says of the code. */
  onCode(code: string): Promise<void>;
}) {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const picture = useMemo(
    () => `data:image/svg+xml;utf8,${encodeURIComponent(renderSVG(secret.uri, { border: 2 }))}`,
    [secret.uri],
  );
  const confirm = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    event.stopPropagation();
    setBusy(true);
    setProblem(null);
    try {
      await onCode(String(new FormData(event.currentTarget).get('code')));
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <form className={style.form} onSubmit={(event) => void confirm(event)}>
      <p className={style.plain}>{t('secondFactor.scan')}</p>
      <img className={style.picture} src={picture} alt={t('secondFactor.picture')} width={184} height={184} />
      <p className={style.plain}>
        {t('secondFactor.orType')}{' '}
        <code className={style.secret}>{secret.secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</code>
      </p>
      <CodeInput
        label={t('signIn.code')}
        description={t('secondFactor.thenCode')}
        error={
          isProblem(problem) ? (problem.of('code') ?? problemText(problem)) : problem ? problemText(problem) : undefined
        }
      />
      <Button type="submit" size="md" loading={busy}>
        {t('secondFactor.confirm')}
      </Button>
    </form>
  );
}

export function CodeInput({ label, description, error }: { label: string; description?: string; error?: string }) {
  return (
    <TextInput
      name="code"
      label={label}
      description={description}
      inputWrapperOrder={['label', 'description', 'input', 'error']}
      error={error}
      required
      withAsterisk={false}
      size="md"
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={20}
      autoFocus
      data-autofocus
      classNames={{ input: style.code }}
    />
  );
}
