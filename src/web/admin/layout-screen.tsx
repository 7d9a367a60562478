import { ActionIcon, Button, Checkbox, Menu, MultiSelect, NumberInput, Select, Switch, TagsInput } from '@mantine/core';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs';
import IconGripVertical from '@tabler/icons-react/dist/esm/icons/IconGripVertical.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useQuery } from '@tanstack/react-query';
import { type DragEvent, type KeyboardEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LayoutDefinition, LayoutTab, Panel, TimelineKind } from '#kernel/object/layout.ts';
import { patch } from '../api/client.ts';
import { useDefinition, useDefinitions } from '../api/definitions.ts';
import type { Definition } from '../api/types.ts';
import { languages } from '../i18n/i18n.ts';
import { showToast, showUndo } from '../ui/toast.tsx';
import style from './admin.module.css';
import { layoutsQuery, refreshDefinitions, type Words, wordIn } from './api.ts';
import { ConditionEditor, judgedFields } from './condition-editor.tsx';
import { Heading, Refusal, Section, useAct, WordsInput } from './parts.tsx';
import { PlaceLink } from './place-link.tsx';

/** Where a panel stands: beside the middle, in a tab, or right of it. */
type Zone = 'left' | 'middle' | 'right';

/** A panel while it is arranged: a key, because two may be alike. */
interface Placed {
  key: string;
  panel: Panel;
}

interface Draft {
  layout: LayoutDefinition;
  left: Placed[];
  right: Placed[];
  tabs: { key: string; tab: LayoutTab; panels: Placed[] }[];
}

/** How record pages of an object are arranged: panels and tabs, moved by hand or by keys. */
export function LayoutScreen({ object }: { object: string }) {
  const { t } = useTranslation();
  const definition = useDefinition(object);
  const { data } = useQuery({ ...layoutsQuery(object), staleTime: 0 });
  return (
    <div data-wide>
      <PlaceLink to={`objects/${object}`} className={style.crumb}>
        <IconChevronLeft size={14} aria-hidden />
        {definition.label.many}
      </PlaceLink>
      {data ? (
        <LayoutEditor
          key={JSON.stringify(data)}
          definition={definition}
          layouts={data.layouts}
          initial={data.default}
        />
      ) : (
        <Heading title={t('admin.layout.title')} />
      )}
    </div>
  );
}

let lastKey = 0;
const place = (panel: Panel): Placed => ({ key: String(++lastKey), panel });

function draftOf(layout: LayoutDefinition): Draft {
  return {
    layout,
    left: layout.left.map(place),
    right: layout.right.map(place),
    tabs: layout.tabs.map((tab) => ({ key: String(++lastKey), tab, panels: tab.panels.map(place) })),
  };
}

function layoutOf(draft: Draft): LayoutDefinition {
  return {
    ...draft.layout,
    left: draft.left.map(({ panel }) => panel),
    right: draft.right.map(({ panel }) => panel),
    tabs: draft.tabs.map(({ tab, panels }) => ({ ...tab, panels: panels.map(({ panel }) => panel) })),
  };
}

