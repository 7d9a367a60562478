import type { FieldEnv, FieldOf, FieldType } from '#kernel/fields/field-type.ts';
import { fieldType } from '#kernel/fields/registry.ts';
import { type Translate, translator } from '#kernel/i18n/translate.ts';
import type { FieldModel } from '#kernel/object/model.ts';
import { FieldProblem } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { type OwnType, type Question, wordsIn } from './design.ts';

/** Objects whose fields a form may ask for. */
export const askedObjects = ['contact', 'account', 'lead', 'opportunity'] as const;

/** A question as it is put to somebody, in their language. */
export interface Asked {
  readonly key: string;
  /** `own`: it belongs to no field. */
  readonly object: (typeof askedObjects)[number] | 'own';
  readonly field: string;
  readonly kind: OwnType | 'decimal' | 'percent';
  readonly label: string;
  readonly help: string;
  readonly isRequired: boolean;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly definition: FieldOf;
  readonly type: FieldType;
}

export interface Refused {
  readonly key: string;
  /** In the visitor's language. */
  readonly message: string;
}

/** Fields of these types can be asked for; the others need to know what else there is, or are nobody's to write. */
const offered: ReadonlySet<string> = new Set([
  ...['text', 'longText', 'email', 'phone', 'url', 'integer', 'decimal', 'percent'],
  ...['date', 'boolean', 'select', 'multiSelect'],
]);
/** What colleagues note about a customer is not the customer's to say. */
const internal: ReadonlySet<string> = new Set([
  'contact.doNotCall',
  'contact.doNotEmail',
  'contact.doNotContact',
  'contact.externalId',
  'account.externalId',
  'opportunity.externalId',
  ...['externalId', 'status', 'warmth', 'disqualifiedReason', 'disqualifiedNote', 'nextStep'].map(
    (name) => `lead.${name}`,
  ),
  ...['forecast', 'probability', 'lostReason', 'lostNote', 'nextStep'].map((name) => `opportunity.${name}`),
]);

/** The fields that a form may ask for, in the order of their objects. */
export function offeredFields(workspace: Workspace, language: string): Omit<Asked, 'definition' | 'type'>[] {
  return askedObjects.flatMap((object) => {
    const model = workspace.model.objects.get(object);
    return [...(model?.fields.values() ?? [])].flatMap((field) => {
      const asked = isOffered(field) ? ofField(workspace, field, object, {}, language) : null;
      if (!asked) return [];
      const { definition: _definition, type: _type, ...rest } = asked;
      return [rest];
    });
  });
}

/** The questions of a design in a language, without those whose field is gone. */
export function askedOf(workspace: Workspace, questions: readonly Question[], language: string): Asked[] {
  return questions.flatMap((question): Asked[] => {
    const [object, name] = question.key.split('.') as [Asked['object'], string];
    if (object === 'own') return [ownQuestion(workspace, question, name, language)];
    const field = workspace.model.objects.get(object)?.fields.get(name);
    return field && isOffered(field) ? [ofField(workspace, field, object, question, language)] : [];
  });
}

/**
 * Reads what was sent: only what is asked, each through its field type. Whatever else came along is not looked at.
 * @param given all values by key, as a browser sends them
 */
