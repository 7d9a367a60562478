import { TagsInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Chip, toneOf } from '../web/chip.tsx';
import style from '../web/field.module.css';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';

export function Display({ value }: DisplayProps<readonly string[]>) {
  return <Tags value={value} className={style.chips} />;
}

export function Cell({ value }: DisplayProps<readonly string[]>) {
  return <Tags value={value} className={style.oneLine} />;
}

export function Editor({
  value,
  onChange,
  id,
  autoFocus,
  invalid,
  placeholder,
  ...props
}: EditorProps<readonly string[]>) {
  const { t } = useTranslation();
  return (
    <TagsInput
      id={id}
      aria-label={props['aria-label']}
      autoFocus={autoFocus}
      acceptValueOnBlur
      splitChars={[',', ';']}
      placeholder={value?.length ? undefined : (placeholder ?? t('field.tagsHint'))}
      error={invalid}
      value={value ? [...value] : []}
      onChange={(next) => onChange(next.length === 0 ? null : next)}
    />
  );
}

function Tags({ value, className }: { value: readonly string[]; className?: string }) {
  return (
    <span className={className}>
      {value.map((tag) => (
        <Chip key={tag} tone={toneOf(tag)}>
          {tag}
        </Chip>
      ))}
    </span>
  );
}
