/** Text that is markup already. Only `html` makes it, so that what people typed cannot pass for it. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | null | undefined | false | readonly Part[];

/** Markup with its parts filled in: what is not markup itself is escaped. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: strings.reduce((all, text, index) => all + markupOf(parts[index - 1]) + text) };
}

/** Lines of a text as paragraphs and line breaks. */
export function paragraphs(text: string): Html {
  const blocks = text.split(/\n\s*\n/).filter((block) => block.trim() !== '');
  const linesOf = (block: string) =>
    block.split('\n').map((line, index) => (index === 0 ? html`${line}` : html`<br>${line}`));
  return html`${blocks.map((block) => html`<p>${linesOf(block)}</p>`)}`;
}

function markupOf(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'markup' in part ? part.markup : part.map(markupOf).join('');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
