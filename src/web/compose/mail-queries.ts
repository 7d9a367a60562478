import { queryOptions } from '@tanstack/react-query';
import type {
  MailContent,
  MailDelivery,
  MailNote,
  MailSender,
  OutgoingMailAnswer,
  ShownMail,
} from '#server/answers.ts';
import { get, post, request } from '../api/client.ts';
import { queryClient, readPage } from '../api/queries.ts';

export const sendersQuery = queryOptions({
  queryKey: ['mails', 'senders'],
  queryFn: ({ signal }) => get<{ items: MailSender[] }>('/mails/senders', undefined, signal),
  staleTime: 60_000,
});

export const outboxQuery = (of: 'drafts' | 'outbox') =>
  queryOptions({
    queryKey: ['mails', of],
    queryFn: ({ signal }) => get<{ items: OutgoingMailAnswer[] }>('/mails', { of }, signal),
  });

export const deliveryQuery = (interaction: string) =>
  queryOptions({
    queryKey: ['mails', 'delivery', interaction],
    queryFn: async ({ signal }) =>
      (await get<{ items: MailDelivery[] }>('/mails/deliveries', { of: interaction }, signal)).items[0] ?? null,
  });

export function readMail(id: string): Promise<OutgoingMailAnswer> {
  return get(`/mails/${id}`);
}

export function beginAnswer(to: string, how: string, mailbox?: string): Promise<MailContent> {
  return get('/mails/answer', { to, how, mailbox });
}

export function keepMail(id: string, content: MailContent, revision: number | null, keepalive = false) {
  return request<OutgoingMailAnswer>('PUT', `/mails/${id}`, { body: { content, revision }, keepalive });
}

export function checkMail(content: MailContent, signal?: AbortSignal): Promise<{ items: MailNote[] }> {
  return post('/mails/check', content, signal ? { signal } : {});
}

export function previewMail(content: MailContent): Promise<ShownMail> {
  return post('/mails/preview', content);
}

export function refreshMails(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['mails'] });
}

export interface Reachable {
  name: string;
  address: string;
  /** What else tells them apart. */
  detail: string;
  contact: string;
}

/** Contacts with an address, by their name or address. */
export async function findPeople(words: string, signal: AbortSignal): Promise<Reachable[]> {
  const page = await readPage(
    'contact',
    { search: words, fields: ['name', 'emails', 'account', 'jobTitle'], expand: ['account'], limit: 8 },
    signal,
  );
  return page.items.flatMap((one) => {
    const account = (one.expanded?.account as { title?: string } | undefined)?.title;
    return ((one.emails ?? []) as { value: string }[]).map(({ value }) => ({
      ...{ name: String(one.name ?? ''), address: value, contact: one.id },
      detail: [one.jobTitle, account].filter(Boolean).join(' · '),
    }));
  });
}
