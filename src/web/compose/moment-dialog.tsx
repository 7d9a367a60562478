import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '../ui/form-dialog.tsx';

/** A day and a time, as the person's clock says; tomorrow at nine unless they choose. */
export function MomentDialog({ title, onClose }: { title: string; onClose(at: Date | null): void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(() => {
    const at = new Date();
    at.setDate(at.getDate() + 1);
    at.setHours(9, 0, 0, 0);
    return localText(at);
  });
  const at = new Date(text);
  const isRight = Number.isFinite(at.getTime()) && at.getTime() > Date.now();
  return (
    <FormDialog
      title={title}
      submit={t('compose.take')}
      disabled={!isRight}
      onSubmit={() => onClose(at)}
      onClose={() => onClose(null)}
    >
      <TextInput
        type="datetime-local"
        label={t('compose.moment')}
        data-autofocus
        value={text}
        min={localText(new Date())}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

/** `2026-11-22T09:00` */
function localText(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
