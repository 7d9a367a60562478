import { Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import style from './compose.module.css';
import { MailComposer } from './mail-composer.tsx';
import type { MailStart } from './mail-start.ts';

/** A mail over the screen; on a phone it is the screen. */
export function MailWindow({
  start,
  onClose,
  onTakenBack,
}: {
  start: MailStart;
  onClose(how: 'sent' | 'kept' | 'discarded' | null): void;
  onTakenBack(draft: string): void;
}) {
  const { t } = useTranslation();
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) ?? false;
  return (
    <Modal
      opened
      size={760}
      fullScreen={phone}
      onClose={() => onClose('kept')}
      title={t('compose.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      classNames={{ body: style.window! }}
    >
      <MailComposer {...start} onClose={onClose} onTakenBack={onTakenBack} />
    </Modal>
  );
}
