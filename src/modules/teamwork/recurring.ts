import { addDays, dayIn } from '#kernel/fields/calendar.ts';
import { nextDay } from '#kernel/fields/recurrence/days.ts';
import { anchored, readRecurrence, writeRecurrence } from '#kernel/fields/recurrence/format.ts';
import type { RecordOf } from '#kernel/object/definition.ts';
import type { RuleContext, Save } from '#kernel/object/rules.ts';
import { isOver, task } from './task.object.ts';

type Task = RecordOf<typeof task>;

/** What belongs to one occurrence alone. */
const ownMatter: ReadonlySet<string> = new Set([
  'status',
  'doneAt',
  'dueOn',
  'remindOn',
  'repeats',
  'checklist',
  'acceptance',
  'answer',
  'followUpOn',
]);

const ownFields = Object.entries(task.fields).flatMap(([name, field]) => ('readOnly' in field ? [] : [name]));

/**
 * Keeps a series going: what begins to repeat gets its first day, what is done or cancelled the one after it, and what is
 * reopened takes that one back as long as nobody touched it.
 */
export async function keepRepeating({ before, after, changed, set, context }: Save<Task>): Promise<void> {
  if (changed('repeats') || changed('repeatsFrom')) begin(after, set, context);
  if (!before || !changed('status')) return;
  if (isOver(after) && !isOver(before)) {
    const next = after.next === null ? await createNext(after, context) : null;
    if (next) set('next', next);
  } else if (isOver(before) && !isOver(after) && after.next !== null) {
    const next = await context.records.find(task, { id: after.next }, { fields: ['version'] });
    if (next && next.version > 1) return;
    if (next) await context.records.remove(task, next.id);
    set('next', null);
  }
}

function begin(after: Task, set: Save<Task>['set'], context: RuleContext): void {
  const rule = after.repeats === null ? null : readRecurrence(after.repeats);
  if (!rule) {
    set('occursOn', null);
    return;
  }
  const today = dayIn(context.now, context.timeZone);
  const day = after.dueOn ?? nextDay(rule, addDays(today, -1), addDays(today, -1))?.day ?? today;
  set('dueOn', day);
  set('occursOn', day);
  // Counted from when it is done, "every month" begins anew each time.
  if (after.repeatsFrom !== 'done') set('repeats', writeRecurrence(anchored(rule, day)));
}

/** @returns the id of the occurrence that comes after one; null where the series ends */
export async function createNext(one: Task, context: RuleContext): Promise<string | null> {
  const following = nextOccurrence(one, dayIn(context.now, context.timeZone));
  if (!following) return null;
  const entered = context.entered?.(task.name) ?? ownFields;
  const kept = [...entered, 'owner'].filter((name) => name in one && !ownMatter.has(name));
  const copy = Object.fromEntries(kept.map((name) => [name, one[name as keyof Task]]));
  const { day, repeats } = following;
  const checklist = one.checklist?.map((item) => ({ ...item, done: false })) ?? null;
  return (await context.records.create(task, { ...copy, checklist, dueOn: day, repeats })).id;
}

/**
 * The day of a series after one that is over, and the rule from there on. Never one that has passed: whoever comes back
 * from a holiday has one, not ten.
 */
export function nextOccurrence(
  one: Pick<Task, 'repeats' | 'repeatsFrom' | 'occursOn' | 'dueOn'>,
  today: string,
): { day: string; repeats: string } | null {
  const rule = one.repeats === null ? null : readRecurrence(one.repeats);
  if (!rule) return null;
  const isFromDone = one.repeatsFrom === 'done';
  const first = isFromDone ? today : (one.occursOn ?? one.dueOn ?? today);
  const from = isFromDone ? anchored(rule, today) : rule;
  const yesterday = addDays(today, -1);
  const next = nextDay(from, first, !isFromDone && first < yesterday ? yesterday : first);
  if (!next) return null;
  const left = rule.count === undefined ? rule : { ...rule, count: rule.count - next.passed };
  return { day: next.day, repeats: writeRecurrence(left) };
}
