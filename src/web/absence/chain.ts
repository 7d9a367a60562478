import type { NearAbsence } from './near-absences.ts';

/** Absences of those who would stand in, from the delegate on: as each leaves it to the next, until somebody is there. */
export function chainAfter({ user, delegate }: NearAbsence, away: readonly NearAbsence[]): NearAbsence[] {
  const links: NearAbsence[] = [];
  const seen = new Set([user]);
  for (let next = delegate; !seen.has(next); ) {
    seen.add(next);
    const link = away.find((one) => one.user === next);
    if (!link) break;
    links.push(link);
    next = link.delegate;
  }
  return links;
}

/** An absence in which somebody stands in because those before them in the chain are away too. */
export interface Through extends NearAbsence {
  /** Their names. */
  via: readonly string[];
}

/**
 * For whom somebody stands in through others, with what all of them leave, until the first of them is back.
 * @param away the absences of the moment
 */
export function standingThrough(userId: string, away: readonly NearAbsence[]): Through[] {
  return away.flatMap((absence) => {
    const links = chainAfter(absence, away);
    const last = links.findIndex(({ delegate }) => delegate === userId);
    if (absence.user === userId || absence.delegate === userId || last < 0) return [];
    const parts = [absence, ...links.slice(0, last + 1)];
    const scope = parts.map((part) => part.scope).reduce(both);
    // An empty scope is everything: what has nothing in common is left to nobody.
    if (scope.length === 0 && parts.some((part) => part.scope.length > 0)) return [];
    const until = parts.map((part) => part.until).sort()[0]!;
    return [{ ...absence, scope, until, via: parts.slice(0, -1).map(({ delegateName }) => delegateName) }];
  });
}

function both(first: readonly string[], second: readonly string[]): readonly string[] {
  if (first.length === 0) return second;
  return second.length === 0 ? first : first.filter((part) => second.includes(part));
}
