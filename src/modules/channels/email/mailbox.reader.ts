import { sql } from '#kernel/database/sql.ts';
import { forgetMailboxes, MAILBOX_CHANNEL } from '#kernel/mail/mailbox-state.ts';
import { defineReader } from '#kernel/object/module.ts';

/** Whoever follows mailboxes hears at once that one changed; one that is gone for good takes its passwords along. */
export const mailboxReader = defineReader({
  name: 'mailboxes',
  objects: ['mailbox'],
  async run(events, { connection, schema, door }) {
    const gone = events.filter(({ operation }) => operation === 'purge').map(({ record }) => record);
    if (gone.length > 0) await forgetMailboxes(connection, schema, gone);
    await connection.run(sql`select pg_notify(${MAILBOX_CHANNEL}, ${door.workspace.id})`);
  },
});
