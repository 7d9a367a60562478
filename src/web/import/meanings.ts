import type { FieldShape } from '../api/types.ts';

/** What a field may be chosen from; null when anything may be written. */
export function optionsOf(field: FieldShape | undefined): { value: string; label: string }[] | null {
  if (!field || !['select', 'multiSelect'].includes(field.type)) return null;
  const options = (field.options?.options ?? []) as { value: string; label?: string }[];
  return options.map(({ value, label }) => ({ value, label: label ?? value }));
}

/** Texts of a column that name none of the field's options, and that nobody has given a meaning. */
export function unknownValues(
  values: readonly { text: string }[],
  field: FieldShape | undefined,
  meanings: Readonly<Record<string, string | null>>,
): string[] {
  const options = optionsOf(field);
  if (!options) return [];
  const names = new Set(options.flatMap(({ value, label }) => [fold(value), fold(label)]));
  const isKnown = (text: string) =>
    text in meanings ||
    (field?.type === 'multiSelect' ? text.split(/[;,|\n]/) : [text]).every((one) => names.has(fold(one)));
  return values.filter(({ text }) => !isKnown(text)).map(({ text }) => text);
}

/** As the server compares them: without case and accents. */
function fold(text: string): string {
  return text.trim().toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
}
