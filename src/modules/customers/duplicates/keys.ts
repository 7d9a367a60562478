import { phonetic } from './compare.ts';
import { familyStem, isSharedMailbox } from './normalise.ts';
import { type MatchRecord, type Prepared, prepare } from './record.ts';

/** Most keys that one record has. */
export const MOST_KEYS = 12;

/**
 * The keys under which a record is looked for: two records of one person or company share at least one, whatever
 * single value is mistyped or missing. Short texts for an index ("e:ona@example.lt", "n:kslsko"), the first letter
 * tells the kind. Equal keys make a candidate, never a match.
 */
export function matchKeys(record: MatchRecord): string[] {
  return keysOf(prepare(record));
}

export function keysOf(record: Prepared): string[] {
  const keys = new Set<string>();
  const add = (kind: string, ...parts: (string | undefined)[]) => {
    if (parts.every((part) => part !== undefined && part !== '')) keys.add(`${kind}:${parts.join('.')}`);
  };
  for (const id of record.nationalIds.slice(0, 2)) add('i', id);
  for (const number of record.taxNumbers.slice(0, 2)) add('t', number);
  for (const email of record.emails.slice(0, 2)) add('e', email);
  for (const phone of record.phones.slice(0, 2)) add('p', phone.slice(-7));
  if (record.kind === 'company') addCompanyKeys(record, add);
  else addPersonKeys(record, add);
  add('a', phonetic(record.streets[0] ?? ''), record.house);
  return [...keys].slice(0, MOST_KEYS);
}

type Add = (kind: string, ...parts: (string | undefined)[]) => void;

function addPersonKeys(record: Prepared, add: Add): void {
  const given = record.given[0] ?? '';
  const givenSound = phonetic(given);
  const familySounds = record.family.slice(0, 2).map((name) => phonetic(familyStem(name)));
  const [family = ''] = familySounds;
  const birth = record.birth?.includes('00000000') ? undefined : record.birth;
  // Sorted, so that "Ona Petraitė" and "Petraitė Ona" meet.
  if (given !== '' && family !== '') add('s', ...[phonetic(familyStem(given)), family].sort());
  add('b', birth?.endsWith('0000') ? undefined : birth);
  for (const sound of familySounds) add('n', sound, given[0]);
  add('d', birth?.slice(4).replace('0000', ''), family);
  add('y', birth?.slice(0, 6), givenSound);
  const mailbox = record.emails[0];
  if (mailbox !== undefined && !isSharedMailbox(mailbox)) {
    const local = mailbox.slice(0, mailbox.lastIndexOf('@'));
    add('l', local.length >= 6 ? local : undefined);
  }
}

function addCompanyKeys(record: Prepared, add: Add): void {
  const core = record.company.join('');
  const sounds = record.company.map(phonetic);
  add('w', record.website);
  add('c', core.slice(0, 24), record.city?.slice(0, 12));
  add('g', sounds.slice(0, 2).join(''));
  add(
    'k',
    sounds.reduce((longest, sound) => (sound.length > longest.length ? sound : longest), ''),
    record.postcode,
  );
  add('s', sounds[0], record.city === undefined ? undefined : phonetic(record.city));
}
