import type { Definitions } from '../api/definitions.ts';
import { listQuery } from '../api/queries.ts';
import type { RecordAs } from '../api/shipped.ts';

/** What the home page shows where nobody arranged anything, in this order. */
export const ownCards = ['day', 'steps', 'recent', 'closing', 'favourites'] as const;
export type OwnCard = (typeof ownCards)[number];

/** A card by its name: one of the page's own, or the first records of a view, shipped or saved by somebody. */
export type HomeCard =
  | { kind: 'own'; name: OwnCard }
  | { kind: 'view'; object: string; view: string }
  | { kind: 'saved'; id: string };

/** Whose page an arrangement is for, when it is nobody's in particular. */
export const EVERYONE = '*';

/** Of which object's records a card tells: without the right to see them it is not offered. */
const about: Partial<Record<OwnCard, string>> = { day: 'task', steps: 'opportunity', closing: 'opportunity' };

/** null for a card of another version, of an object one may not see, of a view that was taken away. */
export function readCard(name: string, definitions: Definitions): HomeCard | null {
  const [kind = '', rest = ''] = split(name, ':');
  if (kind === 'saved') return { kind, id: rest };
  if (kind === 'view') {
    const [object = '', view = ''] = split(rest, '/');
    return definitions.get(object)?.views.some((one) => one.name === view) ? { kind, object, view } : null;
  }
  const own = ownCards.find((one) => one === name);
  const object = own && about[own];
  return own && (!object || definitions.get(object)) ? { kind: 'own', name: own } : null;
}

/** The arrangements that an administrator made, for each role and for everybody. */
export const homePagesQuery = listQuery('homePage', { fields: ['role', 'cards'], sort: ['role'], limit: 200 });

/**
 * A person's own arrangement comes first, then the first of those that may be theirs, then everybody's.
 * @param whose as the session says it, the one that counts most first
 */
export function arrangedCards(
  own: readonly string[],
  pages: readonly RecordAs<'homePage'>[],
  whose: readonly string[],
): readonly string[] {
  return own.length > 0 ? own : (companyPage(pages, whose)?.cards ?? ownCards);
}

export function companyPage(pages: readonly RecordAs<'homePage'>[], whose: readonly string[]) {
  const [page] = [...whose, EVERYONE].flatMap((one) => pages.find(({ role }) => role === one) ?? []);
  return page && { ...page, cards: Array.isArray(page.cards) ? page.cards.map(String) : [] };
}

function split(text: string, by: string): string[] {
  const at = text.indexOf(by);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
