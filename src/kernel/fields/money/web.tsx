import { Select } from '@mantine/core';
import { useFieldEnvironment } from '../web/environment.tsx';
import style from '../web/field.module.css';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { formatMoney } from '../web/format.ts';
import { NumberLine } from '../web/number-line.tsx';

interface MoneyValue {
  amount: number;
  currency: string;
}

/** First the ones a company here is likely to meet, then all others. */
const usual = ['EUR', 'USD', 'GBP', 'PLN', 'SEK', 'NOK', 'DKK', 'CHF', 'CZK'];
const currencies = [...new Set([...usual, ...Intl.supportedValuesOf('currency')])];

export function Display({ value }: DisplayProps<MoneyValue>) {
  const { language } = useFieldEnvironment();
  return <span className="tabular">{formatMoney(value, language)}</span>;
}

export function Editor({ value, onChange, ...props }: EditorProps<MoneyValue, { currency?: string }>) {
  const environment = useFieldEnvironment();
  const currency = value?.currency ?? props.field.options?.currency ?? environment.currency;
  return (
    <div className={style.row}>
      <NumberLine
        {...(props as EditorProps<number>)}
        decimals={4}
        value={value?.amount ?? null}
        onChange={(amount) => onChange(amount === null ? null : { amount, currency })}
      />
      <Select
        w={82}
        aria-label={`${props.field.label} · ISO 4217`}
        data={currencies}
        searchable
        selectFirstOptionOnChange
        maxDropdownHeight={220}
        value={currency}
        onChange={(next) => next && onChange({ amount: value?.amount ?? 0, currency: next })}
      />
    </div>
  );
}
