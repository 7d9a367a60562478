import { Modal, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { frameSandbox } from '#kernel/mail/frame.ts';
import type { MailContent } from '#server/answers.ts';
import { ErrorState } from '../ui/state.tsx';
import style from './compose.module.css';
import { previewMail } from './mail-queries.ts';

/** As whoever gets it will read it. */
export function MailPreview({ content, onClose }: { content: MailContent; onClose(): void }) {
  const { t } = useTranslation();
  const shown = useQuery({
    queryKey: ['mails', 'preview', content],
    queryFn: () => previewMail(content),
    gcTime: 0,
    retry: false,
  });
  return (
    <Modal
      opened
      size={720}
      onClose={onClose}
      title={content.subject || t('compose.preview')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {shown.error ? (
        <ErrorState error={shown.error} onRetry={() => void shown.refetch()} />
      ) : !shown.data ? (
        <Skeleton height={240} />
      ) : (
        <iframe
          className={style.frame}
          sandbox={frameSandbox}
          srcDoc={shown.data.frame ?? ''}
          title={t('compose.preview')}
        />
      )}
    </Modal>
  );
}
