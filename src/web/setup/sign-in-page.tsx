import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { queryClient, sessionQuery } from '../api/queries.ts';
import { Gate } from './gate.tsx';
import { LanguageLinks } from './language-links.tsx';
import { SignIn } from './sign-in-form.tsx';
import { SingleSignOn } from './sign-in-ways.tsx';

export function SignInPage() {
  const { t } = useTranslation();
  const { next, refused } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const router = useRouter();
  return (
    <Gate title={t('signIn.title')}>
      <title>{`${t('signIn.title')} · Tendero`}</title>
      <SignIn
        submit={t('signIn.submit')}
        next={next}
        around={(form) => (
          <SingleSignOn next={next} refused={refused === 'openid'}>
            {form}
          </SingleSignOn>
        )}
        onSignedIn={(session) => {
          queryClient.clear();
          queryClient.setQueryData(sessionQuery.queryKey, session);
          return next ? router.history.push(next) : navigate({ to: '/' });
        }}
      />
      <LanguageLinks />
    </Gate>
  );
}
