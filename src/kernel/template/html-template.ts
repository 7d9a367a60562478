import { oneLine } from '../mail/address.ts';

/**
 * Formatted text as the engine reads it. What stands between braces is told apart from the markup around it: an editor writes
 * `&gt;` for `>` there, and may have made half of it bold. A paragraph that holds nothing but an instruction leaves none behind.
 * Each block begins a line, so that the lines of a problem are those that people see.
 */
export function htmlTemplate(html: string): string {
  return html
    .replaceAll(/>\s*\n\s*</g, '><')
    .replaceAll(braces, (part) => decoded(part.replaceAll(/<[^<>]*>/g, '')))
    .replaceAll(/<p>\s*((?:\{%[^{}]*%\}\s*)+)<\/p>/g, '$1\n')
    .replaceAll(/(<br ?\/?>|<\/(?:p|li|h\d|blockquote|tr|pre)>)/g, '$1\n');
}

/** Where in what people see, from 1, something stands in the text that the engine read. */
export function seenAt(source: string, line: number, column: number): { line: number; column: number } {
  const before = (source.split('\n')[line - 1] ?? '').slice(0, Math.max(0, column - 1));
  return { line, column: decoded(before.replaceAll(/<[^<>]*>/g, '')).length + 1 };
}

/** A value in formatted text, also in an attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replaceAll(/\r?\n/g, '<br />');
}

/** A value in a subject. */
export const escapeLine = oneLine;

/** At most so long, so that a text of nothing but beginnings is read in one go. */
const braces = /\{\{[^{}]{0,1000}\}\}|\{%[^{}]{0,1000}%\}/g;

function decoded(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|#39|nbsp);|\u00a0/g, (whole, name: string | undefined) =>
    name === undefined || name === 'nbsp' ? ' ' : (entities[name] ?? whole),
  );
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
