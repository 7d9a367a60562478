import { type GlanceContribution, glanceRecord } from '#kernel/object/glance.ts';
import type { GlancePart } from '#kernel/object/glance-part.ts';
import { account } from './account.object.ts';
import { accountContact } from './account-contact.object.ts';

/** More do not fit on a line. */
const MOST_PEOPLE = 4;

export const customersGlance: readonly GlanceContribution[] = [
  {
    object: 'account',
    name: 'importance',
    async read({ records, id }) {
      const { classification, status } = await records.read(account, id, { fields: ['classification', 'status'] });
      const option = (field: string, value: string) => ({ option: { object: 'account', field, value } });
      return classification ? { parts: [option('classification', classification), option('status', status)] } : null;
    },
  },
  {
    object: 'account',
    name: 'people',
    async read({ records, id }) {
      const { items } = await records.list(accountContact, {
        filter: { account: id, role: { isNot: 'other' } },
        sort: ['-primary', 'role'],
        expand: ['contact'],
        limit: MOST_PEOPLE,
      });
      const parts = items.flatMap((row): GlancePart[] => {
        const person = glanceRecord('contact', row, 'contact');
        return person ? [person, { option: { object: 'accountContact', field: 'role', value: row.role } }] : [];
      });
      return parts.length > 0 ? { parts } : null;
    },
  },
];
