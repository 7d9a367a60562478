import { phonetic } from './compare.ts';
import type { Prepared } from './record.ts';
import type { Field } from './weights.ts';
import { DEFAULT_WEIGHTS } from './weights.ts';

/** The table's average stands for this many records: in a small file a value seen twice is not yet frequent. */
const TABLE_AS_RECORDS = 500;
/** A mailbox or phone used under so many different names belongs to a family; under more, to an office. */
const FAMILY_NAMES = 3;

/**
 * How probable a stranger shares a value, by how frequent that value is in the records: agreeing on "Žvirgždas" says
 * more than agreeing on "García". A mailbox or phone is judged by how many different people use it, not by how often
 * it is listed: ten copies of one contact do not make it common, fifty people at one info@ do.
 */
export function countValues(
  records: readonly Prepared[],
): (field: Field, a: Prepared, b: Prepared) => number | undefined {
  const counts = new Map<Field, Map<string, number>>();
  const users = new Map<string, Set<string>>();
  for (const record of records) {
    for (const [field, read] of VALUE_ENTRIES) add(counts, field, read(record));
    const name = nameSound(record);
    for (const contact of [...record.emails, ...record.phones]) {
      add(counts, 'email', contact);
      const names = users.get(contact);
      if (names === undefined) users.set(contact, new Set([name]));
      else if (names.size <= FAMILY_NAMES) names.add(name);
    }
  }
  const share = (field: Field, value: string, average: number) => {
    const others = Math.max(1, counts.get(field)?.get(value) ?? 1) - 1;
    return Math.min(0.99, (others + TABLE_AS_RECORDS * average) / (records.length - 1 + TABLE_AS_RECORDS));
  };

  return (field, a, b) => {
    const average = DEFAULT_WEIGHTS[a.kind][field][0]!.stranger;
    if (field === 'email' || field === 'phone') {
      const [mine, other] = field === 'email' ? [a.emails, b.emails] : [a.phones, b.phones];
      const common = mine.find((value) => other.includes(value));
      if (common === undefined) return undefined;
      return (users.get(common)?.size ?? 0) <= FAMILY_NAMES ? average : share('email', common, average);
    }
    const value = VALUES[field]?.(a);
    return value === undefined ? undefined : share(field, value, average);
  };
}

/** The value whose frequency counts. Identifiers are missing: they are meant to be unique, so the table stands. */
const VALUES: Partial<Record<Field, (record: Prepared) => string | undefined>> = {
  givenName: (record) => record.given[0],
  familyName: (record) => (record.family.length > 1 ? record.family.join(' ') : record.family[0]),
  birthDate: (record) => record.birth,
  company: (record) => (record.company.length > 1 ? record.company.join(' ') : record.company[0]),
  website: (record) => record.website,
  street: (record) => record.streets[0],
  houseNumber: (record) => record.house,
  postcode: (record) => record.postcode,
  city: (record) => record.city,
  region: (record) => record.region,
  country: (record) => record.country,
};
const VALUE_ENTRIES = Object.entries(VALUES) as [Field, (record: Prepared) => string | undefined][];

function nameSound(record: Prepared): string {
  return [...record.given.slice(0, 1), ...record.family, ...record.company].map(phonetic).sort().join(' ');
}

function add(counts: Map<Field, Map<string, number>>, field: Field, value: string | undefined): void {
  if (value === undefined) return;
  let ofField = counts.get(field);
  if (ofField === undefined) {
    ofField = new Map();
    counts.set(field, ofField);
  }
  ofField.set(value, (ofField.get(value) ?? 0) + 1);
}
