import { Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Check } from '../web/check.tsx';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';

export function Display({ value }: DisplayProps<boolean>) {
  return <Check value={value} />;
}

export function Editor({ value, onChange, onDone, id, autoFocus, ...props }: EditorProps<boolean>) {
  const { t } = useTranslation();
  return (
    <Switch
      id={id}
      aria-label={props['aria-label']}
      autoFocus={autoFocus}
      checked={value ?? false}
      label={value ? t('common.yes') : t('common.no')}
      onChange={(event) => {
        onChange(event.currentTarget.checked);
        onDone?.(event.currentTarget.checked);
      }}
    />
  );
}
