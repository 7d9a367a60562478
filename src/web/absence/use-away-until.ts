import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useDefinitions } from '../api/definitions.ts';
import { awayTodayQuery } from './near-absences.ts';

/** Tells of a user until when they are away, when they are so today: the last day, whatever absences follow one another. */
export function useAwayUntil(): (user: string) => string | null {
  const isKnown = useDefinitions().get('absence') !== undefined;
  const { data } = useInfiniteQuery({ ...awayTodayQuery, enabled: isKnown });
  const until = useMemo(() => {
    const days = new Map<string, string>();
    for (const { user, until } of data?.pages.flatMap(({ items }) => items) ?? []) {
      const [id, last] = [String(user), String(until)];
      if (last > (days.get(id) ?? '')) days.set(id, last);
    }
    return days;
  }, [data]);
  return useCallback((user) => until.get(user) ?? null, [until]);
}
