import { Button, Group, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldLimit } from '#kernel/access/access.ts';
import type { Definition } from '../api/types.ts';
import style from './access.module.css';
import type { FieldLimits } from './role-draft.ts';

const widths = ['write', 'read', 'masked', 'hidden'] as const;

/** What may be done with each field of an object: seen and changed, seen, shown in part, or not there at all. */
export function RoleFields({
  definition,
  limits,
  ground,
  onDone,
}: {
  definition: Definition;
  limits: FieldLimits;
  /** What every role says. */
  ground: Readonly<Record<string, string>>;
  onDone(limits: FieldLimits | null): void;
}) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(limits);
  const [words, setWords] = useState('');
  const shown = definition.fields.filter(({ label }) => label.toLocaleLowerCase().includes(words.toLocaleLowerCase()));
  const pathOf = (field: string) => `${definition.name}.${field}`;
  const widthOf = (field: string) => draft[pathOf(field)] ?? ground[pathOf(field)] ?? 'write';
  const set = (names: readonly string[], width: string) => {
    const next: Record<string, FieldLimit> = { ...draft };
    for (const name of names) {
      delete next[pathOf(name)];
      if (width !== 'write') next[pathOf(name)] = width as FieldLimit;
    }
    setDraft(next);
  };
  const choices = widths.map((value) => ({ value, label: t(`admin.roles.width.${value}`) }));
  return (
    <Modal
      opened
      onClose={() => onDone(null)}
      size="lg"
      title={t('admin.roles.fieldsOf', { object: definition.label.many })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <p className={style.hint}>{t('admin.roles.fieldsText')}</p>
      <div className={style.fieldTools}>
        <TextInput
          data-autofocus
          size="xs"
          aria-label={t('admin.roles.findField')}
          placeholder={t('admin.roles.findField')}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          aria-label={t('admin.roles.allFields')}
          value=""
          data={[{ value: '', label: t('admin.roles.allFields') }, ...choices]}
          onChange={(event) => {
            const { value } = event.currentTarget;
            if (value)
              set(
                shown.map(({ name }) => name),
                value,
              );
          }}
        />
      </div>
      <ul className={style.fieldList}>
        {shown.map((field) => (
          <li key={field.name} data-width={widthOf(field.name)}>
            <span>{field.label}</span>
            <NativeSelect
              size="xs"
              aria-label={field.label}
              data={choices}
              value={widthOf(field.name)}
              disabled={ground[pathOf(field.name)] !== undefined && draft[pathOf(field.name)] === undefined}
              onChange={(event) => set([field.name], event.currentTarget.value)}
            />
          </li>
        ))}
      </ul>
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={() => onDone(null)}>
          {t('common.cancel')}
        </Button>
        <Button onClick={() => onDone(draft)}>{t('admin.done')}</Button>
      </Group>
    </Modal>
  );
}
