import { defineRules } from '#kernel/object/module.ts';
import { note } from './note.object.ts';

/** A line of a list has room for about this many letters. */
const subjectLength = 80;

export const noteRules = defineRules(note, {
  beforeSave({ after, set }) {
    if (!after.subject) set('subject', firstWords(after.body));
  },
});

/** The beginning of a text with markup, cut between two words; null when it has no words (a picture). */
export function firstWords(html: string): string | null {
  const text = html
    .replace(/<\/(p|h\d|li|blockquote)>|<br\s*\/?>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .trim();
  const line = text.split(/\s*\n\s*/)[0]!.replace(/\s+/g, ' ');
  if (line === '') return null;
  if (line.length <= subjectLength) return line;
  const cut = line.slice(0, subjectLength);
  const atWord = cut.slice(0, Math.max(cut.lastIndexOf(' '), 0)) || cut;
  return `${atWord.toWellFormed().replace(/[\s,;:–-]+$/, '')}…`;
}
