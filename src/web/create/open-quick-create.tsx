import { lazy } from 'react';
import type { RecordShape } from '../api/types.ts';
import { openDialog } from '../ui/dialogs.tsx';

const QuickCreate = lazy(() => import('./quick-create.tsx').then((loaded) => ({ default: loaded.QuickCreate })));

export interface QuickCreateRequest {
  /** The form asks which object when left out. */
  object?: string;
  values?: Record<string, unknown>;
  /** All fields instead of the few. */
  full?: boolean;
}

/** Opens the short form anywhere; null when it was closed without saving. */
export function openQuickCreate(request: QuickCreateRequest): Promise<RecordShape | null> {
  return openDialog<RecordShape>((done) => <QuickCreate request={request} onClose={done} />);
}
