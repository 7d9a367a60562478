import { type GlanceContext, type GlanceContribution, type GlanceTold, glanceRecord } from '#kernel/object/glance.ts';
import type { GlancePart } from '#kernel/object/glance-part.ts';
import type { Filter } from '#kernel/query/filter.ts';
import { conversation } from './conversation.object.ts';
import { interaction } from './interaction.object.ts';

/** The first of some contacts: when, over which channel, with whom. */
async function contactWith({ records }: GlanceContext, filter: Filter, sort: string): Promise<GlanceTold | null> {
  // A word among colleagues reaches no customer.
  const spoken = { ...filter, direction: { isNot: 'internal' } };
  const options = { filter: spoken, sort: [sort], expand: ['contact'], limit: 1 };
  const [found] = (await records.list(interaction, options)).items;
  if (!found) return null;
  const channel: GlancePart = { option: { object: 'interaction', field: 'channel', value: found.channel } };
  const person = glanceRecord('contact', found, 'contact');
  return { parts: [{ at: found.at }, channel, ...(person ? [person] : [])] };
}

export const channelsGlance: readonly GlanceContribution[] = [
  {
    object: 'account',
    name: 'lastContact',
    read: (context) => contactWith(context, { account: context.id, state: 'done' }, '-at'),
  },
  {
    object: 'account',
    name: 'nextContact',
    read: (context) => contactWith(context, { account: context.id, state: 'planned', at: { gte: 'now' } }, 'at'),
  },
  {
    object: 'account',
    name: 'waiting',
    async read({ records, id }) {
      const filter = { account: id, status: 'open', lastDirection: 'in' };
      const { items } = await records.list(conversation, { filter, sort: ['lastAt'], limit: 100, fields: ['lastAt'] });
      if (items.length === 0) return null;
      return { parts: [{ count: items.length }, { word: 'since' }, { at: items[0]!.lastAt }], tone: 'warn' };
    },
  },
];
