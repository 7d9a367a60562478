import type { RecordOf } from '#kernel/object/definition.ts';
import { defineRules } from '#kernel/object/rules.ts';
import { relationship } from './relationship.object.ts';

/** Kinds that read the same from both sides. */
const mutual: ReadonlySet<string> = new Set(['partner', 'competitor', 'household']);

export const relationshipRules = defineRules(relationship, {
  async beforeSave({ before, after, refuse, context: { records } }) {
    if (after.since && after.until && after.until < after.since) refuse('until', 'period.reversed');
    const hasEnds = isOneOf(after.fromAccount, after.fromContact) && isOneOf(after.toAccount, after.toContact);
    if (!isOneOf(after.fromAccount, after.fromContact)) refuse('fromAccount', 'relationship.one-end');
    if (!isOneOf(after.toAccount, after.toContact)) refuse('toAccount', 'relationship.one-end');
    if (!hasEnds) return;
    if (after.fromAccount === after.toAccount && after.fromContact === after.toContact) {
      refuse('toAccount', 'relationship.with-itself');
      return;
    }
    if (await records.find(relationship, sameAs(after, before?.id), { fields: ['id'] }))
      refuse('kind', 'relationship.exists');
  },
  /** Nobody is their own supplier only because two records were one company. */
  async beforeMove({ before, after, drop, context: { records } }) {
    const isWithItself = after.fromAccount === after.toAccount && after.fromContact === after.toContact;
    if (isWithItself || (await records.find(relationship, sameAs(after, before.id), { fields: ['id'] }))) drop();
  },
});

/** Filter for other relationships that say the same, also from the other side where both sides are alike. */
function sameAs(one: Ends & { kind: string }, id: string | undefined) {
  const same = [ends(one), ...(mutual.has(one.kind) ? [ends(reversed(one))] : [])];
  return { kind: one.kind, or: same, ...(id !== undefined && { id: { isNot: id } }) };
}

type Ends = Pick<RecordOf<typeof relationship>, 'fromAccount' | 'fromContact' | 'toAccount' | 'toContact'>;

function ends({ fromAccount, fromContact, toAccount, toContact }: Ends): Ends {
  return {
    fromAccount: fromAccount ?? null,
    fromContact: fromContact ?? null,
    toAccount: toAccount ?? null,
    toContact: toContact ?? null,
  };
}

function reversed({ fromAccount, fromContact, toAccount, toContact }: Ends): Ends {
  return { fromAccount: toAccount, fromContact: toContact, toAccount: fromAccount, toContact: fromContact };
}

function isOneOf(account: string | null, contact: string | null): boolean {
  return Boolean(account) !== Boolean(contact);
}
