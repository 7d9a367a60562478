import type { RecordOf } from '#kernel/object/definition.ts';
import type { Save } from '#kernel/object/rules.ts';
import type { task } from './task.object.ts';

/**
 * Somebody is asked to do a task: it is theirs from then on, and whoever gave it hears what they say. Declined, it goes back.
 * Given to a third one without being asked, it is nobody's question any more.
 */
export function keepDelegation({ before, after, changed, set, refuse, context }: Save<RecordOf<typeof task>>): void {
  if (!changed('acceptance')) {
    if (changed('owner') && before?.acceptance) set('acceptance', null);
    return;
  }
  // Whoever asked does not answer; anybody else who may work the task does, as a stand-in.
  const mayAnswer = before?.acceptance === 'asked' && context.userId !== before.givenBy;
  if (after.acceptance === null) set('answer', null);
  else if (after.acceptance === 'asked') {
    if (after.owner === null || after.owner === context.userId) refuse('owner', 'task.to-oneself');
    set('givenBy', context.userId);
    set('delegatedTo', after.owner);
    set('answer', null);
  } else if (!mayAnswer) refuse('acceptance', 'task.not-asked');
  else if (after.acceptance === 'declined') set('owner', before.givenBy);
}
