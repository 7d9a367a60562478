import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordShape } from '../api/types.ts';
import { withWords } from '../i18n/room-words.ts';
import style from './compose.module.css';
import { sendersQuery } from './mail-queries.ts';
import type { MailStart } from './mail-start.ts';
import { WriteMail } from './open-mail.tsx';
import { Opened } from './opened.tsx';

const Delivery = lazy(() =>
  withWords('compose', import('./delivery.tsx')).then((loaded) => ({ default: loaded.Delivery })),
);

/** Below a mail: what became of it, and the ways to answer it where it is read. */
export function MailActions({ record, onAnswered }: { record: RecordShape; onAnswered?(): void }) {
  const { t } = useTranslation();
  const [how, setHow] = useState<NonNullable<MailStart['replyTo']>['how'] | null>(null);
  const senders = useQuery(sendersQuery);
  const canAnswer = senders.data?.items.some(({ canSend }) => canSend) && record.state === 'done';
  const delivery = typeof record.delivery === 'string' && record.delivery !== 'sent' ? record.delivery : null;
  return (
    <>
      {delivery ? (
        <Suspense fallback={null}>
          <Delivery interaction={record.id} delivery={delivery} />
        </Suspense>
      ) : null}
      <Opened record={record} />
      {canAnswer && how === null ? (
        <span className={style.answers}>
          {(['reply', 'reply-all', 'forward'] as const).map((one) => (
            <button key={one} type="button" onClick={() => setHow(one)}>
              {t(`activity.answer.${one}`)}
            </button>
          ))}
        </span>
      ) : null}
      {how === null ? null : (
        <WriteMail
          key={how}
          replyTo={{ interaction: record.id, how }}
          onClose={(ended) => {
            setHow(null);
            if (ended === 'sent') onAnswered?.();
          }}
        />
      )}
    </>
  );
}
