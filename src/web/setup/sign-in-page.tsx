import { Button } from '@mantine/core';
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { queryClient, sessionQuery } from '../api/queries.ts';
import style from './gate.module.css';
import { Gate } from './gate.tsx';
import { LanguageLinks } from './language-links.tsx';
import { SignInFields, useSignIn } from './sign-in-form.tsx';
import { SingleSignOn } from './sign-in-ways.tsx';

export function SignInPage() {
  const { t } = useTranslation();
  const { next, refused } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const router = useRouter();
  const { problem, busy, onSubmit } = useSignIn((session) => {
    queryClient.clear();
    queryClient.setQueryData(sessionQuery.queryKey, session);
    return next ? router.history.push(next) : navigate({ to: '/' });
  });
  return (
    <Gate title={t('signIn.title')}>
      <title>{`${t('signIn.title')} · Tendero`}</title>
      <SingleSignOn next={next} refused={refused === 'openid'}>
        <form className={style.form} onSubmit={onSubmit}>
          <SignInFields problem={problem} size="md" />
          <Button type="submit" size="md" loading={busy}>
            {t('signIn.submit')}
          </Button>
        </form>
      </SingleSignOn>
      <LanguageLinks />
    </Gate>
  );
}
