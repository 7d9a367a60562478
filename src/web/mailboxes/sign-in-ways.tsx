import { Button, Divider, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { MailProviderWays } from '#server/answers.ts';
import { get } from '../api/client.ts';

export function useSignInWays() {
  return useQuery({
    queryKey: ['mailboxes', 'providers'],
    queryFn: ({ signal }) => get<MailProviderWays>('/mailboxes/providers', undefined, signal),
    staleTime: 60_000,
  });
}

/** Where one signs in to a mailbox without giving a password away. The browser goes there, and comes back to the mailboxes. */
export function SignInWays({ address }: { address: string }) {
  const { t } = useTranslation();
  const ways = useSignInWays().data?.items ?? [];
  if (ways.length === 0) return null;
  return (
    <>
      <Group gap="xs">
        {ways.map(({ name, label }) => (
          <Button
            key={name}
            component="a"
            variant="default"
            href={`/api/mailboxes/sign-in?${new URLSearchParams({ provider: name, ...(address ? { address } : {}) })}`}
          >
            {t('mailboxes.signIn.with', { label })}
          </Button>
        ))}
      </Group>
      <Divider label={t('mailboxes.signIn.or')} labelPosition="center" />
    </>
  );
}
