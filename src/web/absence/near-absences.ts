import { today } from '#kernel/fields/web/format.ts';
import { listQuery } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';

/** Days after the last one on which somebody is still told what happened meanwhile. */
const REMEMBERED_DAYS = 14;

/** The absences of the reader, of those who report to them, and those in which they stand in: of now, to come, and just over. */
export const nearAbsencesQuery = listQuery('absence', {
  filter: {
    and: [
      { or: [{ user: { is: 'me' } }, { delegate: { is: 'me' } }, { 'user.manager': { is: 'me' } }] },
      { until: { gte: `today-${REMEMBERED_DAYS}` } },
    ],
  },
  expand: ['user', 'delegate'],
  sort: ['from'],
  limit: 100,
});

/** Whoever is away today: some of those who would stand in may be, too. */
export const awayTodayQuery = listQuery('absence', {
  filter: { from: { lte: 'today' }, until: { gte: 'today' } },
  expand: ['user', 'delegate'],
  sort: ['from'],
  limit: 500,
});

/** An absence as screens show it. */
export interface NearAbsence {
  record: RecordShape;
  id: string;
  from: string;
  until: string;
  /** Ids of users, with their names. */
  user: string;
  userName: string;
  delegate: string;
  delegateName: string;
  /** Parts of the work; empty when it is all of it. */
  scope: readonly string[];
  handover: string;
  when: 'over' | 'now' | 'coming';
}

export function readAbsence(record: RecordShape, timeZone: string): NearAbsence {
  const title = (field: string) => (record.expanded?.[field] as { title?: string } | null | undefined)?.title ?? '—';
  const [from, until] = [String(record.from), String(record.until)];
  const now = today(timeZone);
  return {
    record,
    id: record.id,
    from,
    until,
    user: String(record.user),
    userName: title('user'),
    delegate: String(record.delegate),
    delegateName: title('delegate'),
    scope: Array.isArray(record.scope) ? record.scope.map(String) : [],
    handover: record.handover ? String(record.handover) : '',
    when: until < now ? 'over' : from > now ? 'coming' : 'now',
  };
}

/** Objects that people work through as lists, by the part of the work they belong to. */
const listsOf: readonly (readonly [part: string, object: string])[] = [
  ['accounts', 'account'],
  ['opportunities', 'lead'],
  ['opportunities', 'opportunity'],
  ['cases', 'case'],
  ['tasks', 'task'],
];

/** Objects whose lists a delegate works through. */
export function objectsLeft({ scope }: Pick<NearAbsence, 'scope'>): string[] {
  return listsOf.filter(([part]) => scope.length === 0 || scope.includes(part)).map(([, object]) => object);
}
