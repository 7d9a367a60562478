import type { RecordShape } from '../api/types.ts';

/** Whether the subject of an interaction says something of its own: one that was made of the first words does not. */
export function hasOwnSubject({ subject, body }: RecordShape): boolean {
  const words = String(subject ?? '').replace(/…$/, '');
  // Its lines are one line in the subject.
  const start = String(body ?? '')
    .slice(0, words.length * 20)
    .replace(/\s+/g, ' ')
    .trimStart();
  return words !== '' && !start.startsWith(words);
}
