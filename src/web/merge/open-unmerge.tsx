import { lazy } from 'react';
import type { Definition, HistoryEvent } from '../api/types.ts';
import { withWords } from '../i18n/room-words.ts';
import { openDialog } from '../ui/dialogs.tsx';

const Unmerge = lazy(() => withWords('merge', import('./unmerge.tsx')).then((loaded) => ({ default: loaded.Unmerge })));

/** Separates again what a merge made one. */
export function openUnmerge(definition: Definition, event: HistoryEvent): void {
  void openDialog<true>((done) => <Unmerge definition={definition} event={event} onClose={() => done(null)} />);
}
