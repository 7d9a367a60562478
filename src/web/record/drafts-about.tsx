import { lazy, Suspense } from 'react';
import { withWords } from '../i18n/room-words.ts';

const Drafts = lazy(() =>
  withWords('compose', import('../compose/drafts.tsx')).then((loaded) => ({ default: loaded.Drafts })),
);

/** Mails about a record that somebody did not finish. */
export function DraftsAbout({ record }: { record: string }) {
  return (
    <Suspense fallback={null}>
      <Drafts about={record} />
    </Suspense>
  );
}
