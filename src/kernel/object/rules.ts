import type { FieldDefinition } from '../fields/registry.ts';
import type { HoursOfDay } from '../fields/weeklyHours/format.ts';
import type { Records } from '../records/records.ts';
import type { ObjectDefinition, RecordOf } from './definition.ts';
import type { Model } from './model.ts';

/** Functions the door calls for one object, beside its definition. */
export interface ObjectRules {
  object: string;
  /** Before a record is created or changed, inside the transaction. May set fields and refuse with a Problem. */
  beforeSave?(save: Save): void | Promise<void>;
  /** Before a record goes to the trash, inside the transaction. May refuse with a Problem. */
  beforeRemove?(record: Readonly<Record<string, unknown>>, context: RuleContext): void | Promise<void>;
  /**
   * Before a record that points to one that is being merged points to the survivor, inside the transaction. Only this is
   * asked: `beforeSave` judges what people enter, and a move enters nothing.
   */
  beforeMove?(move: Move): void | Promise<void>;
}

/** One record on its way to the survivor of a merge. */
export interface Move<R = Record<string, unknown>> {
  readonly before: Readonly<R>;
  /** Pointing to the survivor. Change it with `set` only; values are taken as they are. */
  readonly after: Readonly<R>;
  set(field: keyof R & string, value: unknown): void;
  /** It says nothing more where it goes: to the trash, with the merge and back with its undo. */
  drop(): void;
  readonly context: RuleContext;
}

/** One record on its way into the table. Values are normalised; `set` normalises too. */
export interface Save<R = Record<string, unknown>> {
  /** The record as it was; null when it is being created. */
  readonly before: Readonly<R> | null;
  /** The record as it will be. Change it with `set` only. */
  readonly after: Readonly<R>;
  changed(field: keyof R & string): boolean;
  set(field: keyof R & string, value: unknown): void;
  /** Refuses one field: gathered with the others into a `record.invalid` problem. */
  refuse(field: keyof R & string, code: string, params?: Record<string, unknown>): void;
  readonly context: RuleContext;
}

export interface RuleContext {
  /** The same door, in the same transaction, with the rights of whoever acts. */
  readonly records: Records;
  /**
   * The same, and what is read-only for people may be written: what a rule keeps by itself. Not known while an import is read.
   */
  readonly keeper?: Records | undefined;
  readonly now: Date;
  readonly userId: string | null;
  /** IANA zone of the person or the workspace. */
  readonly timeZone: string;
  /** The usual week of the company, where it says one. */
  readonly workingHours?: readonly HoursOfDay[] | undefined;
  /** Days on which the company does not work. */
  readonly holidays?: readonly { readonly on: string }[] | undefined;
  /** The fields of an object that people fill in, those added at run time too; not known while an import is read. */
  entered?(object: string): readonly string[];
  /** The definitions, for what is said about their fields; not known while an import is read. */
  readonly model?: Model | undefined;
}

/**
 * Rules of one object.
 * @example
 * export const taskRules = defineRules(task, {
 *   beforeSave({ after, changed, set, context }) {
 *     if (changed('status')) set('doneAt', after.status === 'done' ? context.now.toISOString() : null);
 *   },
 * });
 */
export function defineRules<Fields extends Record<string, FieldDefinition>>(
  object: ObjectDefinition<Fields>,
  rules: {
    beforeSave?(save: Save<RecordOf<ObjectDefinition<Fields>>>): void | Promise<void>;
    beforeRemove?(record: RecordOf<ObjectDefinition<Fields>>, context: RuleContext): void | Promise<void>;
    beforeMove?(move: Move<RecordOf<ObjectDefinition<Fields>>>): void | Promise<void>;
  },
): ObjectRules {
  return { ...(rules as Omit<ObjectRules, 'object'>), object: object.name };
}
