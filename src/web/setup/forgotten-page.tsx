import { Alert, Button, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { problemText } from '../ui/toast.tsx';
import style from './gate.module.css';
import { Gate } from './gate.tsx';
import { LanguageLinks } from './language-links.tsx';

/** Whoever forgot their password has a link sent to them. What is said does not tell whether the address is known. */
export function ForgottenPage() {
  const { t } = useTranslation();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const ask = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get('email'));
    setBusy(true);
    setProblem(null);
    try {
      await post('/password-links', { email });
      setSentTo(email);
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  return (
    <Gate title={t('forgotten.title')} text={sentTo === null ? t('forgotten.text') : undefined}>
      <title>{`${t('forgotten.title')} · Tendero`}</title>
      {sentTo === null ? (
        <form className={style.form} onSubmit={(event) => void ask(event)}>
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
            required
            withAsterisk={false}
            size="md"
            autoFocus
          />
          <Button type="submit" size="md" loading={busy}>
            {t('forgotten.submit')}
          </Button>
        </form>
      ) : (
        <p className={style.text} role="status">
          {t('forgotten.sent', { email: sentTo })}
        </p>
      )}
      <Link to="/sign-in" search={{}} className={style.forgotten}>
        {t('signIn.title')}
      </Link>
      <LanguageLinks />
    </Gate>
  );
}
