import type { RecordShape } from '../api/types.ts';
import type { Outbox } from '../offline/outbox.ts';

/**
 * The stops of a day in the order of the round; what has no place in it by its time. What waits to be sent is shown as it will
 * be: stops that were added here, and what was written at the door.
 */
export function roundOf(
  records: readonly RecordShape[],
  outbox: Outbox,
  { from, until }: { readonly from: string; readonly until: string },
): RecordShape[] {
  const waiting = outbox.filter(({ object, problem }) => object === 'interaction' && !problem);
  const added = waiting.flatMap(({ recordId, values }): RecordShape[] => {
    const isStop = recordId === null && values.channel === 'visit' && typeof values.id === 'string';
    return isStop && !records.some(({ id }) => id === values.id)
      ? [{ version: 0, ...values, id: String(values.id) }]
      : [];
  });
  const written = new Map(waiting.flatMap(({ recordId, values }) => (recordId ? [[recordId, values] as const] : [])));
  const last = Number.POSITIVE_INFINITY;
  return [...records, ...added]
    .map((visit) => ({ ...visit, ...written.get(visit.id) }))
    .filter((visit) => isBetween(visit.at, from, until))
    .sort(
      (a, b) =>
        (Number(a.stop) || last) - (Number(b.stop) || last) ||
        String(a.at).localeCompare(String(b.at)) ||
        a.id.localeCompare(b.id),
    );
}

function isBetween(moment: unknown, from: string, until: string): boolean {
  const at = Date.parse(String(moment));
  return at >= Date.parse(from) && at < Date.parse(until);
}
