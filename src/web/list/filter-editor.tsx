import { ActionIcon, Button, Group, SegmentedControl, Select, TagsInput, TextInput } from '@mantine/core';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { RecordPicker } from '#kernel/fields/web/record-picker.tsx';
import type { FieldShape } from '../api/types.ts';
import { fieldParts } from '../fields.ts';
import { type Condition, type FilterGroup, type FilterItem, isCondition, isGroup } from './filter-model.ts';
import style from './list.module.css';
import { periodKey, periods } from './periods.ts';

export interface FilterFields {
  list: readonly FieldShape[];
  of(path: string): FieldShape | undefined;
}

/** Conditions and groups of them, as deep as one likes. */
export function FilterGroupEditor({
  group,
  fields,
  onChange,
  depth = 0,
}: {
  group: FilterGroup;
  fields: FilterFields;
  onChange(group: FilterGroup): void;
  depth?: number;
}) {
  const { t } = useTranslation();
  const set = (index: number, item: FilterItem | null) =>
    onChange({ ...group, items: group.items.flatMap((old, at) => (at === index ? (item ?? []) : old)) });
  return (
    <div className={style.filterGroup} data-depth={depth}>
      {group.items.length > 1 || depth > 0 ? (
        <SegmentedControl
          size="xs"
          aria-label={t('filter.match')}
          value={group.match}
          onChange={(match) => onChange({ ...group, match: match as 'and' | 'or' })}
          data={[
            { value: 'and', label: t('filter.all') },
            { value: 'or', label: t('filter.any') },
          ]}
        />
      ) : null}
      {group.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a filter have no identity of their own
        <div className={style.filterRow} key={index}>
          {isGroup(item) ? (
            <FilterGroupEditor group={item} fields={fields} depth={depth + 1} onChange={(next) => set(index, next)} />
          ) : isCondition(item) ? (
            <ConditionEditor condition={item} fields={fields} onChange={(next) => set(index, next)} />
          ) : (
            <span className={style.filterOther}>{t('filter.other')}</span>
          )}
          <ActionIcon aria-label={t('filter.remove')} onClick={() => set(index, null)}>
            <IconTrash size={14} />
          </ActionIcon>
        </div>
      ))}
      <Group gap={6}>
        <FieldSelect
          key={group.items.length}
          fields={fields}
          placeholder={t('filter.addCondition')}
          onChoose={(field) => onChange({ ...group, items: [...group.items, newCondition(field)] })}
        />
        {depth < 2 ? (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            onClick={() =>
              onChange({
                ...group,
                items: [...group.items, { match: group.match === 'and' ? 'or' : 'and', items: [] }],
              })
            }
          >
            {t('filter.addGroup')}
          </Button>
        ) : null}
      </Group>
    </div>
  );
}

export function FieldSelect({
  fields,
  placeholder,
  onChoose,
  autoFocus,
}: {
  fields: FilterFields;
  placeholder: string;
  onChoose(field: FieldShape): void;
  autoFocus?: boolean;
}) {
  return (
    <Select
      size="xs"
      w={220}
      searchable
      limit={120}
      selectFirstOptionOnChange
      aria-label={placeholder}
      placeholder={placeholder}
      autoFocus={autoFocus}
      defaultDropdownOpened={autoFocus}
      comboboxProps={{ withinPortal: false }}
      data={fields.list.map((field) => ({ value: field.name, label: field.label }))}
      value={null}
      onChange={(name) => {
        const field = name ? fields.of(name) : undefined;
        if (field) onChoose(field);
      }}
    />
  );
}

export function newCondition(field: FieldShape): Condition {
  const operators = Object.keys(field.operators ?? {});
  const preferred = ['contains', 'hasAny', 'in', 'within', 'gte', 'is'].find((operator) =>
    operators.includes(operator),
  );
  return { field: field.name, operator: preferred ?? operators[0] ?? 'empty', value: null };
}

