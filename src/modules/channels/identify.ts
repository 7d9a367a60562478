import { foldText } from '#kernel/fields/clean.ts';
import { email } from '#kernel/fields/email/index.ts';
import type { FieldEnv } from '#kernel/fields/field-type.ts';
import { phone } from '#kernel/fields/phone/index.ts';
import type { Filter } from '#kernel/query/filter.ts';
import type { Records } from '#kernel/records/records.ts';
import { account, contact } from '#modules/customers/index.ts';
import { chunked } from './chunked.ts';
import { isFreeMail } from './free-mail.ts';
import { knownAddress } from './known-address.object.ts';

/** Whose an address is. */
export interface Identity {
  /** How it was found: a person said so; a contact has it; a colleague has it; the account has it, or its domain. */
  readonly by: 'decision' | 'contact' | 'user' | 'account' | 'domain' | 'nobody';
  readonly contact: string | null;
  readonly account: string | null;
  readonly user: string | null;
  /** Where several have it, or nobody: what a person may choose from. Ids of contacts. */
  readonly candidates: readonly string[];
}

const unknown: Identity = { by: 'nobody', contact: null, account: null, user: null, candidates: [] };

/**
 * Whose some addresses are. What somebody decided counts first, then the contact that has the address, then the colleague,
 * then the account that has it, or whose domain it ends in. An address that two contacts have is nobody's until somebody
 * decides.
 *
 * @param records of somebody who sees all contacts: an address does not become unknown because its owner is not seen
 * @param addresses as `normalAddress` makes them
 * @returns one for each address
 */
export async function identify(records: Records, addresses: readonly string[]): Promise<ReadonlyMap<string, Identity>> {
  const found = new Map<string, Identity>();
  for (const part of chunked([...new Set(addresses)], AT_ONCE)) {
    for (const [address, identity] of await decided(records, part)) found.set(address, identity);
    for (const step of [ofContacts, ofUsers, ofAccounts, ofDomains]) {
      const left = part.filter((address) => !found.has(address));
      if (left.length === 0) break;
      for (const [address, identity] of await step(records, left)) found.set(address, identity);
    }
  }
  for (const address of addresses) if (!found.has(address)) found.set(address, unknown);
  return found;
}

/**
 * The address as it is compared: an e-mail in small letters, a phone number in E.164 without its extension. Null for what is
 * neither.
 * @param country of numbers without a calling code
 */
export function normalAddress(text: string, country = ''): string | null {
  const env = { country, language: 'en', timeZone: 'UTC' } as FieldEnv;
  for (const type of [email, phone]) {
    try {
      const value = type.normalise(
        type.parse(text, { name: 'address' } as never, env),
        { name: 'address' } as never,
        env,
      );
      if (typeof value === 'string') return type === email ? value.toLowerCase() : value.split('x')[0]!;
    } catch {
      // Not of this kind.
    }
  }
  return null;
}

/** Addresses in one statement. */
const AT_ONCE = 50;
/** Records that have one of them. */
const MOST_HAVING = 500;

type Found = Iterable<[string, Identity]>;

async function decided(records: Records, addresses: readonly string[]): Promise<Found> {
  const { items } = await records.list(knownAddress, {
    filter: { address: { in: [...addresses] }, verdict: { isNot: 'open' } },
    fields: ['address', 'verdict', 'contact', 'account', 'contact.account'],
    limit: AT_ONCE,
  });
  return items.map((one) => [
    one.address,
    { ...unknown, by: 'decision', contact: one.contact, account: one.account ?? accountOf(one) },
  ]);
}

const accountOf = (row: object) => ((row as Record<string, unknown>)['contact.account'] ?? null) as string | null;

async function ofContacts(records: Records, addresses: readonly string[]): Promise<Found> {
  const { items } = await records.list(contact, {
    filter: { or: addresses.map(having) },
    fields: ['emails', 'phones', 'account'],
    limit: MOST_HAVING,
  });
  return groups(addresses, items).map(([address, rows]) => {
    const [only] = rows;
    if (rows.length > 1) return [address, { ...unknown, candidates: rows.map(({ id }) => id) }];
    return [address, { ...unknown, by: 'contact', contact: only!.id, account: only!.account }];
  });
}

async function ofUsers(records: Records, addresses: readonly string[]): Promise<Found> {
  const mails = addresses.filter(isEmail);
  if (mails.length === 0) return [];
  const { items } = await records.list('user', {
    filter: { or: mails.map((address) => ({ email: { contains: address } })), active: true },
    fields: ['email'],
    limit: MOST_HAVING,
  });
  return addresses.flatMap((address): [string, Identity][] => {
    const user = items.find((one) => foldText(String(one.email)) === foldText(address));
    return user ? [[address, { ...unknown, by: 'user', user: user.id }]] : [];
  });
}

async function ofAccounts(records: Records, addresses: readonly string[]): Promise<Found> {
  const { items } = await records.list(account, {
    filter: { or: addresses.map(having) },
    fields: ['emails', 'phones'],
    limit: MOST_HAVING,
  });
  return groups(addresses, items).flatMap(([address, rows]): [string, Identity][] =>
    rows.length === 1 ? [[address, { ...unknown, by: 'account', account: rows[0]!.id }]] : [],
  );
}

/** The account with a website or an address of that domain, where it is only one. */
async function ofDomains(records: Records, addresses: readonly string[]): Promise<Found> {
  const domains = [...new Set(addresses.filter(isEmail).map(domainOf))].filter((domain) => !isFreeMail(domain));
  if (domains.length === 0) return [];
  const { items } = await records.list(account, {
    filter: {
      or: domains.flatMap((domain): Filter[] => [
        { website: { contains: domain } },
        { emails: { endsWith: `@${domain}` } },
      ]),
    },
    fields: ['website', 'emails'],
    limit: MOST_HAVING,
  });
  const owners = new Map<string, Set<string>>();
  for (const { id, website, emails } of items) {
    const own = [...(website ? [hostOf(website)] : []), ...valuesOf(emails).map(domainOf)];
    for (const domain of own) owners.set(domain, (owners.get(domain) ?? new Set()).add(id));
  }
  return addresses.flatMap((address): [string, Identity][] => {
    const ids = isEmail(address) ? owners.get(domainOf(address)) : undefined;
    return ids?.size === 1 ? [[address, { ...unknown, by: 'domain', account: [...ids][0]! }]] : [];
  });
}

/** Found by the search text, without regard to capitals and extensions; `groups` compares once more. */
function having(address: string): Filter {
  return { [isEmail(address) ? 'emails' : 'phones']: { contains: address } };
}

function groups<Row extends { id: string; emails: unknown; phones: unknown }>(
  addresses: readonly string[],
  rows: readonly Row[],
): [string, Row[]][] {
  const having = new Map<string, Set<Row>>();
  for (const row of rows) {
    const own = [...valuesOf(row.emails).map(foldText), ...valuesOf(row.phones).map((value) => value.split('x')[0]!)];
    for (const value of own) having.set(value, (having.get(value) ?? new Set()).add(row));
  }
  return addresses.flatMap((address): [string, Row[]][] => {
    const found = having.get(isEmail(address) ? foldText(address) : address);
    return found ? [[address, [...found]]] : [];
  });
}

export function valuesOf(list: unknown): string[] {
  return ((list ?? []) as { value: string }[]).map(({ value }) => value);
}

const isEmail = (address: string) => address.includes('@');
const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

export function hostOf(website: string): string {
  try {
    return new URL(website).hostname.replace(/^www\./, '');
  } catch {
    return '';
  }
}
