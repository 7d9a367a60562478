import type { Operand } from './sql.ts';
import * as sql from './sql.ts';
import type { FormulaType } from './types.ts';

/** SQL of a call; its type is the signature's. `currency` where the value is money. */
type Emitted = string | { value: string; currency: string | undefined };

/** A function or operator: one entry is all there is to it. Its description is `formula.function.<name>`. */
export interface FunctionDefinition {
  name: string;
  /** Tried in order; the one which needs the fewest conversions is taken. `T` and `V` stand for any one type. */
  signatures: readonly Signature[];
  /** The types that `T` may be; the first where all arguments are null. */
  variables: Readonly<Record<'T' | 'V', readonly FormulaType[]>>;
  /** Depends on the time of the call, not on the row alone. */
  volatile: boolean;
  example: string;
  emit(operands: readonly Operand[], type: FormulaType, clock: Clock): Emitted;
}

export interface Signature {
  /** As people read it: `round(value: T, digits?: number): T`. */
  text: string;
  /** What each of `count` arguments may be; undefined when it does not take so many. */
  accepts(count: number): readonly (readonly Accepted[])[] | undefined;
  returns: FormulaType | 'T';
}

export type Accepted = FormulaType | 'T' | 'V';

/** SQL text for the current day (date) and moment (timestamptz), given by the caller. */
export interface Clock {
  today: string;
  now: string;
}

const scalars: readonly FormulaType[] = ['number', 'money', 'text', 'boolean', 'date', 'datetime', 'duration'];
const amounts: readonly FormulaType[] = ['number', 'money', 'duration'];
const ordered: readonly FormulaType[] = ['number', 'money', 'text', 'date', 'datetime', 'duration'];
const withoutCurrency: readonly FormulaType[] = ['number', 'text', 'boolean', 'date', 'datetime', 'duration'];
const everything: readonly FormulaType[] = [...scalars, 'reference', 'list', 'null'];
const aliases: Readonly<Record<string, readonly Accepted[]>> = {
  any: everything,
  scalar: [...scalars, 'null'],
  day: ['date', 'datetime'],
};

