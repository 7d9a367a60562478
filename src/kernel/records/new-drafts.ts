import type { ObjectModel } from '../object/model.ts';
import type { FieldError } from '../problems/problem.ts';
import type { Door } from './door.ts';
import { type Draft, draftOf } from './draft.ts';

/**
 * Makes drafts of new records from values that are normalised already. Rights and defaults are looked up once for all of
 * them: a draft takes 1 µs where `draftOf` takes 20.
 */
export function newDrafts(
  door: Door,
  object: ObjectModel,
): (id: string, values: Readonly<Record<string, unknown>>) => Draft {
  const empty = draftOf(door, object, '', null, {}, false);
  const refusals = new Map<string, string | null>();
  const refusalOf = (name: string): string | null => {
    let refusal = refusals.get(name);
    if (refusal === undefined) {
      const { errors } = draftOf(door, object, '', null, { [name]: null }, false);
      refusal = errors.find(({ field }) => field === name)?.code ?? null;
      refusals.set(name, refusal);
    }
    return refusal;
  };
  return (id, values) => {
    const draft = new NewDraft(id, { ...empty.after });
    for (const name in values) {
      if (name === 'id') continue;
      const refusal = refusalOf(name);
      if (refusal === null) draft.after[name] = values[name];
      else draft.errors.push({ field: name, code: refusal });
    }
    for (const error of empty.errors) if (!Object.hasOwn(values, error.field)) draft.errors.push(error);
    return draft;
  };
}

/** Which fields of a new record have a value is seldom asked: a set of them costs as much as the rest of the draft. */
class NewDraft implements Draft {
  readonly id: string;
  readonly before = null;
  readonly after: Record<string, unknown>;
  readonly errors: FieldError[] = [];
  #changed: Set<string> | undefined;

  constructor(id: string, after: Record<string, unknown>) {
    this.id = id;
    this.after = after;
  }

  get changed(): Set<string> {
    this.#changed ??= new Set(Object.keys(this.after).filter((name) => this.after[name] !== null));
    return this.#changed;
  }
}
