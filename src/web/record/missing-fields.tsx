import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldMessage } from '../api/problem.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { LabelledField } from '../ui/labelled-field.tsx';

/** A rule wants more first, e.g. why an opportunity was lost: asks for exactly that. */
export function MissingFields({
  definition,
  record,
  errors,
  onClose,
}: {
  definition: Definition;
  record: RecordShape;
  errors: readonly FieldMessage[];
  onClose(values: Record<string, unknown> | null): void;
}) {
  const { t } = useTranslation();
  const [values, setValues] = useState<Record<string, unknown>>({});
  const fields = definition.fields.filter((field) => errors.some((error) => error.field === field.name));
  return (
    <FormDialog
      title={t('missing.title')}
      submit={t('common.save')}
      onSubmit={() => onClose(values)}
      onClose={() => onClose(null)}
    >
      {fields.map((field, index) => (
        <LabelledField
          key={field.name}
          field={field}
          record={record}
          required
          autoFocus={index === 0}
          value={values[field.name] ?? record[field.name]}
          error={field.name in values ? undefined : errors.find((error) => error.field === field.name)?.message}
          onChange={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
    </FormDialog>
  );
}