const functionList: readonly FunctionDefinition[] = [
  // Conditions
  define('if', '(condition: boolean, then: T, else: T): T', "if(1 < 2, 'yes', 'no')", ([condition, yes, no]) =>
    choose([yes!, no!], ([first, second]) => `case when ${condition!.value} then ${first} else ${second} end`),
  ),
  {
    ...define('case', [], "case('b', 'a', 1, 'b', 2, 0)", ([value, ...rest]) => {
      const pairs = Math.floor(rest.length / 2);
      const matches = rest.filter((_, index) => index % 2 === 0 && index < pairs * 2);
      const results = rest.filter((_, index) => index % 2 === 1 || index === pairs * 2);
      return choose(results, (branches) => {
        const whens = matches.map((match, index) => ` when ${match.value} then ${branches[index]}`).join('');
        const otherwise = branches.length > pairs ? ` else ${branches[pairs]}` : '';
        return `case ${value!.value}${whens}${otherwise} end`;
      });
    }),
    signatures: [
      {
        text: 'case(value: V, match: V, result: T, ...match: V, result: T, default?: T): T',
        accepts: (count) => {
          const isResult = (index: number) => index > 0 && (index % 2 === 0 || index === count - 1);
          return count < 3 ? undefined : Array.from({ length: count }, (_, index) => [isResult(index) ? 'T' : 'V']);
        },
        returns: 'T',
      },
    ],
  },
  define('coalesce', '(...values: T): T', "coalesce(null, 'b')", (operands, type) => {
    const value = `coalesce(${list(operands)})`;
    if (type !== 'money') return value;
    const currencies = branchCurrencies(operands);
    if (new Set(currencies).size === 1) return { value, currency: currencies[0] };
    const whens = operands.map((operand, index) => ` when ${operand.value} is not null then ${currencies[index]}`);
    return { value, currency: `case${whens.join('')} end` };
  }),
  define('isEmpty', '(value: any): boolean', "isEmpty('')", ([value]) => {
    if (value!.type === 'text') return `(coalesce(length(${value!.value}), 0) = 0)`;
    if (value!.type === 'list') return `(coalesce(cardinality(${value!.value}), 0) = 0)`;
    return `(${value!.value} is null)`;
  }),

  // Numbers
  {
    ...define('round', '(value: T, digits?: number): T', 'round(3.14159, 2)', ([value, digits]) =>
      keep(
        value!,
        digits ? `round(${value!.value}, ${sql.boundInteger(digits.value, -31, 21)})` : `round(${value!.value})`,
      ),
    ),
    ...over(amounts),
  },
  { ...define('floor', '(value: T): T', 'floor(-1.5)', ([x]) => keep(x!, `floor(${x!.value})`)), ...over(amounts) },
  { ...define('ceil', '(value: T): T', 'ceil(1.2)', ([x]) => keep(x!, `ceil(${x!.value})`)), ...over(amounts) },
  { ...define('abs', '(value: T): T', 'abs(-3)', ([x]) => keep(x!, `abs(${x!.value})`)), ...over(amounts) },
  { ...define('min', '(...values: T): T', 'min(3, 1, 2)', (operands) => extreme('least', operands)), ...over(ordered) },
  {
    ...define('max', '(...values: T): T', 'max(3, 1, 2)', (operands) => extreme('greatest', operands)),
    ...over(ordered),
  },
  define('power', '(base: number, exponent: number): number', 'power(2, 10)', ([base, exponent]) =>
    sql.boundNumber(sql.power(base!.value, exponent!.value)),
  ),
  define(
    'sqrt',
    '(value: number): number',
    'sqrt(16)',
    ([x]) => `case when ${x!.value} >= 0 then sqrt(${x!.value}) end`,
  ),
  define('ln', '(value: number): number', 'ln(1)', ([x]) => `ln(nullif(greatest(${x!.value}, 0), 0))`),
  define('log', '(value: number): number', 'log(1000)', ([x]) => `log(nullif(greatest(${x!.value}, 0), 0))`),
  {
    ...define('mod', '(value: T, divisor: number): T', 'mod(7, 3)', ([x, divisor]) =>
      keep(x!, `mod(${x!.value}, nullif(${divisor!.value}, 0))`),
    ),
    ...over(amounts),
  },
  {
    ...define('number', ['(value: text): number', '(value: T): number'], "number('12.5')", ([x]) =>
      x!.type === 'text' ? sql.parseNumber(x!.value) : x!.value,
    ),
    ...over(amounts),
  },

  // Texts
  define('concat', '(...values: scalar): text', "concat('a', 1, null)", (operands) => join(operands)),
  define('upper', '(text: text): text', "upper('abc')", ([x]) => `upper(${x!.value})`),
  define('lower', '(text: text): text', "lower('ABC')", ([x]) => `lower(${x!.value})`),
  define('trim', '(text: text): text', "trim('  a ')", ([x]) => `btrim(${x!.value}, E' \\t\\r\\n')`),
  define('length', ['(text: text): number', '(list: list): number'], "length('abc')", ([x]) =>
    x!.type === 'list' ? `cardinality(${x!.value})::numeric` : `length(${x!.value})::numeric`,
  ),
  define(
    'left',
    '(text: text, count: number): text',
    "left('abcdef', 2)",
    ([x, count]) => `left(${x!.value}, ${sql.count(count!.value, -1)})`,
  ),
  define(
    'right',
    '(text: text, count: number): text',
    "right('abcdef', 2)",
    ([x, count]) => `right(${x!.value}, ${sql.count(count!.value, -1)})`,
  ),
  define(
    'mid',
    '(text: text, start: number, count: number): text',
    "mid('abcdef', 2, 3)",
    ([x, start, count]) => `substr(${x!.value}, ${sql.count(start!.value, 0)}, ${sql.count(count!.value, -1)})`,
  ),
  define('replace', '(text: text, search: text, by: text): text', "replace('a-b', '-', '+')", ([x, search, by]) =>
    // At most 10,000 × 1,000 characters before the cut.
    sql.cut(`replace(${sql.cut(x!.value)}, ${search!.value}, left(${by!.value}, 1000))`),
  ),
  define(
    'contains',
    ['(text: text, part: text): boolean', '(list: list, value: text): boolean'],
    "contains('abc', 'bc')",
    ([x, part]) =>
      x!.type === 'list' ? `(${part!.value} = any(${x!.value}))` : `(strpos(${x!.value}, ${part!.value}) > 0)`,
  ),
  define(
    'startsWith',
    '(text: text, part: text): boolean',
    "startsWith('abc', 'ab')",
    ([x, part]) => `starts_with(${x!.value}, ${part!.value})`,
  ),
  define(
    'endsWith',
    '(text: text, part: text): boolean',
    "endsWith('abc', 'bc')",
    ([x, part]) => `starts_with(reverse(${x!.value}), reverse(${part!.value}))`,
  ),
  define('text', '(value: T): text', 'text(1.50)', ([x]) => sql.toText(x!)),

  // Dates; a datetime counts in UTC
  define(
    'date',
    ['(year: number, month: number, day: number): date', '(moment: datetime): date'],
    'date(2024, 2, 29)',
    ([first, month, day]) =>
      month && day ? sql.makeDate(first!.value, month.value, day.value) : sql.boundDate(sql.toDate(first!)),
  ),
  define('year', '(date: day): number', 'year(date(2024, 2, 29))', ([x]) => sql.part('year', x!)),
  define('month', '(date: day): number', 'month(date(2024, 2, 29))', ([x]) => sql.part('month', x!)),
  define('day', '(date: day): number', 'day(date(2024, 2, 29))', ([x]) => sql.part('day', x!)),
  define('weekday', '(date: day): number', 'weekday(date(2024, 2, 29))', ([x]) => sql.part('isodow', x!)),
  {
    ...define('addDays', '(date: T, days: number): T', 'addDays(date(2024, 2, 29), 1)', ([x, days]) =>
      moveDays(x!, days!.value),
    ),
    ...over(['date', 'datetime']),
  },
  {
    ...define('addMonths', '(date: T, months: number): T', 'addMonths(date(2024, 1, 31), 1)', ([x, months]) =>
      sql.addMonths(x!, months!.value),
    ),
    ...over(['date', 'datetime']),
  },
  define(
    'daysBetween',
    '(from: day, to: day): number',
    'daysBetween(date(2024, 1, 1), date(2024, 3, 1))',
    ([from, to]) => sql.daysBetween(sql.toDate(from!), sql.toDate(to!)),
  ),
  define(
    'monthsBetween',
    '(from: day, to: day): number',
    'monthsBetween(date(2024, 1, 15), date(2025, 1, 14))',
    ([from, to]) => sql.monthsBetween(sql.toDate(from!), sql.toDate(to!)),
  ),
  { ...define('today', '(): date', 'today()', (_, __, clock) => `(${clock.today})`), volatile: true },
  { ...define('now', '(): datetime', 'now()', (_, __, clock) => `(${clock.now})`), volatile: true },
];

