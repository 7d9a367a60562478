import type { Standing } from '#kernel/access/access.ts';
import type { Filter } from '#kernel/query/filter.ts';
import type { Records } from '#kernel/records/records.ts';
import { absence } from './absence.object.ts';

/** Somebody away, and who does which part of their work. */
export interface Away {
  readonly id: string;
  readonly user: string;
  readonly delegate: string;
  readonly from: string;
  readonly until: string;
  readonly scope: readonly string[] | null;
}

/** Objects of each part of the work that can be left to somebody; parts without records of their own have none. */
const objectsOf: Readonly<Record<string, readonly string[]>> = {
  accounts: ['account', 'contact', 'accountContact', 'relationship', 'note'],
  opportunities: ['lead', 'opportunity', 'opportunityContact', 'note'],
  cases: ['case'],
  tasks: ['task'],
  mailbox: ['conversation', 'interaction', 'participant'],
  calls: ['conversation', 'interaction', 'participant'],
};

/** Absences that overlap some days. There are few of them at a time, also in a big company. */
export async function awayBetween(records: Records, from: string, until: string): Promise<Away[]> {
  const found: Away[] = [];
  let cursor: string | undefined;
  do {
    const filter: Filter = { from: { lte: until }, until: { gte: from } };
    const page = await records.list(absence, {
      filter,
      sort: ['from', 'id'],
      limit: 500,
      ...(cursor ? { cursor } : {}),
    });
    found.push(...(page.items as unknown as Away[]));
    cursor = page.next ?? undefined;
  } while (cursor);
  return found;
}

/**
 * For whom somebody stands in, and with what. A delegate who is away too leaves it to their own: the chain is followed to
 * its end, each link with what all links before it leave to others.
 */
export function standingInFor(userId: string, away: readonly Away[]): Standing[] {
  const standings: Standing[] = [];
  for (const { user } of away) {
    if (user === userId) continue;
    for (const { delegate, objects } of chainFrom(user, away)) {
      if (delegate === userId && objects !== null && !standings.some((one) => one.userId === user))
        standings.push({ userId: user, objects });
    }
  }
  return standings;
}

/** Who does somebody's work of an object: the last of the chain who is there, or nobody when nobody was left with it. */
export function whoDoes(userId: string, object: string, away: readonly Away[]): string[] {
  const here = new Set(away.map(({ user }) => user));
  return chainFrom(userId, away)
    .filter(({ delegate, objects }) => !here.has(delegate) && (objects === 'all' || objects?.includes(object)))
    .map(({ delegate }) => delegate);
}

/** Each who does somebody's work, with what is left to them. Somebody who comes up twice ends the chain. */
function chainFrom(userId: string, away: readonly Away[]): { delegate: string; objects: Standing['objects'] | null }[] {
  const chain: { delegate: string; objects: Standing['objects'] | null }[] = [];
  const seen = new Set([userId]);
  let current = away.find(({ user }) => user === userId);
  let objects: Standing['objects'] = 'all';
  while (current && !seen.has(current.delegate)) {
    seen.add(current.delegate);
    const left =
      current.scope && current.scope.length > 0 ? current.scope.flatMap((part) => objectsOf[part] ?? []) : 'all';
    objects = objects === 'all' ? left : left === 'all' ? objects : objects.filter((object) => left.includes(object));
    chain.push({ delegate: current.delegate, objects: objects.length === 0 ? null : objects });
    const next: string = current.delegate;
    current = away.find(({ user }) => user === next);
  }
  return chain;
}

/** Whether these days, added to the others, would leave somebody's work to themself in the end. */
export function isCircle(added: Pick<Away, 'user' | 'delegate'>, others: readonly Away[]): boolean {
  const seen = new Set<string>();
  const open = [added.delegate];
  while (open.length > 0) {
    const one = open.pop()!;
    if (one === added.user) return true;
    if (seen.has(one)) continue;
    seen.add(one);
    open.push(...others.filter(({ user }) => user === one).map(({ delegate }) => delegate));
  }
  return false;
}
