import type { ListSearch } from '../list/search.ts';

/** The list a person came from: where "back", "previous" and "next" lead. */
export interface Trail {
  object: string;
  ids: readonly string[];
  search: ListSearch;
}

let trail: Trail | null = null;

export function setTrail(next: Trail): void {
  trail = next;
}

export function trailOf(object: string): Trail | null {
  return trail?.object === object ? trail : null;
}
