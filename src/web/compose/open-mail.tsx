import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { withWords } from '../i18n/room-words.ts';
import { openDialog } from '../ui/dialogs.tsx';
import type { MailStart } from './mail-start.ts';

const Loaded = lazy(() =>
  withWords('compose', import('./mail-composer.tsx')).then(({ MailComposer }) => ({ default: MailComposer })),
);
const Window = lazy(() =>
  withWords('compose', import('./mail-window.tsx')).then(({ MailWindow }) => ({ default: MailWindow })),
);

/**
 * Writes a mail where it is read: in a timeline, in an inbox. Its code comes with the first one.
 * @param onClose told how it ended: `kept` leaves a draft behind
 */
export function WriteMail(
  props: MailStart & {
    onClose(how: 'sent' | 'kept' | 'discarded'): void;
    beforeSend?: () => Promise<boolean>;
  },
) {
  return (
    <Suspense fallback={<Skeleton height={220} />}>
      <Loaded {...props} onTakenBack={reopen} />
    </Suspense>
  );
}

/** The same over the screen, from anywhere. */
export function openMail(start: MailStart): Promise<'sent' | 'kept' | 'discarded' | null> {
  return openDialog((done) => <Window start={start} onClose={done} onTakenBack={reopen} />);
}

function reopen(draft: string): void {
  void openMail({ draft });
}
