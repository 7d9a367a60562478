import { Button, Group, Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecordTitle } from '#kernel/fields/web/environment.tsx';
import type { RecordShape } from '../api/types.ts';
import { WriteMail } from '../compose/open-mail.tsx';
import { useEditing } from '../record/presence.ts';
import { openDialog } from '../ui/dialogs.tsx';
import style from './inbox.module.css';
import { refreshConversations } from './work.ts';
import writingStyle from './writing.module.css';

/** An answer to a mail of the thread. What came while it was written is shown before it goes. */
export function Reply({
  conversation,
  answered,
  newest,
  insert,
  onClose,
}: {
  conversation: RecordShape;
  answered: RecordShape;
  /** The last that was said. */
  newest: RecordShape;
  /** What a macro brings into it. */
  insert: { words: string } | undefined;
  onClose(): void;
}) {
  const [begun] = useState({ answered: answered.id, newest: newest.id });
  // What was shown, and may be answered over.
  const [known, setKnown] = useState(newest.id);
  useEditing('conversation', conversation.id, 'reply', true);
  const isNew = newest.id !== known && newest.id !== begun.newest;
  const beforeSend = async () => {
    if (!isNew) return true;
    const goesOn = await openDialog<boolean>((done) => <Meanwhile message={newest} onClose={done} />);
    setKnown(newest.id);
    return goesOn === true;
  };
  return (
    <div className={writingStyle.reply}>
      {isNew ? <News message={newest} /> : null}
      <WriteMail
        replyTo={{ interaction: begun.answered, how: 'reply-all' }}
        beforeSend={beforeSend}
        insert={insert}
        onClose={() => {
          refreshConversations();
          onClose();
        }}
      />
    </div>
  );
}

function News({ message }: { message: RecordShape }) {
  const { t } = useTranslation();
  const name = useWriter(message);
  return (
    <p role="status" className={style.collision} data-what="reply">
      {t('inbox.meanwhile', { name })}
    </p>
  );
}

function Meanwhile({ message, onClose }: { message: RecordShape; onClose(goesOn: boolean | null): void }) {
  const { t } = useTranslation();
  const name = useWriter(message);
  return (
    <Modal
      opened
      onClose={() => onClose(null)}
      title={t('inbox.meanwhileTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <p>{t('inbox.meanwhile', { name })}</p>
      <blockquote className={writingStyle.quoted} dir="auto">
        {String(message.body ?? message.subject ?? '')}
      </blockquote>
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" data-autofocus onClick={() => onClose(false)}>
          {t('inbox.readFirst')}
        </Button>
        <Button onClick={() => onClose(true)}>{t('inbox.sendAnyway')}</Button>
      </Group>
    </Modal>
  );
}

function useWriter(message: RecordShape): string {
  const { t } = useTranslation();
  const contact = (message.expanded?.contact as { title?: string } | null | undefined)?.title;
  const owner = useRecordTitle('user', message.direction === 'in' ? null : ((message.owner as string | null) ?? null));
  return (message.direction === 'in' ? contact : owner) ?? t('inbox.customer');
}
