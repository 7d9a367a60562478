import { Rating } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';

export function Display({ value, field }: DisplayProps<number, { max?: number }>) {
  const max = field.options?.max ?? 5;
  return <Rating readOnly size="xs" count={max} value={value} role="img" aria-label={`${value} / ${max}`} />;
}

export function Editor({ value, onChange, onDone, field, ...props }: EditorProps<number, { max?: number }>) {
  const { t } = useTranslation();
  return (
    <Rating
      aria-label={props['aria-label'] ?? field.label}
      count={field.options?.max ?? 5}
      value={value ?? 0}
      getSymbolLabel={(stars) => t('field.stars', { count: stars })}
      onChange={(stars) => {
        // The same star again takes the rating away.
        const next = stars === value ? null : stars;
        onChange(next);
        onDone?.(next);
      }}
    />
  );
}
