import { queryOptions } from '@tanstack/react-query';
import type { Brief } from '#modules/teamwork/brief.ts';
import { get } from '../api/client.ts';
import type { Definitions } from '../api/definitions.ts';
import { listQuery, queryClient, readPage } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import { addDays, momentOf } from '../calendar/days.ts';

/** A day has fewer. */
const MOST = 100;
/** Of one's customers, on the device. */
const MOST_OWN = 500;
const own = [
  ...['subject', 'body', 'at', 'state', 'stop', 'outcome', 'duration', 'distance', 'account', 'contact'],
  ...['arrivedAt', 'leftAt', 'arrivedPlace', 'leftPlace', 'attachments'],
];
const ofAccount = ['name', 'position', 'billingAddress', 'shippingAddress'];

/** From when until when a day lasts. */
export function boundsOf(day: string, timeZone: string): { from: string; until: string } {
  return { from: momentOf(day, '00:00', timeZone), until: momentOf(addDays(day, 1), '00:00', timeZone) };
}

/** The reader's visits of a day. */
export function visitsQuery(definitions: Definitions, day: string, timeZone: string) {
  const { from, until } = boundsOf(day, timeZone);
  return listQuery('interaction', {
    filter: {
      channel: 'visit',
      owner: { is: 'me' },
      state: { isNot: 'cancelled' },
      at: { gte: from, lt: until },
    },
    fields: seen(definitions, 'interaction', own),
    expand: ['account', 'contact'],
    sort: ['at'],
    limit: MOST,
  });
}

/** The customers of a round, with where they are. By ids in their order: the same round is the same question. */
export function customersQuery(definitions: Definitions, visits: readonly RecordShape[]) {
  const ids = [...new Set(visits.flatMap(({ account }) => (account ? [String(account)] : [])))].sort();
  return {
    ...listQuery('account', {
      filter: { id: { in: ids } },
      fields: customerFields(definitions),
      limit: MOST,
    }),
    enabled: ids.length > 0,
  };
}

/** The reader's own customers: who can be put on a round without a network. Not among the lists that each change asks again for. */
export function ownCustomersQuery(definitions: Definitions) {
  const query = {
    filter: { owner: { is: 'me' } },
    fields: customerFields(definitions),
    sort: ['name'],
    limit: MOST_OWN,
  };
  return queryOptions({
    queryKey: ['visits', 'own', query],
    staleTime: 10 * 60_000,
    queryFn: ({ signal }) => readPage('account', query, signal),
    select: ({ items }) => items as unknown as RecordShape[],
  });
}

/** What is told of a customer on a round, as far as the reader sees it. */
export function customerFields(definitions: Definitions): string[] {
  return seen(definitions, 'account', ofAccount);
}

/** What to know before one goes in; the same as on the account's page of paper. */
export function briefQuery(account: string) {
  return queryOptions({
    queryKey: ['records', 'account', 'brief', account],
    staleTime: 0,
    queryFn: ({ signal }) => get<Brief>(`/briefs/account/${account}`, undefined, signal),
  });
}

/** Asks for what a day's stops show, one after the other, so that it is on the device when there is no network. */
export async function keepAhead(visits: readonly RecordShape[], signal: AbortSignal): Promise<void> {
  for (const account of new Set(visits.flatMap((visit) => (visit.account ? [String(visit.account)] : [])))) {
    if (signal.aborted) return;
    await queryClient.fetchQuery({ ...briefQuery(account), staleTime: 5 * 60_000 }).catch(() => {});
  }
}

/** Those of the fields that the reader sees. */
function seen(definitions: Definitions, object: string, names: readonly string[]): string[] {
  const fields = new Set(definitions.get(object)?.fields.map(({ name }) => name));
  return names.filter((name) => fields.has(name));
}
