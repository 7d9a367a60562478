import { Switch, TextInput } from '@mantine/core';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldShape, RecordShape } from '../api/types.ts';
import { isEmpty } from '../fields.ts';
import { plain } from '../ui/words.ts';
import { InlineField } from './inline-field.tsx';
import { useRecordContext } from './page-context.ts';
import style from './record.module.css';

/** Every property there is, found by its name, its help or its value. */
export function AllProperties() {
  const { t } = useTranslation();
  const { definition, record, showHistory } = useRecordContext();
  const [typed, setTyped] = useState('');
  const [onlyFilled, setOnlyFilled] = useState(false);
  const words = plain(useDeferredValue(typed)).split(/\s+/).filter(Boolean);
  const fields = [...definition.fields, ...definition.system].filter((field) => {
    if (onlyFilled && isEmpty(record[field.name])) return false;
    const text = textOf(field, record);
    return words.every((word) => text.includes(word));
  });
  return (
    <>
      <div className={style.findFields}>
        <TextInput
          type="search"
          aria-label={t('record.findField')}
          placeholder={t('record.findField')}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Switch
          label={t('record.onlyFilled')}
          checked={onlyFilled}
          onChange={(event) => setOnlyFilled(event.currentTarget.checked)}
        />
      </div>
      <div className={style.allFields}>
        {fields.map((field) => (
          <InlineField key={field.name} definition={definition} record={record} field={field} onHistory={showHistory} />
        ))}
      </div>
      <p className={style.quiet} role="status">
        {fields.length === 0 ? t('record.noField', { words: typed }) : null}
      </p>
    </>
  );
}

function textOf(field: FieldShape, record: RecordShape): string {
  const value = record[field.name];
  const expanded = record.expanded?.[field.name] as { title?: string } | null | undefined;
  const options = (field.options?.options ?? []) as { value: string; label: string }[];
  const chosen = options.filter((option) =>
    Array.isArray(value) ? value.includes(option.value) : value === option.value,
  );
  const own = typeof value === 'object' ? JSON.stringify(value ?? '') : String(value ?? '');
  return plain(
    [field.label, field.name, field.help, expanded?.title, ...chosen.map(({ label }) => label), own].join(' '),
  );
}
