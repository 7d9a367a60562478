import { lazy } from 'react';
import type { ApiProblem } from '../api/problem.ts';
import { openDialog } from './dialogs.tsx';

const HeldByDialog = lazy(() => import('./held-by.tsx').then((loaded) => ({ default: loaded.HeldByDialog })));

export function openHeldBy(problem: ApiProblem): void {
  void openDialog<void>((done) => <HeldByDialog problem={problem} onClose={() => done(null)} />);
}
