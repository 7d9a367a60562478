import { lazy } from 'react';
import type { Definition, RecordShape } from '../api/types.ts';
import { withWords } from '../i18n/room-words.ts';
import { openDialog } from '../ui/dialogs.tsx';

const AbsenceDialog = lazy(() =>
  withWords('absence', import('./absence-dialog.tsx')).then((loaded) => ({ default: loaded.AbsenceDialog })),
);

/** @param of whose it is, when it is not the reader's own */
export function openAbsence(
  definition: Definition,
  { record, of }: { record?: RecordShape; of?: { id: string; name: string } } = {},
): void {
  void openDialog<boolean>((done) => (
    <AbsenceDialog definition={definition} record={record} of={of} onClose={(isSaved) => done(isSaved || null)} />
  ));
}
