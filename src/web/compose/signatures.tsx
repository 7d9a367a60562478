import { Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { readPreference, setPreference, usePreference } from '../preferences.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { MailEditor } from './mail-editor.tsx';

/** By `<mailbox>.<language>`; `*` stands for any. */
export type Signatures = Readonly<Record<string, string>>;

const KEY = 'mail.signatures';
const languages = ['en', 'es', 'lt'] as const;

export function useSignatures(): { all: Signatures } {
  const [all] = usePreference<Signatures>(KEY, {});
  return { all };
}

/** The one of this mailbox and language, else the nearest there is. */
export function signatureFor(all: Signatures, mailbox: string | null, language: string): string {
  const of = [`${mailbox}.${language}`, `${mailbox}.*`, `*.${language}`, '*.*'];
  return of.map((key) => all[key]).find((text) => text !== undefined) ?? '';
}

/** What stands below a person's mails, for each mailbox and language as they like. */
export function SignatureDialog({ mailbox, name, onClose }: { mailbox: string | null; name: string; onClose(): void }) {
  const { t } = useTranslation();
  const [all, setAll] = useState<Signatures>(() => readPreference<Signatures>(KEY, {}));
  const [box, setBox] = useState<string>('*');
  const [language, setLanguage] = useState<string>('*');
  const key = `${box}.${language}`;
  return (
    <FormDialog
      title={t('compose.signature')}
      submit={t('common.save')}
      onSubmit={() => {
        setPreference(KEY, Object.fromEntries(Object.entries(all).filter(([, text]) => text !== '')));
        onClose();
      }}
      onClose={onClose}
    >
      <Select
        label={t('compose.ofMailbox')}
        value={box}
        allowDeselect={false}
        onChange={(chosen) => setBox(chosen ?? '*')}
        data={[{ value: '*', label: t('compose.everyMailbox') }, ...(mailbox ? [{ value: mailbox, label: name }] : [])]}
      />
      <Select
        label={t('compose.inLanguage')}
        value={language}
        allowDeselect={false}
        onChange={(chosen) => setLanguage(chosen ?? '*')}
        data={[
          { value: '*', label: t('compose.everyLanguage') },
          ...languages.map((value) => ({ value, label: t(`compose.languages.${value}`) })),
        ]}
      />
      <MailEditor
        key={key}
        value={all[key] ?? ''}
        label={t('compose.signature')}
        autoFocus={false}
        onChange={(html) => setAll((before) => ({ ...before, [key]: html }))}
        onFiles={() => {}}
      />
    </FormDialog>
  );
}
