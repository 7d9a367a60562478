import { lazy } from 'react';
import type { RecordShape } from '../api/types.ts';
import { withWords } from '../i18n/room-words.ts';
import { openDialog } from '../ui/dialogs.tsx';
import type { QuickCreateRequest } from './quick-create.tsx';

const QuickCreate = lazy(() =>
  withWords('create', import('./quick-create.tsx')).then((loaded) => ({ default: loaded.QuickCreate })),
);

/** Opens the short form anywhere; null when it was closed without saving. */
export function openQuickCreate(request: QuickCreateRequest): Promise<RecordShape | null> {
  return openDialog<RecordShape>((done) => <QuickCreate request={request} onClose={done} />);
}
