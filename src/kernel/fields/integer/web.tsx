import { useFieldEnvironment } from '../web/environment.tsx';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { formatNumber } from '../web/format.ts';
import { NumberLine } from '../web/number-line.tsx';

export function Display({ value, field }: DisplayProps<number, { grouping?: boolean }>) {
  const { language } = useFieldEnvironment();
  const useGrouping = field.options?.grouping !== false;
  return <span className="tabular">{formatNumber(value, language, { useGrouping })}</span>;
}

export function Editor(props: EditorProps<number>) {
  return <NumberLine {...props} decimals={0} />;
}
