import { fieldAccess, isAllowed, isShown } from '#kernel/access/access.ts';
import { defaultLayout } from '#kernel/object/default-layout.ts';
import { frameFields, frameOrigin } from '#kernel/object/frame-address.ts';
import type { LayoutLabel, Panel, ShownLayout, ShownPanel } from '#kernel/object/layout.ts';
import type { ObjectModel } from '#kernel/object/model.ts';
import type { Visitor } from './visitor.ts';

/**
 * The layouts of an object that may come up for the reader, in order, the last one without a condition: in the reader's
 * language, without what is for others, without fields that are hidden from them or were taken away.
 */
export function presentLayouts(object: ObjectModel, visitor: Visitor, language: string): ShownLayout[] {
  const roles = new Set(visitor.principal.roles.map(({ name }) => name));
  const teams = new Set(visitor.principal.teamNames);
  const isFor = (whom: { readonly roles?: readonly string[]; readonly teams?: readonly string[] }) =>
    (whom.roles?.some((role) => roles.has(role)) ?? true) && (whom.teams?.some((team) => teams.has(team)) ?? true);
  const own = (object.definition.layouts ?? []).filter(isFor);
  const unconditional = own.findIndex(({ when }) => !when);
  const layouts = unconditional >= 0 ? own.slice(0, unconditional + 1) : [...own, defaultLayout(object)];
  const seen = (name: string, of: ObjectModel = object) =>
    of.fields.has(name) && fieldAccess(visitor.principal, of.name, name) !== 'hidden';
  const say = (label: LayoutLabel | undefined) => wordsOf(label, language, visitor.workspace.settings.language);
  const isWhole = (of: ObjectModel, name: string) => of.fields.has(name) && isShown(visitor.principal, of.name, name);

  const panel = (one: Panel): ShownPanel[] => {
    const { roles: _roles, teams: _teams, label, ...rest } = one;
    const words = say(label);
    const common = words === undefined ? {} : { label: words };
    switch (rest.type) {
      case 'fields': {
        const fields = rest.fields.filter((name) => seen(name));
        return fields.length > 0 ? [{ ...rest, ...common, fields }] : [];
      }
      case 'text':
        return [{ ...rest, ...common, text: say(rest.text) ?? '' }];
      case 'related': {
        const target = visitor.workspace.model.objects.get(rest.object);
        if (!target || !seen(rest.field, target) || !isAllowed(visitor.principal, rest.object, 'read')) return [];
        const columns = rest.columns?.filter((name) => seen(name, target));
        return [{ ...rest, ...common, ...(columns && { columns }) }];
      }
      case 'chart': {
        const target = visitor.workspace.model.objects.get(rest.object);
        const named = [rest.field, rest.by.split(':')[0]!, ...(rest.of === undefined ? [] : [rest.of])];
        const isSeen = target && named.every((name) => isWhole(target, name));
        return isSeen && isAllowed(visitor.principal, rest.object, 'read') ? [{ ...rest, ...common }] : [];
      }
      case 'frame':
        // Part of a value, or none, would be another page.
        return frameFields(rest.address).every((name) => name === 'id' || isWhole(object, name))
          ? [{ ...rest, ...common }]
          : [];
      case 'mail':
        return isAllowed(visitor.principal, 'interaction', 'read') ? [{ ...rest, ...common }] : [];
      case 'calendar':
        return ['task', 'interaction'].some((one) => isAllowed(visitor.principal, one, 'read'))
          ? [{ ...rest, ...common }]
          : [];
      default:
        return [{ ...rest, ...common }];
    }
  };
  const panels = (list: readonly Panel[]) => list.filter(isFor).flatMap(panel);
  return layouts.map(({ roles: _roles, teams: _ofTeams, ...layout }) => ({
    ...layout,
    highlights: (layout.highlights ?? []).filter((name) => seen(name)),
    left: panels(layout.left),
    right: panels(layout.right),
    tabs: layout.tabs.filter(isFor).map(({ roles: _ofTab, teams: _teams, label, ...tab }) => {
      const words = say(label);
      return { ...tab, ...(words !== undefined && { label: words }), panels: panels(tab.panels) };
    }),
  }));
}

/** The servers whose pages stand on records' pages, as far as the reader's layouts show them. */
export function frameOrigins(visitor: Visitor): Set<string> {
  const origins = new Set<string>();
  for (const object of visitor.workspace.model.objects.values()) {
    if (!object.definition.layouts || !isAllowed(visitor.principal, object.name, 'read')) continue;
    for (const { left, right, tabs } of presentLayouts(object, visitor, visitor.principal.language))
      for (const panel of [...left, ...right, ...tabs.flatMap(({ panels }) => panels)])
        if (panel.type === 'frame') origins.add(frameOrigin(panel.address)!);
  }
  return origins;
}

function wordsOf(label: LayoutLabel | undefined, language: string, fallback: string): string | undefined {
  if (!label) return undefined;
  const words = label as Readonly<Record<string, string | undefined>>;
  return words[language] ?? words[fallback] ?? Object.values(words)[0];
}
