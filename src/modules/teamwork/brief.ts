import { Problem } from '#kernel/problems/problem.ts';
import type { ListQuery } from '#kernel/query/query.ts';
import type { Records } from '#kernel/records/records.ts';

/** All that somebody has to know who sees to an account in a colleague's place, on one page. */
export interface Brief {
  account: Record<string, unknown>;
  /** The next thing that is due; null when nothing is. */
  nextStep: Record<string, unknown> | null;
  people: Record<string, unknown>[];
  opportunities: Record<string, unknown>[];
  tasks: Record<string, unknown>[];
  /** The last conversations, whatever the channel, newest first. */
  interactions: Record<string, unknown>[];
  /** What was written down and agreed, newest first; what is pinned comes first. */
  notes: Record<string, unknown>[];
  relationships: Record<string, unknown>[];
  shares: Record<string, unknown>[];
}

/** Parts that the reader may not see are empty. @throws Problem `record.not-found` */
export async function briefOf(records: Records, id: string): Promise<Brief> {
  const part = async (object: string, query: ListQuery) => {
    try {
      return (await records.list(object, query)).items as Record<string, unknown>[];
    } catch (error) {
      if (error instanceof Problem && ['access.denied', 'field.unknown', 'object.unknown'].includes(error.code))
        return [];
      throw error;
    }
  };
  const account = await records.read('account', id, { expand: ['owner', 'parent'] });
  const tasks = await part('task', {
    filter: { account: id, status: { in: ['open', 'inProgress', 'waiting'] } },
    sort: ['dueOn'],
    expand: ['owner', 'contact', 'opportunity'],
    limit: 20,
  });
  return {
    account,
    nextStep: tasks[0] ?? null,
    people: await part('accountContact', {
      filter: { account: id },
      sort: ['-primary', 'role'],
      expand: ['contact'],
      fields: ['role', 'primary', 'comment', 'contact', 'contact.jobTitle', 'contact.emails', 'contact.phones'],
      limit: 50,
    }),
    opportunities: await part('opportunity', {
      filter: { account: id, 'stage.kind': 'open' },
      sort: ['closeOn'],
      expand: ['owner', 'stage'],
      limit: 20,
    }),
    tasks,
    interactions: await part('interaction', {
      filter: { account: id, state: { in: ['done', 'missed'] } },
      sort: ['-at'],
      expand: ['owner', 'contact'],
      limit: 10,
    }),
    notes: await part('note', {
      filter: { account: id },
      sort: ['-pinned', '-createdAt'],
      expand: ['createdBy', 'contact'],
      limit: 10,
    }),
    relationships: await part('relationship', {
      filter: { or: [{ fromAccount: id }, { toAccount: id }] },
      expand: ['fromAccount', 'fromContact', 'toAccount', 'toContact'],
      limit: 20,
    }),
    shares: await part('share', {
      filter: { targetObject: 'account', targetId: id },
      expand: ['user', 'team'],
      limit: 50,
    }),
  };
}
