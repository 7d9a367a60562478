import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { richText } from '#kernel/fields/richText/index.ts';
import type { Model } from '#kernel/object/model.ts';
import { type ParsedTemplate, parseTemplate, TemplateProblem } from '#kernel/template/engine.ts';
import { htmlTemplate, seenAt } from '#kernel/template/html-template.ts';
import { isVariable, roots } from './variables.ts';

/** What a mail says in one language. A snippet has no subject. */
export const MailText = Type.Object(
  { subject: Type.Optional(Type.String({ maxLength: 500 })), html: Type.String({ maxLength: 50_000 }) },
  { additionalProperties: false },
);
export type MailText = Static<typeof MailText>;
export type MailTexts = Readonly<Record<string, MailText>>;

const check = Compile(
  Type.Record(Type.String({ pattern: '^[a-z]{2}$' }), MailText, {
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 40,
  }),
);

/** Null for what are no texts. */
export function readTexts(value: unknown): MailTexts | null {
  return check.Check(value) ? value : null;
}

/** What is wrong with a text: which part of it, and where in it as people see it. */
export interface TextProblem {
  readonly part: 'subject' | 'html';
  readonly code: TemplateProblem['code'];
  readonly line: number;
  readonly column: number;
  readonly word: string;
}

export interface ParsedText {
  readonly subject: ParsedTemplate;
  readonly html: ParsedTemplate;
}

/**
 * The parts of a text, ready to be filled in, or what is wrong with each.
 * @param model whose fields it may ask for; without one only its syntax is looked at
 */
export function parseText({ subject = '', html }: MailText, model: Model | undefined): ParsedText | TextProblem[] {
  const knows = model ? (path: string) => isVariable(model, path) : undefined;
  const problems: TextProblem[] = [];
  const read = (part: TextProblem['part'], source: string) => {
    try {
      return parseTemplate(source, { roots, knows });
    } catch (error) {
      if (!(error instanceof TemplateProblem)) throw error;
      const { code, word } = error;
      problems.push({ part, code, word, ...seenAt(source, error.line, error.column) });
      return null;
    }
  };
  const parsed = { subject: read('subject', subject), html: read('html', htmlTemplate(html)) };
  return problems.length > 0 ? problems : (parsed as ParsedText);
}

export function cleanText({ subject, html }: MailText): MailText {
  const clean = richText.normalise(html, { name: 'html' } as never, {} as never) as string;
  const line = subject?.replaceAll(/\s+/g, ' ').trim().toWellFormed();
  return { ...(line ? { subject: line } : {}), html: clean };
}

/** The first of some languages that there is a text in, else whichever there is. */
export function languageFor(texts: MailTexts, wanted: readonly (string | null | undefined)[]): string {
  const has = (language: string | null | undefined) =>
    language && texts[language.slice(0, 2)] ? [language.slice(0, 2)] : [];
  return wanted.flatMap(has)[0] ?? Object.keys(texts).sort()[0]!;
}

/** Plain words, such as a macro's, as a text of a mail. */
export function textOfWords(words: string): MailText {
  const paragraphs = words.trim().split(/\n{2,}/);
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return { html: paragraphs.map((one) => `<p>${escaped(one).replaceAll('\n', '<br />')}</p>`).join('') };
}