function LayoutEditor({
  definition,
  layouts,
  initial,
}: {
  definition: Definition;
  layouts: readonly LayoutDefinition[];
  initial: LayoutDefinition;
}) {
  const { t } = useTranslation();
  const [drafts, setDrafts] = useState<Draft[]>(() =>
    (layouts.length > 0 ? layouts : [{ ...initial, name: 'standard' }]).map(draftOf),
  );
  const [at, setAt] = useState(0);
  const [tabAt, setTabAt] = useState(0);
  const [open, setOpen] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const dragged = useRef<string | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const { busy, problem, act } = useAct();
  const definitions = useDefinitions();
  const draft = drafts[at] ?? drafts[0]!;
  const tab = draft.tabs[tabAt] ?? draft.tabs[0]!;
  const set = (next: Draft) => setDrafts(drafts.with(drafts.indexOf(draft), next));
  const wanted = drafts.map(layoutOf);
  const changed =
    JSON.stringify(wanted) !== JSON.stringify(layouts.length > 0 ? layouts : [{ ...initial, name: 'standard' }]);
  const judged = judgedFields(definition);

  const listOf = (zone: Zone): Placed[] => (zone === 'middle' ? tab.panels : draft[zone]);
  const withList = (of: Draft, zone: Zone, list: Placed[]): Draft =>
    zone === 'middle'
      ? { ...of, tabs: of.tabs.map((one) => (one.key === tab.key ? { ...one, panels: list } : one)) }
      : { ...of, [zone]: list };
  const find = (key: string) =>
    (['left', 'middle', 'right'] as const).flatMap((zone) => {
      const index = listOf(zone).findIndex((one) => one.key === key);
      return index >= 0 ? [{ zone, index, placed: listOf(zone)[index]! }] : [];
    })[0];
  const move = (key: string, zone: Zone, index: number) => {
    const from = find(key);
    if (!from) return;
    const without = withList(draft, from.zone, listOf(from.zone).toSpliced(from.index, 1));
    const target = (zone === from.zone ? listOf(zone).toSpliced(from.index, 1) : listOf(zone)).slice();
    const to = Math.max(0, Math.min(index, target.length));
    target.splice(to, 0, from.placed);
    set(withList(without, zone, target));
    setSaid(
      t('admin.layout.movedTo', {
        name: nameOf(from.placed.panel),
        zone: t(`admin.layout.zone.${zone}`),
        place: to + 1,
      }),
    );
    requestAnimationFrame(() => root.current?.querySelector<HTMLElement>(`[data-panel="${key}"]`)?.focus());
  };
  const onKey = (event: KeyboardEvent, key: string) => {
    const from = find(key);
    if (!from) return;
    const zones: Zone[] = ['left', 'middle', 'right'];
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined && by === undefined) return;
    event.preventDefault();
    if (by !== undefined) move(key, from.zone, from.index + by);
    else {
      const zone = zones[zones.indexOf(from.zone) + step!];
      if (zone) move(key, zone, from.index);
    }
  };
  const nameOf = (panel: Panel): string => {
    const own = wordIn((panel.label ?? {}) as Words, 'en');
    if (own) return own;
    if (panel.type === 'related') return definitions.get(panel.object)?.label.many ?? panel.object;
    return t(`admin.layout.panel.${panel.type}`);
  };
  const change = (zone: Zone, key: string, panel: Panel) =>
    set(
      withList(
        draft,
        zone,
        listOf(zone).map((one) => (one.key === key ? { ...one, panel } : one)),
      ),
    );
  const moveTab = (key: string, by: number) => {
    const index = draft.tabs.findIndex((one) => one.key === key);
    const to = index + by;
    if (to < 0 || to >= draft.tabs.length) return;
    set({ ...draft, tabs: draft.tabs.toSpliced(index, 1).toSpliced(to, 0, draft.tabs[index]!) });
    setTabAt(to);
    setSaid(t('admin.moved', { name: tabName(draft.tabs[index]!.tab), place: to + 1, count: draft.tabs.length }));
  };
  const tabName = (one: LayoutTab) =>
    wordIn((one.label ?? {}) as Words, 'en') ||
    (['overview', 'activity'].includes(one.name) ? t(`admin.layout.tab.${one.name}`) : one.name);
  const save = (list: readonly LayoutDefinition[]) =>
    act(async () => {
      await patch(`/objects/${definition.name}`, { layouts: list });
      await refreshDefinitions();
      if (list.length > 0) showToast(t('admin.saved'));
      else
        showUndo(t('admin.layout.isStandard'), async () => {
          await patch(`/objects/${definition.name}`, { layouts });
          await refreshDefinitions();
        });
    });

  const zoneProps = (zone: Zone) => ({
    onDragOver: (event: DragEvent) => {
      if (dragged.current) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      if (!dragged.current) return;
      event.preventDefault();
      move(dragged.current, zone, listOf(zone).length);
      dragged.current = null;
    },
  });
  const panels = (zone: Zone) =>
    listOf(zone).map((placed, index) => (
      // biome-ignore lint/a11y/noStaticElementInteractions: a target for what is dragged; keys move by the handle
      <div
        key={placed.key}
        className={style.panel}
        onDragOver={(event) => {
          if (dragged.current) event.preventDefault();
        }}
        onDrop={(event) => {
          if (!dragged.current) return;
          event.preventDefault();
          event.stopPropagation();
          move(dragged.current, zone, index);
          dragged.current = null;
        }}
      >
        <div className={style.panelHead}>
          <button
            type="button"
            className={style.handle}
            draggable
            data-panel={placed.key}
            aria-label={t('admin.move', { name: nameOf(placed.panel) })}
            title={t('admin.layout.moveHint')}
            onKeyDown={(event) => onKey(event, placed.key)}
            onDragStart={(event) => {
              dragged.current = placed.key;
              event.dataTransfer.effectAllowed = 'move';
              event.dataTransfer.setData('text/plain', placed.key);
            }}
            onDragEnd={() => {
              dragged.current = null;
            }}
          >
            <IconGripVertical size={14} aria-hidden />
          </button>
          <span className={style.panelName}>{nameOf(placed.panel)}</span>
          <ActionIcon
            aria-label={t('admin.layout.settings', { name: nameOf(placed.panel) })}
            aria-expanded={open === placed.key}
            onClick={() => setOpen(open === placed.key ? null : placed.key)}
          >
            <IconChevronDown size={14} />
          </ActionIcon>
          <ActionIcon
            aria-label={t('admin.layout.remove', { name: nameOf(placed.panel) })}
            onClick={() =>
              set(
                withList(
                  draft,
                  zone,
                  listOf(zone).filter((one) => one.key !== placed.key),
                ),
              )
            }
          >
            <IconTrash size={14} />
          </ActionIcon>
        </div>
        {open === placed.key ? (
          <PanelSettings
            definition={definition}
            panel={placed.panel}
            judged={judged}
            onChange={(panel) => change(zone, placed.key, panel)}
          />
        ) : null}
      </div>
    ));
  const addMenu = (zone: Zone) => (
    <AddPanel
      definition={definition}
      label={t('admin.layout.addTo', { zone: t(`admin.layout.zone.${zone}`) })}
      onAdd={(panel) => {
        const placed = place(panel);
        set(withList(draft, zone, [...listOf(zone), placed]));
        setOpen(placed.key);
      }}
    />
  );
  return (
    <div ref={root}>
      <Heading title={t('admin.layout.titleOf', { object: definition.label.one })} text={t('admin.layout.text')}>
        {layouts.length > 0 ? (
          <Button variant="subtle" color="gray" onClick={() => void save([])}>
            {t('admin.layout.standard')}
          </Button>
        ) : null}
        <Button loading={busy} disabled={!changed} onClick={() => void save(wanted)}>
          {t('common.save')}
        </Button>
      </Heading>
      <Refusal>{problem}</Refusal>
      <Section
        title={t('admin.layout.layouts')}
        text={t('admin.layout.layoutsText')}
        action={
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconPlus size={13} />}
            onClick={() => {
              const name = `layout${Date.now() % 1_000_000}`;
              setDrafts([draftOf({ ...layoutOf(draft), name, when: undefined, roles: undefined }), ...drafts]);
              setAt(0);
            }}
          >
            {t('admin.layout.addLayout')}
          </Button>
        }
      >
        <div className={style.tabs}>
          {drafts.map((one, index) => (
            <span key={one.layout.name} className={style.tab} data-chosen={one === draft}>
              <button
                type="button"
                className={style.tabName}
                style={{ paddingLeft: 10 }}
                aria-pressed={one === draft}
                onClick={() => setAt(index)}
              >
                {one.layout.name === 'standard'
                  ? t('admin.layout.forEverybody')
                  : t('admin.layout.number', { number: index + 1 })}
              </button>
              {drafts.length > 1 ? (
                <ActionIcon
                  size={24}
                  aria-label={t('admin.layout.removeLayout', { number: index + 1 })}
                  onClick={() => {
                    setDrafts(drafts.filter((other) => other !== one));
                    setAt(0);
                  }}
                >
                  <IconTrash size={13} />
                </ActionIcon>
              ) : null}
            </span>
          ))}
        </div>
        <div className={style.form}>
          <MultiSelect
            data-full
            label={t('admin.layout.highlights')}
            searchable
            maxValues={12}
            data={definition.fields.map(({ name, label }) => ({ value: name, label }))}
            value={[...(draft.layout.highlights ?? [])]}
            onChange={(highlights) => set({ ...draft, layout: { ...draft.layout, highlights } })}
          />
          <div data-full>
            <ForWhom
              roles={draft.layout.roles}
              when={draft.layout.when}
              judged={judged}
              onChange={(forWhom) => set({ ...draft, layout: { ...draft.layout, ...forWhom } })}
            />
          </div>
        </div>
      </Section>
      <div className={style.zones}>
        <section className={style.zone} aria-label={t('admin.layout.zone.left')} {...zoneProps('left')}>
          <div className={style.zoneTitle}>
            {t('admin.layout.zone.left')}
            {addMenu('left')}
          </div>
          {panels('left')}
        </section>
        <section className={style.zone} aria-label={t('admin.layout.zone.middle')} {...zoneProps('middle')}>
          <div className={style.zoneTitle}>
            {t('admin.layout.zone.middle')}
            {addMenu('middle')}
          </div>
          <div className={style.tabs} role="toolbar" aria-label={t('admin.layout.tabs')}>
            {draft.tabs.map((one, index) => (
              <span key={one.key} className={style.tab} data-chosen={one === tab}>
                <button
                  type="button"
                  className={style.tabName}
                  style={{ paddingLeft: 10 }}
                  draggable
                  aria-pressed={one === tab}
                  title={t('admin.moveHint')}
                  onClick={() => setTabAt(index)}
                  onKeyDown={(event) => {
                    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
                    if (by === undefined) return;
                    event.preventDefault();
                    moveTab(one.key, by);
                  }}
                  onDragStart={(event) => {
                    event.dataTransfer.setData('text/plain', one.key);
                    dragged.current = null;
                  }}
                  onDragOver={(event) => event.preventDefault()}
                  onDrop={(event) => {
                    event.preventDefault();
                    event.stopPropagation();
                    if (dragged.current) {
                      // A panel let go over a tab moves into it.
                      const from = find(dragged.current);
                      if (from && one !== tab)
                        set({
                          ...withList(draft, from.zone, listOf(from.zone).toSpliced(from.index, 1)),
                          tabs: draft.tabs.map((each) =>
                            each.key === one.key
                              ? { ...each, panels: [...each.panels, from.placed] }
                              : from.zone === 'middle' && each.key === tab.key
                                ? { ...each, panels: each.panels.filter((panel) => panel.key !== from.placed.key) }
                                : each,
                          ),
                        });
                      dragged.current = null;
                      return;
                    }
                    const key = event.dataTransfer.getData('text/plain');
                    moveTab(key, index - draft.tabs.findIndex((each) => each.key === key));
                  }}
                >
                  {tabName(one.tab)}
                </button>
                {draft.tabs.length > 1 ? (
                  <ActionIcon
                    size={24}
                    aria-label={t('admin.layout.removeTab', { name: tabName(one.tab) })}
                    onClick={() => {
                      set({ ...draft, tabs: draft.tabs.filter((each) => each.key !== one.key) });
                      setTabAt(0);
                    }}
                  >
                    <IconTrash size={13} />
                  </ActionIcon>
                ) : null}
              </span>
            ))}
            <ActionIcon
              aria-label={t('admin.layout.addTab')}
              onClick={() => {
                const names = new Set(draft.tabs.map((one) => one.tab.name));
                let number = draft.tabs.length + 1;
                while (names.has(`tab${number}`)) number++;
                const words = Object.fromEntries(
                  languages.map(({ value }) => [value, `${t('admin.layout.newTab')} ${number}`]),
                );
                set({
                  ...draft,
                  tabs: [
                    ...draft.tabs,
                    { key: String(++lastKey), tab: { name: `tab${number}`, label: words, panels: [] }, panels: [] },
                  ],
                });
                setTabAt(draft.tabs.length);
              }}
            >
              <IconPlus size={14} />
            </ActionIcon>
          </div>
          <WordsInput
            label={t('admin.layout.tabLabel')}
            value={(tab.tab.label ?? {}) as Words}
            placeholders={{ en: tabName(tab.tab) }}
            onChange={(label) =>
              set({
                ...draft,
                tabs: draft.tabs.map((one) =>
                  one.key === tab.key ? { ...one, tab: withSetting(one.tab, 'label', emptyToNothing(label)) } : one,
                ),
              })
            }
          />
          <div style={{ height: 8 }} />
          {panels('middle')}
        </section>
        <section className={style.zone} aria-label={t('admin.layout.zone.right')} {...zoneProps('right')}>
          <div className={style.zoneTitle}>
            {t('admin.layout.zone.right')}
            {addMenu('right')}
          </div>
          {panels('right')}
        </section>
      </div>
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </div>
  );
}

