import { Group, NumberInput, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import { setupQuery } from '../api/queries.ts';
import type { FieldShape, Filter } from '../api/types.ts';
import { FilterGroupEditor } from '../list/filter-editor.tsx';
import { readFilter, writeFilter } from '../list/filter-model.ts';
import type { FieldSettings, FieldSource, ObjectSource, OptionSource } from './api.ts';
import { FormulaEditor, returnsOf } from './formula-editor.tsx';
import { type Moves, OptionsEditor } from './options-editor.tsx';

interface Props {
  source: ObjectSource;
  field: FieldSource | undefined;
  type: string;
  settings: FieldSettings;
  counts: Readonly<Record<string, number>>;
  moves: Moves;
  judged: readonly FieldShape[];
  errorOf(setting: string): string | undefined;
  onChange(changes: Record<string, unknown>): void;
  onMoves(moves: Moves): void;
}

/** What fields of one type can be told besides what all can. What decides how values are kept is said once. */
export function TypeSettings(props: Props) {
  const { t } = useTranslation();
  const { type, settings, field, errorOf, onChange } = props;
  const definitions = useDefinitions();
  const { data: setup } = useQuery(setupQuery);
  const isNew = field === undefined;
  const isOwn = isNew || field.custom;
  const number = (setting: string, options: { min?: number; max?: number; decimal?: boolean } = {}) => (
    <NumberInput
      key={setting}
      label={t(`admin.setting.${setting}`)}
      min={options.min}
      max={options.max}
      allowDecimal={options.decimal ?? false}
      disabled={!isOwn}
      error={errorOf(setting)}
      value={(settings[setting] as number | undefined) ?? ''}
      onChange={(value) => onChange({ [setting]: typeof value === 'number' ? value : undefined })}
    />
  );
  const toggle = (setting: string) => (
    <Switch
      key={setting}
      label={t(`admin.setting.${setting}`)}
      checked={settings[setting] === true}
      disabled={!isNew}
      onChange={(event) => onChange({ [setting]: event.currentTarget.checked || undefined })}
    />
  );
  const target = (
    <Select
      label={t('admin.setting.to')}
      required
      searchable
      disabled={!isNew}
      data={definitions.list.map(({ name, label }) => ({ value: name, label: label.many }))}
      value={(settings.to as string | undefined) ?? null}
      error={errorOf('to')}
      onChange={(to) => onChange({ to: to ?? undefined })}
    />
  );
  switch (type) {
    case 'text':
    case 'longText':
      return number('maxLength', { min: 1, max: type === 'text' ? 4000 : 1_000_000 });
    case 'integer':
    case 'percent':
      return (
        <Group grow>
          {number('min', { decimal: type === 'percent' })}
          {number('max', { decimal: type === 'percent' })}
        </Group>
      );
    case 'decimal':
      return (
        <Group grow align="start">
          {isNew ? number('scale', { min: 0, max: 10 }) : null}
          {number('min', { decimal: true })}
          {number('max', { decimal: true })}
        </Group>
      );
    case 'rating':
      return number('max', { min: 2, max: 10 });
    case 'money':
      return (
        <Select
          label={t('admin.setting.currency')}
          placeholder={t('admin.setting.baseCurrency')}
          clearable
          searchable
          disabled={!isOwn}
          data={setup?.currencies ?? []}
          value={(settings.currency as string | undefined) ?? null}
          onChange={(currency) => onChange({ currency: currency ?? undefined })}
        />
      );
    case 'email':
    case 'phone':
    case 'file':
      return toggle('many');
    case 'select':
    case 'multiSelect':
      return <Options {...props} />;
    case 'reference':
      return (
        <Stack gap="sm">
          {target}
          <Select
            label={t('admin.setting.onDelete')}
            allowDeselect={false}
            disabled={!isOwn}
            data={['clear', 'restrict', 'cascade'].map((value) => ({
              value,
              label: t(`admin.setting.onDeletes.${value}`),
            }))}
            value={(settings.onDelete as string | undefined) ?? 'clear'}
            onChange={(onDelete) => onChange({ onDelete: onDelete === 'clear' ? undefined : onDelete })}
          />
        </Stack>
      );
    case 'references':
      return target;
    case 'autoNumber':
      return (
        <Group grow align="start">
          <TextInput
            label={t('admin.numbering.prefix')}
            maxLength={20}
            value={(settings.prefix as string | undefined) ?? ''}
            onChange={(event) => onChange({ prefix: event.currentTarget.value || undefined })}
          />
          {number('digits', { min: 1, max: 15 })}
        </Group>
      );
    case 'formula':
      return <Formula {...props} />;
    case 'rollup':
      return <Rollup {...props} />;
    default:
      return null;
  }
}

function Options({ field, settings, counts, moves, judged, onChange, onMoves }: Props) {
  const fixed = new Set(field && !field.custom ? Object.keys(field.optionLabels) : []);
  return (
    <OptionsEditor
      options={settings.options ?? []}
      shipped={field?.optionLabels}
      fixed={fixed}
      counts={counts}
      moves={moves}
      fields={judged}
      onChange={(options: OptionSource[]) => onChange({ options })}
      onMoves={onMoves}
    />
  );
}

function Formula({ source, field, settings, errorOf, onChange }: Props) {
  const { t } = useTranslation();
  const [type, setType] = useState('');
  const returns = settings.returns as string | undefined;
  const offered = returnsOf[type] ?? (returns ? [returns] : []);
  return (
    <Stack gap="sm">
      <FormulaEditor
        object={source.name}
        value={(settings.formula as string | undefined) ?? ''}
        returns={returns && offered.includes(returns) ? returns : undefined}
        onChange={(formula) => onChange({ formula })}
        onType={(found) => {
          setType(found);
          const possible = returnsOf[found];
          if (!field && possible && !possible.includes(returns ?? '')) onChange({ returns: possible[0] });
        }}
      />
      {errorOf('formula') ? <span style={{ color: 'var(--danger)' }}>{errorOf('formula')}</span> : null}
      {offered.length > 1 || field ? (
        <Select
          label={t('admin.setting.returns')}
          allowDeselect={false}
          disabled={field !== undefined}
          data={offered.map((value) => ({ value, label: t(`admin.type.${value}.name`) }))}
          value={returns ?? null}
          error={errorOf('returns')}
          onChange={(value) => onChange({ returns: value ?? undefined })}
        />
      ) : null}
    </Stack>
  );
}

const measures = ['count', 'sum', 'avg', 'min', 'max'] as const;

function Rollup({ source, field, settings, errorOf, onChange }: Props) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const isNew = field === undefined;
  const ways = definitions.list.flatMap((object) =>
    [...object.fields]
      .filter((one) => one.type === 'reference' && one.options?.to === source.name)
      .map((one) => ({ value: `${object.name}.${one.name}`, label: `${object.label.many} · ${one.label}` })),
  );
  const way = settings.from && settings.via ? `${settings.from}.${settings.via}` : null;
  const child = definitions.get(String(settings.from ?? ''));
  const measure = settings.measure as string;
  const measured = (child?.fields ?? []).filter((one) => (one.aggregations ?? []).includes(measure));
  const [group, setGroup] = useState(() => readFilter(settings.where as Filter | undefined));
  const filterable = (child?.fields ?? []).filter((one) => Object.keys(one.operators ?? {}).length > 0);
  const returnsFor = (name: string | undefined) => {
    const one = child?.fields.find((each) => each.name === name);
    const own = String(one?.options?.returns ?? one?.type ?? 'decimal');
    if (measure === 'avg' && own === 'integer') return 'decimal';
    return ['integer', 'decimal', 'percent', 'money', 'date', 'datetime', 'duration'].includes(own) ? own : 'decimal';
  };
  return (
    <Stack gap="sm">
      <Select
        label={t('admin.rollup.over')}
        description={ways.length === 0 ? t('admin.rollup.nothingPoints') : undefined}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        required
        searchable
        disabled={!isNew}
        data={ways}
        value={way}
        error={errorOf('from') ?? errorOf('via')}
        onChange={(next) => {
          const [from, via] = (next ?? '.').split('.');
          setGroup({ match: 'and', items: [] });
          onChange({
            from: from || undefined,
            via: via || undefined,
            field: undefined,
            where: undefined,
            measure: 'count',
            returns: 'integer',
          });
        }}
      />
      <Group grow align="start">
        <Select
          label={t('admin.rollup.measure')}
          allowDeselect={false}
          disabled={!isNew}
          data={measures.map((value) => ({ value, label: t(`admin.rollup.measures.${value}`) }))}
          value={measure}
          onChange={(next) =>
            next && onChange({ measure: next, field: undefined, returns: next === 'count' ? 'integer' : 'decimal' })
          }
        />
        {measure === 'count' ? null : (
          <Select
            label={t('admin.rollup.field')}
            required
            searchable
            disabled={!isNew}
            data={measured.map(({ name, label }) => ({ value: name, label }))}
            value={(settings.field as string | undefined) ?? null}
            error={errorOf('field')}
            onChange={(next) => onChange({ field: next ?? undefined, returns: returnsFor(next ?? undefined) })}
          />
        )}
      </Group>
      {child ? (
        <div>
          <div className="mantine-InputWrapper-label">{t('admin.rollup.where')}</div>
          <FilterGroupEditor
            group={group}
            fields={{ list: filterable, of: (path) => child.fields.find((one) => one.name === path) }}
            onChange={(next) => {
              setGroup(next);
              const where = writeFilter(next);
              onChange({ where: Object.keys(where).length > 0 ? where : undefined });
            }}
          />
          {errorOf('where') ? <span style={{ color: 'var(--danger)' }}>{errorOf('where')}</span> : null}
        </div>
      ) : null}
    </Stack>
  );
}
