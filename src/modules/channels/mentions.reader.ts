import { defineReader } from '#kernel/object/module.ts';
import { mentionsIn, type Told, tell } from '#modules/teamwork/index.ts';
import { conversation } from './conversation.object.ts';
import { interaction } from './interaction.object.ts';

/** Whoever is named in a note of a thread hears of it. */
export const mentionsReader = defineReader({
  name: 'channels.mentions',
  objects: ['interaction'],
  operations: ['create'],
  async run(events, context) {
    const { records } = context;
    const filter = { id: { in: events.map(({ record }) => record) }, direction: 'internal', channel: 'note' };
    const { items } = await records.list(interaction, { filter, fields: ['body', 'conversation'], limit: 500 });
    const told: Told[] = [];
    for (const { id, body, conversation: thread } of items) {
      const asked = mentionsIn(body ?? '');
      if (!thread || asked.length === 0) continue;
      const { actor, changeSet } = events.find(({ record }) => record === id)!;
      const about = await records.find(conversation, { id: thread }, { fields: ['subject'] });
      for (const user of asked)
        if (about && user !== actor)
          told.push({
            ...{ user, actor, changeSet, kind: 'mentioned', targetObject: conversation.name, targetId: thread },
            params: { title: about.subject },
          });
    }
    if (told.length > 0) await tell(told, context);
  },
});
