import { Checkbox, Radio, Select, Stack, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MeetingShape } from '#server/answers.ts';
import { sendersQuery } from '../compose/mail-queries.ts';
import { Recipients } from '../compose/recipients.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import style from './meeting.module.css';
import type { SeriesScope } from './series-dialog.tsx';

export interface Invited {
  mailbox: string;
  from: string;
  message: string;
  add: { name: string; address: string }[];
  scope: SeriesScope;
  people: string[];
}

/** From which mailbox whom is invited to what, and what they are told beside when and where. */
export function InviteDialog({ meeting, onClose }: { meeting: MeetingShape; onClose(given: Invited | null): void }) {
  const { t } = useTranslation();
  const { data } = useQuery(sendersQuery);
  const { invitation, repeats } = meeting;
  const [chosen, setChosen] = useState<string | null>(null);
  const [message, setMessage] = useState(invitation?.message ?? '');
  const [add, setAdd] = useState<Invited['add']>([]);
  const [scope, setScope] = useState<SeriesScope>('all');
  const present = meeting.people.filter(({ isInvited }) => isInvited);
  const alone = present.filter(({ onlyThis }) => onlyThis);
  const regulars = repeats ? present.filter(({ onlyThis }) => !onlyThis).map(nameOf) : [];
  // Who is in this one alone once it has invited is meant to be, until somebody says otherwise.
  const [people, setPeople] = useState(invitation ? [] : alone.map(({ id }) => id));
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
        onClose({ mailbox, from, message, add, scope, people });
      }}
      onClose={() => onClose(null)}
    >
      {options.length === 0 && data ? (
        <p className={style.wrong}>{t('meetings.noSender', { from: invitation?.from ?? '' })}</p>
      ) : (
        <Select label={t('meetings.from')} data={options} value={value} allowDeselect={false} onChange={setChosen} />
      )}
      <div className={style.add}>
        <Recipients label={t('meetings.guests.add')} value={add} notes={[]} onChange={setAdd} />
      </div>
      {repeats ? (
        <>
          {regulars.length > 0 ? <p>{t('meetings.guests.regulars', { names: regulars.join(', ') })}</p> : null}
          <Radio.Group
            label={t('meetings.guests.which')}
            value={scope}
            onChange={(next) => setScope(next as SeriesScope)}
          >
            <Stack gap="xs" mt="xs">
              {(['this', 'following', 'all'] as const).map((one) => (
                <Radio
                  key={one}
                  value={one}
                  label={t(`meetings.series.${one}`)}
                  description={t(`meetings.guests.${one}`)}
                />
              ))}
            </Stack>
          </Radio.Group>
          {alone.length > 0 && scope !== 'this' ? (
            <Checkbox.Group label={t('meetings.guests.alone')} value={people} onChange={setPeople}>
              <Stack gap="xs" mt="xs">
                {alone.map((one) => (
                  <Checkbox key={one.id} value={one.id} label={nameOf(one)} />
                ))}
              </Stack>
            </Checkbox.Group>
          ) : null}
        </>
      ) : null}
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

function nameOf({ name, address }: MeetingShape['people'][number]): string {
  return name || address || '…';
}
