import type { Language } from '#kernel/i18n/translate.ts';
import { translator } from '#kernel/i18n/translate.ts';
import type { Workspace } from '#kernel/records/door.ts';
import {
  type Asked,
  askedOf,
  type ConsentAsked,
  type FormTexts,
  languagesOf,
  type Question,
  wordsIn,
} from '#modules/forms/index.ts';
import { type Html, html, paragraphs } from './html.ts';
import { type PublicPage, pageDocument } from './layout.ts';

/** What of a form a page needs: also of one that is still being made. */
export interface FormDesign {
  readonly name: string;
  readonly slug: string;
  readonly texts: FormTexts;
  readonly questions: readonly Question[];
  readonly consents: readonly ConsentAsked[];
  readonly color: string | null;
}

/** What the page of a form shows beside its questions. */
export interface FormState {
  readonly language: Language;
  /** Signed: when the page was made, and which it is. */
  readonly token: string;
  /** What was typed, by key. */
  readonly given?: ReadonlyMap<string, readonly string[]>;
  /** What is wrong, by key. */
  readonly errors?: ReadonlyMap<string, string>;
  /** Something about the page as a whole. */
  readonly note?: string | undefined;
  /** Files came along, and are gone. */
  readonly hadFiles?: boolean;
  readonly isFramed: boolean;
  /** Shown to whoever makes it: nothing runs. */
  readonly isPreview?: boolean;
  /** What the address said about where the visitor came from, to come along with the answers. */
  readonly carried: Readonly<Record<string, string>>;
}

export const FILES = { most: 5, megabytes: 10 } as const;
/** Filled by programs that fill everything; nobody sees it. */
export const TRAP = 'website_2';

export function formDesign(form: Record<string, unknown>): FormDesign {
  return {
    name: String(form.name ?? ''),
    slug: String(form.slug ?? ''),
    texts: (form.texts ?? {}) as FormTexts,
    questions: (form.questions ?? []) as readonly Question[],
    consents: (form.consents ?? []) as readonly ConsentAsked[],
    color: (form.color ?? null) as string | null,
  };
}

/** What every page of a form has around it. */
export function formFrame(
  workspace: Workspace,
  design: FormDesign,
  { language, isFramed, carried }: Pick<FormState, 'language' | 'isFramed' | 'carried'>,
): Omit<PublicPage, 'title' | 'content'> {
  const hrefOf = (lang: Language) => {
    const query = new URLSearchParams({ ...carried, ...(isFramed ? { embed: '1' } : {}), lang });
    return `/f/${design.slug}?${query}`;
  };
  return {
    language,
    company: workspace.name,
    logo: workspace.settings.logo,
    color: design.color,
    isFramed,
    languages: languagesOf(design.texts).map((one) => ({ language: one, href: hrefOf(one) })),
  };
}

/** The page of a form: it works without scripts, says at each field what is wrong with it, and keeps what was typed. */
export function formPage(workspace: Workspace, design: FormDesign, state: FormState): string {
  const {
    language,
    token,
    given = new Map(),
    errors = new Map(),
    note,
    hadFiles = false,
    isFramed,
    isPreview = false,
    carried,
  } = state;
  const company = workspace.settings.language;
  const words = translator(language);
  const say = (text: FormTexts[keyof FormTexts]) => wordsIn(text, language, company);
  const asked = askedOf(workspace, design.questions, language);
  const title = say(design.texts.title) || design.name;
  const button = say(design.texts.button) || words('publicPage.send');
  const consents = design.consents.map((one, index) => ({
    key: `consent.${index}`,
    text: wordsIn(one.text, language, company),
    isRequired: one.required === true,
  }));
  const named = [
    ...asked.map(({ key, label }) => ({ key, label })),
    ...consents.map(({ key, text }) => ({ key, label: text })),
  ].filter(({ key }) => errors.has(key));
  const alert =
    named.length > 0 || note
      ? html`<div class="alert" role="alert" tabindex="-1"><p>${note ?? words('publicPage.check', { count: named.length })}</p>${
          named.length > 0
            ? html`<ul>${named.map(({ key, label }) => html`<li><a href="#${idOf(key)}">${label}</a>: ${errors.get(key)}</li>`)}</ul>`
            : null
        }${hadFiles ? html`<p>${words('publicPage.fileAgain')}</p>` : null}</div>`
      : null;
  const content = html`<h1>${title}</h1>
${say(design.texts.intro) ? html`<div class="intro">${paragraphs(say(design.texts.intro))}</div>` : null}
${alert}
<form method="post" action="/f/${design.slug}" enctype="multipart/form-data" novalidate data-form${
    // Whoever sends it once more began before.
    given.size === 0 ? html` data-began="/f/${design.slug}/began?source=${carried.utm_source ?? ''}"` : null
  }>
<input type="hidden" name="token" value="${token}">
<input type="hidden" name="lang" value="${language}">
${isFramed ? html`<input type="hidden" name="embed" value="1">` : null}
${Object.entries(carried).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<div class="away" aria-hidden="true"><label for="trap">${words('publicPage.leaveEmpty')}</label><input id="trap" name="${TRAP}" tabindex="-1" autocomplete="off"></div>
${asked.map((question) => field(question, given.get(question.key) ?? [], errors.get(question.key), language))}
${
  consents.length > 0
    ? html`<div class="consents">${consents.map(({ key, text, isRequired }) => {
        const error = errors.get(key);
        return html`<div class="field"><label class="choice"><input type="checkbox" id="${idOf(key)}" name="${key}" value="yes"${given.has(key) ? html` checked` : null}${
          isRequired ? html` required` : null
        }${error ? html` aria-invalid="true" aria-describedby="${idOf(key)}-error"` : null}><span>${text}${
          isRequired ? null : html` <span class="optional">(${words('publicPage.optional')})</span>`
        }</span></label>${errorLine(key, error)}</div>`;
      })}</div>`
    : null
}
<div class="actions"><button class="send" type="submit" data-send="${button}" data-sending="${words('publicPage.sending')}">${button}</button></div>
</form>`;
  const frame = formFrame(workspace, design, state);
  return pageDocument({
    ...frame,
    title: `${title} · ${workspace.name}`,
    content,
    scripts: isPreview ? [] : ['page.js'],
  });
}

