import { queryOptions } from '@tanstack/react-query';
import type { Brief } from '#modules/teamwork/brief.ts';
import { get } from '../api/client.ts';
import type { Definitions } from '../api/definitions.ts';
import { listQuery, queryClient } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import { addDays, momentOf } from '../calendar/days.ts';
import type { Outbox } from '../offline/outbox.ts';

/** A day has fewer. */
const MOST = 100;
const own = [
  ...['subject', 'body', 'at', 'state', 'stop', 'outcome', 'duration', 'distance', 'account', 'contact'],
  ...['arrivedAt', 'leftAt', 'arrivedPlace', 'leftPlace', 'attachments'],
];
const ofAccount = ['name', 'position', 'billingAddress', 'shippingAddress'];

/** The reader's visits of a day. */
export function visitsQuery(definitions: Definitions, day: string, timeZone: string) {
  return listQuery('interaction', {
    filter: {
      channel: 'visit',
      owner: { is: 'me' },
      state: { isNot: 'cancelled' },
      at: { gte: momentOf(day, '00:00', timeZone), lt: momentOf(addDays(day, 1), '00:00', timeZone) },
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
      fields: seen(definitions, 'account', ofAccount),
      limit: MOST,
    }),
    enabled: ids.length > 0,
  };
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

/** In the order of the round; what has no place in it by its time. What waits to be sent is shown as it will be. */
export function roundOf(records: readonly RecordShape[], outbox: Outbox): RecordShape[] {
  const written = new Map(
    outbox.flatMap((entry) =>
      entry.object === 'interaction' && entry.recordId && !entry.problem
        ? [[entry.recordId, entry.values] as const]
        : [],
    ),
  );
  const last = Number.POSITIVE_INFINITY;
  return records
    .map((visit) => ({ ...visit, ...written.get(visit.id) }))
    .sort(
      (a, b) =>
        (Number(a.stop) || last) - (Number(b.stop) || last) ||
        String(a.at).localeCompare(String(b.at)) ||
        a.id.localeCompare(b.id),
    );
}

/** Those of the fields that the reader sees. */
function seen(definitions: Definitions, object: string, names: readonly string[]): string[] {
  const fields = new Set(definitions.get(object)?.fields.map(({ name }) => name));
  return names.filter((name) => fields.has(name));
}
