import type { DisplayProps } from '../web/field-web.ts';

export { NotEditable as Editor } from '../web/derived.tsx';

export function Display({ value }: DisplayProps<string | number>) {
  return <span className="tabular">{String(value)}</span>;
}
