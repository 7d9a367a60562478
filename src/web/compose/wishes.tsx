import { ActionIcon } from '@mantine/core';
import IconBell from '@tabler/icons-react/dist/esm/icons/IconBell.mjs';
import IconEye from '@tabler/icons-react/dist/esm/icons/IconEye.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime } from '#kernel/fields/web/format.ts';
import style from './compose.module.css';

/** What the writer wants to hear of a mail once it is sent: that nobody answered, that it was opened. */
export function Wishes({
  remindAt,
  isTracked,
  onForgo,
}: {
  remindAt: Date | null;
  isTracked: boolean;
  onForgo(wish: 'reminder' | 'tracking'): void;
}) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const wish = (icon: ReactNode, words: string, forgo: string, name: 'reminder' | 'tracking') => (
    <p className={style.followUp}>
      {icon}
      {words}
      <ActionIcon size="xs" aria-label={forgo} onClick={() => onForgo(name)}>
        <IconX size={12} aria-hidden />
      </ActionIcon>
    </p>
  );
  return (
    <>
      {remindAt
        ? wish(
            <IconBell size={13} aria-hidden />,
            t('compose.remindsBy', { when: formatDateTime(remindAt.toISOString(), language, timeZone) }),
            t('compose.noReminder'),
            'reminder',
          )
        : null}
      {isTracked
        ? wish(<IconEye size={13} aria-hidden />, t('compose.tracked'), t('compose.notTracked'), 'tracking')
        : null}
    </>
  );
}
