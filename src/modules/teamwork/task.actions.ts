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
  icon: 'unlink',
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
  icon: 'calendar-repeat',
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
  icon: 'player-skip-forward',
  input: nothing,
  isAvailable: (record) => record.repeats !== null && !isOver(record),
  run: ({ records, record }) => records.update(task, record.id, { status: 'cancelled' }),
});
