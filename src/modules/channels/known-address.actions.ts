import { Type } from 'typebox';
import { defineAction } from '#kernel/object/action.ts';
import { contact } from '#modules/customers/index.ts';
import { decideAddress, type Verdict } from './decide-address.ts';
import { knownAddress } from './known-address.object.ts';

const id = Type.String({ format: 'uuid' });
const strict = { additionalProperties: false };
const name = Type.Optional(Type.String({ maxLength: 120 }));

/** Says whose an address is; a new contact is made with it. Taken back as one. */
export const decideKnownAddress = defineAction(knownAddress, {
  name: 'decide',
  icon: 'user-check',
  input: Type.Object(
    {
      verdict: Type.Enum(['contact', 'account', 'nobody', 'blocked']),
      contact: Type.Optional(id),
      account: Type.Optional(id),
      create: Type.Optional(
        Type.Object(
          {
            ...{ firstName: name, lastName: name, account: Type.Optional(id) },
            jobTitle: Type.Optional(Type.String({ maxLength: 160 })),
            phones: Type.Optional(Type.Array(Type.String({ maxLength: 60 }), { maxItems: 5 })),
          },
          strict,
        ),
      ),
    },
    strict,
  ),
  async run({ records, record, input, changeSet }) {
    const { create, verdict, contact: person, account: company } = input;
    const field = record.address.includes('@') ? 'emails' : 'phones';
    const made = create && {
      ...create,
      phones: [...(create.phones ?? []), ...(field === 'phones' ? [record.address] : [])],
      ...(field === 'emails' ? { emails: [record.address] } : {}),
    };
    const id = made && verdict === 'contact' ? (await records.create(contact, made)).id : person;
    const decision = { verdict, contact: id, account: company } as Verdict;
    const moved = await decideAddress(records, record.id, pick(decision));
    return { changeSet, moved, contact: verdict === 'contact' ? (id ?? null) : null };
  },
});

/** Without what the verdict does not speak of. */
function pick(decision: Verdict): Verdict {
  if (decision.verdict === 'contact') return { verdict: 'contact', contact: decision.contact };
  if (decision.verdict === 'account') return { verdict: 'account', account: decision.account };
  return { verdict: decision.verdict };
}
