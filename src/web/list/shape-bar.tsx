import { Menu, UnstyledButton } from '@mantine/core';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldShape } from '../api/types.ts';
import style from './list.module.css';
import { ShapeIcon } from './shape-icon.tsx';
import type { ListView } from './use-list-view.ts';
import {
  chartKinds,
  isDay,
  isGroup,
  isLane,
  isMeasured,
  isPlace,
  type Shape,
  shapesOf,
  type TotalKind,
  totalKinds,
  type ViewSettings,
} from './view-settings.ts';

/** The same records in another shape, and what that shape stands on. The filter stays. */
export function ShapeBar({ list }: { list: ListView }) {
  const { t } = useTranslation();
  const { shape } = list.settings;
  return (
    <>
      <ShapeOptions list={list} shape={shape} />
      <Menu position="bottom-end">
        <Menu.Target>
          <UnstyledButton className={style.shape} aria-label={`${t('shape.title')}: ${t(`shape.${shape}`)}`}>
            <ShapeIcon shape={shape} />
            <span>{t(`shape.${shape}`)}</span>
            <IconChevronDown size={12} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          {shapesOf(list.definition).map((one) => (
            <Menu.Item
              key={one}
              leftSection={<ShapeIcon shape={one} />}
              aria-current={one === shape ? true : undefined}
              onClick={() => list.change({ shape: one })}
            >
              {t(`shape.${one}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

function ShapeOptions({ list, shape }: { list: ListView; shape: Shape }) {
  const { t } = useTranslation();
  const { settings } = list;
  const change = (settingsChange: Partial<ViewSettings>) => list.change(settingsChange, true);
  if (shape === 'list') {
    return (
      <Choice
        label={t('group.by')}
        clearable
        fields={fieldsOf(list, isGroup)}
        value={settings.group?.split(':')[0]}
        onChange={(name) => {
          const field = name ? list.fieldOf(name) : undefined;
          change({ group: field?.groupable === 'bucket' ? `${name}:month` : (name ?? undefined) });
        }}
        more={
          settings.group?.includes(':') ? (
            <Bucket value={settings.group} onChange={(group) => change({ group })} />
          ) : null
        }
      />
    );
  }
  if (shape === 'board') {
    return (
      <>
        <Choice
          label={t('board.columns')}
          fields={fieldsOf(list, isLane)}
          value={list.by('board')?.name}
          onChange={(by) => change({ by: by ?? undefined })}
        />
        <Choice
          label={t('board.lanes')}
          clearable
          fields={fieldsOf(list, (field) => isLane(field) || field.name === 'owner').filter(
            (field) => field.name !== list.by('board')?.name,
          )}
          value={settings.lanes}
          onChange={(lanes) => change({ lanes: lanes ?? undefined })}
        />
        <Choice
          label={t('board.sum')}
          clearable
          fields={fieldsOf(list, isMeasured)}
          value={settings.sum}
          onChange={(sum) => change({ sum: sum ?? undefined })}
        />
      </>
    );
  }
  if (shape === 'calendar') {
    return (
      <Choice
        label={t('calendar.by')}
        fields={fieldsOf(list, isDay)}
        value={list.by('calendar')?.name}
        onChange={(by) => change({ by: by ?? undefined })}
      />
    );
  }
  if (shape === 'timeline') {
    const start = list.by('timeline')?.name;
    return (
      <>
        <Choice
          label={t('timeline.from')}
          fields={fieldsOf(list, isDay)}
          value={start}
          onChange={(by) => change({ by: by ?? undefined })}
        />
        <Choice
          label={t('timeline.until')}
          clearable
          fields={fieldsOf(list, isDay).filter((field) => field.name !== start)}
          value={settings.until}
          onChange={(until) => change({ until: until ?? undefined })}
        />
      </>
    );
  }
  if (shape === 'map') {
    return (
      <Choice
        label={t('map.by')}
        fields={fieldsOf(list, isPlace)}
        value={list.by('map')?.name}
        onChange={(by) => change({ by: by ?? undefined })}
      />
    );
  }
  const by = list.by('chart');
  const chosen = settings.by?.split(':')[0] === by?.name ? settings.by : undefined;
  const kind = settings.measure ?? 'count';
  return (
    <>
      <Words
        label={t('chart.kind')}
        value={settings.chart ?? 'bar'}
        choices={chartKinds.map((one) => ({ value: one, label: t(`chart.${one}`) }))}
        onChange={(chart) => change({ chart: chart as ViewSettings['chart'] })}
      />
      <Choice
        label={t('chart.by')}
        fields={fieldsOf(list, isGroup)}
        value={by?.name}
        onChange={(name) => {
          const field = name ? list.fieldOf(name) : undefined;
          change({ by: field?.groupable === 'bucket' ? `${name}:month` : (name ?? undefined) });
        }}
        more={
          by?.groupable === 'bucket' ? (
            <Bucket
              value={chosen?.includes(':') ? chosen : `${by.name}:month`}
              onChange={(next) => change({ by: next })}
            />
          ) : null
        }
      />
      <Words
        label={t('chart.measure')}
        value={kind}
        choices={totalKinds.map((one) => ({ value: one, label: t(`total.${one}`) }))}
        onChange={(measure) => {
          const next = measure as TotalKind;
          const first = fieldsOf(list, (field) => field.aggregations?.includes(next) ?? false)[0];
          change({ measure: next, sum: next === 'count' ? settings.sum : (settings.sum ?? first?.name) });
        }}
      />
      {kind === 'count' ? null : (
        <Choice
          label={t('chart.of')}
          fields={fieldsOf(list, (field) => field.aggregations?.includes(kind) ?? false)}
          value={settings.sum}
          onChange={(sum) => change({ sum: sum ?? undefined })}
        />
      )}
    </>
  );
}

function fieldsOf(list: ListView, fits: (field: FieldShape) => boolean): FieldShape[] {
  return [...list.fields.values()].filter(fits);
}

function Choice({
  label,
  fields,
  value,
  onChange,
  clearable = false,
  more,
}: {
  label: string;
  fields: readonly FieldShape[];
  value: string | undefined;
  onChange(name: string | null): void;
  clearable?: boolean;
  more?: ReactNode;
}) {
  return (
    <>
      <Words
        label={label}
        value={value ?? null}
        clearable={clearable}
        choices={fields.map((field) => ({ value: field.name, label: field.label }))}
        onChange={onChange}
      />
      {more}
    </>
  );
}

function Bucket({ value, onChange }: { value: string; onChange(next: string): void }) {
  const { t } = useTranslation();
  const [name = '', bucket = 'month'] = value.split(':');
  const choices = ['day', 'week', 'month', 'quarter', 'year'].map((one) => ({ value: one, label: t(`bucket.${one}`) }));
  return (
    <Words
      label={t('bucket.title')}
      value={bucket}
      choices={choices}
      onChange={(next) => next && onChange(`${name}:${next}`)}
    />
  );
}

function Words({
  label,
  value,
  choices,
  onChange,
  clearable = false,
}: {
  label: string;
  value: string | null;
  choices: { value: string; label: string }[];
  onChange(value: string | null): void;
  clearable?: boolean;
}) {
  const { t } = useTranslation();
  const chosen = choices.find((choice) => choice.value === value);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <UnstyledButton className={style.option} data-on={clearable && chosen ? true : undefined}>
          <span>{label}</span> {chosen ? <b>{chosen.label}</b> : null}
          <IconChevronDown size={12} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className={style.options}>
        {clearable && chosen ? (
          <>
            <Menu.Item onClick={() => onChange(null)}>{t('shape.without')}</Menu.Item>
            <Menu.Divider />
          </>
        ) : null}
        {choices.map((choice) => (
          <Menu.Item
            key={choice.value}
            aria-current={choice.value === value ? true : undefined}
            onClick={() => onChange(choice.value)}
          >
            {choice.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
