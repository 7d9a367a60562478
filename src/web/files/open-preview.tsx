import { lazy } from 'react';
import type { FileLink } from '#kernel/fields/web/field-web.ts';
import { withWords } from '../i18n/room-words.ts';
import { openDialog } from '../ui/dialogs.tsx';

const Preview = lazy(() =>
  withWords('record', import('./preview.tsx')).then((loaded) => ({ default: loaded.Preview })),
);

/** @param among the files it stands with, to go through with the arrow keys */
export function openPreview(file: FileLink, among: readonly FileLink[] = [file]): void {
  void openDialog<true>((done) => <Preview first={file} among={among} onClose={() => done(null)} />);
}
