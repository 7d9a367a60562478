import { Type } from 'typebox';
import { defineAction } from '#kernel/object/action.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { MAX_PAGE } from '#kernel/query/page.ts';
import { conversation } from './conversation.object.ts';
import { interaction } from './interaction.object.ts';
import { macro } from './macro.object.ts';
import { changesOf, readSteps, tagsAfter } from './macro-steps.ts';

/** All of it on all of them, or nothing: what was done in part nobody could tell from what was done. */
export const runMacro = defineAction(macro, {
  name: 'run',
  icon: 'bolt',
  input: Type.Object(
    { conversations: Type.Array(Type.String({ format: 'uuid' }), { minItems: 1, maxItems: MAX_PAGE }) },
    { additionalProperties: false },
  ),
  async run({ records, record, input, context, changeSet }) {
    const steps = readSteps(record.steps);
    if (!steps) throw new Problem('macro.broken', { name: record.name });
    const ids = [...new Set(input.conversations)];
    const { items } = await records.list(conversation, {
      filter: { id: { in: ids } },
      fields: ['tags', 'channel'],
      limit: MAX_PAGE,
    });
    if (items.length < ids.length) throw new Problem('record.not-found', { object: conversation.name, id: '' });
    const same = changesOf(steps, context);
    const rows = items.map(({ id, tags }) => {
      const after = tagsAfter(steps, tags ?? []);
      const isRetagged = JSON.stringify(after) !== JSON.stringify(tags ?? []);
      return { id, changes: { ...same, ...(isRetagged ? { tags: after } : {}) } };
    });
    const changed = rows.filter(({ changes }) => Object.keys(changes).length > 0);
    if (changed.length > 0) await records.updateEach(conversation, changed, { atomic: true });
    const notes = steps.flatMap((step) => (step.do === 'note' ? [step.text] : []));
    if (notes.length > 0)
      await records.createMany(
        interaction,
        items.flatMap(({ id }) =>
          notes.map((body) => ({ ...{ conversation: id, channel: 'note', direction: 'internal' }, body })),
        ),
        { atomic: true },
      );
    const insert = steps.flatMap((step) => (step.do === 'insert' ? [step.text] : [])).join('\n\n');
    return { changeSet, changed: items.length, insert };
  },
});
