import { ActionIcon, CopyButton, TextInput } from '@mantine/core';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import IconCopy from '@tabler/icons-react/dist/esm/icons/IconCopy.mjs';
import { useTranslation } from 'react-i18next';

/** Something to carry elsewhere by the clipboard. */
export function CopyField({ value, label }: { value: string; label: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={value} timeout={2000}>
      {({ copied, copy }) => (
        <TextInput
          label={label}
          readOnly
          value={value}
          onFocus={(event) => event.currentTarget.select()}
          styles={{ input: { fontFamily: 'var(--font-mono)' } }}
          rightSection={
            <ActionIcon aria-label={copied ? t('common.copied') : t('common.copy')} onClick={copy}>
              {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
            </ActionIcon>
          }
        />
      )}
    </CopyButton>
  );
}
