import { SegmentedControl } from '@mantine/core';
import IconBlockquote from '@tabler/icons-react/dist/esm/icons/IconBlockquote.mjs';
import IconTemplate from '@tabler/icons-react/dist/esm/icons/IconTemplate.mjs';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FilledMailText, MailContent } from '#server/answers.ts';
import { post } from '../api/client.ts';
import { readPage } from '../api/queries.ts';
import type { ListQuery } from '../api/types.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { Picker } from '../ui/picker.tsx';

/** A template or snippet that was chosen, and in which language somebody wants it. */
export interface ChosenText {
  id: string;
  kind: 'template' | 'snippet';
  /** Null leaves it to whoever gets the mail. */
  language: string | null;
}

export function askText(): Promise<ChosenText | null> {
  return openDialog<ChosenText>((done) => <TextPicker onClose={done} />);
}

/** What becomes of a text for whoever a mail goes to, and what it is about. */
export function fillText(
  source: { template: string } | { texts: object } | { words: string },
  { about, to }: Pick<MailContent, 'about' | 'to'>,
  language: string | null,
): Promise<FilledMailText> {
  return post('/mail-templates/fill', { ...source, about, to: to[0] ?? null, language });
}

const languages = ['auto', 'en', 'es', 'lt'] as const;

function TextPicker({ onClose }: { onClose(chosen: ChosenText | null): void }) {
  const { t } = useTranslation();
  const [language, setLanguage] = useState<string>('auto');
  const [kinds] = useState(() => new Map<string, ChosenText['kind']>());
  return (
    <Picker
      title={t('compose.insertText')}
      placeholder={t('compose.whichText')}
      name="mail text"
      empty={t('compose.noText')}
      load={async (words, signal) => {
        const filter: ListQuery['filter'] = words
          ? { or: [{ name: { contains: words } }, { folder: { contains: words } }] }
          : undefined;
        const query = { filter, sort: ['name'], fields: ['name', 'kind', 'folder'], limit: 50 };
        const { items } = await readPage('mailTemplate', query, signal);
        return items.map(({ id, name, kind, folder }) => {
          kinds.set(id, kind as ChosenText['kind']);
          const Icon = kind === 'snippet' ? IconBlockquote : IconTemplate;
          return {
            ...{ key: id, label: String(name), icon: <Icon size={16} aria-hidden /> },
            detail: [folder, t(`compose.kinds.${kind}`)].filter(Boolean).join(' · '),
          };
        });
      }}
      foot={
        <>
          <SegmentedControl
            size="xs"
            aria-label={t('compose.textLanguage')}
            value={language}
            onChange={setLanguage}
            data={languages.map((value) => ({
              value,
              label: value === 'auto' ? t('compose.recipientsLanguage') : value.toUpperCase(),
            }))}
          />
          <Link to="/templates" onClick={() => onClose(null)}>
            {t('compose.toTemplates')}
          </Link>
        </>
      }
      onClose={(id) =>
        onClose(
          id === null
            ? null
            : { id, kind: kinds.get(id) ?? 'template', language: language === 'auto' ? null : language },
        )
      }
    />
  );
}
