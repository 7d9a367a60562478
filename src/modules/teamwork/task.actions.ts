import { Type } from 'typebox';
import { readRecurrence, reanchored, writeRecurrence } from '#kernel/fields/recurrence/format.ts';
import { defineAction } from '#kernel/object/action.ts';
import { createNext } from './recurring.ts';
import { isOver, task } from './task.object.ts';

const nothing = Type.Object({}, { additionalProperties: false });

export const completeTask = defineAction(task, {
  name: 'complete',
  icon: 'check',
  input: nothing,
  isAvailable: (record) => record.status !== 'done',
  run: ({ records, record }) => records.update(task, record.id, { status: 'done' }),
});

export const reopenTask = defineAction(task, {
  name: 'reopen',
  icon: 'rotate-clockwise',
  input: nothing,
  isAvailable: (record) => record.status === 'done' || record.status === 'cancelled',
  run: ({ records, record }) => records.update(task, record.id, { status: 'open' }),
});

/** What comes after it stays as it was; whatever is changed now, is changed in this one. */
export const separateTask = defineAction(task, {
  name: 'separate',
  icon: 'git-branch',
  input: nothing,
  isAvailable: (record) => record.repeats !== null && record.next === null && !isOver(record),
  async run({ records, record, context }) {
    await createNext(record, context);
    return records.update(task, record.id, { repeats: null });
  },
});

/** The others move with one that was moved: a meeting of Tuesdays becomes one of Thursdays. */
export const moveFollowingTasks = defineAction(task, {
  name: 'moveFollowing',
  icon: 'calendar-time',
  input: nothing,
  isAvailable: (record) =>
    record.repeats !== null && record.dueOn !== null && record.occursOn !== record.dueOn && !isOver(record),
  async run({ records, record }) {
    const rule = readRecurrence(record.repeats!)!;
    await records.update(task, record.id, { repeats: null });
    return records.update(task, record.id, { repeats: writeRecurrence(reanchored(rule, record.dueOn!)) });
  },
});

/** Not this time. */
export const skipTask = defineAction(task, {
  name: 'skip',
  icon: 'ban',
  input: nothing,
  isAvailable: (record) => record.repeats !== null && !isOver(record),
  run: ({ records, record }) => records.update(task, record.id, { status: 'cancelled' }),
});

/** They may accept or decline; whoever gives it away hears of it, and looks again on a day of their own. */
export const delegateTask = defineAction(task, {
  name: 'delegate',
  icon: 'user-plus',
  input: Type.Object(
    {
      to: Type.String({ format: 'uuid', 'x-field': 'delegatedTo' }),
      followUpOn: Type.Optional(Type.String({ format: 'date' })),
    },
    { additionalProperties: false },
  ),
  isAvailable: (record) => !isOver(record),
  async run({ records, record, input: { to, ...more } }) {
    // Asked again, it is a question again.
    if (record.acceptance === 'asked') await records.update(task, record.id, { acceptance: null });
    return records.update(task, record.id, { ...more, owner: to, acceptance: 'asked' });
  },
});

export const acceptTask = defineAction(task, {
  name: 'accept',
  icon: 'thumb-up',
  input: nothing,
  isAvailable: (record) => record.acceptance === 'asked' && !isOver(record),
  run: ({ records, record }) => records.update(task, record.id, { acceptance: 'accepted' }),
});

export const declineTask = defineAction(task, {
  name: 'decline',
  icon: 'thumb-down',
  input: Type.Object({ answer: Type.String({ minLength: 1, maxLength: 500 }) }, { additionalProperties: false }),
  isAvailable: (record) => record.acceptance === 'asked' && !isOver(record),
  run: ({ records, record, input }) => records.update(task, record.id, { acceptance: 'declined', ...input }),
});
