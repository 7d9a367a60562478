import { Select } from '@mantine/core';
import { Chip } from '../web/chip.tsx';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { type ChoiceOptions, useChoices } from '../web/options.ts';

export function Display({ value, field }: DisplayProps<string, ChoiceOptions>) {
  const choice = useChoices(field.options).of(value);
  return <Chip tone={choice.color}>{choice.label}</Chip>;
}

export function Editor({
  value,
  onChange,
  onDone,
  field,
  id,
  autoFocus,
  invalid,
  placeholder,
  ...props
}: EditorProps<string, ChoiceOptions>) {
  const choices = useChoices(field.options);
  return (
    <Select
      id={id}
      aria-label={props['aria-label']}
      autoFocus={autoFocus}
      defaultDropdownOpened={autoFocus}
      searchable
      selectFirstOptionOnChange
      clearable={!field.required}
      placeholder={placeholder}
      error={invalid}
      data={choices.list.map(({ value: key, label }) => ({ value: key, label }))}
      renderOption={({ option }) => <Chip tone={choices.of(option.value).color}>{option.label}</Chip>}
      value={value}
      onChange={(next) => {
        onChange(next);
        onDone?.(next);
      }}
    />
  );
}
