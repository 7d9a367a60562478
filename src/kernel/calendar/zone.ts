import ICAL from 'ical.js';
import { localIn } from '../fields/calendar.ts';

const DAY_MS = 24 * 3600 * 1_000;

/** What programs that do not know a zone by its name need to know of it: when its clocks change, as in the year of a moment. */
export function zoneComponent(timeZone: string, at: Date): ICAL.Component {
  const zone = new ICAL.Component('vtimezone');
  zone.updatePropertyWithValue('tzid', timeZone);
  const year = at.getUTCFullYear() - 1;
  const changes = changesIn(timeZone, year);
  if (changes.length === 0) zone.addSubcomponent(observance(timeZone, new Date(0), 0, false));
  for (const [change, before] of changes)
    zone.addSubcomponent(observance(timeZone, change, before, changes.length === 2));
  return zone;
}

/** Each first moment of another offset, with the offset before it. */
function changesIn(timeZone: string, year: number): [Date, number][] {
  const found: [Date, number][] = [];
  for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += DAY_MS) {
    const before = offsetAt(timeZone, day);
    if (before === offsetAt(timeZone, day + DAY_MS)) continue;
    let [low, high] = [day, day + DAY_MS];
    while (high - low > 60_000) {
      const middle = low + Math.floor((high - low) / 120_000) * 60_000;
      if (offsetAt(timeZone, middle) === before) low = middle;
      else high = middle;
    }
    found.push([new Date(high), before]);
  }
  return found;
}

function observance(timeZone: string, at: Date, before: number, isYearly: boolean): ICAL.Component {
  const now = offsetAt(timeZone, +at);
  const from = isYearly || before !== 0 ? before : now;
  const one = new ICAL.Component(now > from ? 'daylight' : 'standard');
  // Clocks change by what they show before.
  const wall = new Date(+at + from);
  const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth() + 1, wall.getUTCDate()];
  const time = { year, month, day, hour: wall.getUTCHours(), minute: wall.getUTCMinutes(), second: 0 };
  one.updatePropertyWithValue('dtstart', ICAL.Time.fromData(time));
  one.updatePropertyWithValue('tzoffsetfrom', ICAL.UtcOffset.fromSeconds(from / 1_000));
  one.updatePropertyWithValue('tzoffsetto', ICAL.UtcOffset.fromSeconds(now / 1_000));
  if (isYearly) {
    const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
    const nth = day + 7 > last ? -1 : Math.ceil(day / 7);
    const name = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'][wall.getUTCDay()]!;
    one.updatePropertyWithValue('rrule', ICAL.Recur.fromString(`FREQ=YEARLY;BYMONTH=${month};BYDAY=${nth}${name}`));
  }
  return one;
}

/** Milliseconds that its clock is ahead of UTC. */
function offsetAt(timeZone: string, at: number): number {
  return Date.parse(`${localIn(new Date(at), timeZone)}Z`) - at;
}
