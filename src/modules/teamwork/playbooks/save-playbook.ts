import { Problem } from '#kernel/problems/problem.ts';
import type { Records } from '#kernel/records/records.ts';
import { playbook } from './playbook.object.ts';
import { playbookStep } from './playbook-step.object.ts';
import { MOST_STEPS } from './run-steps.ts';

type Values = Readonly<Record<string, unknown>>;

/** A playbook as it is written down at once: with its steps in their order, each with its `id` where it was there before. */
export interface PlaybookDraft {
  readonly values: Values;
  /** Of the playbook as its writer read it. */
  readonly version?: number;
  readonly steps: readonly (Values & { readonly id?: string })[];
}

/**
 * Writes a playbook and its steps as one change set, with the rights of whoever does. Steps that are not named go to the
 * trash; what was started before goes on as it was.
 * @throws Problem `record.stale`, `record.not-found`; `record.invalid` with `steps.2.subject` for a field of the third step
 */
export function savePlaybook(records: Records, id: string, draft: PlaybookDraft): Promise<void> {
  return records.transaction(async (inside) => {
    const { values, version, steps } = draft;
    await inside.update(playbook, id, values, version === undefined ? {} : { version });
    const { items: before } = await inside.list(playbookStep, { filter: { playbook: id }, limit: MOST_STEPS });
    const known = new Map<string, object>(before.map((step) => [step.id, step]));
    const named = new Set(steps.flatMap((step) => step.id ?? []));
    for (const { id: gone } of before) if (!named.has(gone)) await inside.remove(playbookStep, gone);
    for (const [index, { id: own, ...rest }] of steps.entries()) {
      const wanted = { ...rest, playbook: id, position: index + 1 } as Values;
      await ofStep(index, async () => {
        if (own === undefined) return inside.create(playbookStep, wanted as never);
        const was = known.get(own);
        if (!was) throw new Problem('record.not-found', { object: playbookStep.name, id: own });
        const changes = Object.entries(wanted).filter(
          ([name, value]) => JSON.stringify((was as Values)[name]) !== JSON.stringify(value),
        );
        if (changes.length > 0) return inside.update(playbookStep, own, Object.fromEntries(changes) as never);
      });
    }
  });
}

/** What is wrong with a step says of which. */
async function ofStep(index: number, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'record.invalid') throw error;
    const errors = error.errors.map((one) => ({ ...one, field: `steps.${index}.${one.field}` }));
    throw new Problem('record.invalid', error.params, errors);
  }
}
