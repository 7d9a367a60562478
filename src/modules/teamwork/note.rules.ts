import { beginning } from '#kernel/fields/clean.ts';
import { richText } from '#kernel/fields/richText/index.ts';
import { defineRules } from '#kernel/object/rules.ts';
import { note } from './note.object.ts';

/** A line of a list has room for about this many letters. */
const subjectLength = 80;

export const noteRules = defineRules(note, {
  beforeSave({ after, set }) {
    if (!after.subject) set('subject', firstWords(after.body ?? ''));
  },
});

/** The beginning of a text with markup, cut between two words; null when it has no words (a line, an empty table). */
export function firstWords(html: string): string | null {
  const text = richText.format(html, { name: 'body' }, { language: 'en', timeZone: 'UTC' });
  return beginning(text.split('\n')[0]!, subjectLength);
}