function ConditionEditor({
  condition,
  fields,
  onChange,
}: {
  condition: Condition;
  fields: FilterFields;
  onChange(next: Condition): void;
}) {
  const { t } = useTranslation();
  const field = fields.of(condition.field);
  const names = Object.keys(field?.operators ?? {});
  const operators = [
    ...new Set([...names.filter((name) => t(`operator.${name}`) !== `operator.${name}`), 'empty', 'notEmpty']),
  ];
  const shown = condition.operator === 'empty' && condition.value === false ? 'notEmpty' : condition.operator;
  return (
    <div className={style.condition}>
      <span className={style.conditionField}>{field?.label ?? condition.field}</span>
      <Select
        size="xs"
        aria-label={t('filter.operator')}
        comboboxProps={{ withinPortal: false }}
        allowDeselect={false}
        data={operators.map((name) => ({ value: name, label: t(`operator.${name}`) }))}
        value={shown}
        onChange={(operator) => {
          if (!operator) return;
          if (operator === 'empty' || operator === 'notEmpty')
            return onChange({ ...condition, operator: 'empty', value: operator === 'empty' });
          const sameKind = field?.operators?.[operator] === field?.operators?.[condition.operator];
          onChange({
            ...condition,
            operator,
            value: field?.operators?.[operator] === 'nothing' ? true : sameKind ? condition.value : null,
          });
        }}
      />
      {field && condition.operator !== 'empty' ? (
        <Operand
          field={field}
          takes={field.operators?.[condition.operator] ?? 'value'}
          value={condition.value}
          onChange={(value) => onChange({ ...condition, value })}
        />
      ) : null}
    </div>
  );
}

/** What stands on the right of a condition. */
export function Operand({
  field,
  takes,
  value,
  onChange,
}: {
  field: FieldShape;
  takes: string;
  value: unknown;
  onChange(value: unknown): void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const label = field.label;
  if (takes === 'nothing') return null;
  if (takes === 'period') {
    return (
      <Select
        size="xs"
        aria-label={label}
        comboboxProps={{ withinPortal: false }}
        data={periods.map((period) => ({ value: period, label: t(periodKey(period)) }))}
        value={typeof value === 'string' ? value : null}
        onChange={onChange}
      />
    );
  }
  if (takes === 'text') {
    return (
      <TextInput
        size="xs"
        aria-label={label}
        value={String(value ?? '')}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  if (takes === 'number') {
    const { Editor } = fieldParts('decimal');
    return <Editor id={id} aria-label={label} field={field} value={value ?? null} onChange={onChange} />;
  }
  const linked =
    field.type === 'user'
      ? 'user'
      : field.type === 'reference' || field.type === 'references'
        ? String(field.options?.to)
        : null;
  if (linked) {
    const many = takes === 'list';
    const ids = Array.isArray(value) ? (value as string[]) : value ? [String(value)] : [];
    const extra = linked === 'user' ? [{ value: 'me', label: t('field.me') }] : undefined;
    return (
      <RecordPicker
        id={id}
        aria-label={label}
        object={linked}
        many={many}
        extra={extra}
        creatable={false}
        value={ids}
        onChange={(next) => onChange(many ? next : (next[0] ?? null))}
      />
    );
  }
  if (takes === 'list') {
    if (field.options?.options) {
      const { Editor } = fieldParts('multiSelect');
      return <Editor id={id} aria-label={label} field={field} value={value ?? null} onChange={onChange} />;
    }
    return (
      <TagsInput
        size="xs"
        aria-label={label}
        value={Array.isArray(value) ? value.map(String) : []}
        onChange={onChange}
      />
    );
  }
  const { Editor } = fieldParts(
    ['email', 'phone', 'longText', 'richText', 'formula', 'rollup', 'autoNumber'].includes(field.type)
      ? derivedType(field)
      : field.type,
  );
  return (
    <Editor id={id} aria-label={label} field={{ ...field, required: true }} value={value ?? null} onChange={onChange} />
  );
}

function derivedType(field: FieldShape): string {
  const returns = field.options?.returns;
  return typeof returns === 'string' ? (returns === 'number' ? 'decimal' : returns) : 'text';
}
