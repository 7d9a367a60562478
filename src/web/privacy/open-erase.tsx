import { lazy } from 'react';
import type { Definition, RecordShape } from '../api/types.ts';
import { withWords } from '../i18n/room-words.ts';
import { openDialog } from '../ui/dialogs.tsx';

const EraseDialog = lazy(() =>
  withWords('admin', import('./erase-dialog.tsx')).then((loaded) => ({ default: loaded.EraseDialog })),
);

/** True when they are gone. */
export function openErase(of: { definition: Definition; record: RecordShape; title: string }): Promise<boolean | null> {
  return openDialog<boolean>((done) => <EraseDialog {...of} onDone={done} />);
}
