import type { Principal } from '#kernel/access/access.ts';
import { address as addressType } from '#kernel/fields/address/index.ts';
import { isDay } from '#kernel/fields/calendar.ts';
import { email } from '#kernel/fields/email/index.ts';
import { phone } from '#kernel/fields/phone/index.ts';
import { url } from '#kernel/fields/url/index.ts';
import { objectOf } from '#kernel/object/model.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { cardFields, cardOf } from '#kernel/transfer/export/export.ts';
import { type Card, type CardAddress, type Labelled, readCards, writeCards } from '#kernel/transfer/formats/vcard.ts';

/** What a card says of a contact, in the words of its fields. `null`: the card has nothing of the kind. */
export interface CardFields {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly jobTitle: string | null;
  readonly department: string | null;
  /** The name of the account. */
  readonly organisation: string | null;
  readonly emails: readonly Labelled[] | null;
  readonly phones: readonly Labelled[] | null;
  readonly website: string | null;
  readonly birthday: string | null;
  readonly address: Readonly<Record<string, string | null>> | null;
  readonly tags: readonly string[] | null;
  readonly description: string | null;
}

/** Characters; a contact's fields have room for so many. */
const LONGEST = { name: 120, line: 160 };

/** The fields of a contact that somebody may see and a card has room for. */
export function fieldsOnCard({ model }: Workspace, principal: Principal): string[] {
  return cardFields(objectOf(model, 'contact'), principal);
}

/** @param contact with its account expanded @param uid the same for as long as it is the same person */
export async function writeContactCard(
  { model }: Workspace,
  contact: Record<string, unknown>,
  uid: string,
  version: '3.0' | '4.0',
): Promise<string> {
  const card = cardOf(objectOf(model, 'contact'), contact, true);
  let text = '';
  for await (const part of writeCards([{ ...card, uid }], { version })) text += part;
  return text;
}

/** The first card of a file; null when it has none. @throws TransferError */
export async function readCard(content: Uint8Array): Promise<Card | null> {
  const bytes = (async function* () {
    yield content;
  })();
  for await (const { card } of readCards(bytes, 'utf-8')) return card;
  return null;
}

/**
 * What has no field here (a second address, a number that is none) is not lost: it stands as a line of the description.
 * @param country of numbers without a calling code
 */
export function fieldsOfCard(card: Card, country: string): CardFields {
  const env = { country, language: 'en', timeZone: 'UTC' } as never;
  const left: string[] = [];
  const valid = <Value>(label: string, text: string, normalise: () => Value): Value | null => {
    try {
      return normalise();
    } catch {
      left.push(`${label}: ${text}`);
      return null;
    }
  };
  const labelled = (label: string, list: readonly Labelled[] | undefined, type: typeof email): Labelled[] => {
    const kept = (list ?? []).flatMap((one): Labelled[] => {
      const value = valid(label, one.value, () => type.normalise(one.value, { name: 'value' } as never, env));
      return typeof value === 'string' ? [{ value, label: one.label.slice(0, 50) }] : [];
    });
    return kept.filter((one, index) => kept.findIndex(({ value }) => value === one.value) === index);
  };
  const emails = labelled('EMAIL', card.emails, email);
  const phones = labelled('TEL', card.phones, phone);
  const [site, ...sites] = card.urls ?? [];
  const website = site && valid('URL', site.value, () => url.normalise(site.value, { name: 'value' } as never, env));
  left.push(...sites.map(({ value }) => `URL: ${value}`));
  const [home, ...others] = card.addresses ?? [];
  const address = home && valid('ADR', lineOf(home), () => addressType.normalise(partsOf(home), {} as never, env));
  left.push(...others.map((other) => `ADR: ${lineOf(other)}`));
  const birthday = card.birthday && isDay(card.birthday) ? card.birthday : null;
  if (card.birthday && !birthday) left.push(`BDAY: ${card.birthday}`);
  const note = cleaned(card.note ?? '');
  const lines = left.map((line) => cleaned(line).replaceAll('\n', ' ')).filter((line) => !note.includes(line));
  const first = lineText([card.firstName, card.middleName].filter(Boolean).join(' '), LONGEST.name);
  const last = lineText([card.lastName, card.suffix].filter(Boolean).join(' '), LONGEST.name);
  const shown = lineText(
    card.displayName || card.nickname || card.organisation || emails[0]?.value || '',
    LONGEST.name,
  );
  return {
    firstName: first,
    // Whoever has no name of their own has the one that is shown.
    lastName: last ?? (first ? null : shown),
    jobTitle: lineText(card.title ?? '', LONGEST.line),
    department: lineText(card.department ?? '', LONGEST.name),
    organisation: lineText(card.organisation ?? '', 200),
    emails: emails.length > 0 ? emails : null,
    phones: phones.length > 0 ? phones : null,
    website: typeof website === 'string' ? website : null,
    birthday,
    address: (address as Record<string, string | null> | null | undefined) ?? null,
    tags: card.categories
      ? [...new Set(card.categories.map((tag) => lineText(tag, 60)))].filter((tag) => tag !== null)
      : null,
    description: [note, ...lines].filter(Boolean).join('\n') || null,
  };
}

/**
 * What somebody changed in a card: the fields in which it says something else than the card they had. What both lack, or a
 * program did not understand and wrote back as it was, is no change.
 */
export function changedFields(before: CardFields | null, after: CardFields): Partial<CardFields> {
  const isSame = (one: unknown, other: unknown) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
  const changed = Object.entries(after).filter(([name, value]) => {
    // Programs that know no categories leave them out.
    if (name === 'tags' && value === null) return false;
    return !isSame(value, before?.[name as keyof CardFields]);
  });
  return Object.fromEntries(changed) as Partial<CardFields>;
}

function partsOf({ street, extended, poBox, city, region, postalCode, country }: CardAddress) {
  return {
    street: [poBox, extended, street].filter(Boolean).join('\n'),
    ...{ city: city ?? '', region: region ?? '', postcode: postalCode ?? '', country: country ?? '' },
  };
}

function lineOf(address: CardAddress): string {
  return Object.values(partsOf(address)).filter(Boolean).join(', ');
}

function lineText(text: string, length: number): string | null {
  return [...cleaned(text).replaceAll(/\s+/g, ' ').trim()].slice(0, length).join('') || null;
}

function cleaned(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    .trim();
}
