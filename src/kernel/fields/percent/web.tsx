import { useFieldEnvironment } from '../web/environment.tsx';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { formatNumber } from '../web/format.ts';
import { NumberLine } from '../web/number-line.tsx';

/** The number before the sign: 25 is 25 %. */
export function Display({ value }: DisplayProps<number>) {
  const { language } = useFieldEnvironment();
  return (
    <span className="tabular">
      {formatNumber(value / 100, language, { style: 'percent', maximumFractionDigits: 2 })}
    </span>
  );
}

export function Editor(props: EditorProps<number>) {
  return <NumberLine {...props} suffix=" %" />;
}
