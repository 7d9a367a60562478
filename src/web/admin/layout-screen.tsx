import { ActionIcon, Button, MultiSelect } from '@mantine/core';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs';
import IconGripVertical from '@tabler/icons-react/dist/esm/icons/IconGripVertical.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useQuery } from '@tanstack/react-query';
import { type DragEvent, type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LayoutDefinition, Panel } from '#kernel/object/layout.ts';
import { patch } from '../api/client.ts';
import { useDefinition } from '../api/definitions.ts';
import type { Definition } from '../api/types.ts';
import { showToast, showUndo } from '../ui/toast.tsx';
import style from './admin.module.css';
import { layoutsQuery, refreshDefinitions } from './api.ts';
import { judgedFields } from './condition-editor.tsx';
import {
  type Draft,
  draftOf,
  findPanel,
  layoutOf,
  movePanel,
  panelsOf,
  place,
  withPanels,
  type Zone,
  zones,
} from './layout-draft.ts';
import { ForWhom } from './layout-for-whom.tsx';
import { AddPanel, PanelSettings } from './layout-panels.tsx';
import { LayoutTabs } from './layout-tabs.tsx';
import { useLayoutNames } from './layout-words.ts';
import { Heading, Pending, Refusal, Section, useAct } from './parts.tsx';
import { PlaceLink } from './place-link.tsx';
import { useUnsaved } from './use-unsaved.ts';

/** How record pages of an object are arranged: panels and tabs, moved by hand or by keys. */
export function LayoutScreen({ object }: { object: string }) {
  const { t } = useTranslation();
  const definition = useDefinition(object);
  const layouts = useQuery({ ...layoutsQuery(object), staleTime: 0 });
  const { data } = layouts;
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
        <>
          <Heading title={t('admin.layout.title')} />
          <Pending query={layouts} />
        </>
      )}
    </div>
  );
}

function LayoutEditor({
  definition,
  layouts,
  initial,
}: {
  definition: Definition;
  /** What an administrator arranged. */
  layouts: readonly LayoutDefinition[];
  /** What follows from the definition. */
  initial: LayoutDefinition;
}) {
  const { t } = useTranslation();
  const [before] = useState(() => (layouts.length > 0 ? layouts : [{ ...initial, name: 'standard' }]));
  const [drafts, setDrafts] = useState(() => before.map(draftOf));
  const [at, setAt] = useState(0);
  const { busy, problem, act } = useAct();
  const draft = drafts[at] ?? drafts[0]!;
  const set = (next: Draft) => setDrafts(drafts.with(drafts.indexOf(draft), next));
  const wanted = drafts.map(layoutOf);
  const changed = JSON.stringify(wanted) !== JSON.stringify(before);
  useUnsaved(changed);
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
  return (
    <>
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
              setDrafts([
                draftOf({ ...layoutOf(draft), name, when: undefined, roles: undefined, teams: undefined }),
                ...drafts,
              ]);
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
              <button type="button" className={style.tabName} aria-pressed={one === draft} onClick={() => setAt(index)}>
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
            wrapperProps={{ 'data-full': true }}
            label={t('admin.layout.highlights')}
            searchable
            maxValues={12}
            data={definition.fields.map(({ name, label }) => ({ value: name, label }))}
            value={[...(draft.layout.highlights ?? [])]}
            onChange={(highlights) => set({ ...draft, layout: { ...draft.layout, highlights } })}
          />
          <div data-full>
            <ForWhom
              audience={draft.layout}
              judged={judgedFields(definition)}
              onChange={(forWhom) => set({ ...draft, layout: { ...draft.layout, ...forWhom } })}
            />
          </div>
        </div>
      </Section>
      <Arrangement definition={definition} draft={draft} onChange={set} />
    </>
  );
}

