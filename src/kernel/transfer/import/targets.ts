import { fieldAccess, isShown, type Principal } from '../../access/access.ts';
import { languages } from '../../i18n/translate.ts';
import { type FieldModel, isWritable, type Model, type ObjectModel } from '../../object/model.ts';
import { allLabels, fieldLabel, partLabel } from '../labels.ts';
import { normaliseHeader, type Suggestion, suggestMapping, type TargetField } from '../mapping.ts';

/**
 * Where a column goes, as text:
 *
 * - `name`, `amount`: a field
 * - `billingAddress.city`: part of an address
 * - `account.externalId`, `owner.email`: a reference, found by that field of the record it points to
 * - `phones#2`, `phones#2:work`, `phones#2.label`: second entry of a list, its label given, its label's own column
 * - `fullName`: first and last name in one cell, where the object has both
 * - `id`: the record itself, as a key
 */
export interface Target {
  /** `fullName` for the name that is divided. */
  field: string;
  part: string | null;
  entry: { index: number; label: string | null; role: 'value' | 'label' } | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const FULL_NAME = 'fullName';
export const ADDRESS_FIELDS = ['street', 'city', 'region', 'postcode', 'country'] as const;

/** Null for a text that is no target of the object, or one that the person may not write. */
export function parseTarget(model: Model, object: ObjectModel, principal: Principal, text: string): Target | null {
  const found = /^([A-Za-z_]\w*)(?:#(\d{1,2}))?(?:\.(\w+))?(?::(.{1,50}))?$/u.exec(text);
  if (!found) return null;
  const [, name = '', index, part = null, label = null] = found;
  if (name === FULL_NAME && hasFullName(object) && part === null) return { field: FULL_NAME, part: null, entry: null };
  const field = object.fields.get(name);
  if (!field || !mayTarget(object, field, principal)) return null;
  const isList = isLabelled(field);
  if (index !== undefined || label !== null) {
    if (!isList) return null;
    const role = part === 'label' ? 'label' : 'value';
    return { field: name, part: null, entry: { index: Number(index ?? 0), label, role } };
  }
  if (part === null)
    return { field: name, part: null, entry: isList ? { index: 0, label: null, role: 'value' } : null };
  if (field.type.name === 'address') {
    return (ADDRESS_FIELDS as readonly string[]).includes(part) ? { field: name, part, entry: null } : null;
  }
  const key = field.target === null ? undefined : model.objects.get(field.target)?.fields.get(part);
  if (!key || (!key.type.operators.in && !key.type.operators.hasAny) || !isShown(principal, field.target!, part))
    return null;
  return { field: name, part, entry: null };
}

/** What a person may choose for a column, with words for it. */
export function targetsOf(model: Model, object: ObjectModel, principal: Principal, language: string) {
  const targets: { name: string; label: string; type: string; required: boolean }[] = [];
  if (hasFullName(object)) {
    targets.push({ name: FULL_NAME, label: partLabel('fullName', language), type: 'text', required: false });
  }
  for (const field of object.fields.values()) {
    if (!mayTarget(object, field, principal)) continue;
    const label = fieldLabel(field, language);
    const add = (name: string, words: string, required = false) =>
      targets.push({ name, label: words, type: field.type.name, required });
    if (field.type.name === 'address') {
      for (const part of ADDRESS_FIELDS) add(`${field.name}.${part}`, `${label}: ${partLabel(part, language)}`);
      add(field.name, label);
    } else if (isLabelled(field)) {
      add(field.name, label);
      for (const n of [2, 3, 4, 5]) add(`${field.name}#${n}`, `${label} ${n}`);
      for (const n of [1, 2, 3, 4, 5])
        add(`${field.name}#${n}.label`, `${label} ${n}: ${partLabel('label', language)}`);
    } else {
      add(field.name, label, field.definition.required === true && field.definition.default === undefined);
      for (const key of keysOf(model, field))
        add(`${field.name}.${key.name}`, `${label}: ${fieldLabel(key, language)}`);
    }
  }
  return targets;
}

/** The target that each column most probably belongs to. A header that is one of our own names or labels decides. */
export function suggestTargets(
  model: Model,
  object: ObjectModel,
  principal: Principal,
  headers: string[],
  sample: string[][],
): { target: string | null; confidence: number; reason: string | null }[] {
  const own = new Map<string, string>();
  for (const language of languages) {
    for (const target of targetsOf(model, object, principal, language)) {
      own.set(normaliseHeader(target.label), target.name);
      own.set(normaliseHeader(target.name), target.name);
    }
  }
  const fields = [...object.fields.values()].filter(
    (field) => mayTarget(object, field, principal) && field.name !== 'id',
  );
  const known: TargetField[] = fields.map((field) => ({
    name: field.name,
    type: field.type.name,
    labels: allLabels(field),
    isList: isLabelled(field),
  }));
  if (hasFullName(object)) {
    known.push({
      name: FULL_NAME,
      type: 'text',
      labels: languages.map((language) => partLabel('fullName', language)),
      synonyms: [`${object.name}.fullName`],
    });
  }
  const guesses = suggestMapping({ headers, sample, fields: known, object: object.name });
  const hasParts = guesses.some(({ field }) => field === 'firstName' || field === 'lastName');
  const taken = new Set<string>();
  const exact = headers.map((header, column) => {
    let target = own.get(normaliseHeader(header)) ?? null;
    // `Id` of another system is its key, not ours.
    if (target === 'id' && !sample.some((row) => UUID.test(row[column] ?? '')))
      target = object.fields.has('externalId') ? 'externalId' : null;
    if (target === null || taken.has(target)) return null;
    taken.add(target);
    return target;
  });
  return headers.map((_, column) => {
    const target = exact[column];
    if (target) return { target, confidence: 1, reason: 'label' };
    const guess = guesses[column] as Suggestion;
    const guessed = targetText(guess);
    // First and last name have columns of their own: the whole name says nothing more.
    const isSpare = guessed === null || taken.has(guessed) || (guessed === FULL_NAME && hasParts);
    if (isSpare) return { target: null, confidence: 0, reason: null };
    taken.add(guessed);
    return { target: guessed, confidence: guess.confidence, reason: guess.reason };
  });
}

export function hasFullName(object: ObjectModel): boolean {
  return ['firstName', 'lastName'].every((name) => object.fields.get(name)?.type.name === 'text');
}

/** `emails`, `phones`: several values with a label each. */
export function isLabelled(field: FieldModel): boolean {
  return (
    (field.type.name === 'email' || field.type.name === 'phone') &&
    (field.definition as { many?: boolean }).many === true
  );
}

function mayTarget(object: ObjectModel, field: FieldModel, principal: Principal): boolean {
  if (fieldAccess(principal, object.name, field.name) !== 'write') return field.name === 'id';
  return field.name === 'id' || (isWritable(field) && field.type.name !== 'file');
}

/** Fields of a reference's target by which a record is found: unique, indexed, its title. */
function keysOf(model: Model, field: FieldModel): FieldModel[] {
  const target = field.target === null || field.name === 'id' ? undefined : model.objects.get(field.target);
  if (!target) return [];
  return [...target.fields.values()].filter((key) => {
    if (key.system || key.target !== null || !(key.type.operators.in ?? key.type.operators.hasAny)) return false;
    const { unique, index } = key.definition;
    return (
      unique ||
      key.name === target.title.name ||
      (index && key.type.name === 'text') ||
      key.type.name === 'email' ||
      key.type.name === 'url'
    );
  });
}

function targetText({ field, part, entry }: Suggestion): string | null {
  if (field === null) return null;
  if (part) return `${field}.${part === 'postalCode' ? 'postcode' : part}`;
  if (!entry) return field;
  if (entry.role === 'label') return `${field}#${entry.index}.label`;
  const index = entry.index > 1 ? `#${entry.index}` : '';
  return entry.label ? `${field}#${entry.index}:${entry.label}` : `${field}${index}`;
}