export function readAnswers(
  workspace: Workspace,
  asked: readonly Asked[],
  given: ReadonlyMap<string, readonly string[]>,
  language: string,
): { answers: Record<string, unknown>; refused: Refused[] } {
  const words = translator(language);
  const env = envFor(workspace, language);
  const answers: Record<string, unknown> = {};
  const refused: Refused[] = [];
  for (const { key, kind, isRequired, options, definition, type } of asked) {
    if (kind === 'file') continue;
    const values = (given.get(key) ?? []).slice(0, 100).filter((value) => value.trim() !== '');
    if (kind === 'boolean') {
      answers[key] = values.length > 0;
      if (isRequired && values.length === 0) refused.push({ key, message: words('publicPage.required') });
      continue;
    }
    if (values.length === 0) {
      if (isRequired) refused.push({ key, message: words('publicPage.required') });
      continue;
    }
    try {
      const isChoice = kind === 'select' || kind === 'multiSelect';
      const known = new Set(options.map(({ value }) => value));
      if (isChoice && values.some((value) => !known.has(value))) throw new FieldProblem('field.not-an-option');
      const input = kind === 'multiSelect' ? values : isChoice ? values[0]! : type.parse(values[0]!, definition, env);
      const value = type.normalise(input, definition, env);
      if (value !== null && value !== '') answers[key] = value;
      else if (isRequired) refused.push({ key, message: words('publicPage.required') });
    } catch (error) {
      if (!(error instanceof FieldProblem)) throw error;
      refused.push({ key, message: words(error.code, { value: '', ...error.params }) });
    }
  }
  return { answers, refused };
}

/** An answer as a person reads it; empty for none. */
export function tellAnswer({ kind, options, definition, type }: Asked, value: unknown, language: string): string {
  if (value === undefined || value === null) return '';
  if (kind === 'boolean') return translator(language)(value ? 'publicPage.yes' : 'publicPage.no');
  const labelOf = (one: unknown) => options.find((option) => option.value === one)?.label ?? String(one);
  if (kind === 'select') return labelOf(value);
  if (kind === 'multiSelect') return (value as unknown[]).map(labelOf).join(', ');
  return type.format(value, definition, { language, timeZone: 'UTC' });
}

function isOffered(field: FieldModel): boolean {
  const { readOnly } = field.definition;
  return (
    !field.system &&
    !readOnly &&
    field.derived === null &&
    offered.has(field.type.name) &&
    !internal.has(`${field.object}.${field.name}`)
  );
}

function ofField(
  workspace: Workspace,
  field: FieldModel,
  object: Asked['object'],
  question: Partial<Question>,
  language: string,
): Asked {
  const { name, definition, type } = field;
  const company = workspace.settings.language;
  const words = translator(language);
  const usual = (key: string, own: Readonly<Record<string, string>> | undefined) =>
    wordsIn(own, language, company) || said(words, key);
  const { options = [] } = definition as { options?: readonly { value: string; label?: Record<string, string> }[] };
  const at = `object.${object}`;
  return {
    key: `${object}.${name}`,
    object,
    field: name,
    kind: type.name as Asked['kind'],
    label:
      wordsIn(question.label, language, company) ||
      // What somebody is asked for is one, where a record has many.
      said(words, `publicPage.fields.${object}.${name}`) ||
      usual(`${at}.fields.${name}`, definition.label) ||
      name,
    help: wordsIn(question.help, language, company),
    isRequired: question.required === true,
    options: options.map(({ value, label }) => ({
      value,
      label: usual(`${at}.options.${name}.${value}`, label) || value,
    })),
    definition,
    type,
  };
}

function ownQuestion(workspace: Workspace, question: Question, name: string, language: string): Asked {
  const company = workspace.settings.language;
  const kind = question.type ?? 'text';
  const options = question.options ?? [];
  return {
    key: question.key,
    object: 'own',
    field: name,
    kind,
    label: wordsIn(question.label, language, company) || name,
    help: wordsIn(question.help, language, company),
    isRequired: question.required === true,
    options: options.map(({ value, label }) => ({ value, label: wordsIn(label, language, company) || value })),
    definition: { name, ...(options.length > 0 ? { options } : {}) } as FieldOf,
    type: fieldType(kind),
  };
}

function said(words: Translate, key: string): string {
  const text = words(key);
  return text === key ? '' : text;
}

function envFor({ settings, rate }: Workspace, language: string): FieldEnv {
  const { country, currency, timeZone } = settings;
  return { now: new Date(), timeZone, language, country, currency, rate, userId: null };
}
