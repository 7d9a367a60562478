import { useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import type { ActionShape, Definition, FieldShape, Filter, InputSchema } from '../api/types.ts';
import { isEmpty } from '../fields.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { LabelledField } from '../ui/labelled-field.tsx';
import { problemText } from '../ui/toast.tsx';

/**
 * A form from an action's JSON Schema. `x-field` names the object's field whose editor and label it takes, `x-reference` the object that
 * one is chosen from, `x-filter` which of its records are offered.
 */
export function ActionForm({
  definition,
  action,
  send,
  onClose,
}: {
  definition: Definition;
  action: ActionShape;
  send(input: Record<string, unknown>): Promise<unknown>;
  onClose(ran: true | null): void;
}) {
  const [values, setValues] = useState<Record<string, unknown>>({});
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const fields = Object.entries(action.input.properties ?? {}).map(([name, schema]) =>
    fieldFor(definition, name, schema, action.input.required ?? []),
  );
  const submit = async () => {
    setBusy(true);
    try {
      await send(
        Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined)),
      );
      onClose(true);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const known = problem instanceof ApiProblem ? problem : null;
  const named = fields.some((field) => known?.of(field.name));
  return (
    <FormDialog
      title={action.label}
      submit={action.label}
      busy={busy}
      disabled={fields.some((field) => field.required && isEmpty(values[field.name]))}
      onSubmit={() => void submit()}
      onClose={() => onClose(null)}
    >
      {fields.map((field, index) => (
        <LabelledField
          key={field.name}
          field={field}
          autoFocus={index === 0}
          value={values[field.name]}
          error={known?.of(field.name)}
          onChange={(value) => setValues((old) => ({ ...old, [field.name]: value }))}
        />
      ))}
      {problem && !named ? (
        <div role="alert" style={{ color: 'var(--danger)' }}>
          {problemText(problem)}
        </div>
      ) : null}
    </FormDialog>
  );
}

function fieldFor(definition: Definition, name: string, schema: InputSchema, required: readonly string[]): FieldShape {
  const known = definition.fields.find(
    (field) => field.name === ((schema as { 'x-field'?: string })['x-field'] ?? name),
  );
  const label = schema.title ?? known?.label ?? name;
  const isRequired = required.includes(name);
  if (known) return { ...known, name, label, required: isRequired, readOnly: false };
  const { 'x-reference': to, 'x-filter': only } = schema as { 'x-reference'?: string; 'x-filter'?: Filter };
  if (to) return { name, type: 'reference', label, required: isRequired, options: { to, ...(only && { only }) } };
  if (schema.enum) {
    const options = schema.enum.map((value) => ({ value: String(value), label: String(value) }));
    return { name, type: 'select', label, required: isRequired, options: { options } };
  }
  const type =
    { boolean: 'boolean', integer: 'integer', number: 'decimal' }[schema.type ?? ''] ??
    { date: 'date', 'date-time': 'datetime', email: 'email', uri: 'url' }[schema.format ?? ''] ??
    'text';
  return { name, type, label, help: schema.description, required: isRequired, options: {} };
}
