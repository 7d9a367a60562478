import { type Translate, translator } from '../i18n/translate.ts';

/** A mail in words: as plain text, and the same as simple HTML. */
export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Its words stand under `letter.<kind>` in the catalogues of the kernel and the modules. */
export type LetterKind =
  | ('invitation' | 'forgotten' | 'test')
  | ('formConfirm' | 'formTold')
  | ('bookingMade' | 'bookingMoved' | 'bookingCancelled' | 'bookingSoon')
  | ('bookingTold.made' | 'bookingTold.moved' | 'bookingTold.cancelled');

/** What stands in a letter beside its words. */
export interface LetterParts {
  /** Where its button leads. */
  readonly link?: string | undefined;
  /** Where its second, quieter link leads. */
  readonly second?: string | undefined;
  /** Facts, each on a line of its own. */
  readonly lines?: readonly string[] | undefined;
}

/**
 * The words of a kind of letter in the reader's language.
 * @param params what they are about; `company` and `name` stand in all of them; a stranger's name is empty
 */
export function writeLetter(
  kind: LetterKind,
  language: string,
  params: Readonly<Record<string, unknown>> & { company: string; name: string },
  { link, second, lines = [] }: LetterParts = {},
): Letter {
  const words = translator(language);
  const say: Translate = (key) => words(`letter.${kind}.${key}`, params).replaceAll(/\s+/g, ' ');
  const greeting = words(params.name ? 'letter.greeting' : 'letter.greetingNobody', params);
  const [body, foot] = [say('body'), say('foot')];
  const button = link ? say('button') : null;
  const quieter = second ? say('second') : null;
  const facts = lines.map((line) => line.replaceAll(/\s+/g, ' '));
  const text = [
    ...[greeting, body, ...(facts.length > 0 ? [facts.join('\n')] : [])],
    ...(link ? [link] : []),
    ...(second ? [`${quieter}: ${second}`] : []),
    ...[foot, '--', params.company],
  ].join('\n\n');
  const html = `<!doctype html>
<html lang="${language}"><body style="margin:0;padding:24px;background:#f6f6f4;font:16px/1.5 system-ui,sans-serif;color:#1c1c1a">
<div style="max-width:520px;margin:0 auto;padding:28px;background:#fff;border-radius:12px">
<p style="margin:0 0 16px">${escaped(greeting)}</p>
<p style="margin:0 0 20px">${escaped(body)}</p>${
    facts.length > 0 ? `\n<p style="margin:0 0 20px">${facts.map(escaped).join('<br>')}</p>` : ''
  }${
    link && button
      ? `
<p style="margin:0 0 20px"><a href="${escaped(link)}" style="display:inline-block;padding:10px 18px;background:#1f5f4a;color:#fff;border-radius:8px;text-decoration:none">${escaped(button)}</a></p>
<p style="margin:0 0 20px;font-size:13px;color:#5c5c58;word-break:break-all">${escaped(link)}</p>`
      : ''
  }${second && quieter ? `\n<p style="margin:0 0 20px"><a href="${escaped(second)}" style="color:#0b655e">${escaped(quieter)}</a></p>` : ''}
<p style="margin:0;font-size:13px;color:#5c5c58">${escaped(foot)}</p>
</div></body></html>
`;
  return { subject: say('subject'), text, html };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