/** The three zones of one layout, with the panels that stand in them. */
function Arrangement({
  definition,
  draft,
  onChange,
}: {
  definition: Definition;
  draft: Draft;
  onChange(draft: Draft): void;
}) {
  const { t } = useTranslation();
  const { panelName } = useLayoutNames();
  const [tabAt, setTabAt] = useState(0);
  const [expanded, setExpanded] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const dragged = useRef<string | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const tab = draft.tabs[tabAt] ?? draft.tabs[0]!;
  const judged = judgedFields(definition);

  const move = (key: string, zone: Zone, index: number) => {
    const moved = movePanel(draft, tab, key, zone, index);
    if (!moved) return;
    onChange(moved.draft);
    const words = { name: panelName(moved.placed.panel), zone: t(`admin.layout.zone.${zone}`), place: moved.to + 1 };
    setSaid(t('admin.layout.movedTo', words));
    requestAnimationFrame(() => root.current?.querySelector<HTMLElement>(`[data-panel="${key}"]`)?.focus());
  };
  const onKey = (event: KeyboardEvent, key: string) => {
    const from = findPanel(draft, tab, key);
    const across = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const along = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!from || (across === undefined && along === undefined)) return;
    event.preventDefault();
    const zone = zones[zones.indexOf(from.zone) + (across ?? 0)];
    if (zone) move(key, zone, from.index + (along ?? 0));
  };
  const dropAt = (zone: Zone, index: number) => ({
    onDragOver: (event: DragEvent) => {
      if (dragged.current) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      if (!dragged.current) return;
      event.preventDefault();
      event.stopPropagation();
      move(dragged.current, zone, index);
      dragged.current = null;
    },
  });
  const zoneOf = (zone: Zone, head?: ReactNode) => {
    const placed = panelsOf(draft, tab, zone);
    const set = (panels: typeof placed) => onChange(withPanels(draft, tab, zone, panels));
    return (
      <section
        className={style.zone}
        data-wide={zone === 'middle'}
        aria-label={t(`admin.layout.zone.${zone}`)}
        {...dropAt(zone, Number.POSITIVE_INFINITY)}
      >
        <div className={style.zoneTitle}>
          {t(`admin.layout.zone.${zone}`)}
          <AddPanel
            definition={definition}
            label={t('admin.layout.addTo', { zone: t(`admin.layout.zone.${zone}`) })}
            onAdd={(panel) => {
              const added = place(panel);
              set([...placed, added]);
              setExpanded(added.key);
            }}
          />
        </div>
        {head}
        {placed.map(({ key, panel }, index) => (
          <div key={key} className={style.panel} {...dropAt(zone, index)}>
            <PanelHead
              panel={panel}
              panelKey={key}
              dragged={dragged}
              expanded={expanded === key}
              onKey={onKey}
              onExpand={() => setExpanded(expanded === key ? null : key)}
              onRemove={() => set(placed.toSpliced(index, 1))}
            />
            {expanded === key ? (
              <PanelSettings
                definition={definition}
                panel={panel}
                judged={judged}
                onChange={(next) => set(placed.with(index, { key, panel: next }))}
              />
            ) : null}
          </div>
        ))}
      </section>
    );
  };
  return (
    <div ref={root} className={style.zones}>
      {zoneOf('left')}
      {zoneOf(
        'middle',
        <div className={style.zoneHead}>
          <LayoutTabs
            draft={draft}
            open={tab}
            dragged={dragged}
            onOpen={setTabAt}
            judged={judged}
            onChange={onChange}
            onSay={setSaid}
          />
        </div>,
      )}
      {zoneOf('right')}
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </div>
  );
}

/** What a panel is called, with what moves it, opens its settings and takes it away. */
function PanelHead({
  panel,
  panelKey,
  dragged,
  expanded,
  onKey,
  onExpand,
  onRemove,
}: {
  panel: Panel;
  panelKey: string;
  dragged: { current: string | null };
  expanded: boolean;
  onKey(event: KeyboardEvent, key: string): void;
  onExpand(): void;
  onRemove(): void;
}) {
  const { t } = useTranslation();
  const name = useLayoutNames().panelName(panel);
  return (
    <div className={style.panelHead}>
      <button
        type="button"
        className={style.handle}
        draggable
        data-panel={panelKey}
        aria-label={t('admin.move', { name })}
        title={t('admin.layout.moveHint')}
        onKeyDown={(event) => onKey(event, panelKey)}
        onDragStart={(event) => {
          dragged.current = panelKey;
          event.dataTransfer.effectAllowed = 'move';
          event.dataTransfer.setData('text/plain', panelKey);
        }}
        onDragEnd={() => {
          dragged.current = null;
        }}
      >
        <IconGripVertical size={14} aria-hidden />
      </button>
      <span className={style.panelName}>{name}</span>
      <ActionIcon aria-label={t('admin.layout.settings', { name })} aria-expanded={expanded} onClick={onExpand}>
        <IconChevronDown size={14} />
      </ActionIcon>
      <ActionIcon aria-label={t('admin.layout.remove', { name })} onClick={onRemove}>
        <IconTrash size={14} />
      </ActionIcon>
    </div>
  );
}
