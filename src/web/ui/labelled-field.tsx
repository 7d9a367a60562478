import { Input } from '@mantine/core';
import { useId } from 'react';
import type { FieldShape, RecordShape } from '../api/types.ts';
import { fieldParts } from '../fields.ts';

/** A field in a form: label, editor, help, the server's words about it. */
export function LabelledField({
  field,
  record,
  value,
  onChange,
  error,
  autoFocus,
  required,
}: {
  field: FieldShape;
  record?: RecordShape;
  value: unknown;
  onChange(value: unknown): void;
  error?: string;
  autoFocus?: boolean;
  required?: boolean;
}) {
  const id = useId();
  const { Editor } = fieldParts(field.type);
  return (
    <Input.Wrapper
      id={id}
      label={field.label}
      description={field.help ?? undefined}
      error={error}
      required={required ?? field.required}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
    >
      <Editor
        id={id}
        field={field}
        record={record}
        value={value ?? null}
        onChange={onChange}
        invalid={Boolean(error)}
        autoFocus={autoFocus}
      />
    </Input.Wrapper>
  );
}