const operatorList: readonly FunctionDefinition[] = [
  define(
    '+',
    [
      '(a: number, b: number): number',
      '(a: money, b: money): money',
      '(a: duration, b: duration): duration',
      '(a: date, b: number): date',
      '(a: number, b: date): date',
      '(a: datetime, b: number): datetime',
      '(a: datetime, b: duration): datetime',
      '(a: duration, b: datetime): datetime',
    ],
    '1 + 2',
    ([a, b], type) => {
      if (type === 'date' || type === 'datetime') {
        const [start, step] = a!.type === type ? [a!, b!] : [b!, a!];
        return step.type === 'duration' ? sql.addSeconds(start.value, step.value) : moveDays(start, step.value);
      }
      return sum('+', a!, b!);
    },
  ),
  define(
    '-',
    [
      '(a: number, b: number): number',
      '(a: money, b: money): money',
      '(a: duration, b: duration): duration',
      '(a: date, b: number): date',
      '(a: date, b: date): number',
      '(a: datetime, b: number): datetime',
      '(a: datetime, b: duration): datetime',
      '(a: datetime, b: datetime): duration',
    ],
    '3 - 2',
    ([a, b]) => {
      if (a!.type === 'date' && b!.type === 'date') return sql.daysBetween(b!.value, a!.value);
      if (a!.type === 'datetime' && b!.type === 'datetime') {
        return `(${sql.seconds(a!.value)} - ${sql.seconds(b!.value)})`;
      }
      if (a!.type !== 'date' && a!.type !== 'datetime') return sum('-', a!, b!);
      const step = `(- ${b!.value})`;
      return b!.type === 'duration' ? sql.addSeconds(a!.value, step) : moveDays(a!, step);
    },
  ),
  define(
    '*',
    [
      '(a: number, b: number): number',
      '(a: money, b: number): money',
      '(a: number, b: money): money',
      '(a: duration, b: number): duration',
      '(a: number, b: duration): duration',
    ],
    '2 * 3',
    ([a, b]) => ({ value: sql.boundNumber(`${a!.value} * ${b!.value}`), currency: a!.currency ?? b!.currency }),
  ),
  define(
    '/',
    [
      '(a: number, b: number): number',
      '(a: money, b: number): money',
      '(a: money, b: money): number',
      '(a: duration, b: number): duration',
      '(a: duration, b: duration): number',
    ],
    '6 / 3',
    ([a, b], type) => {
      const value = sql.boundNumber(`${a!.value} / nullif(${b!.value}, 0)`);
      return type === 'money' ? { value, currency: a!.currency } : inOneCurrency([a!, b!], value);
    },
  ),
  {
    ...define('%', '(a: T, b: number): T', '7 % 3', ([a, b]) => keep(a!, `mod(${a!.value}, nullif(${b!.value}, 0))`)),
    ...over(amounts),
  },
  { ...define('negative', '(a: T): T', '-1', ([a]) => keep(a!, `(- ${a!.value})`)), ...over(amounts) },
  define('&', '(a: scalar, b: scalar): text', "'a' & 1", (operands) => join(operands)),
  define('=', '(a: T, b: T): boolean', '1 = 1', (operands) => compare('=', operands)),
  define('!=', '(a: T, b: T): boolean', '1 != 2', (operands) => compare('<>', operands)),
  ...['<', '<=', '>', '>='].map((sign) => ({
    ...define(sign, '(a: T, b: T): boolean', `1 ${sign} 2`, (operands) => compare(sign, operands)),
    ...over(ordered),
  })),
  define('is null', '(a: any): boolean', 'null = null', ([a]) => `(${a!.value} is null)`),
  define('is not null', '(a: any): boolean', '1 != null', ([a]) => `(${a!.value} is not null)`),
  define('and', '(a: boolean, b: boolean): boolean', 'true and false', ([a, b]) => `(${a!.value} and ${b!.value})`),
  define('or', '(a: boolean, b: boolean): boolean', 'true or false', ([a, b]) => `(${a!.value} or ${b!.value})`),
  define('not', '(a: boolean): boolean', 'not true', ([a]) => `(not ${a!.value})`),
];

