import { Type } from 'typebox';
import { and, raw, sql } from '../../database/sql.ts';
import { FieldProblem } from '../../problems/problem.ts';
import { instantIn, isDay } from '../calendar.ts';
import { excerpt } from '../clean.ts';
import { parseDay } from '../date/parse.ts';
import { defineFieldType, type FieldEnv, type Operator } from '../field-type.ts';
import { equality, ordering } from '../operators.ts';
import { instantsOf, relativeInstant } from '../period.ts';
import { formatDateTime } from './format.ts';

/**
 * An instant, to the millisecond, in UTC. A time without a zone is one in the reader's; a day alone is its beginning there.
 * `now`, `now-2h`, `today+7` mean what they say when the value is read.
 */
export const datetime = defineFieldType<string, object>({
  name: 'datetime',
  options: Type.Object({}),
  storage: 'columns',
  columns: () => [{ suffix: '', type: 'timestamptz' }],
  schema: () => ({
    input: Type.String({ maxLength: 40, description: 'ISO 8601, or relative: now, now-2h, today, today+7' }),
    output: Type.String({ format: 'date-time' }),
  }),
  normalise: (input, _field, env) => {
    const text = typeof input === 'string' && input.length < 100 ? input.trim() : '';
    const instant = relativeInstant(text, env) ?? exactInstant(text, env);
    if (!instant) throw new FieldProblem('field.not-a-datetime', { text: excerpt(input) });
    return instant;
  },
  write: (value) => [value],
  read: ([value]) => value as string | null,
  operators: { ...equality('timestamptz'), ...ordering('timestamptz'), within: within() },
  order: ([column]) => [column!],
  aggregations: ['min', 'max'],
  groups: 'bucket',
  format: (value, _field, env) => formatDateTime(value, env.language, env.timeZone),
  parse: (cell, _field, env) => {
    const text = cell.slice(0, 100).trim();
    const known = relativeInstant(text, env) ?? exactInstant(text, env);
    if (known) return known;
    const found = clock.exec(text);
    if (!found) return `${parseDay(text, env)}T00:00:00`;
    const [time, hour, minute, second = '00', half, zone = ''] = found;
    const afternoon = half ? (Number(hour) % 12) + (/^p/i.test(half) ? 12 : 0) : Number(hour);
    const day = parseDay(text.slice(0, -time.length).replace(/(?:[\s,T]|\bat\b)+$/i, ''), env);
    return `${day}T${String(afternoon).padStart(2, '0')}:${minute}:${second}${zone.replace(/utc/i, 'Z')}`;
  },
  samples: [
    { input: '1999-12-31T23:59:59+02:00', value: '1999-12-31T21:59:59.000Z', text: 'Dec 31, 1999, 9:59 PM' },
    { input: '2026-01-31', value: '2026-01-31T00:00:00.000Z', text: 'Jan 31, 2026, 12:00 AM' },
    { input: '2026-01-31T10:00', value: '2026-01-31T10:00:00.000Z', text: 'Jan 31, 2026, 10:00 AM' },
    { input: '2026-01-31 10:00:00.1239Z', value: '2026-01-31T10:00:00.123Z', text: 'Jan 31, 2026, 10:00 AM' },
  ],
  refused: [
    { input: 1769853600000, code: 'field.not-a-datetime' },
    { input: '2024-02-30T10:00:00Z', code: 'field.not-a-datetime' },
    { input: '2026-01-31T24:00:00Z', code: 'field.not-a-datetime' },
    { input: '2026-01-31T10:60:00Z', code: 'field.not-a-datetime' },
    { input: '0000-01-31T10:00:00Z', code: 'field.not-a-datetime' },
    { input: '9999-12-31T23:59:59-12:00', code: 'field.not-a-datetime' },
    { input: '0001-01-01T00:00:00+12:00', code: 'field.not-a-datetime' },
    { input: 'soon', code: 'field.not-a-datetime' },
    { input: 'now-2y', code: 'field.not-a-datetime' },
  ],
});

const iso =
  /^(\d{4}-\d\d-\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,9}))?)?\s?(Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?$/i;
const clock = /\b(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*([ap]\.?\s?m\.?)?\s*(z|utc|[+-]\d\d:?\d\d)?$/i;

/** Of a complete time in ISO 8601; undefined for anything else, or when it is outside of the years 1–9999. */
function exactInstant(text: string, env: FieldEnv): string | undefined {
  const found = iso.exec(text);
  if (!found || !isDay(found[1]!)) return;
  const [, day, hour = '00', minute = '00', second = '00', fraction = '', zone] = found;
  const local = `${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}`;
  const instant = zone
    ? new Date(`${local}${zone.toUpperCase().replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2')}`)
    : instantIn(local, env.timeZone);
  const exact = Number.isNaN(instant.getTime()) ? '' : instant.toISOString();
  return exact.length === 24 && exact >= '0001' ? exact : undefined;
}

function within(): Operator {
  return {
    takes: 'period',
    sql: ([column], value, _field, env) => {
      const { from, to } = instantsOf(value, env);
      return and([
        ...(from ? [sql`${raw(column!)} >= ${from}::timestamptz`] : []),
        ...(to ? [sql`${raw(column!)} < ${to}::timestamptz`] : []),
      ]);
    },
  };
}
