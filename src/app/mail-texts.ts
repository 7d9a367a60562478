import { asSystem, fieldAccess, isAllowed, type Principal } from '#kernel/access/access.ts';
import type { FileValue } from '#kernel/fields/file/index.ts';
import { translator } from '#kernel/i18n/translate.ts';
import type { FieldModel } from '#kernel/object/model.ts';
import { Problem } from '#kernel/problems/problem.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
import { type ParsedTemplate, renderTemplate, TemplateProblem } from '#kernel/template/engine.ts';
import { gapsIn } from '#kernel/template/gaps.ts';
import { escapeHtml, escapeLine, htmlTemplate, seenAt } from '#kernel/template/html-template.ts';
import { type Reader, type TemplateScope, TemplateValue } from '#kernel/template/values.ts';
import { fieldLabel, withOptionLabels } from '#kernel/transfer/labels.ts';
import {
  identify,
  languageFor,
  mailTemplate,
  normalAddress,
  parseText,
  readTexts,
  type TextProblem,
  textOfWords,
  type Variable,
  variableAt,
} from '#modules/channels/index.ts';
import { cleanHtml, type MailContent, type MailPerson } from './outgoing.ts';

/** For whom and about what a text is filled in, as the composer knows it. */
export interface Occasion {
  readonly about: MailContent['about'];
  /** The first of whom it goes to. */
  readonly to: MailPerson | null;
  /** Of the text, when somebody chose one. */
  readonly language: string | null;
}

/** A template that is kept, texts that are just being written, or plain words. */
export type TextSource = { readonly template: string } | { readonly texts: unknown } | { readonly words: string };

export interface FilledText {
  readonly language: string;
  /** In which the text is there; none of plain words. */
  readonly languages: readonly string[];
  readonly subject: string;
  readonly html: string;
  readonly attachments: readonly FileValue[];
  /** What nobody knows, and the writer has to say: labels. */
  readonly gaps: readonly string[];
  readonly problems: readonly TextProblem[];
}

/**
 * A text with the values of whom it goes to and what it is about, each as far as its writer may see it.
 * @throws Problem `record.not-found` for what the writer may not see, `request.invalid` for what are no texts
 */
export async function fillText(
  workspace: Workspace,
  principal: Principal,
  source: TextSource,
  occasion: Occasion,
): Promise<FilledText> {
  const records = recordsFor(workspace, principal, 'mail');
  const kept = 'template' in source ? await records.read(mailTemplate, source.template) : null;
  const texts = 'words' in source ? null : readTexts(kept ? kept.texts : 'texts' in source ? source.texts : null);
  if (!texts && !('words' in source))
    throw new Problem('request.invalid', {}, [{ field: 'texts', code: 'mailTemplate.not-texts' }]);
  const subjects = await subjectsOf(workspace, principal, occasion);
  const wanted = [occasion.language, subjects.language, workspace.settings.language, principal.language];
  const spoken = wanted.find((one) => one) ?? 'en';
  const language = texts ? languageFor(texts, wanted) : spoken;
  const text = texts ? texts[language]! : textOfWords('words' in source ? source.words : '');
  const answer = {
    language,
    languages: Object.keys(texts ?? {}).sort(),
    attachments: (kept?.attachments ?? []) as unknown as FileValue[],
  };
  const parsed = parseText(text, workspace.model);
  if (Array.isArray(parsed)) return { ...answer, subject: '', html: '', gaps: [], problems: parsed };
  const reader: Reader = { language, timeZone: principal.timeZone, currency: workspace.settings.currency };
  // `contact.account` before `contact.account.name`, which stands in it.
  const paths = [...new Set([...parsed.subject.paths, ...parsed.html.paths])].sort();
  const scope = await valuesOf(workspace, principal, paths, subjects, reader);
  const problems: TextProblem[] = [];
  const render = (part: 'subject' | 'html', template: ParsedTemplate, encode: (value: string) => string) => {
    try {
      return renderTemplate(template, scope, reader, encode);
    } catch (error) {
      if (!(error instanceof TemplateProblem)) throw error;
      const at = part === 'html' ? seenAt(htmlTemplate(text.html), error.line, error.column) : error;
      problems.push({ part, code: error.code, word: error.word, line: at.line, column: at.column });
      return '';
    }
  };
  const subject = escapeLine(render('subject', parsed.subject, escapeLine))
    .slice(0, 500)
    .toWellFormed();
  const html = cleanHtml(render('html', parsed.html, escapeHtml));
  return { ...answer, subject, html, gaps: gapsIn(`${subject} ${html}`), problems };
}

/** What becomes of a text, for all that is wrong with it. @throws Problem `mailTemplate.broken` */
export function requireFilled(filled: FilledText): FilledText {
  if (filled.problems.length === 0) return filled;
  const errors = filled.problems.map(({ part, code, ...where }) => {
    return {
      field: 'texts',
      code: `mailTemplate.${code}`,
      params: { part, language: filled.language.toUpperCase(), ...where },
    };
  });
  throw new Problem('mailTemplate.broken', {}, errors);
}