/** By name in small letters: `IF` and `if` are the same function. */
export const functions: ReadonlyMap<string, FunctionDefinition> = new Map(
  functionList.map((definition) => [definition.name.toLowerCase(), definition]),
);

export const operators: ReadonlyMap<string, FunctionDefinition> = new Map(
  operatorList.map((definition) => [definition.name, definition]),
);

function define(
  name: string,
  signatures: string | readonly string[],
  example: string,
  emit: FunctionDefinition['emit'],
): FunctionDefinition {
  return {
    name,
    signatures: [signatures].flat().map((text) => readSignature(name, text)),
    variables: { T: scalars, V: withoutCurrency },
    volatile: false,
    example,
    emit,
  };
}

/** Narrows what `T` may be. */
function over(types: readonly FormulaType[]): Pick<FunctionDefinition, 'variables'> {
  return { variables: { T: types, V: withoutCurrency } };
}

/** `(value: T, digits?: number): T`: `?` may be left out, `...` takes one or more. */
function readSignature(name: string, text: string): Signature {
  const [, inside = '', returns = ''] = /^\((.*)\): (\w+)$/.exec(text) ?? [];
  const parameters = inside.split(', ').filter(Boolean).map(readParameter);
  const required = parameters.filter((parameter) => !parameter.optional).length;
  const isVariadic = parameters.at(-1)?.variadic ?? false;
  return {
    text: name + text,
    accepts: (count) => {
      if (count < required || (count > parameters.length && !isVariadic)) return undefined;
      return Array.from({ length: count }, (_, index) => (parameters[index] ?? parameters.at(-1)!).types);
    },
    returns: returns as Signature['returns'],
  };
}

