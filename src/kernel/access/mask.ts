import type { FieldModel } from '../object/model.ts';

const SHOWN = 4;

/** What is shown of a value in part: the last four letters of a text, an address or a number; nothing of anything else. */
export function maskedValue({ type, columns }: FieldModel, value: unknown): unknown {
  if (columns[0]?.type !== 'text' || type.name === 'select') return null;
  if (typeof value === 'string') return maskedText(value);
  const [first] = Array.isArray(value) ? (value as { value?: unknown }[]) : [];
  return typeof first?.value === 'string' ? [{ value: maskedText(first.value) }] : null;
}

function maskedText(text: string): string {
  const letters = [...text];
  return `••••${letters.length > SHOWN ? letters.slice(-SHOWN).join('') : ''}`;
}
