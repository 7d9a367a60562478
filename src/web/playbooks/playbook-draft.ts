import type { FieldShape, RecordShape } from '../api/types.ts';
import { fieldNow } from '../field-rules.ts';

/** A step while it is arranged: a key, because a new one has no id yet. */
export interface StepDraft {
  readonly key: string;
  readonly id?: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface PlaybookDraft {
  readonly values: Readonly<Record<string, unknown>>;
  readonly steps: readonly StepDraft[];
}

/** In the order in which they are asked. */
export const asked = ['name', 'about', 'starts', 'stage', 'description'] as const;
export const askedOfStep = [
  ...(['days', 'after', 'who', 'person', 'team', 'priority', 'checklist', 'description'] as const),
];

let lastKey = 0;

export function stepOf(values: StepDraft['values'], id?: string): StepDraft {
  return { key: String(++lastKey), values, ...(id !== undefined && { id }) };
}

export function draftOf(playbook: RecordShape, steps: readonly RecordShape[]): PlaybookDraft {
  return {
    values: pick(playbook, [...asked, 'active', 'filter']),
    steps: steps.map((step) => stepOf(pick(step, ['subject', ...askedOfStep]), step.id)),
  };
}

/** As it is sent: without what a field no longer asks for. */
export function written(draft: PlaybookDraft, fields: readonly FieldShape[], ofStep: readonly FieldShape[]) {
  return {
    values: withoutHidden(draft.values, fields),
    steps: draft.steps.map(({ id, values }) => ({ ...withoutHidden(values, ofStep), ...(id !== undefined && { id }) })),
  };
}

export function isSame(one: PlaybookDraft, other: PlaybookDraft): boolean {
  const text = ({ values, steps }: PlaybookDraft) =>
    JSON.stringify([values, steps.map((step) => [step.id, step.values])]);
  return text(one) === text(other);
}

function withoutHidden(values: StepDraft['values'], fields: readonly FieldShape[]): Record<string, unknown> {
  const byName = new Map(fields.map((field) => [field.name, field]));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const field = byName.get(name);
      return [name, field && fieldNow(field, values) === null ? null : value];
    }),
  );
}

function pick(record: RecordShape, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, record[name] ?? null]));
}
