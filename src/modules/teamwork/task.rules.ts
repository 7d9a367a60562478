import { defineRules } from '#kernel/object/rules.ts';
import { task } from './task.object.ts';

export const taskRules = defineRules(task, {
  beforeSave({ after, changed, set, refuse, context }) {
    // A task brought over from another system may say itself when it was done.
    if (after.status !== 'done') set('doneAt', null);
    else if (changed('status') && !(changed('doneAt') && after.doneAt)) set('doneAt', context.now.toISOString());
    if (!after.dueTime || !changed('dueTime')) return;
    const [, hours, minutes] = /^([01]?\d|2[0-3])[:.h]([0-5]\d)$/.exec(after.dueTime) ?? [];
    if (hours === undefined) refuse('dueTime', 'task.not-a-time');
    else set('dueTime', `${hours.padStart(2, '0')}:${minutes}`);
  },
});
