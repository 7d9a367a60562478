import type { EventRow } from '#kernel/events/event.ts';
import { defineReader, type ReaderContext } from '#kernel/object/module.ts';
import type { Records } from '#kernel/records/records.ts';
import { task } from '../task.object.ts';
import { playbook } from './playbook.object.ts';
import { playbookRun } from './playbook-run.object.ts';
import { playbookStep } from './playbook-step.object.ts';
import { advance } from './run-steps.ts';

const MOST = 200;

/** Goes on with a playbook when a task of it is over, and starts those that start by themselves. */
export const playbookReader = defineReader({
  name: 'teamwork.playbooks',
  objects: ['task', 'playbookRun', 'account', 'contact', 'opportunity'],
  operations: ['create', 'update', 'remove', 'restore'],
  async run(events, context) {
    const of = Map.groupBy(events, ({ object }) => object);
    const runs = of.get(playbookRun.name) ?? [];
    for (const { record, operation } of runs) {
      if (operation === 'remove') await takeAlong(context.records, record);
      if (operation === 'restore') await bringBack(context.records, record);
    }
    for (const id of begun(runs)) await advance(context.records, id, context);
    await goOn(of.get(task.name) ?? [], context);
    for (const about of ['account', 'contact', 'opportunity']) await startBy(about, of.get(about) ?? [], context);
  },
});

/** Whoever takes back a start never wanted its tasks; what was done of them was done. */
async function takeAlong(records: Records, id: string): Promise<void> {
  if (await records.find(playbookRun, { id })) return;
  const filter = { playbookRun: id, status: { in: ['open', 'inProgress', 'waiting'] } };
  const { items } = await records.list(task, { filter, fields: ['id'], limit: MOST });
  for (const one of items) await records.remove(task, one.id);
}

/** Those that went with it; what somebody deleted before stays deleted. */
async function bringBack(records: Records, id: string): Promise<void> {
  const removal = (await records.history(playbookRun, id)).find(({ operation }) => operation === 'remove');
  if (!removal) return;
  const filter = { playbookRun: id, deletedAt: { gte: removal.at } };
  const { items } = await records.list(task, { filter: filter as never, fields: ['id'], deleted: true, limit: MOST });
  for (const one of items) await records.restore(task, one.id);
}

/** Started, or going on again after they were stopped. */
function begun(events: readonly EventRow[]): Set<string> {
  return new Set(
    events.flatMap(({ operation, changes, record }) => (operation !== 'update' || changes?.state ? [record] : [])),
  );
}

async function goOn(events: readonly EventRow[], context: ReaderContext): Promise<void> {
  const { records } = context;
  const over = events.filter(
    ({ operation, changes }) => operation !== 'create' && (operation !== 'update' || changes?.status),
  );
  const ids = [...new Set(over.map(({ record }) => record))];
  if (ids.length === 0) return;
  const runs = new Set<string>();
  // A task that went to the trash was one of theirs all the same.
  for (const deleted of [false, true]) {
    const filter = { id: { in: ids }, playbookRun: { empty: false } };
    const { items } = await records.list(task, { filter, fields: ['playbookRun'], deleted, limit: ids.length });
    for (const { playbookRun: run } of items) if (run) runs.add(run);
  }
  for (const id of runs) await advance(records, id, context);
}

async function startBy(
  about: string,
  events: readonly EventRow[],
  { records, ...clock }: ReaderContext,
): Promise<void> {
  const wanted = events.filter(({ operation, changes }) => operation === 'create' || changes?.stage);
  if (wanted.length === 0) return;
  const { items: playbooks } = await records.list(playbook, {
    filter: { about, active: true, starts: { in: ['created', 'stage'] } },
    limit: MOST,
  });
  for (const { id, starts, stage, filter, createdAt } of playbooks) {
    // What was there before it is not new to it.
    const own = wanted.filter(({ operation, at }) => at >= createdAt && (starts === 'stage' || operation === 'create'));
    const ids = [...new Set(own.map(({ record }) => record))];
    if (ids.length === 0 || (starts === 'stage' && !stage)) continue;
    const and = [{ id: { in: ids } }, ...(filter ? [filter] : []), ...(starts === 'stage' ? [{ stage }] : [])];
    const { items } = await records.list(about, { filter: { and } as never, fields: [], limit: ids.length });
    for (const record of items) {
      // Once for each record, whatever became of it; one without steps starts nothing.
      const [known, steps] = [
        await records.find(playbookRun, { playbook: id, [about]: record.id }),
        await records.find(playbookStep, { playbook: id }),
      ];
      if (known || !steps) continue;
      const run = await records.create(playbookRun, { playbook: id, [about]: record.id });
      await advance(records, run.id, clock);
    }
  }
}
