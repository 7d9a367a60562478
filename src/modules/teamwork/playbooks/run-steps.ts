import { dayIn } from '#kernel/fields/calendar.ts';
import type { RecordOf } from '#kernel/object/definition.ts';
import type { RuleContext } from '#kernel/object/rules.ts';
import type { Records } from '#kernel/records/records.ts';
import { isOver, task } from '../task.object.ts';
import { playbookRun } from './playbook-run.object.ts';
import type { playbookStep } from './playbook-step.object.ts';
import { workingDayAfter } from './working-days.ts';

type Run = RecordOf<typeof playbookRun>;
type Step = RecordOf<typeof playbookStep>;
/** A step as it was when the playbook was started, and its task once there is one. */
export type RunStep = Pick<
  Step,
  'subject' | 'days' | 'after' | 'who' | 'person' | 'team' | 'priority' | 'checklist' | 'description'
> & { readonly task: string | null };

type Clock = Pick<RuleContext, 'now' | 'timeZone' | 'workingHours' | 'holidays'>;

/** A playbook has at most these. */
export const MOST_STEPS = 100;

/**
 * Makes the tasks whose time has come, and tells how far it is. However often it is called, each step has one task.
 * @param records of the program: a step may be somebody else's, in whose name nobody writes
 */
export async function advance(records: Records, id: string, clock: Clock): Promise<void> {
  const run = await records.find(playbookRun, { id });
  if (!run || run.state === 'stopped') return;
  const steps = [...(run.steps as unknown as RunStep[])];
  const { items } = await records.list(task, { filter: { playbookRun: id }, limit: MOST_STEPS });
  const tasks = new Map(items.map((one) => [one.id, one]));
  // A task that somebody deleted is done with.
  const isBehind = (step: RunStep | undefined) =>
    step !== undefined && step.task !== null && (!tasks.has(step.task) || isOver(tasks.get(step.task)!));
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1];
    const waits = step.after === 'previous' && before !== undefined;
    if (step.task !== null || (waits && !isBehind(before))) continue;
    const today = dayIn(clock.now, clock.timeZone);
    const from = waits ? today : (run.startedOn ?? today);
    const made = await records.create(task, {
      subject: step.subject,
      description: step.description,
      priority: step.priority,
      checklist: step.checklist,
      dueOn: workingDayAfter(from, step.days, clock),
      owner: await ownerOf(records, step, run),
      ...{ account: run.account, contact: run.contact, opportunity: run.opportunity },
      playbookRun: id,
    });
    steps[index] = { ...step, task: made.id };
    tasks.set(made.id, made);
  }
  const done = steps.filter(isBehind).length;
  const open = steps.flatMap((step) => {
    const one = step.task === null ? undefined : tasks.get(step.task);
    return one && !isOver(one) ? [one] : [];
  });
  const [next] = open.toSorted((a, b) => String(a.dueOn).localeCompare(String(b.dueOn)));
  const changes = {
    ...{ steps, done, state: done === steps.length ? 'done' : 'running' },
    ...{ next: next?.subject ?? null, nextOn: next?.dueOn ?? null },
  };
  const isChanged = Object.entries(changes).some(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(run[name as keyof Run]),
  );
  if (isChanged) await records.update(playbookRun, id, changes as never);
}

async function ownerOf(records: Records, { who, person, team }: RunStep, run: Run): Promise<string | null> {
  if (who === 'person' && person) return person;
  if (who === 'accountOwner' && run.account) {
    const found = await records.find('account', { id: run.account }, { fields: ['owner'] });
    if (found?.owner) return String(found.owner);
  }
  if (who === 'team' && team) return (await nextOf(records, team)) ?? run.owner;
  return run.owner;
}

/** Of a team, whoever has the fewest open tasks of playbooks. */
async function nextOf(records: Records, team: string): Promise<string | null> {
  const filter = { teams: { hasAny: [team] }, active: true };
  const { items } = await records.list('user', { filter: filter as never, fields: ['id'], sort: ['id'], limit: 200 });
  let best: { id: string; open: number } | null = null;
  for (const { id } of items as { id: string }[]) {
    const { value: open } = await records.count(task, {
      owner: id,
      status: { in: ['open', 'inProgress', 'waiting'] },
      playbookRun: { empty: false },
    });
    if (!best || open < best.open) best = { id, open };
  }
  return best?.id ?? null;
}
