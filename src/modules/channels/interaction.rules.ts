import { beginning } from '#kernel/fields/clean.ts';
import { metresBetween } from '#kernel/fields/geo/format.ts';
import type { RecordOf } from '#kernel/object/definition.ts';
import { defineRules, type Save } from '#kernel/object/rules.ts';
import { Problem } from '#kernel/problems/problem.ts';
import { account, contact } from '#modules/customers/index.ts';
import { mentionsIn } from '#modules/teamwork/index.ts';
import { meetingSeries } from './calendar/meeting-series.object.ts';
import { beginSeries } from './calendar/series.ts';
import { conversation } from './conversation.object.ts';
import { interaction } from './interaction.object.ts';

/** A line of a list has room for about this many letters. */
const SUBJECT_LENGTH = 80;
const PREVIEW_LENGTH = 160;
/** What somebody logs as done may lie this far ahead: a clock that is fast, a meeting that ended early. */
const AHEAD_MS = 3_600_000;
/** Seconds. A fair takes days; a month is a slip of the pen. */
const LONGEST_S = 30 * 24 * 3600;

export const interactionRules = defineRules(interaction, {
  async beforeSave(save) {
    const { before, after, changed, set, refuse, context } = save;
    if (after.channel === 'note' && after.direction !== 'internal') set('direction', 'internal');
    if (!after.subject && after.body) set('subject', beginning(after.body, SUBJECT_LENGTH));
    if (changed('arrivedAt') || changed('leftAt')) keepStay(save);
    if (changed('arrivedPlace') || changed('account')) await keepDistance(save);
    const isAhead = new Date(after.at).getTime() > context.now.getTime() + AHEAD_MS;
    // Whoever enters a meeting of tomorrow plans it.
    if (isAhead && after.state === 'done') {
      if (before === null) set('state', 'planned');
      else refuse('state', 'interaction.not-yet');
    }
    if (changed('repeats')) await keepRepeating(save);
    if (after.duration !== null && after.duration > LONGEST_S) refuse('duration', 'interaction.too-long');
    // What came over a channel has been put into its thread by whoever keeps it, and beside its customer.
    const isKept = before === null && Boolean(after.messageKey);
    if (before === null && after.conversation && !isKept) await join(save, after.conversation);
    const hasCome = isKept && after.state === 'done';
    if (changed('contact') && after.contact && !after.account && !hasCome) {
      const person = await context.records.find(contact, { id: after.contact }, { fields: ['account'] });
      if (person?.account) set('account', person.account);
    }
  },
});

/** Whoever says that a meeting repeats begins a series with it; how often a series does is changed for all that follow. */
async function keepRepeating(save: Save<RecordOf<typeof interaction>>): Promise<void> {
  const { before, after, refuse, context } = save;
  if (after.series === null) {
    if (after.repeats === null) return;
    if (after.channel !== 'meeting' && after.channel !== 'visit') return refuse('repeats', 'interaction.not-repeating');
    return beginSeries(save);
  }
  if (before === null) return;
  const series = await context.records.find(meetingSeries, { id: after.series }, { fields: ['rule'] });
  if (series?.rule !== after.repeats) refuse('repeats', 'interaction.of-series');
}

/** A visit took place when somebody was there, however it was planned; whoever has left is done with it. */
function keepStay({ before, after, changed, set, refuse }: Save<RecordOf<typeof interaction>>): void {
  if (after.arrivedAt && changed('arrivedAt') && !(before === null && changed('at'))) set('at', after.arrivedAt);
  if (!after.arrivedAt || !after.leftAt) return;
  const stay = new Date(after.leftAt).getTime() - new Date(after.arrivedAt).getTime();
  if (stay < 0) refuse('leftAt', 'interaction.left-before');
  else if (!changed('duration') || after.duration === null) set('duration', Math.round(stay / 1_000));
  if (after.state === 'planned') set('state', 'done');
}

async function keepDistance({ after, set, context }: Save<RecordOf<typeof interaction>>): Promise<void> {
  const { account: id, arrivedPlace } = after;
  const customer =
    arrivedPlace && id ? await context.records.find(account, { id }, { fields: ['position'] }).catch(unseen) : null;
  set('distance', customer?.position && arrivedPlace ? metresBetween(customer.position, arrivedPlace) : null);
}

/** Whoever may not see where a customer is can visit them all the same. */
function unseen(error: unknown): null {
  if (error instanceof Problem) return null;
  throw error;
}

/** What somebody writes down in a thread is about the same customer, and the thread is as new as it. */
async function join({ after, set, context }: Save<RecordOf<typeof interaction>>, id: string): Promise<void> {
  const { records } = context;
  const thread = await records.find(conversation, { id });
  if (!thread) return;
  for (const field of ['account', 'contact', 'opportunity'] as const)
    if (after[field] === null && thread[field] !== null) set(field, thread[field]);
  const changes: Record<string, unknown> = {};
  if (after.direction === 'internal') {
    const asked = mentionsIn(after.body ?? '').filter((user) => !thread.mentioned?.includes(user));
    if (asked.length > 0) changes.mentioned = [...(thread.mentioned ?? []), ...asked];
  } else if (after.state === 'done' && new Date(after.at) >= new Date(thread.lastAt)) {
    Object.assign(changes, { lastAt: after.at, lastDirection: after.direction });
    changes.preview = beginning(after.body ?? after.subject ?? '', PREVIEW_LENGTH);
    if (after.direction === 'in' && thread.status !== 'open') changes.status = 'open';
  }
  const mayChange = Object.keys(changes).length > 0 && (await records.allowed(conversation, 'update', [id])).has(id);
  if (mayChange) await records.update(conversation, id, changes);
}
