import { timeInWords } from '#app/bookings.ts';
import { addDays, dayIn } from '#kernel/fields/calendar.ts';
import { type Language, translator } from '#kernel/i18n/translate.ts';
import type { Workspace } from '#kernel/records/door.ts';
import {
  type Asked,
  type FormTexts,
  languagesOf,
  originOf,
  type Slot,
  titleOf,
  wordsIn,
} from '#modules/forms/index.ts';
import { field, idOf, TRAP } from './form-page.ts';
import { type Html, html, paragraphs } from './html.ts';
import { type PublicPage, pageDocument } from './layout.ts';

/** A booking page, as its record is. */
export interface BookingRecord {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly texts: unknown;
  readonly durations: unknown;
  readonly place: string | null;
  readonly color: string | null;
  readonly sites: string | null;
}

/** Where a visitor is on the page: the address says all of it, so that every step works without scripts. */
export interface BookingStep {
  readonly language: Language;
  readonly timeZone: string;
  readonly minutes: number;
  /** The first day that is shown, on the visitor's clock. */
  readonly day: string;
  /** `/b/visit`, or `/b/move/<link>`. */
  readonly path: string;
  readonly isFramed: boolean;
  /** One word for where the visitor came from; `direct` for nowhere. */
  readonly source: string;
}

/** Days on a page. */
export const SHOWN_DAYS = 7;

export function hrefOf(step: BookingStep, changes: Readonly<Record<string, string | number>> = {}): string {
  const all = { ...carriedIn(step), day: step.day, ...changes };
  return `${step.path}?${new URLSearchParams(Object.entries(all).map(([name, value]): [string, string] => [name, String(value)]))}`;
}

/** What comes along from step to step. */
function carriedIn({ language, timeZone, minutes, isFramed, source }: BookingStep): Record<string, string | number> {
  return {
    ...{ lang: language, zone: timeZone, minutes },
    ...(isFramed ? { embed: '1' } : {}),
    ...(source === 'direct' ? {} : { utm_source: source }),
  };
}