function AddPanel({ definition, label, onAdd }: { definition: Definition; label: string; onAdd(panel: Panel): void }) {
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
        <Menu.Item onClick={() => onAdd({ type: 'fields', fields: [definition.title] })}>
          {t('admin.layout.panel.fields')}
        </Menu.Item>
        <Menu.Item onClick={() => onAdd({ type: 'timeline' })}>{t('admin.layout.panel.timeline')}</Menu.Item>
        <Menu.Item onClick={() => onAdd({ type: 'files' })}>{t('admin.layout.panel.files')}</Menu.Item>
        <Menu.Item onClick={() => onAdd({ type: 'text', text: {} })}>{t('admin.layout.panel.text')}</Menu.Item>
        <Menu.Divider />
        {definition.related.map(({ object, field }) => (
          <Menu.Item key={`${object}.${field}`} onClick={() => onAdd({ type: 'related', object, field })}>
            {definitions.get(object)?.label.many ?? object} ·{' '}
            {definitions.get(object)?.fields.find((one) => one.name === field)?.label ?? field}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => onAdd({ type: 'otherRelated' })}>{t('admin.layout.panel.otherRelated')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const kinds: TimelineKind[] = ['note', 'task', 'comment', 'file', 'change'];

function PanelSettings({
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
      {panel.type === 'text' ? (
        <WordsInput
          label={t('admin.layout.words')}
          multiline
          value={panel.text as Words}
          onChange={(text) => set({ text })}
        />
      ) : null}
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
      <ForWhom roles={panel.roles} when={panel.when} judged={judged} onChange={set} />
    </div>
  );
}

function ForWhom({
  roles,
  when,
  judged,
  onChange,
}: {
  roles: readonly string[] | undefined;
  when: LayoutDefinition['when'];
  judged: ReturnType<typeof judgedFields>;
  onChange(forWhom: { roles?: readonly string[] | undefined; when?: LayoutDefinition['when'] }): void;
}) {
  const { t } = useTranslation();
  return (
    <div style={{ display: 'grid', gap: 8 }}>
      <TagsInput
        label={t('admin.layout.roles')}
        placeholder={roles && roles.length > 0 ? undefined : t('admin.layout.everybody')}
        data={['administrator', 'member']}
        value={[...(roles ?? [])]}
        onChange={(next) => onChange({ roles: next.length > 0 ? next : undefined })}
      />
      <ConditionEditor
        label={t('admin.layout.when')}
        none={t('admin.fields.always')}
        fields={judged}
        value={when as Parameters<typeof ConditionEditor>[0]['value']}
        onChange={(next) => onChange({ when: next as LayoutDefinition['when'] })}
      />
    </div>
  );
}

function emptyToNothing(words: Words): Words | undefined {
  return Object.keys(words).length > 0 ? words : undefined;
}

function withSetting(tab: LayoutTab, name: string, value: unknown): LayoutTab {
  const { [name as 'label']: _old, ...rest } = tab;
  return value === undefined ? rest : ({ ...rest, [name]: value } as LayoutTab);
}
