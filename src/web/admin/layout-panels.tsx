import { ActionIcon, Checkbox, Menu, MultiSelect, NumberInput, Select, Switch } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useTranslation } from 'react-i18next';
import type { Panel, TimelineKind } from '#kernel/object/layout.ts';
import { useDefinitions } from '../api/definitions.ts';
import type { Definition } from '../api/types.ts';
import style from './admin.module.css';
import type { Words } from './api.ts';
import type { judgedFields } from './condition-editor.tsx';
import { ForWhom } from './layout-for-whom.tsx';
import { ChartSettings, FrameSettings, newChart, TextSettings } from './layout-panel-parts.tsx';
import { WordsInput } from './parts.tsx';

/** What can be added to a zone. */
export function AddPanel({
  definition,
  label,
  onAdd,
}: {
  definition: Definition;
  label: string;
  onAdd(panel: Panel): void;
}) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon size={24} aria-label={label}>
          <IconPlus size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
        {plain(definition).map((panel) => (
          <Menu.Item key={panel.type} onClick={() => onAdd(panel)}>
            {t(`admin.layout.panel.${panel.type}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {definition.related.map(({ object, field }) => (
          <Menu.Item key={`${object}.${field}`} onClick={() => onAdd({ type: 'related', object, field })}>
            {definitions.get(object)?.label.many ?? object} ·{' '}
            {definitions.get(object)?.fields.find((one) => one.name === field)?.label ?? field}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => onAdd({ type: 'otherRelated' })}>{t('admin.layout.panel.otherRelated')}</Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('admin.layout.panel.chart')}</Menu.Label>
        {definition.related.map(({ object, field }) => {
          const target = definitions.get(object);
          const chart = target && newChart(target, field);
          return chart ? (
            <Menu.Item key={`${object}.${field}`} onClick={() => onAdd(chart)}>
              {t('admin.layout.chartOf', { list: target.label.many })} ·{' '}
              {target.fields.find((one) => one.name === field)?.label ?? field}
            </Menu.Item>
          ) : null;
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Panels that need nothing but a place. */
function plain(definition: Definition): Panel[] {
  return [
    { type: 'fields', fields: [definition.title] },
    ...(['timeline', 'mail', 'calendar', 'files'] as const).map((type) => ({ type })),
    { type: 'text', text: {} },
    { type: 'frame', address: '' },
  ];
}

const kinds: TimelineKind[] = ['note', 'interaction', 'task', 'comment', 'file', 'change'];

/** What a panel shows, and to whom. */
export function PanelSettings({
  definition,
  panel,
  judged,
  onChange,
}: {
  definition: Definition;
  panel: Panel;
  judged: ReturnType<typeof judgedFields>;
  onChange(panel: Panel): void;
}) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const set = (changes: Record<string, unknown>) =>
    onChange(
      Object.fromEntries(
        Object.entries({ ...panel, ...changes }).filter(([, value]) => value !== undefined),
      ) as unknown as Panel,
    );
  const fieldsOf = (of: Definition) => [...of.fields, ...of.system].map(({ name, label }) => ({ value: name, label }));
  const child = panel.type === 'related' ? definitions.get(panel.object) : undefined;
  return (
    <div className={style.panelBody}>
      {panel.type === 'fields' ? (
        <>
          <MultiSelect
            label={t('admin.objects.fields')}
            searchable
            data={fieldsOf(definition)}
            value={[...panel.fields]}
            onChange={(fields) => fields.length > 0 && set({ fields })}
          />
          <Switch
            label={t('admin.layout.hideEmpty')}
            checked={panel.hideEmpty ?? false}
            onChange={(event) => set({ hideEmpty: event.currentTarget.checked || undefined })}
          />
        </>
      ) : null}
      {panel.type === 'related' && child ? (
        <>
          <MultiSelect
            label={t('list.columns')}
            searchable
            maxValues={20}
            data={fieldsOf(child)}
            value={[...(panel.columns ?? [])]}
            onChange={(columns) => set({ columns: columns.length > 0 ? columns : undefined })}
          />
          <Select
            label={t('admin.layout.sort')}
            clearable
            searchable
            data={[...child.fields, ...child.system]
              .filter((field) => field.sortable)
              .flatMap(({ name, label }) => [
                { value: name, label: `${label} ↑` },
                { value: `-${name}`, label: `${label} ↓` },
              ])}
            value={panel.sort?.[0] ?? null}
            onChange={(sort) => set({ sort: sort ? [sort] : undefined })}
          />
          <NumberInput
            label={t('admin.layout.limit')}
            min={1}
            max={50}
            allowDecimal={false}
            value={panel.limit ?? ''}
            onChange={(limit) => set({ limit: typeof limit === 'number' ? limit : undefined })}
          />
        </>
      ) : null}
      {panel.type === 'timeline' ? (
        <>
          <Switch
            label={t('admin.layout.brief')}
            checked={panel.brief ?? false}
            onChange={(event) => set({ brief: event.currentTarget.checked || undefined })}
          />
          <Checkbox.Group
            label={t('admin.layout.only')}
            value={[...(panel.only ?? kinds)]}
            onChange={(only) => set({ only: only.length === kinds.length || only.length === 0 ? undefined : only })}
          >
            {kinds.map((kind) => (
              <Checkbox key={kind} mt={4} value={kind} label={t(`admin.layout.kind.${kind}`)} />
            ))}
          </Checkbox.Group>
        </>
      ) : null}
      {panel.type === 'chart' ? <ChartSettings panel={panel} onChange={set} /> : null}
      {panel.type === 'frame' ? <FrameSettings definition={definition} panel={panel} onChange={set} /> : null}
      {panel.type === 'text' ? <TextSettings panel={panel} onChange={set} /> : null}
      <WordsInput
        label={t('admin.layout.heading')}
        value={(panel.label ?? {}) as Words}
        onChange={(label) => set({ label: emptyToNothing(label) })}
      />
      <Switch
        label={t('admin.layout.collapsed')}
        checked={panel.collapsed ?? false}
        onChange={(event) => set({ collapsed: event.currentTarget.checked || undefined })}
      />
      <ForWhom audience={panel} judged={judged} onChange={set} />
    </div>
  );
}

export function emptyToNothing(words: Words): Words | undefined {
  return Object.keys(words).length > 0 ? words : undefined;
}
