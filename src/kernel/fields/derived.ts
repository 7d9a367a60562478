import { type TObject, Type } from 'typebox';
import { FieldProblem } from '../problems/problem.ts';
import { boolean } from './boolean/index.ts';
import { date } from './date/index.ts';
import { datetime } from './datetime/index.ts';
import { decimal } from './decimal/index.ts';
import { duration } from './duration/index.ts';
import type { FieldOf, FieldType, Operator, Sample } from './field-type.ts';
import { integer } from './integer/index.ts';
import { type Money, money } from './money/index.ts';
import { percent } from './percent/index.ts';
import { text } from './text/index.ts';

/** What a formula or a roll-up may return. */
const returned = { integer, decimal, percent, money, text, boolean, date, datetime, duration };

export type ReturnedType = keyof typeof returned;

export interface DerivedOptions {
  /** The type its value has, and behaves as in filters, sorting and display. */
  returns: ReturnedType;
  /** Decimals of a `decimal`; 4 unless told. */
  scale?: number;
}

export const derivedOptions = {
  returns: Type.Unsafe<ReturnedType>({ type: 'string', enum: Object.keys(returned) }),
  scale: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
};

export function returnedType(field: { returns: string }): FieldType {
  if (!Object.hasOwn(returned, field.returns)) throw new Error(`No field can return ${field.returns}`);
  return returned[field.returns as ReturnedType] as unknown as FieldType;
}

/** A type whose value the door computes: everything else it leaves to the type that the field `returns`. */
export function derivedType<Options extends DerivedOptions>(
  name: string,
  options: TObject,
  sampleField: Omit<Options, 'returns' | 'scale'>,
): FieldType<string | number | boolean | Money, Options> {
  type Value = string | number | boolean | Money;
  return {
    name,
    options,
    storage: 'derived',
    columns: (field) => returnedType(field).columns(field),
    schema: (field) => returnedType(field).schema(widest(field)),
    normalise: (input, field, env) =>
      returnedType(field).normalise(resultOf(input, field), widest(field), env) as Value,
    write: (value, field) => returnedType(field).write(value, field),
    read: (columns, field) => returnedType(field).read(columns, field) as Value | null,
    operators: operators(),
    order: (columns, field) => returnedType(field).order!(columns, field),
    aggregations: ['sum', 'avg', 'min', 'max'],
    groups: 'value',
    words: (value, field) => returnedType(field).words?.(value, field) ?? [],
    format: (value, field, env) => returnedType(field).format(value, field, env),
    parse: (cell, field, env) => returnedType(field).parse(cell, field, env),
    samples: Object.keys(returned).flatMap((returns) =>
      (returned[returns as ReturnedType].samples as readonly Sample<Value, Options>[])
        .filter((sample) => !sample.field)
        .map((sample) => ({ ...sample, field: { ...sampleField, returns } as unknown as Partial<FieldOf<Options>> })),
    ),
    refused: [
      { returns: 'date', input: '2024-02-30', code: 'field.not-a-date' },
      { returns: 'money', input: 'much', code: 'field.not-money' },
      { returns: 'text', input: 7, code: 'field.not-text' },
      { returns: 'integer', input: 2 ** 53, code: 'field.out-of-range' },
    ].map(({ returns, ...refusal }) => ({
      ...refusal,
      field: { ...sampleField, returns } as unknown as Partial<FieldOf<Options>>,
    })),
  };
}

/** A computed text may be longer than what people type into one line. */
function widest<Options extends DerivedOptions>(field: FieldOf<Options>): FieldOf<Options> {
  return field.returns === 'text' ? { ...field, maxLength: 4000 } : field;
}

/** An average of whole numbers is not one. */
function resultOf(input: unknown, field: DerivedOptions): unknown {
  return field.returns === 'integer' && typeof input === 'number' ? Math.round(input) : input;
}

/** All operators of all returned types, by name: those of one name take the same everywhere. */
function operators(): Record<string, Operator<DerivedOptions>> {
  const all = Object.values(returned).flatMap((type) => Object.entries(type.operators as Record<string, Operator>));
  return Object.fromEntries(
    all.map(([name, { takes }]) => [
      name,
      {
        takes,
        sql: (columns, value, field, env) => {
          const operator = returnedType(field).operators[name];
          if (!operator) throw new FieldProblem('field.unknown-operator', { operator: name });
          return operator.sql(columns, value, field, env);
        },
      },
    ]),
  );
}
