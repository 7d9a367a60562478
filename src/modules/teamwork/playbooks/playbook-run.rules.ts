import { dayIn } from '#kernel/fields/calendar.ts';
import type { RecordOf } from '#kernel/object/definition.ts';
import { defineRules, type Save } from '#kernel/object/rules.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { playbook } from './playbook.object.ts';
import { playbookRun } from './playbook-run.object.ts';
import { playbookStep } from './playbook-step.object.ts';
import { MOST_STEPS, type RunStep } from './run-steps.ts';

const fixed = ['playbook', 'account', 'contact', 'opportunity'] as const;

/** A run is what its playbook was when it was started; people may stop it, and nothing else. */
export const playbookRunRules = defineRules(playbookRun, {
  async beforeSave(save) {
    const { before, after, changed, set, refuse, context } = save;
    if (before === null) return begin(save);
    for (const field of fixed) if (changed(field) && context.userId) refuse(field, 'field.read-only');
    if (changed('state') && context.userId && after.state === 'done') refuse('state', 'field.read-only');
    if (changed('state') && after.state === 'stopped') {
      set('next', null);
      set('nextOn', null);
    }
  },
});

/** @throws Problem `playbook.other-object`, `playbook.empty`, `playbook.running` */
async function begin({ after, set, context }: Save<RecordOf<typeof playbookRun>>): Promise<void> {
  const { records, now, timeZone, userId } = context;
  if (!after.playbook) throw new Problem('playbook.other-object');
  const { about, active, name } = await records.read(playbook, after.playbook);
  const target = after[about];
  if (!active || !target) throw new Problem('playbook.other-object');
  const record: Readonly<Record<string, unknown>> = await records.read(about, target);
  if (await records.find(playbookRun, { playbook: after.playbook, state: 'running', [about]: target }))
    throw new Problem('playbook.running', { name });
  const { items } = await records.list(playbookStep, {
    filter: { playbook: after.playbook },
    sort: ['position', 'id'],
    limit: MOST_STEPS,
  });
  if (items.length === 0) throw new Problem('playbook.empty');
  set('name', name);
  set('state', 'running');
  set('startedOn', dayIn(now, timeZone));
  set('total', items.length);
  set('done', 0);
  set(
    'steps',
    items.map(
      ({ subject, days, after, who, person, team, priority, checklist, description }): RunStep => ({
        ...{ subject, days, after, who, person, team, priority, checklist, description, task: null },
      }),
    ),
  );
  // Of a sale or a contact the tasks are their account's too.
  for (const field of ['account', 'contact'] as const)
    if (field !== about && after[field] === null && record[field]) set(field, record[field]);
  if (!userId && after.owner === null) set('owner', record.owner);
}
