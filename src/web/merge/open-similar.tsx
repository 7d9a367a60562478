import { lazy } from 'react';
import type { Definition, RecordShape } from '../api/types.ts';
import { withWords } from '../i18n/room-words.ts';
import { openDialog } from '../ui/dialogs.tsx';

const SimilarRecords = lazy(() =>
  withWords(['merge', 'create'], import('./similar-records.tsx')).then((loaded) => ({
    default: loaded.SimilarRecords,
  })),
);

/** Records that may be the same as one that exists. */
export function openSimilar(definition: Definition, record: RecordShape): void {
  void openDialog<true>((done) => (
    <SimilarRecords definition={definition} record={record} onClose={() => done(null)} />
  ));
}
