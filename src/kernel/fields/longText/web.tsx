import { Textarea } from '@mantine/core';
import style from '../web/field.module.css';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';

export function Display({ value }: DisplayProps<string>) {
  return <div className={style.lines}>{value}</div>;
}

export function Cell({ value }: DisplayProps<string>) {
  return <span>{value.slice(0, 200).replace(/\s+/g, ' ')}</span>;
}

export function Editor({ value, onChange, id, autoFocus, invalid, placeholder, ...props }: EditorProps<string>) {
  return (
    <Textarea
      id={id}
      aria-label={props['aria-label']}
      placeholder={placeholder}
      autoFocus={autoFocus}
      maxRows={14}
      error={invalid}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value === '' ? null : event.currentTarget.value)}
    />
  );
}
