import type { Static, TObject } from 'typebox';
import type { FieldDefinition } from '../fields/registry.ts';
import type { Records } from '../records/records.ts';
import type { ObjectDefinition, RecordOf } from './definition.ts';
import type { RuleContext } from './rules.ts';

/**
 * A verb on a record: it becomes a route (`POST /api/records/<object>/<id>/actions/<name>`), a button, a palette entry.
 * Labels: `object.<object>.actions.<name>` in the catalogues.
 */
export interface ActionDefinition {
  object: string;
  name: string;
  icon: string;
  /** Shown in the page; `mod+enter` style, lower case. */
  shortcut?: string;
  input: TObject;
  /** Offered for this record? Asked again before it runs. */
  isAvailable?(record: Readonly<Record<string, unknown>>): boolean;
  run(call: ActionCall): Promise<unknown>;
}

export interface ActionCall<Input = Record<string, unknown>, R = Record<string, unknown>> {
  readonly records: Records;
  readonly record: Readonly<R>;
  readonly input: Input;
  readonly context: RuleContext;
  /** Of all that it writes: what takes it back as one. */
  readonly changeSet: string;
}

export function defineAction<Fields extends Record<string, FieldDefinition>, Input extends TObject>(
  object: ObjectDefinition<Fields>,
  action: Omit<ActionDefinition, 'object' | 'input' | 'run' | 'isAvailable'> & {
    input: Input;
    isAvailable?(record: RecordOf<ObjectDefinition<Fields>>): boolean;
    run(call: ActionCall<Static<Input>, RecordOf<ObjectDefinition<Fields>>>): Promise<unknown>;
  },
): ActionDefinition {
  return { ...(action as unknown as Omit<ActionDefinition, 'object'>), object: object.name };
}
