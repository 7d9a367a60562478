import { sql } from '#kernel/database/sql.ts';
import { findCandidates, keysOfTyped } from '#kernel/duplicates/candidates.ts';
import { dayIn } from '#kernel/fields/calendar.ts';
import { foldText } from '#kernel/fields/clean.ts';
import type { FileValue } from '#kernel/fields/file/index.ts';
import { translator } from '#kernel/i18n/translate.ts';
import type { Door, Unit } from '#kernel/records/door.ts';
import { openRecords } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { conversation, identify, interaction, keepInteractions, normalAddress } from '#modules/channels/index.ts';
import { account, contact } from '#modules/customers/index.ts';
import { consent } from '#modules/privacy/index.ts';
import { lead, openLeads, opportunity } from '#modules/sales/index.ts';
import { awayBetween } from '#modules/teamwork/index.ts';
import { type FormTexts, type Question, wordsIn } from './design.ts';
import { formSubmission } from './form-submission.object.ts';
import { askedOf, tellAnswer } from './questions.ts';
import { webForm } from './web-form.object.ts';

type Inside = Door & { unit: Unit };

/** A consent as it was given: with the words that stood there. */
export interface ConsentGiven {
  readonly purpose: string;
  readonly channel: string;
  readonly text: string;
}

/** Where a visitor came from. */
export interface VisitOrigin {
  readonly page?: string;
  readonly referrer?: string;
  readonly utm?: Readonly<Record<string, string>>;
}

/** What was said otherwise than it is known, for a person to take over or not. */
export interface Suggestion {
  readonly object: 'contact' | 'account' | 'lead';
  readonly id: string;
  readonly field: string;
  readonly value: unknown;
}

/** Somebody who wrote from outside: who they say they are, and what they want of us. */
export interface Stranger {
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly language: string;
  /** Values of fields of a contact. */
  readonly contact: Readonly<Record<string, unknown>>;
  readonly account: Readonly<Record<string, unknown>>;
  readonly makesAccount: boolean;
  readonly owner: string | null;
}

export interface Settled {
  readonly contact: string;
  readonly account: string | null;
  readonly isNew: boolean;
  readonly suggestions: readonly Suggestion[];
}

/**
 * Makes of a submission what its form says: the contact, or finds them; the account; the lead or the sale; the interaction
 * with its conversation; the consents. Once, however often it is asked, and all of it or nothing.
 *
 * @param door of the program, in a transaction
 * @returns false when there was nothing to do
 * @throws Problem when a rule refuses one of the records
 */
export async function makeRecords(door: Inside, id: string, site: string): Promise<boolean> {
  const records = openRecords(door);
  await lock(door, [`form submission ${id}`]);
  const sent = await records.find(formSubmission, { id });
  if (sent?.state !== 'received') return false;
  const form = await records.read(webForm, sent.form);
  // One at a time of each form: whose turn it is depends on who had the last.
  await lock(door, [`web form ${form.id}`]);
  const { workspace } = door;
  const language = workspace.settings.language;
  const answers = (sent.answers ?? {}) as Record<string, unknown>;
  const questions = (form.questions ?? []) as unknown as readonly Question[];
  const asked = askedOf(workspace, questions, language);
  const valuesOf = (object: string) =>
    Object.fromEntries(
      asked.flatMap((one) =>
        one.object === object && answers[one.key] !== undefined ? [[one.field, answers[one.key]]] : [],
      ),
    );
  const owner = await nextOwner(records, form, workspace.settings.timeZone);
  const settled = await settleStranger(door, {
    name: sent.name,
    email: sent.email,
    phone: firstOf(answers['contact.phones']),
    language: sent.language ?? language,
    contact: valuesOf('contact'),
    account: valuesOf('account'),
    makesAccount: form.makesAccount,
    owner,
  });
  const title = wordsIn((form.texts as FormTexts | null)?.title, language, language) || form.name;
  const wish = (object: 'lead' | 'opportunity') => ({
    name: `${title} · ${sent.name}`.slice(0, 255),
    ...(workspace.model.objects.get(object)?.fields.has('source') ? { source: 'website' } : {}),
    ...valuesOf(object),
    contact: settled.contact,
    account: settled.account,
    owner,
  });
  const opportunityId = form.makesOpportunity ? (await records.create(opportunity, wish('opportunity'))).id : null;
  const found = form.makesLead ? await settleLead(records, settled.contact, wish('lead'), valuesOf('lead')) : null;
  const suggestions = [...settled.suggestions, ...(found?.suggestions ?? [])];
  const files = (sent.files ?? []) as FileValue[];
  const body = [
    ...asked.flatMap((one) => {
      const told = tellAnswer(one, answers[one.key], language);
      return told === '' ? [] : [told.includes('\n') ? `${one.label}:\n${told}` : `${one.label}: ${told}`];
    }),
    ...files.map(({ name }) => `📎 ${name}`),
  ].join('\n');
  const [kept] = await keepInteractions(records, [
    {
      channel: 'form',
      direction: 'in',
      key: `form:${id}`,
      messageId: null,
      references: [],
      subject: `${title} · ${sent.name}`.slice(0, 255),
      body,
      at: new Date(sent.at),
      participants: [{ role: 'from', name: sent.name, address: sent.email ?? firstOf(answers['contact.phones']) }],
      attachments: files,
      owner,
      team: form.team,
    },
  ]);
  const about = { contact: settled.contact, account: settled.account, opportunity: opportunityId };
  await records.update(interaction, kept!.id, about);
  await records.update(conversation, kept!.conversation, about);
  await giveConsents(records, sent, form, settled.contact, { language, site });
  await records.update(formSubmission, id, {
    ...about,
    lead: found?.id ?? null,
    state: 'done',
    reason: null,
    interaction: kept!.id,
    owner,
    suggestions: suggestions.length > 0 ? suggestions : null,
  });
  return true;
}

