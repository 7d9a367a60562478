import type { RecordOf } from '#kernel/object/definition.ts';
import { defineRules, type Save } from '#kernel/object/rules.ts';
import { contact } from '#modules/customers/index.ts';
import { isOpenLead, lead } from './lead.object.ts';
import { opportunity } from './opportunity.object.ts';

type Lead = RecordOf<typeof lead>;

export const leadRules = defineRules(lead, {
  async beforeSave(save) {
    const { before, after, changed, set, refuse, context } = save;
    if (!after.contact && !after.account) refuse('contact', 'lead.nobody');
    if (after.contact && !after.account && changed('contact')) {
      const person = await context.records.find(contact, { id: after.contact }, { fields: ['account'] });
      if (person?.account) set('account', person.account);
    }
    if (!changed('status')) return;
    // Whoever takes up what nobody has, has it.
    if (before && !after.owner && context.userId) set('owner', context.userId);
    // Unless the same save tells otherwise: what comes over from another system was decided there.
    const told = changed('settledAt') ? after.settledAt : null;
    set('settledAt', isOpenLead(after.status) ? null : (told ?? context.now.toISOString()));
    if (after.status !== 'disqualified')
      for (const field of ['disqualifiedReason', 'disqualifiedNote'] as const) set(field, null);
    // What comes over from another system as qualified has its sale there, or had none.
    if (before && after.status === 'qualified' && !after.opportunity) set('opportunity', await saleOf(save));
  },
});

/** A sale begins with what is known by now. */
async function saleOf({ after, context }: Save<Lead>): Promise<string> {
  const { name, contact: person, account, amount, source, nextStep, description, tags, owner } = after;
  const sale = await context.records.create(opportunity, {
    ...{ name, contact: person, account, amount, source, nextStep, description, tags, owner },
  });
  return sale.id;
}
