import { defineDuplicates } from '#kernel/object/duplicate-matching.ts';
import { isOpenLead, lead } from './lead.object.ts';

interface Matched {
  readonly contact: string;
  readonly account: string;
  readonly person: string;
  readonly company: string;
  readonly isOpen: boolean;
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** Two open leads of one person, or of one company where no person is named, are worked on by two people who do not know it. */
export const leadDuplicates = defineDuplicates(lead, {
  fields: ['contact', 'contact.name', 'account', 'account.name', 'status'],
  prepare: (record): Matched => ({
    contact: text(record.contact),
    account: text(record.account),
    person: text(record['contact.name']),
    company: text(record['account.name']),
    // One that is being typed is new.
    isOpen: isOpenLead(record.status ?? 'new'),
  }),
  keys: ({ contact, account, isOpen }) =>
    isOpen ? [...(contact ? [`contact ${contact}`] : []), ...(!contact && account ? [`account ${account}`] : [])] : [],
  judge: (a, b) => (isSame(a, b) ? { score: 0.9, certainty: 'likely' } : { score: 0, certainty: null }),
  explain: (a, b) => {
    if (!isSame(a, b)) return [];
    const title = a.contact ? a.person : a.company;
    return [{ code: 'lead.same-open', params: { title: title || '…' } }];
  },
});

function isSame(a: Matched, b: Matched): boolean {
  if (!a.isOpen || !b.isOpen) return false;
  return a.contact || b.contact ? a.contact === b.contact : a.account !== '' && a.account === b.account;
}
