import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useDefinitions } from '../api/definitions.ts';
import { withWords } from '../i18n/room-words.ts';
import { nearAbsencesQuery } from './near-absences.ts';

// Few people have something to be told on a day: what tells it comes only then.
const StandingLines = lazy(() =>
  withWords('absence', import('./standing-lines.tsx')).then((loaded) => ({ default: loaded.StandingLines })),
);

/** Says for whom one stands in, and at one's own return what happened meanwhile. */
export function Standing() {
  const isKnown = useDefinitions().get('absence') !== undefined;
  const { data } = useInfiniteQuery({ ...nearAbsencesQuery, enabled: isKnown });
  const records = data?.pages[0]?.items ?? [];
  return records.length > 0 ? (
    <Suspense fallback={null}>
      <StandingLines records={records} />
    </Suspense>
  ) : null;
}