function hiddenFields(values: Readonly<Record<string, string | number>>): Html {
  return html`${Object.entries(values).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;
}

export function bookingFrame(
  workspace: Workspace,
  page: BookingRecord,
  step: BookingStep,
): Omit<PublicPage, 'title' | 'content'> {
  return {
    language: step.language,
    company: workspace.name,
    logo: workspace.settings.logo,
    color: page.color,
    isFramed: step.isFramed,
    languages: languagesOf((page.texts ?? {}) as FormTexts).map((language) => ({
      language,
      href: hrefOf({ ...step, language }),
    })),
  };
}

export function durationsOf(page: Pick<BookingRecord, 'durations'>): number[] {
  return ((page.durations ?? []) as unknown as number[]).toSorted((a, b) => a - b);
}

/** The free times of some days, as links. @param note something that went otherwise than hoped */
export function timesPage(
  workspace: Workspace,
  page: BookingRecord,
  step: BookingStep,
  slots: readonly Slot[],
  { heading, note, isFirst }: { heading?: string; note?: string | undefined; isFirst: boolean },
): string {
  const words = translator(step.language);
  const title = titleOf(page, step.language);
  const intro = wordsIn((page.texts as FormTexts | null)?.intro, step.language, workspace.settings.language);
  const durations = heading ? [] : durationsOf(page);
  const locale = step.language === 'en' ? 'en-GB' : step.language;
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', timeZone: step.timeZone });
  const dayName = new Intl.DateTimeFormat(locale, {
    ...{ weekday: 'long', day: 'numeric', month: 'long' },
    timeZone: step.timeZone,
  });
  const { zone: _zone, ...carried } = carriedIn(step);
  const days = Map.groupBy(slots, ({ from }) => dayIn(from, step.timeZone));
  const zones = [
    ...new Set([step.timeZone, workspace.settings.timeZone, 'UTC', ...Intl.supportedValuesOf('timeZone')]),
  ];
  const content = html`<h1>${heading ?? title}</h1>
${intro && !heading ? html`<div class="intro">${paragraphs(intro)}</div>` : null}
${note ? html`<div class="alert" role="alert" tabindex="-1"><p>${note}</p></div>` : null}
${
  durations.length > 1
    ? html`<h2>${words('publicBooking.duration')}</h2><ul class="chosen">${durations.map((minutes) => {
        const label = words('publicBooking.minutes', { minutes });
        return html`<li${minutes === step.minutes ? html` aria-current="true"` : null}>${
          minutes === step.minutes ? label : html`<a href="${hrefOf(step, { minutes })}">${label}</a>`
        }</li>`;
      })}</ul>`
    : null
}
<form class="zone" method="get" action="${step.path}"><div><label for="zone">${words('publicBooking.zone')}</label><select id="zone" name="zone">${zones
    .toSorted()
    .map((zone) => html`<option${zone === step.timeZone ? html` selected` : null}>${zone}</option>`)}</select></div>
${hiddenFields({ ...carried, day: step.day })}
<button class="quiet-button" type="submit">${words('publicBooking.show')}</button></form>
<section aria-label="${words('publicBooking.times')}">${
    days.size === 0 ? html`<p class="intro">${words('publicBooking.noTimes')}</p>` : null
  }${[...days].map(
    ([, ofDay]) =>
      html`<div class="day"><h2>${dayName.format(ofDay[0]!.from)}</h2><ul class="slots">${ofDay.map(
        ({ from }) =>
          html`<li><a class="slot" href="${hrefOf(step, { at: from.toISOString() })}">${time.format(from)}</a></li>`,
      )}</ul></div>`,
  )}</section>
<nav class="weeks">${
    isFirst
      ? html`<span></span>`
      : html`<a class="quiet-button" href="${hrefOf(step, { day: addDays(step.day, -SHOWN_DAYS) })}">${words('publicBooking.earlier')}</a>`
  }<a class="quiet-button" href="${hrefOf(step, { day: addDays(step.day, SHOWN_DAYS) })}">${words('publicBooking.later')}</a></nav>`;
  const frame = bookingFrame(workspace, page, step);
  return pageDocument({ ...frame, title: `${title} · ${workspace.name}`, content, scripts: ['page.js'] });
}

/** One time, and who wants it. */
export function detailsPage(
  workspace: Workspace,
  page: BookingRecord,
  step: BookingStep,
  {
    at,
    asked,
    token,
    given = new Map(),
    errors = new Map(),
    note,
  }: {
    at: Date;
    asked: readonly Asked[];
    token: string;
    given?: ReadonlyMap<string, readonly string[]>;
    errors?: ReadonlyMap<string, string>;
    note?: string | undefined;
  },
): string {
  const words = translator(step.language);
  const title = titleOf(page, step.language);
  const own = ownQuestions(step.language);
  const all = [...own, ...asked.map(({ key, label }) => ({ key, label }))];
  const named = all.filter(({ key }) => errors.has(key));
  const line = ({ key, label, type, fills }: (typeof own)[number]) => {
    const error = errors.get(key);
    return html`<div class="field"><label for="${idOf(key)}">${label}</label><input id="${idOf(key)}" name="${key}" type="${type}" autocomplete="${fills}" maxlength="250" required value="${given.get(key)?.[0] ?? ''}"${
      error ? html` aria-invalid="true" aria-describedby="${idOf(key)}-error"` : null
    }>${error ? html`<span class="error" id="${idOf(key)}-error">${error}</span>` : null}</div>`;
  };
  const content = html`<h1>${title}</h1>${facts(page, step, at)}
${
  named.length > 0 || note
    ? html`<div class="alert" role="alert" tabindex="-1"><p>${note ?? words('publicPage.check', { count: named.length })}</p>${
        named.length > 0
          ? html`<ul>${named.map(({ key, label }) => html`<li><a href="#${idOf(key)}">${label}</a>: ${errors.get(key)}</li>`)}</ul>`
          : null
      }</div>`
    : null
}
<form method="post" action="${step.path}" enctype="multipart/form-data" novalidate data-form${
    given.size === 0 ? html` data-began="${step.path}/began?source=${step.source}"` : null
  }>
${hiddenFields({ ...carriedIn(step), token, at: at.toISOString() })}
<div class="away" aria-hidden="true"><label for="trap">${words('publicPage.leaveEmpty')}</label><input id="trap" name="${TRAP}" tabindex="-1" autocomplete="off"></div>
${own.map(line)}${asked.map((question) => field(question, given.get(question.key) ?? [], errors.get(question.key), step.language))}
<div class="actions"><button class="send" type="submit" data-send="${words('publicBooking.book')}" data-sending="${words('publicPage.sending')}">${words('publicBooking.book')}</button><a class="quiet-button" href="${hrefOf(step)}">${words('publicBooking.other')}</a></div>
</form>`;
  const frame = bookingFrame(workspace, page, step);
  return pageDocument({ ...frame, title: `${title} · ${workspace.name}`, content, scripts: ['page.js'] });
}

/** What is asked of everybody. */
export function ownQuestions(language: string) {
  const words = translator(language);
  return [
    { key: 'name', label: words('publicBooking.name'), type: 'text', fills: 'name' },
    { key: 'email', label: words('publicBooking.email'), type: 'email', fills: 'email' },
  ];
}

/** When and where, in a box. */
export function facts(
  page: Pick<BookingRecord, 'place'>,
  { minutes, language, timeZone }: BookingStep,
  at: Date,
): Html {
  return html`<div class="facts"><p class="when">${timeInWords(at, minutes, language, timeZone)}</p>${
    page.place
      ? html`<p>${originOf(page.place) ? html`<a href="${page.place}" target="_blank" rel="noopener noreferrer">${page.place}</a>` : page.place}</p>`
      : null
  }</div>`;
}
