import { Type } from 'typebox';
import { FieldProblem } from '../../problems/problem.ts';
import { listOf } from '../clean.ts';
import { defineFieldType } from '../field-type.ts';
import { dayCodes, formatHours, type HoursOfDay } from './format.ts';

/** Seven days of twelve stretches; nobody's week has more. */
const MOST = 84;
const LONGEST_TEXT = 2_000;
const TIME = '([01]\\d|2[0-3]):[0-5]\\d';
const isTime = new RegExp(`^${TIME}$`);

/** When somebody works, or a place is open, in a usual week: stretches of each weekday, in the order of the week. */
export const weeklyHours = defineFieldType<HoursOfDay[], object>({
  name: 'weeklyHours',
  options: Type.Object({}),
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'jsonb' }],
  schema: () => {
    const schema = Type.Array(
      Type.Object(
        {
          day: Type.Integer({ minimum: 1, maximum: 7, description: '1 is Monday' }),
          from: Type.String({ pattern: `^${TIME}$` }),
          to: Type.String({ pattern: `^(${TIME}|24:00)$`, description: 'After `from`, on the same day' }),
        },
        { additionalProperties: false },
      ),
      { maxItems: MOST },
    );
    return { input: schema, output: schema };
  },
  normalise: (input) => inOrder(listOf(input, MOST).map(asHours)),
  // PostgreSQL keeps the keys of an object in an order of its own.
  write: (value) => [JSON.stringify(value)],
  read: ([value]) =>
    (value as HoursOfDay[] | null | undefined)?.map(({ day, from, to }) => ({ day, from, to })) ?? null,
  operators: {},
  format: formatHours,
  parse: (cell) => {
    if (cell.length > LONGEST_TEXT) throw new FieldProblem('field.too-long', { max: LONGEST_TEXT });
    return cell.split(/[;\n]/).flatMap((part) => (part.trim() === '' ? [] : readPart(part.trim())));
  },
  samples: [
    {
      input: [{ day: 1, from: '09:00', to: '17:00' }],
      value: [{ day: 1, from: '09:00', to: '17:00' }],
      text: 'Mo 09:00-17:00',
    },
    {
      input: [2, 1].flatMap((day) => [
        { day, from: '14:00', to: '18:00' },
        { day, from: '09:00', to: '13:00' },
      ]),
      value: [1, 2].flatMap((day) => [
        { day, from: '09:00', to: '13:00' },
        { day, from: '14:00', to: '18:00' },
      ]),
      text: 'Mo-Tu 09:00-13:00,14:00-18:00',
    },
    {
      input: [
        { day: 7, from: '22:00', to: '24:00' },
        { day: 5, from: '09:00', to: '12:00' },
        { day: 5, from: '12:00', to: '15:00' },
      ],
      value: [
        { day: 5, from: '09:00', to: '15:00' },
        { day: 7, from: '22:00', to: '24:00' },
      ],
      text: 'Fr 09:00-15:00; Su 22:00-24:00',
    },
  ],
  refused: [
    { input: 'Mo 09:00-17:00', code: 'field.not-a-list' },
    { input: [7], code: 'field.not-hours' },
    { input: [{ day: 0, from: '09:00', to: '17:00' }], code: 'field.not-hours' },
    { input: [{ day: 8, from: '09:00', to: '17:00' }], code: 'field.not-hours' },
    { input: [{ day: 1.5, from: '09:00', to: '17:00' }], code: 'field.not-hours' },
    { input: [{ day: 1, from: '9:00', to: '17:00' }], code: 'field.not-hours' },
    { input: [{ day: 1, from: '24:00', to: '24:00' }], code: 'field.not-hours' },
    { input: [{ day: 1, from: '09:00', to: '25:00' }], code: 'field.not-hours' },
    { input: [{ day: 1, from: '09:00', to: '17:00', note: '' }], code: 'field.not-hours' },
    { input: [{ day: 1, from: '17:00', to: '09:00' }], code: 'field.hours-end-early' },
    { input: [{ day: 1, from: '09:00', to: '09:00' }], code: 'field.hours-end-early' },
    {
      input: [
        { day: 3, from: '09:00', to: '13:00' },
        { day: 3, from: '12:59', to: '17:00' },
      ],
      code: 'field.hours-overlap',
    },
    {
      input: Array.from({ length: 85 }, () => ({ day: 1, from: '09:00', to: '17:00' })),
      code: 'field.too-many',
    },
  ],
});

function asHours(input: unknown): HoursOfDay {
  if (typeof input !== 'object' || input === null || Object.keys(input).length !== 3)
    throw new FieldProblem('field.not-hours');
  const { day, from, to } = input as Record<string, unknown>;
  const isDay = typeof day === 'number' && Number.isInteger(day) && day >= 1 && day <= 7;
  if (!isDay || typeof from !== 'string' || typeof to !== 'string') throw new FieldProblem('field.not-hours');
  if (!isTime.test(from) || !(isTime.test(to) || to === '24:00')) throw new FieldProblem('field.not-hours');
  if (to <= from) throw new FieldProblem('field.hours-end-early', { from, to });
  return { day, from, to };
}

/** What follows without a break is one stretch. */
function inOrder(given: readonly HoursOfDay[]): HoursOfDay[] {
  const sorted = given.toSorted((a, b) => a.day - b.day || (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const kept: HoursOfDay[] = [];
  for (const hours of sorted) {
    const last = kept.at(-1);
    if (last?.day === hours.day && hours.from < last.to)
      throw new FieldProblem('field.hours-overlap', {
        first: `${last.from}–${last.to}`,
        second: `${hours.from}–${hours.to}`,
      });
    if (last?.day === hours.day && hours.from === last.to) kept[kept.length - 1] = { ...last, to: hours.to };
    else kept.push(hours);
  }
  return kept;
}

/** `Mo-We,Fr 9:00-13:00, 14:00-18:00` */
function readPart(part: string): HoursOfDay[] {
  const [, days, times] = /^([a-z]{2}(?:\s*[-–,]\s*[a-z]{2})*)\s+([\d\s:,–-]+)$/i.exec(part) ?? [];
  if (!days || !times) throw new FieldProblem('field.not-hours');
  const spans = times.split(',').map((span) => {
    const [, from, to] = /^\s*(\d{1,2}:\d\d)\s*[-–]\s*(\d{1,2}:\d\d)\s*$/.exec(span) ?? [];
    if (!from || !to) throw new FieldProblem('field.not-hours');
    return { from: from.padStart(5, '0'), to: to.padStart(5, '0') };
  });
  return days.split(',').flatMap((range) => {
    const [first, last = first] = range.split(/[-–]/).map(dayNumber);
    if (!first || !last || last < first) throw new FieldProblem('field.not-hours');
    return Array.from({ length: last - first + 1 }, (_, index) =>
      spans.map((span) => ({ day: first + index, ...span })),
    ).flat();
  });
}

function dayNumber(code: string): number {
  return dayCodes.findIndex((known) => known.toLowerCase() === code.trim().toLowerCase()) + 1;
}
