import { foldText } from '#kernel/fields/clean.ts';
import { readSignature } from '#kernel/mail/signature.ts';
import type { RecordOf } from '#kernel/object/definition.ts';
import type { Filter } from '#kernel/query/filter.ts';
import type { Records } from '#kernel/records/records.ts';
import { account, contact } from '#modules/customers/index.ts';
import { isFreeMail } from './free-mail.ts';
import { hostOf, identify, normalAddress, valuesOf } from './identify.ts';
import type { knownAddress } from './known-address.object.ts';

/** Why a record may be whoever wrote. */
export interface Evidence {
  readonly kind: 'address' | 'phone' | 'email' | 'name' | 'company' | 'domain';
  /** What is the same on both sides. */
  readonly value: string;
}

export interface Candidate {
  readonly object: 'contact' | 'account';
  readonly id: string;
  readonly title: string;
  /** Of a contact, where they work. */
  readonly account: { readonly id: string; readonly title: string } | null;
  readonly evidence: readonly Evidence[];
  readonly certainty: 'certain' | 'likely' | 'possible';
}

export interface Suggestions {
  readonly candidates: readonly Candidate[];
  /** What a new contact would begin with. */
  readonly contact: {
    readonly firstName: string;
    readonly lastName: string;
    readonly jobTitle: string | null;
    readonly phones: readonly string[];
    readonly company: string | null;
  };
}

type Known = Pick<RecordOf<typeof knownAddress>, 'address' | 'name' | 'signature'>;

const MOST = 20;
const AT_ONCE = 50;

/**
 * Who may have written from an address: whoever has it, has a number or another address of the signature, bears the name;
 * and the company of the signature or of the domain. Domains where anybody has an address say nothing.
 *
 * @param country of numbers without a calling code
 */
export async function suggest(records: Records, known: Known, country: string): Promise<Suggestions> {
  const { address, name: called } = known;
  const signature = readSignature(known.signature ?? '', called ?? '');
  const name = personName(signature.name ?? called ?? '');
  const phones = signature.phones.flatMap((text) => normalAddress(text, country) ?? []);
  const others = signature.addresses.map((one) => one.toLowerCase()).filter((one) => one !== address);
  const accounts = await accountsOf(records, address, signature.company);
  const people = await peopleOf(records, { address, phones, others, name });
  const found = new Map<string, Candidate>();
  for (const person of people) {
    const evidence: Evidence[] = [];
    const has = (list: unknown, value: string) =>
      valuesOf(list).some((one) => foldText(one.split('x')[0]!) === foldText(value));
    if (has(person.emails, address) || has(person.phones, address)) evidence.push({ kind: 'address', value: address });
    for (const value of phones) if (has(person.phones, value)) evidence.push({ kind: 'phone', value });
    for (const value of others) if (has(person.emails, value)) evidence.push({ kind: 'email', value });
    if (name && isSameName(name, String(person.name ?? ''))) evidence.push({ kind: 'name', value: name });
    if (evidence.length === 0) continue;
    const company = accounts.find(({ id }) => id === person.account);
    if (company) evidence.push(...company.evidence);
    found.set(person.id, {
      ...{ object: 'contact', id: person.id, title: String(person.name ?? '') || '…', evidence },
      account: person.account ? { id: person.account, title: titleOf(person, 'account') } : null,
      certainty: certaintyOf(evidence),
    });
  }
  const companies = accounts.map(
    ({ id, title, evidence }): Candidate => ({
      ...{
        object: 'account',
        id,
        title,
        account: null,
        evidence,
        certainty: evidence.length > 1 ? 'likely' : 'possible',
      },
    }),
  );
  const words = name.split(' ');
  return {
    candidates: [...found.values(), ...companies].sort((a, b) => weight(b) - weight(a)).slice(0, MOST),
    contact: {
      ...{ firstName: words.slice(0, -1).join(' '), lastName: words.at(-1) ?? '', jobTitle: signature.title },
      ...{ phones, company: signature.company },
    },
  };
}

/** The one that is certain beyond doubt: nobody else is. */
export function certainOne({ candidates }: Suggestions): Candidate | null {
  const certain = candidates.filter(({ object, certainty }) => object === 'contact' && certainty === 'certain');
  return certain.length === 1 ? certain[0]! : null;
}

