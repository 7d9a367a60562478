import type { RecordOf } from '#kernel/object/definition.ts';
import { defineRules, type Save } from '#kernel/object/rules.ts';
import { keepDelegation } from './delegating.ts';
import { keepRepeating } from './recurring.ts';
import { nextReminder, timeOf } from './reminders.ts';
import { isOver, task } from './task.object.ts';

/** What decides when somebody is reminded. */
const reminding = ['dueOn', 'dueTime', 'remindBefore', 'remindOn', 'remindedAt', 'owner', 'status'] as const;

export const taskRules = defineRules(task, {
  beforeSave(save) {
    const { before, after, changed, set, refuse, context } = save;
    // A task brought over from another system may say itself when it was done.
    if (after.status !== 'done') set('doneAt', null);
    else if (changed('status') && !(changed('doneAt') && after.doneAt)) set('doneAt', context.now.toISOString());
    if (after.dueTime && changed('dueTime')) {
      const [, hours, minutes] = /^([01]?\d|2[0-3])[:.h]([0-5]\d)$/.exec(after.dueTime) ?? [];
      if (hours === undefined) return refuse('dueTime', 'task.not-a-time');
      set('dueTime', `${hours.padStart(2, '0')}:${minutes}`);
    }
    if (changed('acceptance') || changed('owner')) keepDelegation(save);
    if (changed('repeats') || changed('repeatsFrom') || (before && changed('status') && after.repeats))
      return keepRepeating(save).then(() => keepReminding(save));
    return keepReminding(save);
  },
});

function keepReminding({ before, after, changed, set, context }: Save<RecordOf<typeof task>>): void | Promise<void> {
  if (!reminding.some(changed)) return;
  const { owner, remindBefore, remindOn } = after;
  const isWanted = (remindBefore?.length ?? 0) > 0 || remindOn !== null;
  if (!isWanted || owner === null || isOver(after)) return set('remindAt', null);
  return timeOf(owner, context).then((time) => set('remindAt', nextReminder(before, after, time, context.now)));
}
