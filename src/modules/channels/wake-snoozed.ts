import type { Records } from '#kernel/records/records.ts';
import { conversation } from './conversation.object.ts';

/** Conversations in one transaction. */
const AT_ONCE = 500;

/**
 * Opens the conversations whose time has come.
 * @param records of the program
 * @returns how many
 */
export async function wakeSnoozed(records: Records, now: Date): Promise<number> {
  let woken = 0;
  for (;;) {
    const { items } = await records.list(conversation, {
      filter: { status: 'snoozed', snoozedUntil: { lte: now.toISOString() } },
      fields: ['status'],
      sort: ['snoozedUntil'],
      limit: AT_ONCE,
    });
    if (items.length === 0) return woken;
    const ids = items.map(({ id }) => id);
    const { succeeded } = await records.updateMany(conversation, { ids }, { status: 'open' });
    woken += succeeded;
    // What cannot be opened now is tried again with the next round.
    if (succeeded === 0 || items.length < AT_ONCE) return woken;
  }
}