/** A number or an address of one's own, and the same name: two things that nobody else has. */
function certaintyOf(evidence: readonly Evidence[]): Candidate['certainty'] {
  const has = (kind: Evidence['kind']) => evidence.some((one) => one.kind === kind);
  const own = has('phone') || has('email');
  if (own && has('name')) return 'certain';
  return own || (has('name') && (has('company') || has('domain'))) ? 'likely' : 'possible';
}

function weight({ object, certainty, evidence }: Candidate): number {
  return { certain: 100, likely: 50, possible: 0 }[certainty] + evidence.length * 2 + (object === 'contact' ? 1 : 0);
}

type Person = RecordOf<typeof contact>;

async function peopleOf(
  records: Records,
  { address, phones, others, name }: { address: string; phones: string[]; others: string[]; name: string },
): Promise<Person[]> {
  const ways: Filter[] = [
    { [address.includes('@') ? 'emails' : 'phones']: { contains: address } },
    ...phones.map((value): Filter => ({ phones: { contains: value } })),
    ...others.map((value): Filter => ({ emails: { contains: value } })),
    ...(name.includes(' ') ? [{ $search: name } as Filter] : []),
  ];
  const options = { fields: ['name', 'emails', 'phones', 'account'], expand: ['account'], limit: AT_ONCE };
  const found = new Map<string, Person>();
  // One after the other: within a transaction there is one connection.
  for (const filter of ways)
    for (const one of (await records.list(contact, { ...options, filter })).items) found.set(one.id, one as Person);
  return [...found.values()];
}

async function accountsOf(records: Records, address: string, company: string | null) {
  const found = new Map<string, { id: string; title: string; evidence: Evidence[] }>();
  const add = (id: string, title: string, evidence: Evidence) => {
    const one = found.get(id) ?? { id, title, evidence: [] };
    one.evidence.push(evidence);
    found.set(id, one);
  };
  const domain = address.includes('@') ? address.slice(address.lastIndexOf('@') + 1) : '';
  if (domain && !isFreeMail(domain)) {
    const filter: Filter = { or: [{ website: { contains: domain } }, { emails: { endsWith: `@${domain}` } }] };
    const { items } = await records.list(account, { filter, fields: ['name', 'website', 'emails'], limit: AT_ONCE });
    for (const { id, name, website, emails } of items) {
      const own = [...(website ? [hostOf(website)] : []), ...valuesOf(emails).map((one) => one.split('@').at(-1)!)];
      if (own.some((one) => one.toLowerCase() === domain)) add(id, name, { kind: 'domain', value: domain });
    }
  }
  const core = company ? companyCore(company) : '';
  if (company && core.length > 1) {
    const { items } = await records.list(account, { filter: { $search: core }, fields: ['name'], limit: AT_ONCE });
    for (const { id, name } of items)
      if (companyCore(name) === core) add(id, name, { kind: 'company', value: company.trim() });
  }
  return [...found.values()];
}

const LEGAL =
  /(?<![\p{L}])(?:uab|ab|mb|všį|vsi|iį|ii|s\.?\s?l\.?(?:\s?u\.?)?|s\.?\s?a\.?(?:\s?u\.?)?|ltd\.?|limited|inc\.?|llc|gmbh|ag|b\.?v\.?|oü|sia|as|corp\.?|co\.)(?![\p{L}])/giu;

/** A company's name without its legal form, folded. */
function companyCore(name: string): string {
  return foldText(name.replace(LEGAL, ' '))
    .replace(/[^\p{L}\d]+/gu, ' ')
    .trim();
}

/** `Petraitienė, Ona (sales)` as people say it; empty for what is no name: an address, one word. */
function personName(text: string): string {
  const plain = text
    .replace(/\([^)]*\)|"|'/g, ' ')
    .replace(/^\s*([^,]+),\s*([^,]+)$/, '$2 $1')
    .replace(/\s+/g, ' ')
    .trim();
  return plain.includes('@') || plain.length > 120 ? '' : plain;
}

function isSameName(left: string, right: string): boolean {
  const words = (text: string) =>
    foldText(text)
      .split(/[\s-]+/)
      .filter(Boolean)
      .sort()
      .join(' ');
  return words(left) !== '' && left.includes(' ') && words(left) === words(right);
}

function titleOf(row: object, field: string): string {
  const expanded = (row as { expanded?: Record<string, { title?: string } | null> }).expanded;
  return expanded?.[field]?.title ?? '…';
}

/** Whether one contact alone has an address now. */
export async function contactWith(records: Records, address: string): Promise<string | null> {
  const identity = (await identify(records, [address])).get(address);
  return identity?.by === 'contact' ? identity.contact : null;
}
