import { lazy } from 'react';
import { withWords } from '../i18n/room-words.ts';
import { openDialog } from '../ui/dialogs.tsx';
import type { FaxStart } from './fax-start.ts';

const Loaded = lazy(() =>
  withWords(['fax', 'admin'], import('./fax-dialog.tsx')).then(({ FaxDialog }) => ({ default: FaxDialog })),
);

/** Writes a fax, over the screen. @returns whether it was given to be sent; null when it was closed */
export function openFax(start: FaxStart): Promise<boolean | null> {
  return openDialog<boolean>((done) => <Loaded start={start} onClose={done} />);
}
