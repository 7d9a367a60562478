/** The part of the day in a person's time zone. */
export function greetingAt(timeZone: string, now = new Date()): 'morning' | 'day' | 'evening' {
  const hour = Number(new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(now));
  if (hour >= 5 && hour < 12) return 'morning';
  return hour >= 12 && hour < 18 ? 'day' : 'evening';
}

/** A calendar day some days on: `2026-02-27` and 3 → `2026-03-02`. */
export function daysAfter(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Tasks in the order of their urgency; those without a day are for another time. */
export function byUrgency<T extends { readonly [field: string]: unknown }>(tasks: readonly T[], today: string) {
  const due = (one: T) => String(one.dueOn ?? '');
  return {
    overdue: tasks.filter((one) => one.dueOn && due(one) < today),
    today: tasks.filter((one) => due(one) === today),
    soon: tasks.filter((one) => due(one) > today),
  };
}