/**
 * Finds who somebody is, or makes a contact of them. Whoever is known already stays as they are: a stranger may say
 * anything, so that what differs becomes a suggestion.
 */
export async function settleStranger(door: Inside, stranger: Stranger): Promise<Settled> {
  const records = openRecords(door);
  const { model } = door.workspace;
  const spoken = model.objects.get('contact')?.fields.get('language')?.definition as
    | { options?: readonly { value: string }[] }
    | undefined;
  const values: Record<string, unknown> = {
    ...(spoken?.options?.some(({ value }) => value === stranger.language) ? { language: stranger.language } : {}),
    ...stranger.contact,
  };
  const keys = await keysOfTyped(door, 'contact', values);
  if (keys.length > 0)
    await door.unit.connection.run(sql`select pg_advisory_xact_lock(k) from unnest(${[...keys].sort()}::bigint[]) k`);
  const address = stranger.email === null ? null : normalAddress(stranger.email);
  if (address) await lock(door, [`address ${address}`]);
  const identity = address ? (await identify(records, [address])).get(address) : undefined;
  const candidates = await findCandidates(door, 'contact', values);
  const known =
    candidates.find((one) => one.id === identity?.contact) ??
    candidates.find(({ certainty }) => certainty === 'certain') ??
    candidates.find(({ id, certainty }) => certainty === 'likely' && identity?.candidates.includes(id));
  const person = known ? await records.find(contact, { id: known.id }) : null;
  const suggestions: Suggestion[] = [];
  let accountId = person?.account ?? null;
  if (accountId) {
    const company = await records.find(account, { id: accountId });
    if (company) suggestions.push(...differences('account', company, stranger.account));
  } else accountId = await settleAccount(door, records, stranger, identity?.account ?? null);
  if (person) {
    suggestions.unshift(...differences('contact', person, stranger.contact));
    return { contact: person.id, account: accountId, isNew: false, suggestions };
  }
  const made = await records.create(contact, { ...values, account: accountId, owner: stranger.owner });
  return { contact: made.id, account: accountId, isNew: true, suggestions };
}

/**
 * Whoever has an open lead already asks once more for the same: it stays one, and what differs becomes a suggestion. Nobody
 * else makes one for them meanwhile: whoever settles the same person waits.
 */
async function settleLead(
  records: Records,
  person: string,
  values: Readonly<Record<string, unknown>>,
  said: Readonly<Record<string, unknown>>,
): Promise<{ id: string; suggestions: readonly Suggestion[] }> {
  const { items } = await records.list(lead, {
    filter: { contact: person, ...openLeads },
    sort: ['-createdAt'],
    limit: 1,
  });
  const [open] = items;
  if (open) return { id: open.id, suggestions: differences('lead', open, said) };
  return { id: (await records.create(lead, values)).id, suggestions: [] };
}

/** A text in the place where locks are, so that everybody who writes about the same thing waits for the other. */
export async function lock(door: Inside, names: readonly string[]): Promise<void> {
  for (const name of names)
    await door.unit.connection.run(
      sql`select pg_advisory_xact_lock(hashtextextended(${`${door.workspace.id} ${name}`}, 0))`,
    );
}

