import type { GroupWords, UserWords } from '#app/single-sign-on/provisioning.ts';
import { languages } from '#kernel/i18n/translate.ts';
import { ScimError } from './errors.ts';

type Json = Readonly<Record<string, unknown>>;

/** A resource as it was sent, RFC 7643: what it says of somebody, in our words. Attributes that nobody knows are passed over. */
export function userWordsOf(body: unknown): UserWords {
  const words: Draft = {};
  for (const [path, value] of Object.entries(objectOf(body))) assignUser(words, path, value);
  return finished(words);
}

export function groupWordsOf(body: unknown): GroupWords {
  const words: GroupWords = {};
  for (const [path, value] of Object.entries(objectOf(body))) assignGroup(words, 'replace', path, value);
  return words;
}

/** RFC 7644, 3.5.2, as Microsoft Entra and Okta write it: any case, booleans as words, paths with dots as keys. */
export function userWordsOfPatch(body: unknown): UserWords {
  const words: Draft = {};
  for (const { op, path, value } of operationsOf(body)) {
    if (path !== undefined) assignUser(words, path, op === 'remove' ? null : value);
    else for (const [key, part] of Object.entries(objectOf(value))) assignUser(words, key, part);
  }
  return finished(words);
}

export function groupWordsOfPatch(body: unknown): GroupWords {
  const words: GroupWords = {};
  for (const { op, path, value } of operationsOf(body)) {
    if (path !== undefined) assignGroup(words, op, path, value);
    else for (const [key, part] of Object.entries(objectOf(value))) assignGroup(words, op, key, part);
  }
  return words;
}

/** What is said of a name, in parts that become one. */
interface Draft extends UserWords {
  displayName?: string;
  formatted?: string;
}

const LONGEST = 200;
const core = /^urn:ietf:params:scim:schemas:core:2\.0:(user|group):/;
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:user';

function assignUser(words: Draft, path: string, value: unknown): void {
  const name = path.toLowerCase().replace(core, '');
  if (name === 'name' && value !== null) {
    for (const [part, text] of Object.entries(objectOf(value))) assignUser(words, `name.${part}`, text);
  } else if (name === enterprise && value !== null) {
    for (const [part, text] of Object.entries(objectOf(value))) assignUser(words, `${enterprise}:${part}`, text);
  } else if (name === `${enterprise}:manager` || name === `${enterprise}:manager.value`)
    words.manager = managerOf(value);
  else if (name === 'active') words.active = booleanOf(value);
  else if (name === 'username') words.userName = textOf(value, 'userName') ?? '';
  else if (name === 'externalid') words.externalId = textOf(value, 'externalId');
  else if (name === 'displayname') words.displayName = textOf(value, 'displayName') ?? '';
  else if (name === 'name.formatted') words.formatted = textOf(value, 'name.formatted') ?? '';
  else if (name === 'name.givenname') words.givenName = textOf(value, 'name.givenName');
  else if (name === 'name.familyname') words.familyName = textOf(value, 'name.familyName');
  else if (name === 'title') words.title = textOf(value, 'title')?.slice(0, 120) ?? null;
  else if (name === 'emails') words.email = emailOf(value);
  else if (/^emails\[.*\](\.value)?$/.test(name)) words.email = emailOf([value]);
  else if (name === 'phonenumbers') words.phone = phoneOf(value);
  // Of the number of a fax, or of somebody's home, nothing is said here.
  else if (/^phonenumbers\[.*\b(work|primary)\b.*\](\.value)?$/.test(name)) words.phone = phoneOf([value]);
  else if (name === 'preferredlanguage' || (name === 'locale' && words.language === undefined)) {
    const language = textOf(value, name)?.slice(0, 2).toLowerCase();
    if (language && (languages as readonly string[]).includes(language)) words.language = language;
  } else if (name === 'timezone') {
    const zone = textOf(value, name);
    if (zone && isTimeZone(zone)) words.timeZone = zone;
  }
}

/** An address that was taken away is one that is not spoken of. */
function finished({ displayName, formatted, ...words }: Draft): UserWords {
  if (words.email === undefined || words.email === '') delete words.email;
  const parts = [words.givenName, words.familyName].filter((part) => part);
  const name = displayName?.trim() || formatted?.trim() || (parts.length === 2 ? parts.join(' ') : '');
  return name ? { ...words, name } : words;
}

