import { NumberInput, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { readPage } from '../api/queries.ts';
import { localMoment, momentOf } from '../calendar/days.ts';
import { FormDialog } from '../ui/form-dialog.tsx';

/** Another time for a meeting, beginning with its own. */
export function ProposeDialog({
  meeting,
  comment: begun,
  onClose,
}: {
  meeting: string;
  comment: string;
  onClose(given: { at: string; duration: number; comment: string } | null): void;
}) {
  const { t } = useTranslation();
  const { timeZone } = useFieldEnvironment();
  const { data } = useQuery({
    queryKey: ['records', 'interaction', 'meeting', meeting],
    queryFn: async ({ signal }) =>
      (await readPage('interaction', { filter: { id: { is: meeting } }, limit: 1 }, signal)).items[0] ?? null,
  });
  const [typed, setTyped] = useState<string | null>(null);
  const [length, setLength] = useState<number | null>(null);
  const [comment, setComment] = useState(begun);
  const before = data ? localMoment(String(data.at), timeZone).join('T') : '';
  const text = typed ?? before;
  const minutes = length ?? Math.round(Number(data?.duration ?? 3_600) / 60);
  const [day, time] = text.split('T');
  const at = day && time ? momentOf(day, time, timeZone) : null;
  const isRight = at !== null && Date.parse(at) > Date.now() && text !== before && minutes >= 1;
  return (
    <FormDialog
      title={t('meetings.say.propose')}
      submit={t('meetings.send')}
      disabled={!isRight}
      onSubmit={() => onClose({ at: at!, duration: minutes * 60, comment })}
      onClose={() => onClose(null)}
    >
      <TextInput
        type="datetime-local"
        label={t('meetings.when')}
        data-autofocus
        value={text}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <NumberInput
        label={t('meetings.minutes')}
        min={1}
        max={30 * 24 * 60}
        value={minutes}
        onChange={(value) => setLength(Number(value) || 0)}
      />
      <Textarea
        label={t('meetings.say.comment')}
        autosize
        maxLength={1_000}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
