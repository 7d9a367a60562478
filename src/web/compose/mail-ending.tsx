import { ActionIcon, Button } from '@mantine/core';
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RichText } from '#kernel/fields/web/rich-text.tsx';
import type { MailContent } from '#server/answers.ts';
import style from './compose.module.css';

/** What stands below the text of a mail: who signs it, and what it answers. */
export function MailEnding({
  signature,
  quote,
  onChange,
}: Pick<MailContent, 'signature' | 'quote'> & { onChange(changes: Partial<MailContent>): void }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const toggles = t(isOpen ? 'compose.hideQuote' : 'compose.showQuote');
  return (
    <>
      {signature ? (
        <div className={style.signature}>
          <RichText html={signature} />
          <ActionIcon
            size="xs"
            aria-label={t('compose.withoutSignature')}
            title={t('compose.withoutSignature')}
            onClick={() => onChange({ signature: '' })}
          >
            <IconX size={12} aria-hidden />
          </ActionIcon>
        </div>
      ) : null}
      {quote ? (
        <div className={style.quote}>
          <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} title={toggles}>
            <IconDots size={14} aria-hidden />
            <span className="visually-hidden">{toggles}</span>
          </button>
          {isOpen ? (
            <>
              <div className={style.quoted}>
                <RichText html={quote} />
              </div>
              <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange({ quote: '' })}>
                {t('compose.withoutQuote')}
              </Button>
            </>
          ) : null}
        </div>
      ) : null}
    </>
  );
}