function assignGroup(words: GroupWords, op: Operation['op'], path: string, value: unknown): void {
  const name = path.replace(new RegExp(core.source, 'i'), '');
  const one = /^members\[value eq "([^"]*)"\]$/i.exec(name)?.[1];
  if (one !== undefined) {
    if (op === 'remove') words.removed = [...(words.removed ?? []), memberId(one)];
    else words.added = [...(words.added ?? []), memberId(one)];
  } else if (/^members$/i.test(name)) {
    const ids = value === undefined || value === null ? null : membersOf(value);
    if (op === 'add') words.added = [...(words.added ?? []), ...(ids ?? [])];
    // Entra lists whom it takes out; without a list it is everybody.
    else if (op === 'remove' && ids !== null) words.removed = [...(words.removed ?? []), ...ids];
    else words.members = ids ?? [];
  } else if (op !== 'remove' && /^displayname$/i.test(name)) {
    words.name = textOf(value, 'displayName') ?? '';
    if (words.name.trim() === '') throw new ScimError(400, 'invalidValue', 'displayName is empty');
  } else if (/^externalid$/i.test(name)) words.externalId = op === 'remove' ? null : textOf(value, 'externalId');
}

function membersOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.length > 10_000) throw new ScimError(400, 'tooMany', 'More than 10000 members at once');
  return list.map((member) => memberId(typeof member === 'string' ? member : objectOf(member).value));
}

function memberId(value: unknown): string {
  if (typeof value !== 'string' || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value))
    throw new ScimError(400, 'invalidValue', 'A member is the id of a user');
  return value.toLowerCase();
}

interface Operation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path?: string;
  readonly value?: unknown;
}

function operationsOf(body: unknown): Operation[] {
  const entry = Object.entries(objectOf(body)).find(([name]) => name.toLowerCase() === 'operations');
  if (!Array.isArray(entry?.[1]) || entry[1].length > 1_000)
    throw new ScimError(400, 'invalidSyntax', 'Operations is a list of at most 1000');
  return entry[1].map((given) => {
    const { op, path, value } = objectOf(given);
    const verb = String(op).toLowerCase();
    if (verb !== 'add' && verb !== 'replace' && verb !== 'remove')
      throw new ScimError(400, 'invalidSyntax', 'op is add, replace or remove');
    if (path !== undefined && path !== null && typeof path !== 'string')
      throw new ScimError(400, 'invalidPath', 'path is a text');
    if (verb === 'remove' && !path) throw new ScimError(400, 'noTarget', 'remove needs a path');
    return { op: verb, ...(path ? { path: String(path).trim() } : {}), value };
  });
}

function objectOf(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ScimError(400, 'invalidSyntax', 'An object was expected');
  return value as Json;
}

function emailOf(value: unknown): string {
  return textOf(chosenOf(value)?.value, 'emails') ?? '';
}

function phoneOf(value: unknown): string | null {
  return textOf(chosenOf(value)?.value, 'phoneNumbers')?.replace(/^tel:/i, '').trim() || null;
}

/** Of several values the first one, the one for work, and before both the one that is said to be it. */
function chosenOf(value: unknown): Json | undefined {
  if (value === null || value === undefined) return undefined;
  const list = (Array.isArray(value) ? value : [value]).map(
    (one): Json => (typeof one === 'object' && one !== null ? (one as Json) : { value: one }),
  );
  return list.find(({ primary }) => primary === true) ?? list.find(({ type }) => type === 'work') ?? list[0];
}

/** An id, or what has one: `{ "value": … }`, in a list of one as some write it. */
function managerOf(value: unknown): string | null {
  const id = textOf(chosenOf(value)?.value, 'manager')?.trim();
  if (!id) return null;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
    throw new ScimError(400, 'invalidValue', 'A manager is the id of a user');
  return id.toLowerCase();
}

/** Entra sends `"True"` unless it is told not to. */
function booleanOf(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  throw new ScimError(400, 'invalidValue', 'active is true or false');
}

function textOf(value: unknown, name: string): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string' || value.length > LONGEST || value.includes('\u0000') || !value.isWellFormed())
    throw new ScimError(400, 'invalidValue', `${name} is a text of at most ${LONGEST} letters`);
  return value;
}

function isTimeZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}
