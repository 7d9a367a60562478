import { Button, Group, Modal, Select, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { computed } from '../fields.ts';
import { LabelledField } from '../ui/labelled-field.tsx';
import type { ListView } from './use-list-view.ts';

/** One field, one value, for all the marked records. */
export function BulkEdit({
  list,
  count,
  only,
  onClose,
}: {
  list: ListView;
  count: number;
  only?: string;
  onClose(changes: Record<string, unknown> | null): void;
}) {
  const { t } = useTranslation();
  const [name, setName] = useState(only ?? null);
  const [value, setValue] = useState<unknown>(null);
  const fields = [...list.fields.values()].filter(
    (field) => !field.readOnly && !computed.has(field.type) && field.type !== 'file',
  );
  const field = fields.find((one) => one.name === name);
  return (
    <Modal
      opened
      onClose={() => onClose(null)}
      title={t('bulk.editTitle', { count })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (field) onClose({ [field.name]: value });
        }}
      >
        <Stack gap="sm">
          {only ? null : (
            <Select
              data-autofocus
              label={t('bulk.field')}
              searchable
              selectFirstOptionOnChange
              data={fields.map((one) => ({ value: one.name, label: one.label }))}
              value={name}
              onChange={(next) => {
                setName(next);
                setValue(null);
              }}
            />
          )}
          {field ? (
            <LabelledField
              key={field.name}
              field={field}
              autoFocus
              value={value}
              onChange={setValue}
              required={false}
            />
          ) : null}
        </Stack>
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" onClick={() => onClose(null)}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" disabled={!field || (field.required && value === null)}>
            {t('bulk.apply', { count })}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
