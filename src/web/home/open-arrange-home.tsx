import { lazy } from 'react';
import type { Session } from '../api/types.ts';
import { openDialog } from '../ui/dialogs.tsx';

const ArrangeHome = lazy(() => import('./arrange-home.tsx').then((loaded) => ({ default: loaded.ArrangeHome })));

export function openArrangeHome(session: Session): void {
  void openDialog<void>((done) => <ArrangeHome session={session} onClose={() => done(null)} />);
}
