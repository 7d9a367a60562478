import { queryOptions } from '@tanstack/react-query';
import type { FaxGateway } from '#server/answers.ts';
import { get } from '../api/client.ts';

/** Gateways that one may send through. */
export const gatewaysQuery = queryOptions({
  queryKey: ['fax', 'gateways'],
  queryFn: ({ signal }) => get<{ items: FaxGateway[] }>('/fax/gateways', undefined, signal),
  staleTime: 300_000,
});

/** Ids of those that are told a secret; for administrators. */
export const secretsQuery = queryOptions({
  queryKey: ['fax', 'secrets'],
  queryFn: ({ signal }) => get<{ items: string[] }>('/fax/secrets', undefined, signal),
});
