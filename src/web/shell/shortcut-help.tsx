import { Button, Modal } from '@mantine/core';
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { setPreferences, usePreferences } from '../preferences.ts';
import { Keys } from '../ui/keys.tsx';
import { activeShortcuts, keysOf, pressedKeys, type Shortcut, showKeys } from '../ui/shortcuts.ts';
import style from './shortcut-help.module.css';

/** The keys that work on the screen behind it, and the way to choose others. */
export function ShortcutHelp({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const { shortcuts: chosen } = usePreferences();
  const [shortcuts] = useState(activeShortcuts);
  const [changing, setChanging] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const choose = (shortcut: Shortcut, keys: string) => {
    const other = shortcuts.find((one) => one.keys !== shortcut.keys && keysOf(one.keys, chosen) === keys);
    if (other) return setProblem(t('shortcut.taken', { keys: showKeys(keys).join(' '), action: other.label }));
    const { [shortcut.keys]: _before, ...others } = chosen;
    setPreferences({ shortcuts: keys === shortcut.keys ? others : { ...others, [shortcut.keys]: keys } });
    setChanging(null);
    setProblem(null);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('shortcut.title')}
      closeOnEscape={changing === null}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <p className={style.text}>{t('shortcut.text')}</p>
      <dl className={style.list}>
        {shortcuts.map((shortcut) => (
          <div key={shortcut.keys} className={style.line}>
            <dt>{shortcut.label}</dt>
            <dd>
              {changing === shortcut.keys ? (
                <button
                  type="button"
                  className={style.press}
                  // biome-ignore lint/a11y/noAutofocus: the next keys pressed are meant for it
                  autoFocus
                  onBlur={() => setChanging(null)}
                  onKeyDown={(event) => {
                    event.preventDefault();
                    event.stopPropagation();
                    if (event.key === 'Escape' || event.key === 'Tab') return setChanging(null);
                    const keys = pressedKeys(event.nativeEvent);
                    if (keys) choose(shortcut, keys);
                  }}
                >
                  {t('shortcut.press')}
                </button>
              ) : (
                <>
                  {chosen[shortcut.keys] ? (
                    <Button
                      variant="subtle"
                      size="compact-xs"
                      color="gray"
                      c="dimmed"
                      onClick={() => choose(shortcut, shortcut.keys)}
                    >
                      {t('shortcut.reset')}
                    </Button>
                  ) : null}
                  <button
                    type="button"
                    className={style.keys}
                    aria-label={t('shortcut.change', { action: shortcut.label })}
                    onClick={() => {
                      setProblem(null);
                      setChanging(shortcut.keys);
                    }}
                  >
                    <IconPencil size={13} aria-hidden />
                    <Keys keys={shortcut.keys} />
                  </button>
                  <span className="visually-hidden">{showKeys(keysOf(shortcut.keys, chosen)).join(' ')}</span>
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <p role="alert" className={style.problem}>
        {problem}
      </p>
      {Object.keys(chosen).length > 0 ? (
        <Button variant="default" onClick={() => setPreferences({ shortcuts: {} })}>
          {t('shortcut.resetAll')}
        </Button>
      ) : null}
    </Modal>
  );
}
