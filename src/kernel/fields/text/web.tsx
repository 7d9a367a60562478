import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { TextLine } from '../web/text-line.tsx';

export function Display({ value }: DisplayProps<string>) {
  return <span>{value}</span>;
}

export function Editor({
  field,
  record: _record,
  onDone: _onDone,
  ...props
}: EditorProps<string, { maxLength?: number }>) {
  return <TextLine {...props} maxLength={field.options?.maxLength ?? 255} />;
}
