import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { addDays, dayIn, instantIn } from '#kernel/fields/calendar.ts';

const id = Type.String({ format: 'uuid' });
const strict = { additionalProperties: false };
const tagList = Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: 20 });
const text = Type.String({ minLength: 1, maxLength: 20_000 });

const Step = Type.Union([
  /** `me` is whoever runs it; null gives it back to everybody. */
  Type.Object({ do: Type.Literal('assign'), owner: Type.Union([id, Type.Literal('me'), Type.Null()]) }, strict),
  Type.Object({ do: Type.Literal('team'), team: Type.Union([id, Type.Null()]) }, strict),
  Type.Object({ do: Type.Literal('status'), status: Type.Union([Type.Literal('open'), Type.Literal('done')]) }, strict),
  /** Days from now, at nine in the morning. */
  Type.Object({ do: Type.Literal('snooze'), days: Type.Integer({ minimum: 1, maximum: 365 }) }, strict),
  Type.Object({ do: Type.Literal('tag'), tags: tagList }, strict),
  Type.Object({ do: Type.Literal('untag'), tags: tagList }, strict),
  /** Into the answer, for a person to look at before it goes. */
  Type.Object({ do: Type.Literal('insert'), text }, strict),
  Type.Object({ do: Type.Literal('note'), text }, strict),
]);

const check = Compile(Type.Array(Step, { minItems: 1, maxItems: 20 }));

export type MacroStep = Static<typeof Step>;

/** Null for what are no steps. */
export function readSteps(value: unknown): MacroStep[] | null {
  return check.Check(value) ? value : null;
}

/** What the steps make of a conversation's fields, without its tags. */
export function changesOf(
  steps: readonly MacroStep[],
  { userId, now, timeZone }: { userId: string | null; now: Date; timeZone: string },
): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const step of steps) {
    if (step.do === 'assign') changes.owner = step.owner === 'me' ? userId : step.owner;
    if (step.do === 'team') changes.team = step.team;
    if (step.do === 'status') Object.assign(changes, { status: step.status, snoozedUntil: null });
    if (step.do === 'snooze') {
      const morning = `${addDays(dayIn(now, timeZone), step.days)}T09:00:00.000`;
      Object.assign(changes, { status: 'snoozed', snoozedUntil: instantIn(morning, timeZone).toISOString() });
    }
  }
  return changes;
}

/** The tags of a conversation after the steps. */
export function tagsAfter(steps: readonly MacroStep[], tags: readonly string[]): string[] {
  let after = [...tags];
  for (const step of steps) {
    if (step.do !== 'tag' && step.do !== 'untag') continue;
    const named = new Set(step.tags.map((tag) => tag.toLowerCase()));
    const others = after.filter((tag) => !named.has(tag.toLowerCase()));
    after = step.do === 'untag' ? others : [...others, ...step.tags];
  }
  return after;
}
