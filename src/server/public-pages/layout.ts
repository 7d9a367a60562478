import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { type Language, translator } from '#kernel/i18n/translate.ts';
import { type Html, html } from './html.ts';
import { pageStyle } from './style.ts';

/** What stands around every page that strangers open. */
export interface PublicPage {
  readonly language: Language;
  readonly title: string;
  readonly company: string;
  /** A data address of a small picture. */
  readonly logo?: string | undefined;
  /** `#0f766e`, under the buttons. */
  readonly color?: string | null;
  /** Languages that can be chosen, with the address of each. */
  readonly languages?: readonly { readonly language: Language; readonly href: string }[];
  /** Inside a page of somebody else: without what is around it. */
  readonly isFramed?: boolean;
  readonly content: Html;
  /** Names of files in this folder. */
  readonly scripts?: readonly string[];
}

const names: Readonly<Record<Language, string>> = { en: 'English', es: 'Español', lt: 'Lietuvių' };

export function pageDocument(page: PublicPage): string {
  const { language, title, company, logo, color, languages = [], isFramed, content, scripts = [] } = page;
  const words = translator(language);
  const switcher =
    languages.length > 1
      ? html`<nav class="languages" aria-label="${words('publicPage.language')}">${languages.map((one) =>
          one.language === language
            ? html`<span aria-current="true" lang="${one.language}">${names[one.language]}</span>`
            : html`<a href="${one.href}" lang="${one.language}" hreflang="${one.language}">${names[one.language]}</a>`,
        )}</nav>`
      : null;
  const head = html`<header class="head"><span class="brand">${
    logo ? html`<img src="${logo}" alt="" width="28" height="28">` : null
  }<span>${company}</span></span>${switcher}</header>`;
  return html`<!doctype html>
<html lang="${language}"${isFramed ? html` class="framed"` : null}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${{ markup: pageStyle }}</style>
<style>${{ markup: colorStyle(color) }}</style>
</head>
<body>
${isFramed ? switcher : head}
<main class="sheet">${content}</main>
${scripts.map((name) => html`<script src="/f/${name}" defer></script>`)}
</body>
</html>
`.markup;
}

export interface PageHeaders {
  /** Origins of the sites that may show it; nobody may when there are none. */
  readonly sites?: readonly string[];
  readonly color?: string | null;
  /** Where a form of the page may lead beside this server. */
  readonly leadsTo?: string | null;
}

/**
 * A page of ours for strangers: it runs our script only, sends to us only, shows pictures of its own only, and stands in frames
 * only where its owner says so. The address that it came from is told to us alone.
 */
export function sendPage(reply: FastifyReply, document: string, { sites = [], color, leadsTo }: PageHeaders = {}) {
  const styles = [pageStyle, colorStyle(color)].map((text) => `'sha256-${sha256(text)}'`).join(' ');
  reply.raw.removeHeader('x-frame-options');
  reply.headers({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-robots-tag': 'noindex',
    // With `no-referrer` a browser says of what it sends that it comes from nowhere.
    'referrer-policy': 'same-origin',
    'content-security-policy': [
      "default-src 'none'",
      `style-src ${styles}`,
      "script-src 'self'",
      "connect-src 'self'",
      'img-src data:',
      `form-action 'self'${leadsTo ? ` ${leadsTo}` : ''}`,
      "base-uri 'none'",
      `frame-ancestors ${sites.length > 0 ? sites.join(' ') : "'none'"}`,
    ].join('; '),
  });
  if (sites.length === 0) reply.header('x-frame-options', 'DENY');
  return reply.send(document);
}

/** A page that only says something. */
export function messagePage(
  page: Omit<PublicPage, 'content' | 'title'>,
  title: string,
  text: string,
  more?: Html,
): string {
  const content = html`<div class="message" role="status"><h1>${title}</h1>${text ? html`<p>${text}</p>` : null}${more ?? null}</div>`;
  return pageDocument({ ...page, title: `${title} · ${page.company}`, content });
}

/** The company's colour under white or black letters, whichever can be read on it. */
function colorStyle(color: string | null | undefined): string {
  if (!color || !/^#[0-9a-f]{6}$/i.test(color)) return ':root{}';
  return `:root{--fill:${color};--on-fill:${luminance(color) > 0.183 ? '#000' : '#fff'}}`;
}

/** Relative luminance (WCAG 2.2): above 0.183, black has more contrast than white. */
function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
