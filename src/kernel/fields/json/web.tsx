import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import style from '../web/field.module.css';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';

export function Display({ value }: DisplayProps<unknown>) {
  return <pre className={style.mono}>{JSON.stringify(value, null, 2)}</pre>;
}

export function Cell({ value }: DisplayProps<unknown>) {
  return <span className={style.quiet}>{JSON.stringify(value).slice(0, 120)}</span>;
}

export function Editor({ value, onChange, id, autoFocus, ...props }: EditorProps<unknown>) {
  const { t } = useTranslation();
  const [text, setText] = useState(value === null ? '' : JSON.stringify(value, null, 2));
  const [wrong, setWrong] = useState(false);
  return (
    <Textarea
      id={id}
      aria-label={props['aria-label']}
      autoFocus={autoFocus}
      classNames={{ input: style.mono }}
      maxRows={16}
      error={wrong ? t('field.notJson') : props.invalid}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        try {
          onChange(event.currentTarget.value.trim() === '' ? null : JSON.parse(event.currentTarget.value));
          setWrong(false);
        } catch {
          setWrong(true);
        }
      }}
    />
  );
}
