import { Button } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { judgedOperators, type RecordCondition } from '#kernel/object/condition.ts';
import type { Definition, FieldShape, Filter } from '../api/types.ts';
import { FilterGroupEditor } from '../list/filter-editor.tsx';
import { readFilter, writeFilter } from '../list/filter-model.ts';

/** Fields that say something before a record is saved, with the comparisons that can be judged without asking. */
export function judgedFields(definition: Definition, without?: string): FieldShape[] {
  return definition.fields
    .filter(
      (field) => field.name !== without && !['formula', 'rollup', 'autoNumber', 'user', 'json'].includes(field.type),
    )
    .map((field) => ({
      ...field,
      operators: Object.fromEntries(
        Object.entries(field.operators ?? {}).filter(([name]) => judgedOperators.has(name)),
      ),
    }))
    .filter((field) => Object.keys(field.operators).length > 0);
}

/** A condition on the other fields of a record; without one it always holds. */
export function ConditionEditor({
  label,
  none,
  fields,
  value,
  onChange,
}: {
  label: string;
  /** What holds without a condition. */
  none: string;
  fields: readonly FieldShape[];
  value: RecordCondition | undefined;
  onChange(value: RecordCondition | undefined): void;
}) {
  const { t } = useTranslation();
  const [group, setGroup] = useState(() => readFilter(value as Filter | undefined));
  const [open, setOpen] = useState(group.items.length > 0);
  const byName = new Map(fields.map((field) => [field.name, field]));
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
      <legend className="mantine-InputWrapper-label" style={{ padding: 0 }}>
        {label}
      </legend>
      {open ? (
        <FilterGroupEditor
          group={group}
          fields={{ list: fields, of: (path) => byName.get(path) }}
          onChange={(next) => {
            setGroup(next);
            const filter = writeFilter(next);
            onChange(Object.keys(filter).length > 0 ? (filter as RecordCondition) : undefined);
            if (next.items.length === 0) setOpen(false);
          }}
        />
      ) : (
        <Button variant="default" size="compact-sm" leftSection={<IconPlus size={13} />} onClick={() => setOpen(true)}>
          {none} · {t('admin.condition.add')}
        </Button>
      )}
    </fieldset>
  );
}
