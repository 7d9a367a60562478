import { lazy } from 'react';
import type { Session } from '../api/types.ts';
import { withWords } from '../i18n/room-words.ts';
import { openDialog } from '../ui/dialogs.tsx';

const ArrangeHome = lazy(() =>
  withWords('home', import('./arrange-home.tsx')).then((loaded) => ({ default: loaded.ArrangeHome })),
);

export function openArrangeHome(session: Session): void {
  void openDialog<void>((done) => <ArrangeHome session={session} onClose={() => done(null)} />);
}
