import type { GlanceContext, GlanceContribution, GlanceTold } from '#kernel/object/glance.ts';
import type { Filter } from '#kernel/query/filter.ts';
import { lead, openLeads } from './lead.object.ts';
import { opportunity } from './opportunity.object.ts';

/** What sales are worth, in the base currency. */
async function worth({ records, workspace }: GlanceContext, filter: Filter): Promise<GlanceTold | null> {
  const [row] = await records.aggregate(opportunity, { filter, measures: { amount: { sum: 'amount' } } });
  const { base } = (row?.amount ?? { base: null }) as { base: number | null };
  return base === null ? null : { parts: [{ money: { amount: Number(base), currency: workspace.settings.currency } }] };
}

export const salesGlance: readonly GlanceContribution[] = [
  {
    object: 'account',
    name: 'wonInYear',
    read: (context) => worth(context, { account: context.id, 'stage.kind': 'won', wonAt: { gte: 'today-365' } }),
  },
  {
    object: 'account',
    name: 'wonInTotal',
    read: (context) => worth(context, { account: context.id, 'stage.kind': 'won' }),
  },
  {
    object: 'account',
    name: 'pipeline',
    read: (context) => worth(context, { account: context.id, 'stage.kind': 'open' }),
  },
  {
    object: 'account',
    name: 'openLeads',
    async read({ records, id }) {
      const { value } = await records.count(lead, { account: id, ...openLeads });
      return value === 0 ? null : { parts: [{ count: value }] };
    },
  },
];
