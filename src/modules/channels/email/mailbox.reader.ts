import { forgetMailboxes } from '#kernel/mail/mailbox-state.ts';
import { defineReader } from '#kernel/object/module.ts';

/** A mailbox that is gone for good takes its passwords along. */
export const mailboxReader = defineReader({
  name: 'mailboxes',
  objects: ['mailbox'],
  operations: ['purge'],
  run: (events, { connection, schema }) =>
    forgetMailboxes(
      connection,
      schema,
      events.map(({ record }) => record),
    ),
});
