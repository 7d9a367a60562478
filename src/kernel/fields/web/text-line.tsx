import { TextInput } from '@mantine/core';
import type { HTMLInputTypeAttribute } from 'react';
import type { EditorProps } from './field-web.ts';

/** The one-line editor most types use; empty text is no value. */
export function TextLine({
  value,
  onChange,
  type = 'text',
  inputMode,
  ...props
}: Pick<EditorProps<string>, 'value' | 'onChange' | 'id' | 'aria-label' | 'autoFocus' | 'invalid' | 'placeholder'> & {
  type?: HTMLInputTypeAttribute;
  inputMode?: 'text' | 'email' | 'tel' | 'url' | 'numeric' | 'decimal';
}) {
  const { invalid, autoFocus, ...rest } = props;
  return (
    <TextInput
      {...rest}
      type={type}
      inputMode={inputMode}
      autoComplete="off"
      data-autofocus={autoFocus || undefined}
      autoFocus={autoFocus}
      onFocus={(event) => autoFocus && event.currentTarget.select()}
      error={invalid}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value === '' ? null : event.currentTarget.value)}
    />
  );
}
