import { useQuery } from '@tanstack/react-query';
import type { Mailbox, MailboxDetails } from '#server/answers.ts';
import { get } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';

/** Often enough to see it come in, and again to see that it stopped. */
const LOOK_MS = 4_000;

export function useMailboxes() {
  return useQuery({
    queryKey: ['mailboxes'],
    queryFn: ({ signal }) => get<{ items: Mailbox[] }>('/mailboxes', undefined, signal),
    refetchInterval: LOOK_MS,
  });
}

export function useMailbox(id: string) {
  return useQuery({
    queryKey: ['mailboxes', id],
    queryFn: ({ signal }) => get<MailboxDetails>(`/mailboxes/${id}`, undefined, signal),
    refetchInterval: LOOK_MS,
  });
}

export function refreshMailboxes(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['mailboxes'] });
}

/** How a mailbox is, in one word: a key below `mailboxes.states`. */
export function wordOf({ state, health }: Pick<Mailbox, 'state' | 'health'>) {
  if (state === 'paused') return 'paused';
  if (!health) return 'unconnected';
  if (health.fault) return 'failed';
  if (health.doing === 'watching') return 'watching';
  return health.doing === 'syncing' ? 'syncing' : 'waiting';
}

export function toneOf(mailbox: Pick<Mailbox, 'state' | 'health'>) {
  const tones = {
    paused: 'quiet',
    unconnected: 'warning',
    failed: 'danger',
    watching: 'good',
    syncing: 'accent',
    waiting: 'quiet',
  } as const;
  return tones[wordOf(mailbox)];
}
