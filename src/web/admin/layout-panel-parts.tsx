import { Button, Menu, NumberInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Editor } from '#kernel/fields/richText/web.tsx';
import { frameFields, frameOrigin } from '#kernel/object/frame-address.ts';
import type { Panel } from '#kernel/object/layout.ts';
import { useDefinitions } from '../api/definitions.ts';
import type { Definition, FieldShape } from '../api/types.ts';
import { languages } from '../i18n/i18n.ts';
import { chartKinds, isGroup, totalKinds } from '../list/view-settings.ts';
import style from './admin.module.css';
import type { Words } from './api.ts';
import { withWord } from './parts.tsx';

type Of<Type extends Panel['type']> = Extract<Panel, { type: Type }>;
type Change = (changes: Record<string, unknown>) => void;

const buckets = ['day', 'week', 'month', 'quarter', 'year'] as const;

/** Records that point here, by what they are divided, and what is told of each part. */
export function ChartSettings({ panel, onChange }: { panel: Of<'chart'>; onChange: Change }) {
  const { t } = useTranslation();
  const target = useDefinitions().get(panel.object);
  if (!target) return null;
  const fields = [...target.fields, ...target.system];
  const [name = '', bucket = 'month'] = panel.by.split(':');
  const by = fields.find((field) => field.name === name);
  const measure = panel.measure ?? 'count';
  const measured = (kind: string) => fields.filter((field) => field.aggregations?.includes(kind as 'sum'));
  return (
    <>
      <Select
        label={t('chart.kind')}
        allowDeselect={false}
        data={chartKinds.map((value) => ({ value, label: t(`chart.${value}`) }))}
        value={panel.chart ?? 'bar'}
        onChange={(chart) => onChange({ chart: chart === 'bar' ? undefined : chart })}
      />
      <Select
        label={t('chart.by')}
        allowDeselect={false}
        searchable
        data={choicesOf(fields.filter((field) => isGroup(field) && field.name !== panel.field))}
        value={name}
        onChange={(next) => next && onChange({ by: byOf(fields.find((field) => field.name === next)) })}
      />
      {by?.groupable === 'bucket' ? (
        <Select
          label={t('bucket.title')}
          allowDeselect={false}
          data={buckets.map((value) => ({ value, label: t(`bucket.${value}`) }))}
          value={bucket}
          onChange={(next) => next && onChange({ by: `${name}:${next}` })}
        />
      ) : null}
      <Select
        label={t('chart.measure')}
        allowDeselect={false}
        data={totalKinds
          .filter((value) => value === 'count' || measured(value).length > 0)
          .map((value) => ({ value, label: t(`total.${value}`) }))}
        value={measure}
        onChange={(next) =>
          onChange(
            next === 'count'
              ? { measure: undefined, of: undefined }
              : { measure: next, of: panel.of ?? measured(next ?? '')[0]?.name },
          )
        }
      />
      {measure === 'count' ? null : (
        <Select
          label={t('chart.of')}
          allowDeselect={false}
          searchable
          data={choicesOf(measured(measure))}
          value={panel.of ?? null}
          onChange={(of) => onChange({ of })}
        />
      )}
    </>
  );
}

/** A chart of a list as it is added: by what most lists are divided by. Undefined when there is nothing to divide them by. */
export function newChart(target: Definition, field: string): Of<'chart'> | undefined {
  const offered = target.fields.filter((one) => isGroup(one) && one.name !== field);
  const by = byOf(offered.find(({ type }) => type === 'select') ?? offered[0]);
  return by ? { type: 'chart', object: target.name, field, by } : undefined;
}

/** The address of a page of another server; fields are put in where the cursor stands. */
export function FrameSettings({
  definition,
  panel,
  onChange,
}: {
  definition: Definition;
  panel: Of<'frame'>;
  onChange: Change;
}) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const { address } = panel;
  const known = new Set([
    'id',
    ...definition.fields.map(({ name }) => name),
    ...definition.system.map(({ name }) => name),
  ]);
  const strange = frameFields(address).filter((name) => !known.has(name));
  const wrong =
    frameOrigin(address) === null ? t('admin.layout.frame.wrong') : strange.length > 0 ? strange.join(', ') : undefined;
  const insert = (name: string) => {
    const at = input.current?.selectionStart ?? address.length;
    onChange({ address: `${address.slice(0, at)}{{${name}}}${address.slice(at)}` });
  };
  return (
    <>
      <TextInput
        ref={input}
        type="url"
        label={t('admin.layout.frame.address')}
        description={t('admin.layout.frame.text')}
        placeholder="https://erp.example.com/customers?number={{number}}"
        maxLength={1000}
        value={address}
        error={wrong}
        onChange={(event) => onChange({ address: event.currentTarget.value })}
      />
      <Menu>
        <Menu.Target>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconPlus size={13} />}
            style={{ justifySelf: 'start' }}
          >
            {t('admin.layout.frame.insert')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={300} style={{ overflowY: 'auto' }}>
          <Menu.Item onClick={() => insert('id')}>{t('admin.layout.frame.id')}</Menu.Item>
          {definition.fields.map(({ name, label }) => (
            <Menu.Item key={name} onClick={() => insert(name)}>
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <NumberInput
        label={t('admin.layout.frame.height')}
        min={120}
        max={2000}
        step={20}
        allowDecimal={false}
        placeholder="420"
        value={panel.height ?? ''}
        onChange={(height) => onChange({ height: typeof height === 'number' ? height : undefined })}
      />
    </>
  );
}

/** Words for colleagues, a text for each language. */
export function TextSettings({ panel, onChange }: { panel: Of<'text'>; onChange: Change }) {
  const { t, i18n } = useTranslation();
  const id = useId();
  const [language, setLanguage] = useState(i18n.language);
  const words = panel.text as Words;
  const field: FieldShape = { name: 'text', type: 'richText', label: t('admin.layout.words') } as FieldShape;
  const name = languages.find(({ value }) => value === language)?.label ?? language;
  return (
    <div className={style.richWords}>
      <SegmentedControl
        size="xs"
        aria-label={t('admin.layout.words')}
        value={language}
        onChange={setLanguage}
        data={languages.map(({ value, label }) => ({ value, label }))}
      />
      <Editor
        key={language}
        id={id}
        field={field}
        aria-label={`${field.label} · ${name}`}
        value={words[language] ?? null}
        onChange={(text) => onChange({ text: withWord(words, language, text ?? '') })}
      />
    </div>
  );
}

function byOf(field: FieldShape | undefined): string | undefined {
  return field && (field.groupable === 'bucket' ? `${field.name}:month` : field.name);
}

function choicesOf(fields: readonly FieldShape[]): { value: string; label: string }[] {
  return fields.map(({ name, label }) => ({ value: name, label }));
}
