import { useFieldEnvironment } from '../web/environment.tsx';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { formatNumber } from '../web/format.ts';
import { NumberLine } from '../web/number-line.tsx';

/** Four figures without a separator: they are often a year. */
export function Display({ value }: DisplayProps<number>) {
  const { language } = useFieldEnvironment();
  return <span className="tabular">{formatNumber(value, language, { useGrouping: 'min2' })}</span>;
}

export function Editor(props: EditorProps<number>) {
  return <NumberLine {...props} decimals={0} />;
}