/** Whose turn it is: whoever comes after the one who had the last, without those who are away while others are here. */
export async function nextOwner(
  records: Records,
  form: { id: string; assignees: readonly string[] | null },
  timeZone: string,
): Promise<string | null> {
  const chosen = form.assignees ?? [];
  if (chosen.length === 0) return null;
  const { items } = await records.list('user', {
    filter: { id: { in: [...chosen] }, active: true },
    fields: [],
    limit: 500,
  });
  const active = new Set(items.map(({ id }) => id));
  const here = chosen.filter((user) => active.has(user));
  const today = dayIn(new Date(), timeZone);
  const away = new Set((await awayBetween(records, today, today)).map(({ user }) => user));
  const present = here.filter((user) => !away.has(user));
  const turns = present.length > 0 ? present : here;
  const last = await records.list(formSubmission, {
    filter: { form: form.id, state: 'done', owner: { in: turns } },
    fields: ['owner'],
    sort: ['-updatedAt'],
    limit: 1,
  });
  const index = last.items[0]?.owner ? turns.indexOf(last.items[0].owner) : -1;
  return turns[(index + 1) % turns.length] ?? null;
}

async function settleAccount(
  door: Inside,
  records: Records,
  { account: values, makesAccount, owner }: Stranger,
  byDomain: string | null,
): Promise<string | null> {
  if (byDomain) return byDomain;
  const name = typeof values.name === 'string' ? values.name : '';
  if (!name) return null;
  const keys = await keysOfTyped(door, 'account', values);
  if (keys.length > 0)
    await door.unit.connection.run(sql`select pg_advisory_xact_lock(k) from unnest(${[...keys].sort()}::bigint[]) k`);
  const candidates = await findCandidates(door, 'account', values);
  const same = candidates.filter(
    ({ title, certainty }) => certainty === 'certain' || (certainty === 'likely' && foldText(title) === foldText(name)),
  );
  if (same[0]) return same[0].id;
  return makesAccount ? (await records.create(account, { ...values, owner })).id : null;
}

function differences(
  object: Suggestion['object'],
  record: { readonly id: string },
  said: Readonly<Record<string, unknown>>,
): Suggestion[] {
  const known: Readonly<Record<string, unknown>> & { id: string } = { ...record };
  return Object.entries(said).flatMap(([field, value]): Suggestion[] => {
    const there = known[field];
    if (value === false || isSame(there, value)) return [];
    // What is said of a list is one more of it.
    const added = Array.isArray(there) && Array.isArray(value) ? [...there, ...value] : value;
    return [{ object, id: known.id, field, value: added }];
  });
}

function isSame(there: unknown, said: unknown): boolean {
  if (Array.isArray(there) && Array.isArray(said)) {
    const known = new Set(there.map(plain));
    return said.every((one) => known.has(plain(one)));
  }
  return plain(there) === plain(said);
}

function plain(value: unknown): string {
  const inside = typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
  return typeof inside === 'string' ? foldText(inside.trim()) : JSON.stringify(inside ?? null);
}

function firstOf(list: unknown): string | null {
  const [first] = (Array.isArray(list) ? list : []) as { value?: string }[];
  return first?.value ?? null;
}

async function giveConsents(
  records: Records,
  sent: {
    consents: unknown;
    origin: unknown;
    at: string;
    confirmedAt: string | null;
    language: string | null;
    source: string | null;
    formVersion: number | null;
  },
  form: { name: string; slug: string; doubleOptIn: boolean },
  person: string,
  { language, site }: { language: string; site: string },
): Promise<void> {
  // Somebody here may take over what was never confirmed; it allows nothing.
  if (form.doubleOptIn && !sent.confirmedAt) return;
  const words = translator(language);
  const { page } = (sent.origin ?? {}) as VisitOrigin;
  const evidence = [
    words('webForm.evidence.form', { name: form.name, version: sent.formVersion ?? 1 }),
    words('webForm.evidence.address', { address: `${site}/f/${form.slug}` }),
    ...(page ? [words('webForm.evidence.page', { page })] : []),
    words('webForm.evidence.source', { source: sent.source ?? 'direct' }),
    words('webForm.evidence.language', { language: sent.language ?? language }),
    words('webForm.evidence.sent', { at: sent.at }),
    ...(sent.confirmedAt ? [words('webForm.evidence.confirmed', { at: sent.confirmedAt })] : []),
  ].join('\n');
  for (const { purpose, channel, text } of (sent.consents ?? []) as readonly ConsentGiven[])
    await records.create(consent, {
      ...{ contact: person, purpose, channel, state: 'given', how: 'form', shownText: text, evidence },
      at: sent.confirmedAt ?? sent.at,
    });
}
