import { Popover, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ObjectIcon } from '../ui/object-icon.tsx';
import style from './admin.module.css';

/** One of the icons that objects may have. */
export function IconChooser({ value, onChange }: { value: string; onChange(icon: string): void }) {
  const { t } = useTranslation();
  const [names, setNames] = useState<readonly string[]>([]);
  const [words, setWords] = useState('');
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    if (opened) void import('../ui/object-icons.ts').then(({ objectIcons }) => setNames(Object.keys(objectIcons)));
  }, [opened]);
  return (
    <Popover opened={opened} onChange={setOpened} width={320} position="bottom-start" trapFocus>
      <div>
        <div className="mantine-InputWrapper-label">{t('admin.icon')}</div>
        <Popover.Target>
          <button
            type="button"
            className={style.typeChoice}
            aria-label={`${t('admin.icon')}: ${value}`}
            onClick={() => setOpened(!opened)}
          >
            <ObjectIcon name={value} size={18} />
            <span className={style.quiet}>{value}</span>
          </button>
        </Popover.Target>
      </div>
      <Popover.Dropdown p={8}>
        <TextInput
          size="xs"
          mb={6}
          aria-label={t('admin.findIcon')}
          placeholder={t('admin.findIcon')}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <div style={{ display: 'grid', gridTemplateColumns: 'repeat(9, 1fr)', maxHeight: 220, overflowY: 'auto' }}>
          {names
            .filter((name) => name.includes(words.trim().toLowerCase()))
            .map((name) => (
              <button
                key={name}
                type="button"
                className={style.handle}
                style={{ cursor: 'pointer', width: 32, height: 32 }}
                aria-label={name}
                aria-pressed={name === value}
                title={name}
                onClick={() => {
                  onChange(name);
                  setOpened(false);
                }}
              >
                <ObjectIcon name={name} size={18} />
              </button>
            ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
