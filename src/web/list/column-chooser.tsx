import { ActionIcon, Button, Checkbox, Popover, TextInput } from '@mantine/core';
import IconArrowDown from '@tabler/icons-react/dist/esm/icons/IconArrowDown.mjs';
import IconArrowUp from '@tabler/icons-react/dist/esm/icons/IconArrowUp.mjs';
import IconColumns from '@tabler/icons-react/dist/esm/icons/IconColumns.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldShape } from '../api/types.ts';
import style from './list.module.css';
import type { ListView } from './use-list-view.ts';

/** Which fields are columns, or on cards, and in which order: those that are shown first, as they stand. */
export function ColumnChooser({ list, what }: { list: ListView; what: 'columns' | 'cards' }) {
  const { t } = useTranslation();
  const [words, setWords] = useState('');
  const { title } = list.definition;
  const chosen = what === 'columns' ? list.columns.map((field) => field.name) : (list.settings.cards ?? []);
  const keep = (names: readonly string[] | undefined) => list.change({ [what]: names }, true);
  const fits = (field: FieldShape) => field.label.toLocaleLowerCase().includes(words.toLocaleLowerCase());
  const fields = [
    ...chosen.flatMap((name) => list.fieldOf(name) ?? []),
    ...[...list.fields.values()].filter(
      (field) => !chosen.includes(field.name) && (what === 'columns' || field.name !== title),
    ),
  ].filter(fits);
  const move = (name: string, by: number) => {
    const at = chosen.indexOf(name);
    const to = at + by;
    if (to >= 0 && to < chosen.length) keep(chosen.toSpliced(at, 1).toSpliced(to, 0, name));
  };
  const label = what === 'columns' ? t('list.columns') : t('board.fields');
  return (
    <Popover width={290} position="bottom-end" trapFocus onOpen={() => setWords('')}>
      <Popover.Target>
        <ActionIcon aria-label={label} title={label}>
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
        <div className={style.chooser}>
          {fields.map((field) => {
            const at = chosen.indexOf(field.name);
            return (
              <div key={field.name} className={style.choice}>
                <Checkbox
                  label={field.label}
                  disabled={what === 'columns' && field.name === title}
                  checked={at >= 0}
                  onChange={(event) =>
                    keep(
                      event.currentTarget.checked
                        ? [...chosen, field.name]
                        : chosen.filter((name) => name !== field.name),
                    )
                  }
                />
                {at >= 0 ? (
                  <span>
                    <ActionIcon
                      size="sm"
                      disabled={at === 0}
                      aria-label={t('column.up', { field: field.label })}
                      onClick={() => move(field.name, -1)}
                    >
                      <IconArrowUp size={13} />
                    </ActionIcon>
                    <ActionIcon
                      size="sm"
                      disabled={at === chosen.length - 1}
                      aria-label={t('column.down', { field: field.label })}
                      onClick={() => move(field.name, 1)}
                    >
                      <IconArrowDown size={13} />
                    </ActionIcon>
                  </span>
                ) : null}
              </div>
            );
          })}
        </div>
        <Button mt={8} variant="subtle" color="gray" size="compact-xs" onClick={() => keep(list.tab.settings[what])}>
          {t('list.resetColumns')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
