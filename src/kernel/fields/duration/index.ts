import { Type } from 'typebox';
import { FieldProblem } from '../../problems/problem.ts';
import { excerpt, foldText } from '../clean.ts';
import { defineFieldType } from '../field-type.ts';
import { integer } from '../integer/index.ts';
import { checkNumber } from '../number.ts';
import { formatDuration } from './format.ts';

const LIMIT = 31_557_600_000;

/** A length of time in whole seconds, at most 1,000 years. */
export const duration = defineFieldType<number, object>({
  ...integer,
  name: 'duration',
  options: Type.Object({}),
  schema: () => {
    const schema = Type.Number({ minimum: 0, maximum: LIMIT, description: 'Seconds' });
    return { input: schema, output: schema };
  },
  normalise: (input) => Math.round(checkNumber(input, { min: 0, max: LIMIT })),
  format: (value, _field, env) => formatDuration(value, env.language),
  parse: (cell) => {
    const text = foldText(cell.slice(0, 100)).trim();
    const seconds = fromClock(text) ?? fromUnits(text);
    if (seconds === undefined) throw new FieldProblem('field.not-a-duration', { text: excerpt(cell) });
    return seconds;
  },
  samples: [
    { input: 0, value: 0, text: '0m' },
    { input: 89.6, value: 90, text: '1m 30s' },
    { input: 5400, value: 5400, text: '1h 30m' },
    { input: 360_061, value: 360_061, text: '100h 1m 1s' },
  ],
  refused: [
    { input: '1h', code: 'field.not-a-number' },
    { input: -1, code: 'field.too-small' },
    { input: 1e11, code: 'field.too-large' },
    { input: Number.POSITIVE_INFINITY, code: 'field.out-of-range' },
  ],
});

/** `1:30` is an hour and a half, `1:30:15` has seconds as well. */
function fromClock(text: string): number | undefined {
  const found = /^(\d{1,6}):([0-5]\d)(?::([0-5]\d))?$/.exec(text);
  return found ? Number(found[1]) * 3600 + Number(found[2]) * 60 + Number(found[3] ?? 0) : undefined;
}

/** `1h 30m`, `1.5 hours`, `2 val. 5 min.`, `90 s`; a number alone is seconds. */
function fromUnits(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  let seconds = 0;
  const rest = text.replace(/(\d+(?:[.,]\d+)?)\s*([a-z]+)\.?[\s,]*/g, (part, count: string, word: string) => {
    const unit = units.find(([pattern]) => pattern.test(word));
    if (!unit) return part;
    seconds += Number(count.replace(',', '.')) * unit[1];
    return '';
  });
  return text === '' || rest !== '' ? undefined : seconds;
}

const units: readonly [RegExp, number][] = [
  [/^(d|days?|dias?|dien(a|os|u)?)$/, 86_400],
  [/^(h|hr|hrs|hours?|horas?|val|valand(a|os|u))$/, 3600],
  [/^(m|mins?|minutes?|minutos?|minut(e|es|ciu))$/, 60],
  [/^(s|secs?|seconds?|segs?|segundos?|sek|sekund(e|es|ziu))$/, 1],
];
