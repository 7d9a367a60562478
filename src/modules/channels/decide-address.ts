import type { Records } from '#kernel/records/records.ts';
import { contact } from '#modules/customers/index.ts';
import { conversation } from './conversation.object.ts';
import { interaction } from './interaction.object.ts';
import { knownAddress } from './known-address.object.ts';
import { participant } from './participant.object.ts';

export type Verdict =
  | { verdict: 'contact'; contact: string }
  | { verdict: 'account'; account: string }
  | { verdict: 'nobody' }
  | { verdict: 'blocked' };

const AT_ONCE = 500;

/**
 * Keeps whose an address is, and tells it of what was said from there before: participants, messages, their threads. What
 * already has a customer keeps it.
 * @returns messages that have a customer now
 */
export async function decideAddress(records: Records, id: string, decision: Verdict): Promise<number> {
  const { address } = await records.update(knownAddress, id, {
    ...{ contact: null, account: null },
    ...decision,
  });
  if (decision.verdict === 'blocked') await finishFrom(records, address);
  if (decision.verdict === 'nobody' || decision.verdict === 'blocked') return 0;
  const person = decision.verdict === 'contact' ? decision.contact : null;
  const company =
    decision.verdict === 'account'
      ? decision.account
      : ((await records.find(contact, { id: person! }, { fields: ['account'] }))?.account ?? null);
  let moved = 0;
  for await (const rows of fromAddress(records, address)) {
    if (person)
      await records.updateMany(
        participant,
        { ids: rows.filter((one) => one.contact === null).map((one) => one.id) },
        { contact: person },
      );
    // Who copied somebody in is not written to.
    const sides = rows.filter(({ role }) => role === 'from' || role === 'to').map((one) => one.interaction);
    const { items } = await records.list(interaction, {
      filter: { id: { in: [...new Set(sides)] }, direction: { isNot: 'internal' } },
      fields: ['contact', 'account', 'conversation'],
      limit: AT_ONCE,
    });
    const changesOf = (one: { contact: string | null; account: string | null }) => ({
      ...(person && one.contact === null ? { contact: person } : {}),
      ...(company && one.account === null ? { account: company } : {}),
    });
    const threads = [...new Set(items.flatMap((one) => one.conversation ?? []))];
    const begun = await records.list(conversation, {
      filter: { id: { in: threads } },
      fields: ['contact', 'account'],
      limit: AT_ONCE,
    });
    const changed = (list: readonly { id: string; contact: string | null; account: string | null }[]) =>
      list
        .map((one) => ({ id: one.id, changes: changesOf(one) }))
        .filter(({ changes }) => Object.keys(changes).length > 0);
    const messages = changed(items);
    moved += messages.length;
    await records.updateEach(interaction, messages);
    await records.updateEach(conversation, changed(begun.items));
  }
  return moved;
}

async function* fromAddress(records: Records, address: string) {
  let cursor: string | undefined;
  do {
    const page = await records.list(participant, {
      filter: { address },
      fields: ['interaction', 'role', 'contact'],
      sort: ['createdAt'],
      limit: AT_ONCE,
      ...(cursor ? { cursor } : {}),
    });
    if (page.items.length > 0) yield page.items;
    cursor = page.next ?? undefined;
  } while (cursor);
}

/** Nobody waits for an answer to what is not wanted. */
async function finishFrom(records: Records, address: string): Promise<void> {
  for await (const rows of fromAddress(records, address)) {
    const ids = rows.filter(({ role }) => role === 'from').map((one) => one.interaction);
    const { items } = await records.list(interaction, {
      filter: { id: { in: ids }, contact: null },
      fields: ['conversation'],
      limit: AT_ONCE,
    });
    const threads = [...new Set(items.flatMap((one) => one.conversation ?? []))];
    await records.updateMany(
      conversation,
      { filter: { id: { in: threads }, status: { isNot: 'done' } } },
      { status: 'done' },
    );
  }
}
