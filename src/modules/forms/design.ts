import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Language, languageOf, languages } from '#kernel/i18n/translate.ts';

/** A text of the company's own, by language. */
export type Words = Readonly<Partial<Record<Language, string>>>;

/** Kinds of questions that belong to no field: what they answer stands in the submission and in what is told of it. */
export const ownTypes = [
  'text',
  'longText',
  'email',
  'phone',
  'url',
  'integer',
  'date',
  'boolean',
  'select',
  'multiSelect',
  'file',
] as const;
export type OwnType = (typeof ownTypes)[number];

export interface Question {
  /** `contact.lastName` for a field, `own.size` for a question of the company's own. */
  readonly key: string;
  /** Of one's own only: a field says by itself what it takes. */
  readonly type?: OwnType;
  /** Of a field: instead of its usual name. */
  readonly label?: Words;
  readonly help?: Words;
  readonly required?: boolean;
  readonly options?: readonly { readonly value: string; readonly label: Words }[];
}

/** What the visitor is asked to allow: kept with these very words when they do. */
export interface ConsentAsked {
  /** Values of the fields of `consent`. */
  readonly purpose: string;
  readonly channel: string;
  readonly text: Words;
  readonly required?: boolean;
}

export interface FormTexts {
  readonly title?: Words;
  readonly intro?: Words;
  readonly button?: Words;
  readonly thanks?: Words;
}

const words = (maxLength: number) =>
  Type.Object(Object.fromEntries(languages.map((language) => [language, Type.Optional(Type.String({ maxLength }))])), {
    additionalProperties: false,
  });
const strict = { additionalProperties: false };

const Questions = Type.Array(
  Type.Object(
    {
      key: Type.String({ pattern: '^[a-z][a-zA-Z]{0,40}\\.[a-zA-Z_][\\w-]{0,60}$' }),
      type: Type.Optional(Type.Enum([...ownTypes])),
      label: Type.Optional(words(200)),
      help: Type.Optional(words(500)),
      required: Type.Optional(Type.Boolean()),
      options: Type.Optional(
        Type.Array(Type.Object({ value: Type.String({ minLength: 1, maxLength: 60 }), label: words(200) }, strict), {
          maxItems: 100,
        }),
      ),
    },
    strict,
  ),
  { maxItems: 60 },
);
const Consents = Type.Array(
  Type.Object(
    {
      purpose: Type.String({ minLength: 1, maxLength: 100 }),
      channel: Type.String({ minLength: 1, maxLength: 100 }),
      text: words(2_000),
      required: Type.Optional(Type.Boolean()),
    },
    strict,
  ),
  { maxItems: 10 },
);
const Texts = Type.Object(
  {
    title: Type.Optional(words(200)),
    intro: Type.Optional(words(2_000)),
    button: Type.Optional(words(60)),
    thanks: Type.Optional(words(2_000)),
  },
  strict,
);
const checks = { questions: Compile(Questions), consents: Compile(Consents), texts: Compile(Texts) };

/** Whether a part of a design has its form. */
export function isWellFormed(part: keyof typeof checks, value: unknown): boolean {
  return checks[part].Check(value);
}

/** The words in a language; where it has none, those of the company's, then whichever there are. */
export function wordsIn(text: Words | undefined, language: string, company = 'en'): string {
  const filled = (one: string) => text?.[one as Language]?.trim() || undefined;
  return filled(language) ?? filled(company) ?? languages.map(filled).find((one) => one !== undefined) ?? '';
}

/** What a page is called in a language; where it has no title, its name. */
export function titleOf({ name, texts }: { readonly name: string; readonly texts: unknown }, language: string): string {
  return wordsIn((texts as FormTexts | null)?.title, language) || name;
}

/** The languages in which a page has a title: which can be chosen on it. */
export function languagesOf(texts: FormTexts): Language[] {
  return languages.filter((language) => texts.title?.[language]?.trim());
}

/** What the visitor asked for, else what their browser prefers, else the company's, among those that a page has. */
export function chosenLanguage(
  offered: readonly Language[],
  asked: string | undefined,
  preferred: string,
  company: string,
): Language {
  if (asked && offered.includes(asked as Language)) return asked as Language;
  const accepted = preferred
    .slice(0, 500)
    .split(',')
    .map((part) => part.trim().slice(0, 2).toLowerCase() as Language)
    .find((language) => offered.includes(language));
  const own = languageOf(company);
  return accepted ?? (offered.includes(own) ? own : (offered[0] ?? own));
}

/** Part of an address: `/f/<slug>`. */
export const slugPattern = /^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$/;

/** `https://www.example.com`, of what somebody typed; null for anything else. */
export function originOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, origin, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && !username && !password ? origin : null;
}

/** What is wrong with a page that strangers open, by field; what it says is another matter. */
export function wrongIn(
  page: { slug: string; color: string | null; sites: string | null },
  isNewSlug: boolean,
): ('slug' | 'color' | 'sites')[] {
  const sites = (page.sites ?? '').split(/[\s,;]+/).filter(Boolean);
  return [
    ...(isNewSlug && !slugPattern.test(page.slug) ? ['slug' as const] : []),
    ...(page.color && !/^#[0-9a-f]{6}$/i.test(page.color) ? ['color' as const] : []),
    ...(sites.length > 50 || sites.some((one) => originOf(one) === null) ? ['sites' as const] : []),
  ];
}

/** The pages that may show it in a frame. */
export function sitesOf(text: string | null): string[] {
  return [...new Set((text ?? '').split(/[\s,;]+/).flatMap((one) => (one === '' ? [] : (originOf(one) ?? []))))];
}
