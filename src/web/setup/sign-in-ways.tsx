import { Alert, Button } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SignInWays } from '#server/answers.ts';
import { configureClient, get } from '../api/client.ts';
import type { Session } from '../api/types.ts';
import style from './gate.module.css';

/** How the company's people come in. */
export const signInWaysQuery = queryOptions({
  queryKey: ['sign-in-ways'],
  queryFn: ({ signal }) => get<SignInWays>('/sign-in', undefined, signal),
});

/** Where a browser goes to come in through a provider. */
export function wayTo(provider: string, next = '/'): string {
  return `/api/sign-in/openid?${new URLSearchParams({ provider, next })}`;
}

/** The provider that an address belongs to by its domain. */
export async function providerOfAddress(address: string): Promise<SignInWays['openid'][number] | null> {
  const domain = /^[^@\s]+@([^@\s]+\.[^@\s]+)$/.exec(address.trim())?.[1];
  if (domain === undefined) return null;
  const { openid, leadsTo } = await get<SignInWays>('/sign-in', { domain });
  return openid.find(({ id }) => id === leadsTo) ?? null;
}

/**
 * Single sign-on above the form that asks for a password. Where it is the only way in, the form is the administrators' and
 * opens when asked for.
 *
 * @param next where to go afterwards
 * @param refused somebody comes back from the provider and was not let in
 */
export function SingleSignOn({ next, refused, children }: { next?: string; refused: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  const { data: ways, isPending } = useQuery(signInWaysQuery);
  const [isOpen, setOpen] = useState(false);
  if (isPending) return null;
  const trouble = refused ? (
    <Alert color="red" role="alert" p="xs" mt="md">
      {t('signIn.refused')}
    </Alert>
  ) : null;
  if (!ways || ways.openid.length === 0) {
    return (
      <>
        {trouble}
        {children}
      </>
    );
  }
  const hasForm = ways.passwords || ways.directory || isOpen;
  return (
    <>
      {trouble}
      {ways.openid.map(({ id, label }, index) => (
        <Button
          key={id}
          component="a"
          href={wayTo(id, next)}
          variant={hasForm ? 'default' : 'filled'}
          size="md"
          fullWidth
          mt={index === 0 ? 'lg' : 'xs'}
        >
          {t('signIn.with', { label })}
        </Button>
      ))}
      {hasForm ? (
        <>
          <div className={style.or}>{t('signIn.or')}</div>
          {children}
        </>
      ) : (
        <p className={style.aside}>
          <button type="button" onClick={() => setOpen(true)}>
            {t('signIn.administrators')}
          </button>
        </p>
      )}
    </>
  );
}

/** The same over somebody's work: it opens beside, and whoever comes back from there is in. */
export function SingleSignOnBeside({ onSignedIn }: { onSignedIn(session: Session): void }) {
  const { t } = useTranslation();
  const { data: ways } = useQuery(signInWaysQuery);
  const providers = ways?.openid ?? [];
  const isOffered = providers.length > 0;
  useEffect(() => {
    if (!isOffered) return;
    const look = () =>
      void get<Session>('/session').then(
        (session) => {
          configureClient({ csrf: session.csrf });
          onSignedIn(session);
        },
        () => {},
      );
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, [isOffered, onSignedIn]);
  return providers.map(({ id, label }) => (
    <Button key={id} component="a" href={wayTo(id)} target="_blank" rel="noopener" variant="default" mr="xs" mb="xs">
      {t('signIn.with', { label })}
    </Button>
  ));
}
