import { Type } from 'typebox';
import { type ActionDefinition, defineAction } from '#kernel/object/action.ts';
import { account, contact } from '#modules/customers/index.ts';
import { opportunity } from '#modules/sales/index.ts';
import { task } from '../task.object.ts';
import { playbookRun } from './playbook-run.object.ts';

function starting(object: typeof account | typeof contact | typeof opportunity): ActionDefinition {
  const playbook = Type.String({
    ...{ format: 'uuid', 'x-reference': 'playbook' },
    'x-filter': { about: object.name, active: true },
  });
  return defineAction(object as typeof account, {
    name: 'startPlaybook',
    icon: 'checklist',
    input: Type.Object({ playbook }, { additionalProperties: false }),
    async run({ records, record, input: { playbook }, changeSet }) {
      const { id } = await records.create(playbookRun, { playbook, [object.name]: record.id });
      return { changeSet, run: id };
    },
  });
}

export const startPlaybookActions = [account, contact, opportunity].map(
  starting as (object: unknown) => ActionDefinition,
);

/** What is not done goes; what was done stays. Taken back as one. */
export const stopPlaybook = defineAction(playbookRun, {
  name: 'stop',
  icon: 'ban',
  input: Type.Object({}, { additionalProperties: false }),
  isAvailable: (record) => record.state === 'running',
  async run({ records, record, changeSet }) {
    const filter = { playbookRun: record.id, status: { in: ['open', 'inProgress', 'waiting'] } };
    const { items } = await records.list(task, { filter, fields: ['id'], limit: 200 });
    await records.update(playbookRun, record.id, { state: 'stopped' });
    for (const { id } of items) await records.remove(task, id);
    return { changeSet, removed: items.length };
  },
});
