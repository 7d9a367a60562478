import { localeOf } from '#kernel/fields/web/format.ts';
import type { Definition } from '../api/types.ts';
import type { NearAbsence } from './near-absences.ts';

/** `30 Nov – 5 Dec 2026`, as the language writes it. */
export function daysOf({ from, until }: Pick<NearAbsence, 'from' | 'until'>, language: string): string {
  const [first, last] = [from, until].map((day) => new Date(`${day}T00:00:00Z`));
  return new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'medium', timeZone: 'UTC' }).formatRange(
    first!,
    last!,
  );
}

/** Names of the parts that are left to somebody. */
export function partsOf({ scope }: Pick<NearAbsence, 'scope'>, definition: Definition, everything: string): string {
  const options = (definition.fields.find(({ name }) => name === 'scope')?.options?.options ?? []) as {
    value: string;
    label: string;
  }[];
  return scope.map((part) => options.find(({ value }) => value === part)?.label ?? part).join(', ') || everything;
}