/** A field with its label, its help and what is wrong with it, in words. */
export function field(question: Asked, values: readonly string[], error: string | undefined, language: string): Html {
  const { key, kind, label, help, isRequired, options } = question;
  const words = translator(language);
  const id = idOf(key);
  const described = [help || kind === 'file' ? `${id}-help` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  const state = html`${isRequired ? html` required` : null}${error ? html` aria-invalid="true"` : null}${
    described ? html` aria-describedby="${described}"` : null
  }`;
  const optional = isRequired ? null : html` <span class="optional">(${words('publicPage.optional')})</span>`;
  const hint =
    kind === 'file'
      ? [help, words('publicPage.fileHint', { most: FILES.most, size: FILES.megabytes })].filter(Boolean).join(' ')
      : help;
  const helpLine = hint ? html`<div class="help" id="${id}-help">${hint}</div>` : null;
  const [value = ''] = values;
  if (kind === 'boolean')
    return html`<div class="field"><label class="choice"><input type="checkbox" id="${id}" name="${key}" value="yes"${
      values.length > 0 ? html` checked` : null
    }${state}><span>${label}${optional}</span></label>${helpLine}${errorLine(key, error)}</div>`;
  if (kind === 'multiSelect' || (kind === 'select' && options.length <= 5 && options.length > 0))
    return html`<fieldset class="field" id="${id}"${error ? html` aria-describedby="${id}-error"` : null}><legend>${label}${optional}</legend>${helpLine}${options.map(
      (option) =>
        html`<label class="choice"><input type="${kind === 'select' ? 'radio' : 'checkbox'}" name="${key}" value="${option.value}"${
          values.includes(option.value) ? html` checked` : null
        }><span>${option.label}</span></label>`,
    )}${errorLine(key, error)}</fieldset>`;
  const top = html`<label for="${id}">${label}${optional}</label>${helpLine}`;
  if (kind === 'select')
    return html`<div class="field">${top}<select id="${id}" name="${key}"${state}><option value="">${words('publicPage.choose')}</option>${options.map(
      (option) =>
        html`<option value="${option.value}"${option.value === value ? html` selected` : null}>${option.label}</option>`,
    )}</select>${errorLine(key, error)}</div>`;
  if (kind === 'longText')
    return html`<div class="field">${top}<textarea id="${id}" name="${key}" maxlength="10000"${state}>
${value}</textarea>${errorLine(key, error)}</div>`;
  if (kind === 'file')
    return html`<div class="field">${top}<input type="file" id="${id}" name="${key}" multiple${state}>${errorLine(key, error)}</div>`;
  const type = { email: 'email', phone: 'tel', url: 'url', date: 'date' }[kind as string] ?? 'text';
  const fills = fillsIn[key] ?? fillsIn[kind];
  return html`<div class="field">${top}<input type="${type}" id="${id}" name="${key}" value="${value}"${
    ['integer', 'decimal', 'percent'].includes(kind) ? html` inputmode="decimal"` : null
  }${fills ? html` autocomplete="${fills}"` : null} maxlength="1000"${state}>${errorLine(key, error)}</div>`;
}

export function idOf(key: string): string {
  return `q-${key.replaceAll('.', '-')}`;
}

/** What browsers fill in by themselves (HTML, autofill). */
const fillsIn: Readonly<Record<string, string>> = {
  'contact.firstName': 'given-name',
  'contact.lastName': 'family-name',
  'contact.jobTitle': 'organization-title',
  'contact.emails': 'email',
  'contact.phones': 'tel',
  'account.name': 'organization',
  email: 'email',
  phone: 'tel',
  url: 'url',
};

function errorLine(key: string, error: string | undefined): Html | null {
  return error ? html`<span class="error" id="${idOf(key)}-error">${error}</span>` : null;
}
