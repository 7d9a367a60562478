import { Type } from 'typebox';
import { beginning } from '#kernel/fields/clean.ts';
import { defineAction } from '#kernel/object/action.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { MAX_PAGE } from '#kernel/query/page.ts';
import type { Records } from '#kernel/records/records.ts';
import { conversation } from './conversation.object.ts';
import { interaction } from './interaction.object.ts';

const PREVIEW_LENGTH = 160;

/** Messages that were joined by mistake become a thread of their own. Answers to them follow them there. */
export const splitConversation = defineAction(conversation, {
  name: 'split',
  icon: 'arrows-split',
  input: Type.Object(
    { interactions: Type.Array(Type.String({ format: 'uuid' }), { minItems: 1, maxItems: MAX_PAGE }) },
    { additionalProperties: false },
  ),
  async run({ records, record, input, changeSet }) {
    const filter = { id: { in: input.interactions }, conversation: record.id };
    const { items } = await records.list(interaction, { filter, sort: ['at'], limit: MAX_PAGE });
    const [first] = items;
    const stays = await records.find(interaction, {
      conversation: record.id,
      not: { id: { in: items.map(({ id }) => id) } },
    });
    if (!first || items.length < new Set(input.interactions).size || !stays)
      throw new Problem('conversation.not-to-split');
    const { account, contact, opportunity, owner, team } = record;
    const made = await records.create(conversation, {
      ...{ account, contact: first.contact ?? contact, opportunity, owner, team },
      channel: first.channel === 'note' ? record.channel : first.channel,
      subject: first.subject || record.subject,
      status: 'open',
    });
    await records.updateMany(
      interaction,
      { ids: items.map(({ id }) => id) },
      { conversation: made.id },
      { atomic: true },
    );
    for (const id of [made.id, record.id]) await retell(records, id);
    return { changeSet, conversation: made.id };
  },
});

/** When something was last said in a thread, by whom, and how it begins: after its messages changed. */
async function retell(records: Records, id: string): Promise<void> {
  const filter = { conversation: id, direction: { isNot: 'internal' } };
  const [last] = (await records.list(interaction, { filter, sort: ['-at'], limit: 1 })).items;
  if (!last) return;
  await records.update(conversation, id, {
    lastAt: last.at,
    lastDirection: last.direction,
    preview: beginning(last.body ?? last.subject ?? '', PREVIEW_LENGTH),
  });
}
