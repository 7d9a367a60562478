import { Button, Group, Modal, Stack, TagsInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { aggregateQuery } from '../api/queries.ts';
import type { Definition, FieldShape } from '../api/types.ts';

/** Tags to add to many records and to take from them. */
export function BulkTags({
  definition,
  field,
  count,
  onClose,
}: {
  definition: Definition;
  field: FieldShape;
  count: number;
  onClose(tags: { add: string[]; remove: string[] } | null): void;
}) {
  const { t } = useTranslation();
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const { data } = useQuery(
    aggregateQuery(definition.name, {
      groupBy: [field.name],
      measures: { n: { count: true } },
      sort: ['-n'],
      limit: 200,
    }),
  );
  const known = data?.rows.flatMap((row) => (row.key[0] === null ? [] : [String(row.key[0])])) ?? [];
  return (
    <Modal
      opened
      onClose={() => onClose(null)}
      title={t('bulk.tagTitle', { count })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onClose({ add, remove });
        }}
      >
        <Stack gap="sm">
          <TagsInput data-autofocus label={t('bulk.tagAdd')} data={known} value={add} onChange={setAdd} />
          <TagsInput label={t('bulk.tagRemove')} data={known} value={remove} onChange={setRemove} />
        </Stack>
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" onClick={() => onClose(null)}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" disabled={add.length + remove.length === 0}>
            {t('bulk.apply', { count })}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
