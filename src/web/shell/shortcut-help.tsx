import { Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Keys } from '../ui/keys.tsx';
import { activeShortcuts } from '../ui/shortcuts.ts';

/** The keys that work on the screen behind it. */
export function ShortcutHelp({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const [shortcuts] = useState(activeShortcuts);
  return (
    <Modal opened onClose={onClose} title={t('shortcut.title')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <dl style={{ display: 'grid', gridTemplateColumns: '1fr auto', gap: '9px 24px', margin: 0 }}>
        {shortcuts.map((shortcut) => (
          <div key={shortcut.keys} style={{ display: 'contents' }}>
            <dt>{shortcut.label}</dt>
            <dd style={{ margin: 0 }}>
              <Keys keys={shortcut.keys} />
              <span className="visually-hidden">{shortcut.keys}</span>
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
