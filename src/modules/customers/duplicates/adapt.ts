import type { LabelledValue } from '#kernel/fields/labelled.ts';
import { defineDuplicates } from '#kernel/object/duplicate-matching.ts';
import { account } from '../account.object.ts';
import { contact } from '../contact.object.ts';
import { keysOf } from './keys.ts';
import { certaintyOf, compareRecords, DEFAULT_MODEL, explain, type Model, scorer } from './match.ts';
import { type Kind, type MatchRecord, type Prepared, prepare } from './record.ts';

/** A record as it was typed, for the reasons, and as it is compared. */
interface Matched {
  readonly typed: MatchRecord;
  readonly prepared: Prepared;
}

type Values = Readonly<Record<string, unknown>>;

/** How a contact and another one are recognised as the same person. */
export const contactDuplicates = defineDuplicates(contact, {
  fields: ['firstName', 'lastName', 'emails', 'phones', 'birthday', 'address', 'account', 'account.name'],
  prepare: (record) => matched(contactRecord(record)),
  ...matching(),
});

/** How an account and another one are recognised as the same company, or the same person who buys in their own name. */
export const accountDuplicates = defineDuplicates(account, {
  fields: ['name', 'kind', 'taxNumber', 'registrationCode', 'website', 'emails', 'phones', 'billingAddress'],
  prepare: (record) => matched(accountRecord(record)),
  ...matching(),
});

export function contactRecord(record: Values): MatchRecord {
  return {
    ...common(record, 'person', record.address),
    givenName: text(record.firstName),
    familyName: text(record.lastName),
    birthDate: text(record.birthday),
    company: text(record['account.name']),
  };
}

export function accountRecord(record: Values): MatchRecord {
  const isPerson = record.kind === 'individual';
  const taxNumbers = [text(record.taxNumber), text(record.registrationCode)].filter((number) => number !== '');
  return {
    ...common(record, isPerson ? 'person' : 'company', record.billingAddress),
    ...(isPerson ? { fullName: text(record.name) } : { company: text(record.name) }),
    taxNumber: taxNumbers,
    website: text(record.website),
  };
}

function common(record: Values, kind: Kind, address: unknown): MatchRecord {
  const { street, city, region, postcode, country } = (address ?? {}) as Record<string, unknown>;
  return {
    key: text(record.id),
    kind,
    email: listed(record.emails),
    phone: listed(record.phones),
    street: text(street).split('\n'),
    city: text(city),
    region: text(region),
    postcode: text(postcode),
    country: text(country),
  };
}

function matching() {
  return {
    keys: ({ prepared }: Matched) => keysOf(prepared),
    judge: (a: Matched, b: Matched, population: number) => {
      const outcome = compareRecords(a.prepared, b.prepared);
      const score = scorer(modelOf(population))(a.prepared, b.prepared, outcome);
      return { score, certainty: certaintyOf(score, outcome) ?? null };
    },
    explain: (a: Matched, b: Matched, population: number) =>
      explain(a.typed, b.typed, a.prepared, b.prepared, compareRecords(a.prepared, b.prepared), modelOf(population)),
  };
}

const models = new Map<number, Model>();

/** Steps of ten: a score may not change with every new record. */
function modelOf(population: number): Model {
  const rounded = 10 ** Math.max(3, Math.round(Math.log10(Math.max(1, population))));
  let model = models.get(rounded);
  if (!model) {
    model = { ...DEFAULT_MODEL, population: rounded };
    models.set(rounded, model);
  }
  return model;
}

function matched(typed: MatchRecord): Matched {
  return { typed, prepared: prepare(typed) };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listed(value: unknown): string[] {
  return ((value ?? []) as LabelledValue[]).map((entry) => entry.value);
}