function readParameter(text: string) {
  const [, dots, optional, type = ''] = /^(\.\.\.)?\w+(\?)?: (\w+)$/.exec(text) ?? [];
  return {
    types: aliases[type] ?? [type as Accepted],
    optional: optional !== undefined,
    variadic: dots !== undefined,
  };
}

function list(operands: readonly Operand[]): string {
  return operands.map((operand) => operand.value).join(', ');
}

function keep(operand: Operand, value: string): Emitted {
  return { value, currency: operand.currency };
}

/** Texts one after the other; what is null adds nothing. */
function join(operands: readonly Operand[]): string {
  return sql.cut(`(${operands.map((operand) => `coalesce(${sql.toText(operand)}, '')`).join(' || ')})`);
}

/** Money has a currency per branch; a plain number as a branch takes that of the first branch which has one. */
function branchCurrencies(operands: readonly Operand[]): string[] {
  const first = operands.find((operand) => operand.currency)?.currency ?? 'null::text';
  return operands.map((operand) => operand.currency ?? first);
}

function choose(branches: readonly Operand[], render: (branches: readonly string[]) => string): Emitted {
  const value = render(branches.map((branch) => branch.value));
  if (branches[0]!.type !== 'money') return value;
  const currencies = branchCurrencies(branches);
  return { value, currency: new Set(currencies).size === 1 ? currencies[0] : render(currencies) };
}

/** Amounts in different currencies have no sum and no order: null. `least` and `greatest` pass over nulls. */
function inOneCurrency(operands: readonly Operand[], value: string): string {
  const currencies = [...new Set(operands.flatMap((operand) => operand.currency ?? []))];
  if (currencies.length < 2) return value;
  return `case when least(${currencies.join(', ')}) = greatest(${currencies.join(', ')}) then ${value} end`;
}

function firstCurrency(operands: readonly Operand[]): string | undefined {
  const currencies = [...new Set(operands.flatMap((operand) => operand.currency ?? []))];
  return currencies.length < 2 ? currencies[0] : `coalesce(${currencies.join(', ')})`;
}

function extreme(name: 'least' | 'greatest', operands: readonly Operand[]): Emitted {
  return { value: inOneCurrency(operands, `${name}(${list(operands)})`), currency: firstCurrency(operands) };
}

function sum(sign: '+' | '-', a: Operand, b: Operand): Emitted {
  // Null unless both have the same currency, so the first one's is the sum's.
  return { value: inOneCurrency([a, b], `(${a.value} ${sign} ${b.value})`), currency: a.currency ?? b.currency };
}

function compare(sign: string, operands: readonly Operand[]): string {
  const [a, b] = operands;
  return inOneCurrency(operands, `(${a!.value} ${sign} ${b!.value})`);
}

function moveDays(operand: Operand, days: string): string {
  return operand.type === 'datetime'
    ? sql.addSeconds(operand.value, `${days} * 86400`)
    : sql.addDays(operand.value, days);
}
