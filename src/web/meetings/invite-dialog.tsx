import { Select, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MeetingShape } from '#server/answers.ts';
import { sendersQuery } from '../compose/mail-queries.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import style from './meeting.module.css';

/** From which mailbox the participants are invited, and what they are told beside when and where. */
export function InviteDialog({
  meeting,
  onClose,
}: {
  meeting: MeetingShape;
  onClose(given: { mailbox: string; from: string; message: string } | null): void;
}) {
  const { t } = useTranslation();
  const { data } = useQuery(sendersQuery);
  const { invitation } = meeting;
  const [chosen, setChosen] = useState<string | null>(null);
  const [message, setMessage] = useState(invitation?.message ?? '');
  // Answers go where the first invitation came from.
  const options = (data?.items ?? [])
    .filter(({ canSend }) => canSend)
    .flatMap(({ id, addresses }) => addresses.map((address) => ({ value: `${id} ${address}`, label: address })))
    .filter(({ label }) => !invitation || label === invitation.from);
  const value = chosen ?? options[0]?.value ?? null;
  return (
    <FormDialog
      title={t('meetings.invite')}
      submit={t('meetings.send')}
      disabled={value === null}
      onSubmit={() => {
        const [mailbox, from] = value!.split(' ') as [string, string];
        onClose({ mailbox, from, message });
      }}
      onClose={() => onClose(null)}
    >
      {options.length === 0 && data ? (
        <p className={style.wrong}>{t('meetings.noSender', { from: invitation?.from ?? '' })}</p>
      ) : (
        <Select label={t('meetings.from')} data={options} value={value} allowDeselect={false} onChange={setChosen} />
      )}
      <Textarea
        label={t('meetings.message')}
        description={t('meetings.messageHint')}
        autosize
        minRows={3}
        maxRows={10}
        maxLength={5_000}
        data-autofocus
        value={message}
        onChange={(event) => setMessage(event.currentTarget.value)}
      />
      <p className={style.quiet}>{t('meetings.whatHappens')}</p>
    </FormDialog>
  );
}
