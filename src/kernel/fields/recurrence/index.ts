import { Type } from 'typebox';
import { FieldProblem } from '../../problems/problem.ts';
import { defineFieldType } from '../field-type.ts';
import { hasDays } from './days.ts';
import { readRecurrence, writeRecurrence } from './format.ts';

const LONGEST = 300;

/** When something repeats: the text of an RRULE of days (RFC 5545, 3.3.10) in its usual order, e.g. `FREQ=WEEKLY;BYDAY=TU`. */
export const recurrence = defineFieldType<string, object>({
  name: 'recurrence',
  options: Type.Object({}),
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'text' }],
  schema: () => {
    const schema = Type.String({
      maxLength: LONGEST,
      description: 'An RRULE of RFC 5545 that repeats by days, weeks, months or years',
      examples: ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TU'],
    });
    return { input: schema, output: schema };
  },
  normalise: (input) => {
    if (typeof input !== 'string' || input.length > LONGEST) throw new FieldProblem('field.not-a-recurrence');
    if (input.trim() === '') return null;
    const rule = readRecurrence(input);
    if (!rule) throw new FieldProblem('field.not-a-recurrence');
    if (!hasDays(rule)) throw new FieldProblem('field.never-recurs');
    return writeRecurrence(rule);
  },
  write: (value) => [value],
  read: ([value]) => (value as string | null) ?? null,
  operators: {},
  format: (value) => value,
  parse: (cell) => cell,
  samples: [
    { input: 'freq=daily', value: 'FREQ=DAILY', text: 'FREQ=DAILY' },
    {
      input: 'RRULE:BYDAY=MO,TU,WE,TH,FR;FREQ=WEEKLY;INTERVAL=1;WKST=MO',
      value: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
      text: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
    },
    {
      input: 'FREQ=MONTHLY;BYDAY=+2TU;UNTIL=20301231T235959Z',
      value: 'FREQ=MONTHLY;BYDAY=2TU;UNTIL=20301231',
      text: 'FREQ=MONTHLY;BYDAY=2TU;UNTIL=20301231',
    },
    {
      input: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=3',
      value: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=3',
      text: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=3',
    },
  ],
  refused: [
    { input: 7, code: 'field.not-a-recurrence' },
    { input: 'every day', code: 'field.not-a-recurrence' },
    { input: 'INTERVAL=2', code: 'field.not-a-recurrence' },
    { input: 'FREQ=HOURLY', code: 'field.not-a-recurrence' },
    { input: 'FREQ=DAILY;INTERVAL=0', code: 'field.not-a-recurrence' },
    { input: 'FREQ=DAILY;INTERVAL=100000', code: 'field.not-a-recurrence' },
    { input: 'FREQ=DAILY;COUNT=-1', code: 'field.not-a-recurrence' },
    { input: 'FREQ=DAILY;COUNT=2;UNTIL=20301231', code: 'field.not-a-recurrence' },
    { input: 'FREQ=DAILY;UNTIL=20300231', code: 'field.not-a-recurrence' },
    { input: 'FREQ=DAILY;FREQ=WEEKLY', code: 'field.not-a-recurrence' },
    { input: 'FREQ=DAILY;BYHOUR=9', code: 'field.not-a-recurrence' },
    { input: 'FREQ=WEEKLY;BYDAY=2TU', code: 'field.not-a-recurrence' },
    { input: 'FREQ=WEEKLY;BYDAY=XX', code: 'field.not-a-recurrence' },
    { input: 'FREQ=MONTHLY;BYMONTHDAY=32', code: 'field.not-a-recurrence' },
    { input: 'FREQ=MONTHLY;BYMONTHDAY=0', code: 'field.not-a-recurrence' },
    { input: 'FREQ=DAILY\nDTSTART:20300101', code: 'field.not-a-recurrence' },
    { input: `FREQ=DAILY;BYMONTHDAY=${'1,'.repeat(200)}1`, code: 'field.not-a-recurrence' },
    { input: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', code: 'field.never-recurs' },
    { input: 'FREQ=MONTHLY;BYDAY=6MO', code: 'field.never-recurs' },
  ],
});
