import { isDeepStrictEqual } from 'node:util';
import type { FieldDefinition } from '../fields/registry.ts';
import { Problem } from '../problems/problem.ts';
import { changeOverlay, type OneChange } from './change-overlay.ts';
import type { ObjectDefinition } from './definition.ts';
import { type FieldChange, inOrder, type ObjectChange, type Overlay } from './overlay.ts';

/** What cannot be done of a difference, and why. */
export interface Refusal {
  readonly change: OneChange;
  readonly problem: Problem;
}

/**
 * The changes that make one overlay of another, in an order in which each is possible: what others need comes first.
 * What only `from` has is removed, which can be undone; its columns stay.
 *
 * @returns also those that are impossible, with the reason; nothing should be changed then
 */
export function compareOverlays(
  shipped: readonly ObjectDefinition[],
  from: Overlay,
  to: Overlay,
): { changes: OneChange[]; refused: Refusal[] } {
  let waiting = differencesOf(shipped, from, to);
  const changes: OneChange[] = [];
  let overlay = from;
  for (;;) {
    const refused: Refusal[] = [];
    for (const change of waiting) {
      try {
        ({ overlay } = changeOverlay(shipped, overlay, change));
        changes.push(change);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        refused.push({ change, problem: error });
      }
    }
    if (refused.length === 0 || refused.length === waiting.length) return { changes, refused };
    waiting = refused.map(({ change }) => change);
  }
}

/** Fields that need other objects or fields: added after those. */
const needing = new Set(['reference', 'references', 'formula', 'rollup']);

/** What is different, whether it can be done or not. */
export function differencesOf(shipped: readonly ObjectDefinition[], from: Overlay, to: Overlay): OneChange[] {
  const additions: OneChange[] = [];
  const rest: OneChange[] = [];
  const removals: OneChange[] = [];
  const isHidden = (overlay: Overlay, name: string) => overlay.hidden.includes(name);

  for (const [name, wanted] of Object.entries(to.objects)) {
    if (isHidden(to, name)) continue;
    const own = from.objects[name];
    if (!own) {
      const { layouts, ...plain } = wanted;
      const fields = inOrder(wanted.fields, to.order?.[name]);
      const shown = Object.entries(fields).filter(([field]) => !isHidden(to, `${name}.${field}`));
      const first = shown.filter(([field, { type }]) => field === wanted.title || !needing.has(type));
      const order = shown.map(([field]) => field);
      additions.push({ kind: 'addObject', definition: { ...plain, fields: Object.fromEntries(first) }, order });
      for (const [field, definition] of shown)
        if (!first.some(([added]) => added === field))
          rest.push({ kind: 'addField', object: name, name: field, definition });
      if (layouts) rest.push({ kind: 'changeObject', object: name, changes: { layouts } });
      continue;
    }
    if (isHidden(from, name)) additions.push({ kind: 'restoreObject', object: name });
    const changes = settingsOf(own, wanted);
    if (changes) rest.push({ kind: 'changeObject', object: name, changes });
    compareFields(name, own.fields, inOrder(wanted.fields, to.order?.[name]), from, to, rest, removals);
  }
  for (const name of Object.keys(from.objects)) {
    const isWanted = to.objects[name] !== undefined && !isHidden(to, name);
    if (!isWanted && !isHidden(from, name)) removals.push({ kind: 'removeObject', object: name });
  }
  for (const { name } of shipped) {
    const changes = settingsOf(from.changes[name] ?? {}, to.changes[name] ?? {});
    if (changes) rest.push({ kind: 'changeObject', object: name, changes });
    compareFields(name, from.fields[name] ?? {}, inOrder(to.fields[name], to.order?.[name]), from, to, rest, removals);
    const [before, wanted] = [from.changes[name]?.fields ?? {}, to.changes[name]?.fields ?? {}];
    for (const field of new Set([...Object.keys(before), ...Object.keys(wanted)])) {
      const patch = patchOf(before[field] ?? {}, wanted[field] ?? {});
      if (patch) rest.push({ kind: 'changeField', object: name, name: field, changes: patch });
    }
  }
  return [...additions, ...rest, ...removals];
}

function compareFields(
  object: string,
  own: Readonly<Record<string, FieldDefinition>>,
  wanted: Readonly<Record<string, FieldDefinition>>,
  from: Overlay,
  to: Overlay,
  changes: OneChange[],
  removals: OneChange[],
): void {
  for (const [name, definition] of Object.entries(wanted)) {
    const path = `${object}.${name}`;
    if (to.hidden.includes(path)) continue;
    const known = own[name];
    if (!known) {
      changes.push({ kind: 'addField', object, name, definition });
      continue;
    }
    if (from.hidden.includes(path)) changes.push({ kind: 'restoreField', object, name });
    const patch = patchOf(known as unknown as FieldChange, definition as unknown as FieldChange);
    if (patch) changes.push({ kind: 'changeField', object, name, changes: patch });
  }
  for (const name of Object.keys(own)) {
    const path = `${object}.${name}`;
    const isWanted = wanted[name] !== undefined && !to.hidden.includes(path);
    if (!isWanted && !from.hidden.includes(path)) removals.push({ kind: 'removeField', object, name });
  }
}

const objectSettings = ['label', 'icon', 'layouts', 'quickCreate'] as const satisfies (keyof ObjectChange)[];

function settingsOf(own: ObjectChange, wanted: ObjectChange): ObjectChange | null {
  const different = objectSettings.filter((name) => !isDeepStrictEqual(filled(own[name]), filled(wanted[name])));
  if (different.length === 0) return null;
  // What is left out has no other way back than the empty value of its kind.
  const empty = { label: {}, layouts: [], icon: undefined, quickCreate: undefined };
  const changes = different.flatMap((name) => {
    const value = wanted[name] ?? empty[name];
    return value === undefined ? [] : [[name, value]];
  });
  return changes.length > 0 ? (Object.fromEntries(changes) as ObjectChange) : null;
}

function filled(setting: unknown): unknown {
  return typeof setting === 'object' && setting !== null && Object.keys(setting).length === 0
    ? null
    : (setting ?? null);
}

/** A merge-patch that makes one of the other; null when they are the same. */
function patchOf(own: FieldChange, wanted: FieldChange): FieldChange | null {
  const patch: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(own), ...Object.keys(wanted)])) {
    if (!isDeepStrictEqual(own[name] ?? null, wanted[name] ?? null)) patch[name] = wanted[name] ?? null;
  }
  return Object.keys(patch).length > 0 ? patch : null;
}
