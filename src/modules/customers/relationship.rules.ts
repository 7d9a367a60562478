import type { RecordOf } from '#kernel/object/definition.ts';
import { defineRules } from '#kernel/object/module.ts';
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
    const same = [ends(after), ...(mutual.has(after.kind) ? [ends(reversed(after))] : [])];
    const filter = { kind: after.kind, or: same, ...(before && { id: { isNot: before.id } }) };
    if (await records.find(relationship, filter, { fields: ['id'] })) refuse('kind', 'relationship.exists');
  },
});

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
