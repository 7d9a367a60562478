import { MultiSelect } from '@mantine/core';
import { Chip } from '../web/chip.tsx';
import style from '../web/field.module.css';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { type ChoiceOptions, useChoices } from '../web/options.ts';

export function Display({ value, field }: DisplayProps<readonly string[], ChoiceOptions>) {
  return <Chips value={value} options={field.options} className={style.chips} />;
}

export function Cell({ value, field }: DisplayProps<readonly string[], ChoiceOptions>) {
  return <Chips value={value} options={field.options} className={style.oneLine} />;
}

export function Editor({
  value,
  onChange,
  field,
  id,
  autoFocus,
  invalid,
  placeholder,
  ...props
}: EditorProps<readonly string[], ChoiceOptions>) {
  const choices = useChoices(field.options);
  return (
    <MultiSelect
      id={id}
      aria-label={props['aria-label']}
      autoFocus={autoFocus}
      defaultDropdownOpened={autoFocus}
      searchable
      hidePickedOptions
      placeholder={value?.length ? undefined : placeholder}
      error={invalid}
      data={choices.list.map(({ value: key, label }) => ({ value: key, label }))}
      renderOption={({ option }) => <Chip tone={choices.of(option.value).color}>{option.label}</Chip>}
      value={value ? [...value] : []}
      onChange={(next) => onChange(next.length === 0 ? null : next)}
    />
  );
}

function Chips({
  value,
  options,
  className,
}: {
  value: readonly string[];
  options?: ChoiceOptions;
  className?: string;
}) {
  const choices = useChoices(options);
  return (
    <span className={className}>
      {value.map((one) => (
        <Chip key={one} tone={choices.of(one).color}>
          {choices.of(one).label}
        </Chip>
      ))}
    </span>
  );
}
