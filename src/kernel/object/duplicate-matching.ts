import type { ObjectDefinition } from './definition.ts';

/**
 * How two records of one object are recognised as the same. The kernel keeps `keys` in an index, brings together records
 * that share some, and asks `judge`; what the keys mean only the module knows.
 */
export interface DuplicateMatching<Prepared = unknown> {
  object: string;
  /** What is read for it: own fields, and fields of a referenced record as `account.name`. Any of them may be missing. */
  fields: readonly string[];
  /** A record made ready once for any number of comparisons; called with `fields` as they are named. */
  prepare(record: Readonly<Record<string, unknown>>): Prepared;
  /** At most 16. Records that share none are never compared. */
  keys(record: Prepared): readonly string[];
  /** @param population how many records the two were picked from */
  judge(a: Prepared, b: Prepared, population: number): { score: number; certainty: Certainty | null };
  /** Why, strongest first: keys of the language catalogue and their values. */
  explain(
    a: Prepared,
    b: Prepared,
    population: number,
  ): readonly { code: string; params: Readonly<Record<string, string>> }[];
}

export type Certainty = 'certain' | 'likely' | 'possible';

export function defineDuplicates<Prepared>(
  // biome-ignore lint/suspicious/noExplicitAny: any object's definition, whatever its fields
  object: ObjectDefinition<any>,
  matching: Omit<DuplicateMatching<Prepared>, 'object'>,
): DuplicateMatching {
  return { ...(matching as unknown as Omit<DuplicateMatching, 'object'>), object: object.name };
}
