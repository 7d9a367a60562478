import type { FieldShape, RecordShape } from '../api/types.ts';
import { fieldParts, isEmpty } from '../fields.ts';

/** A field's value as its type shows it, or a quiet dash. */
export function FieldValue({
  field,
  record,
  cell = false,
  onChange,
}: {
  field: FieldShape;
  record: RecordShape;
  cell?: boolean;
  onChange?(value: unknown): void;
}) {
  const value = record[field.name];
  if (isEmpty(value)) return cell ? null : <span style={{ color: 'var(--text-3)' }}>—</span>;
  const parts = fieldParts(field.type);
  const Show = cell ? parts.Cell : parts.Display;
  return <Show value={value} field={field} record={record} onChange={onChange} />;
}
