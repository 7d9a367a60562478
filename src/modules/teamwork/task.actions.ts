import { Type } from 'typebox';
import { defineAction } from '#kernel/object/action.ts';
import { task } from './task.object.ts';

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
