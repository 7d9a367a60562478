import { type GlanceContribution, glanceRecord } from '#kernel/object/glance.ts';
import type { GlancePart } from '#kernel/object/glance-part.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { playbookRun } from './playbooks/playbook-run.object.ts';
import { awayBetween, whoDoes } from './standing-in.ts';
import { task } from './task.object.ts';

const isOpen = { in: ['open', 'inProgress', 'waiting'] };

export const teamworkGlance: readonly GlanceContribution[] = [
  {
    object: 'account',
    name: 'responsible',
    async read({ records, id, today }) {
      const record = await records.read('account', id, { fields: ['owner'], expand: ['owner'] });
      const owner = glanceRecord('user', record, 'owner');
      if (!owner) return null;
      // Who is away is told to whoever may see it.
      const away = await awayBetween(records, today, today).catch((error: unknown) => {
        if (error instanceof Problem) return [];
        throw error;
      });
      const until = away.filter(({ user }) => user === owner.record.id).map((one) => one.until);
      if (until.length === 0) return { parts: [owner] };
      const [stand] = whoDoes(owner.record.id, 'account', away);
      const by = stand && (await records.find('user', { id: stand }, { fields: ['name'] }));
      const parts: GlancePart[] = [owner, { word: 'awayUntil' }, { at: until.toSorted().at(-1)! }];
      if (by) parts.push({ word: 'standIn' }, { record: { object: 'user', id: by.id, title: String(by.name) } });
      return { parts, tone: 'warn' };
    },
  },
  {
    object: 'account',
    name: 'playbook',
    async read({ records, id }) {
      const filter = { account: id, state: 'running' };
      const { items } = await records.list(playbookRun, { filter, sort: ['nextOn'], limit: 2 });
      const parts = items.flatMap(({ id: run, name, done, total }): GlancePart[] => [
        { record: { object: playbookRun.name, id: run, title: name ?? '' } },
        { count: done },
        { word: 'of' },
        { count: total ?? 0 },
      ]);
      return parts.length > 0 ? { parts } : null;
    },
  },
  {
    object: 'account',
    name: 'openTasks',
    async read({ records, id, today }) {
      const open = await records.count(task, { account: id, status: isOpen });
      if (open.value === 0) return null;
      const late = await records.count(task, { account: id, status: isOpen, dueOn: { lt: today } });
      const count = { count: open.value };
      return late.value === 0
        ? { parts: [count] }
        : { parts: [count, { word: 'overdue' }, { count: late.value }], tone: 'bad' };
    },
  },
];
