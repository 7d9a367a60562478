import { Type } from 'typebox';
import { defineAction } from '#kernel/object/action.ts';
import { notification } from './notification.object.ts';

export const readNotification = defineAction(notification, {
  name: 'markRead',
  icon: 'mail-opened',
  input: Type.Object({}, { additionalProperties: false }),
  isAvailable: (record) => record.readAt === null,
  run: ({ records, record, context }) => records.update(notification, record.id, { readAt: context.now.toISOString() }),
});
