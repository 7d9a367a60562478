import { NumberInput } from '@mantine/core';
import { useFieldEnvironment } from './environment.tsx';
import type { EditorProps } from './field-web.ts';
import { decimalMark } from './format.ts';

/** A number typed with the reader's own decimal mark; both marks are understood. */
export function NumberLine({
  value,
  onChange,
  invalid,
  autoFocus,
  field: _field,
  record: _record,
  onDone: _onDone,
  ...props
}: EditorProps<number> & { suffix?: string; decimals?: number; min?: number; max?: number; className?: string }) {
  const { language } = useFieldEnvironment();
  const { decimals, ...rest } = props;
  return (
    <NumberInput
      {...rest}
      decimalScale={decimals}
      decimalSeparator={decimalMark(language)}
      allowedDecimalSeparators={['.', ',']}
      autoFocus={autoFocus}
      onFocus={(event) => autoFocus && event.currentTarget.select()}
      error={invalid}
      value={value ?? ''}
      onChange={(next) => {
        const number = typeof next === 'number' ? next : next === '' ? null : Number(next);
        onChange(number === null || Number.isNaN(number) ? null : number);
      }}
    />
  );
}
