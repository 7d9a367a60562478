/** A moment as the wall clock of a zone shows it: `2026-01-31 10:00:00`. */
export function toZone(moment: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(moment));
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '00';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`;
}

/** The moment at which a zone's wall clock shows `wall`. In the hour a clock change repeats, the first one. */
export function fromZone(wall: string, timeZone: string): string {
  const asUtc = Date.parse(`${wall.replace(' ', 'T')}Z`);
  const offsetAt = (time: number) =>
    Date.parse(`${toZone(new Date(time).toISOString(), timeZone).replace(' ', 'T')}Z`) - time;
  // The offset before the wall time decides first; a second look corrects it across a clock change.
  const guess = asUtc - offsetAt(asUtc - 86_400_000);
  const moment = offsetAt(guess) === asUtc - guess ? guess : asUtc - offsetAt(asUtc + 86_400_000);
  return new Date(moment).toISOString();
}
