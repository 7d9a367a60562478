import { ActionIcon, Button, Checkbox, Popover, TextInput } from '@mantine/core';
import IconColumns from '@tabler/icons-react/dist/esm/icons/IconColumns.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ListView } from './use-list-view.ts';

export function ColumnChooser({ list }: { list: ListView }) {
  const { t } = useTranslation();
  const [words, setWords] = useState('');
  const shown = list.columns.map((field) => field.name);
  const offered = [...list.fields.values()].filter((field) =>
    field.label.toLocaleLowerCase().includes(words.toLocaleLowerCase()),
  );
  return (
    <Popover width={260} position="bottom-end" trapFocus onOpen={() => setWords('')}>
      <Popover.Target>
        <ActionIcon aria-label={t('list.columns')} title={t('list.columns')}>
          <IconColumns size={16} stroke={1.7} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <TextInput
          size="xs"
          mb={8}
          data-autofocus
          aria-label={t('list.findColumn')}
          placeholder={t('list.findColumn')}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <div style={{ maxHeight: 300, overflow: 'auto', display: 'grid', gap: 8, padding: 4 }}>
          {offered.map((field) => (
            <Checkbox
              key={field.name}
              label={field.label}
              disabled={field.name === list.definition.title}
              checked={shown.includes(field.name)}
              onChange={(event) =>
                list.setColumns(
                  event.currentTarget.checked ? [...shown, field.name] : shown.filter((name) => name !== field.name),
                )
              }
            />
          ))}
        </div>
        <Button mt={8} variant="subtle" color="gray" size="compact-xs" onClick={() => list.setColumns(null)}>
          {t('list.resetColumns')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
