import type { LayoutDefinition, LayoutTab, Panel } from '#kernel/object/layout.ts';

/** Where a panel stands: beside the middle, in a tab, or right of it. */
export type Zone = (typeof zones)[number];
export const zones = ['left', 'middle', 'right'] as const;

/** A panel while it is arranged: a key, because two may be alike. */
export interface Placed {
  readonly key: string;
  readonly panel: Panel;
}

export interface DraftTab {
  readonly key: string;
  readonly tab: LayoutTab;
  readonly panels: readonly Placed[];
}

/** A layout while it is arranged. */
export interface Draft {
  readonly layout: LayoutDefinition;
  readonly left: readonly Placed[];
  readonly right: readonly Placed[];
  readonly tabs: readonly DraftTab[];
}

let lastKey = 0;
const newKey = () => String(++lastKey);

export function place(panel: Panel): Placed {
  return { key: newKey(), panel };
}

export function draftOf(layout: LayoutDefinition): Draft {
  return {
    layout,
    left: layout.left.map(place),
    right: layout.right.map(place),
    tabs: layout.tabs.map((tab) => ({ key: newKey(), tab, panels: tab.panels.map(place) })),
  };
}

export function layoutOf(draft: Draft): LayoutDefinition {
  return {
    ...draft.layout,
    left: draft.left.map(({ panel }) => panel),
    right: draft.right.map(({ panel }) => panel),
    tabs: draft.tabs.map(({ tab, panels }) => ({ ...tab, panels: panels.map(({ panel }) => panel) })),
  };
}

/** The panels of a zone; of the middle those of the tab that is open. */
export function panelsOf(draft: Draft, open: DraftTab, zone: Zone): readonly Placed[] {
  return zone === 'middle' ? (draft.tabs.find(({ key }) => key === open.key)?.panels ?? []) : draft[zone];
}

export function withPanels(draft: Draft, open: DraftTab, zone: Zone, panels: readonly Placed[]): Draft {
  return zone === 'middle' ? withTab(draft, { ...open, panels }) : { ...draft, [zone]: panels };
}

export function findPanel(draft: Draft, open: DraftTab, key: string) {
  for (const zone of zones) {
    const index = panelsOf(draft, open, zone).findIndex((one) => one.key === key);
    if (index >= 0) return { zone, index, placed: panelsOf(draft, open, zone)[index]! };
  }
  return undefined;
}

/** A panel at another place, the nearest there is. @returns null when it is not shown */
export function movePanel(draft: Draft, open: DraftTab, key: string, zone: Zone, index: number) {
  const from = findPanel(draft, open, key);
  if (!from) return null;
  const without = withoutPanel(draft, open, from);
  const rest = panelsOf(without, open, zone);
  const to = Math.max(0, Math.min(index, rest.length));
  return { placed: from.placed, to, draft: withPanels(without, open, zone, rest.toSpliced(to, 0, from.placed)) };
}

/** A panel let go over a tab moves into it. */
export function movePanelToTab(draft: Draft, open: DraftTab, key: string, target: DraftTab): Draft {
  const from = findPanel(draft, open, key);
  if (!from || target.key === open.key) return draft;
  return withTab(withoutPanel(draft, open, from), { ...target, panels: [...target.panels, from.placed] });
}

export function withTab(draft: Draft, tab: DraftTab): Draft {
  return { ...draft, tabs: draft.tabs.map((one) => (one.key === tab.key ? tab : one)) };
}

/** One more tab, with a name that no other has. @param labelOf its label in every language, by its number */
export function addTab(draft: Draft, labelOf: (number: number) => LayoutTab['label']): Draft {
  const names = new Set(draft.tabs.map(({ tab }) => tab.name));
  let number = draft.tabs.length + 1;
  while (names.has(`tab${number}`)) number++;
  const tab: LayoutTab = { name: `tab${number}`, label: labelOf(number), panels: [] };
  return { ...draft, tabs: [...draft.tabs, { key: newKey(), tab, panels: [] }] };
}

function withoutPanel(draft: Draft, open: DraftTab, { zone, index }: { zone: Zone; index: number }): Draft {
  return withPanels(draft, open, zone, panelsOf(draft, open, zone).toSpliced(index, 1));
}
