import type { Favourite } from '../preferences.ts';

export type Leaf = Exclude<Favourite, { kind: 'folder' }>;

export function leavesOf(favourites: readonly Favourite[]): Leaf[] {
  return favourites.flatMap((one) => (one.kind === 'folder' ? one.items : [one]));
}

export function keyOf(favourite: Favourite): string {
  return favourite.kind === 'place' ? favourite.path : favourite.id;
}

export function pathOf(leaf: Leaf): string {
  return leaf.kind === 'record' ? `/o/${leaf.object}/${leaf.id}` : leaf.path;
}

export function withoutLeaf(favourites: readonly Favourite[], key: string): Favourite[] {
  return favourites.flatMap((one): Favourite[] => {
    if (one.kind === 'folder') return [{ ...one, items: one.items.filter((item) => keyOf(item) !== key) }];
    return keyOf(one) === key ? [] : [one];
  });
}

/** Out of where it is, into a folder, or on its own when there is none. */
export function moveLeaf(favourites: readonly Favourite[], leaf: Leaf, folder: string | null): Favourite[] {
  const others = withoutLeaf(favourites, keyOf(leaf));
  if (folder === null) return [...others, leaf];
  return others.map((one) =>
    one.kind === 'folder' && one.id === folder ? { ...one, items: [...one.items, leaf] } : one,
  );
}

/** A list with one of its entries a place further up (-1) or down (1); the same list at its end. */
export function moveBy<T>(list: readonly T[], index: number, by: -1 | 1): T[] {
  const to = index + by;
  if (index < 0 || to < 0 || to >= list.length) return [...list];
  const next = [...list];
  [next[index], next[to]] = [next[to]!, next[index]!];
  return next;
}
