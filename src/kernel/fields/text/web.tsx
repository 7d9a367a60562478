import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { TextLine } from '../web/text-line.tsx';

export function Display({ value }: DisplayProps<string>) {
  return <span>{value}</span>;
}

/** Without a limit of its own: it would cut what is pasted without a word, where the server says what is too long. */
export function Editor({ field: _field, record: _record, onDone: _onDone, ...props }: EditorProps<string>) {
  return <TextLine {...props} />;
}