/** Records by the roots of variables, and what the reader speaks. */
interface Subjects {
  readonly ids: Readonly<Record<string, string | null>>;
  readonly language: string | null;
}

const program = asSystem('whose an address is does not depend on who writes to it');

/** Whoever it goes to is whoever has the address; who cannot be seen is nobody. */
async function subjectsOf(workspace: Workspace, principal: Principal, { about, to }: Occasion): Promise<Subjects> {
  const records = recordsFor(workspace, principal, 'mail');
  const address = to ? (normalAddress(to.address) ?? '') : '';
  const everybody = recordsFor(workspace, program, 'mail');
  const named = address ? (await identify(everybody, [address])).get(address) : undefined;
  // Who writes to somebody unknown writes to no contact, whatever the mail is about.
  const id = to ? (named?.contact ?? null) : (about.contact ?? null);
  const maySee = id !== null && isAllowed(principal, 'contact', 'read');
  const contact = maySee ? await records.find('contact', { id }, { fields: ['language', 'account'] }) : null;
  const account = about.account ?? contact?.account ?? named?.account ?? null;
  return {
    ids: {
      contact: contact?.id ?? null,
      account: account as string | null,
      opportunity: about.opportunity ?? null,
      me: principal.userId,
    },
    language: (contact?.language ?? null) as string | null,
  };
}

async function valuesOf(
  workspace: Workspace,
  principal: Principal,
  paths: readonly string[],
  { ids }: Subjects,
  reader: Reader,
): Promise<TemplateScope> {
  const records = recordsFor(workspace, principal, 'mail');
  const words = translator(principal.language);
  const asked = paths.flatMap((path) => {
    const variable = variableAt(workspace.model, path);
    return variable ? [{ path, variable }] : [];
  });
  const scope: Record<string, TemplateValue | Record<string, unknown>> = { ...ofNoRecord(workspace, reader) };
  for (const [root, group] of Map.groupBy(asked, ({ variable }) => variable.root)) {
    const id = ids[root] ?? null;
    const open = group.filter(({ variable }) => isOpen(principal, variable));
    const fields = [...new Set(open.map(({ variable }) => variable.read))];
    const row = id && open.length > 0 ? await records.find(group[0]!.variable.object, { id }, { fields }) : null;
    const shown = new Set(open);
    for (const one of group) {
      const { path, variable } = one;
      const raw = row && shown.has(one) ? (row[variable.read] ?? null) : null;
      const parts = path.split('.');
      // A reference that says its title is called by its own name.
      const fields = variable.through.slice(0, parts.length - 1).map((field) => fieldLabel(field, principal.language));
      // The recipient's are told by themselves: “First name”; others with whose they are: “Account: Name”.
      const label = [...(root === 'contact' ? [] : [words(`mailTemplate.root.${root}`)]), ...fields].join(': ');
      put(scope, parts, templateValue(variable.field, raw, label, reader));
    }
  }
  return scope as TemplateScope;
}

/** Each in its place; a path may lead through a value that is asked for itself. */
function put(scope: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: TemplateValue): void {
  if (rest.length === 0) scope[name] = value;
  else {
    const inner = scope[name] ?? Object.create(null);
    scope[name] = inner;
    put(inner as Record<string, unknown>, rest, value);
  }
}

/** Hidden or masked anywhere on the way, it is not known. */
function isOpen(principal: Principal, { through }: Variable): boolean {
  return through.every(({ object, name }) => {
    if (!isAllowed(principal, object, 'read')) return false;
    const access = fieldAccess(principal, object, name);
    return access !== 'hidden' && access !== 'masked';
  });
}

function templateValue(field: FieldModel, raw: unknown, label: string, reader: Reader): TemplateValue {
  return raw === null
    ? new TemplateValue(null, null, label)
    : new TemplateValue(bare(raw), said(field, raw, reader), label);
}

function said(field: FieldModel, raw: unknown, reader: Reader): string {
  // A contact is written to at the first of their addresses; a letter names that one.
  const value = field.behaviour.name === 'email' || field.behaviour.name === 'phone' ? first(raw) : raw;
  return field.behaviour.format(value, withOptionLabels(field), reader);
}

const first = (raw: unknown) => (Array.isArray(raw) ? ((raw[0] as { value?: unknown })?.value ?? raw[0]) : raw);

/** What it is compared as. */
function bare(raw: unknown): TemplateValue['$value'] {
  if (typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean') return raw;
  if (Array.isArray(raw)) return raw.map((one) => String((one as { value?: unknown } | null)?.value ?? one));
  const { amount } = raw as { amount?: unknown };
  return typeof amount === 'number' ? amount : JSON.stringify(raw);
}

function ofNoRecord(
  workspace: Workspace,
  { language, timeZone }: Reader,
): Record<string, TemplateValue | Record<string, unknown>> {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date());
  const shown = new Intl.DateTimeFormat(language, { timeZone, dateStyle: 'long' }).format(new Date());
  return {
    company: Object.assign(Object.create(null), { name: new TemplateValue(workspace.name, workspace.name, '') }),
    today: new TemplateValue(day, shown, ''),
  };
}
