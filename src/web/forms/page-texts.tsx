import { ColorInput, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { WordsInput } from '../admin/parts.tsx';
import style from './forms.module.css';

type Words = Readonly<Record<string, string>>;

interface PageDraft<Texts> {
  readonly name: string;
  readonly texts: Texts;
  readonly color: string | null;
}

/** What every public page says of itself: here by its name, to visitors by title, introduction and colour. */
export function PageTexts<Texts extends { readonly title?: Words; readonly intro?: Words }>({
  draft: { name, texts, color },
  set,
  children,
}: {
  draft: PageDraft<Texts>;
  set(changes: Partial<PageDraft<Texts>>): void;
  /** Texts that only this kind of page has. */
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <div className={style.stack}>
      <TextInput
        label={t('forms.name')}
        required
        maxLength={120}
        value={name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <WordsInput
        label={t('forms.title')}
        required
        value={texts.title ?? {}}
        onChange={(title) => set({ texts: { ...texts, title } })}
      />
      <p className={style.hint}>{t('forms.titleHelp')}</p>
      <WordsInput
        label={t('forms.intro')}
        multiline
        value={texts.intro ?? {}}
        onChange={(intro) => set({ texts: { ...texts, intro } })}
      />
      {children}
      <ColorInput
        label={t('forms.color')}
        description={t('forms.colorHelp')}
        format="hex"
        value={color ?? ''}
        onChange={(picked) => set({ color: picked || null })}
      />
    </div>
  );
}
