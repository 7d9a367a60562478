import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type pg from 'pg';
import { testDatabase } from '#test/database.ts';
import { fc } from '#test/property.ts';
import {
  checkFormula,
  compileFormula,
  FormulaError,
  type FormulaScope,
  type FormulaSql,
  type FormulaType,
  formulaFunctions,
} from './formula.ts';

/** Field → its type and the column(s) of the table below. */
const fields: Record<string, { type: FormulaType; columns: readonly [string, ...string[]] }> = {
  n: { type: 'number', columns: ['n numeric'] },
  i: { type: 'number', columns: ['i bigint'] },
  amount: { type: 'money', columns: ['amount numeric(19,4)', 'amount_currency text'] },
  cost: { type: 'money', columns: ['cost numeric(19,4)', 'cost_currency text collate "C"'] },
  t: { type: 'text', columns: ['t text'] },
  c: { type: 'text', columns: ['c text collate "C"'] },
  b: { type: 'boolean', columns: ['b boolean'] },
  d: { type: 'date', columns: ['d date'] },
  at: { type: 'datetime', columns: ['at timestamptz'] },
  took: { type: 'duration', columns: ['took integer'] },
  tags: { type: 'list', columns: ['tags text[]'] },
  account: { type: 'reference', columns: ['account_id uuid'] },
};

const scope: FormulaScope = { field: ([name]) => fields[name!], suggest: () => Object.keys(fields) };
const clock = { today: `'2024-03-01'::date`, now: `'2024-03-01T12:00:00Z'::timestamptz` };
const storage: Partial<Record<FormulaType, string>> = {
  number: 'numeric',
  duration: 'numeric',
  datetime: 'timestamptz',
};

let pool: pg.Pool;

before(async () => {
  ({ pool } = await testDatabase());
  const columns = Object.values(fields).flatMap((field) => field.columns);
  await pool.query(`create table record (id integer primary key, ${columns.join(', ')})`);
  await pool.query(`create table hostile (like record)`);
  await pool.query(`insert into record values
    (1, 2.5, 7, 1000, 'EUR', 400, 'EUR', 'Žalia Ąžuolo g.', 'abc', true, '2024-02-29', '2024-02-29T23:30:15Z', 3600,
     '{new,vip}', '00000000-0000-7000-8000-000000000001'),
    (2, -1, 0, 1000, 'EUR', 400, 'USD', '', '12.5', false, '2023-12-31', '2023-12-31T00:00:00Z', 0, '{}', null)`);
  await pool.query(`insert into record (id) values (3)`);
  const worst: Record<string, readonly string[]> = {
    n: ['0', '-1', '1e300', '-1e300', '1e-300', `'NaN'`, `'Infinity'`, `'-Infinity'`, '0.5', '-0.5', '1e30', 'null'],
    i: ['9223372036854775807', '-9223372036854775808', '0', '-1', '1', '31', 'null'],
    amount: ['999999999999999.9999', '-999999999999999.9999', '0', '0.0001', 'null'],
    amount_currency: [`'EUR'`, `'USD'`, 'null'],
    cost: ['999999999999999.9999', '0', '-0.0001', 'null'],
    cost_currency: [`'EUR'`, `'USD'`, 'null', `'EUR'`],
    t: [`''`, `'1e400'`, `'٣'`, `' -12.50 '`, `repeat('9', 31)`, `repeat('ß%_\\', 50000)`, `'.'`, `'🙂'`, 'null'],
    c: [`''`, `'a'`, `repeat('a', 100000)`, `'NaN'`, `'\\'`, 'null'],
    b: ['true', 'false', 'null'],
    d: [`'infinity'`, `'-infinity'`, `'4714-11-24 BC'`, `'5874897-12-31'`, `'0001-01-01'`, `'9999-12-31'`, 'null'],
    at: [
      `'infinity'`,
      `'-infinity'`,
      `'4714-11-24 00:00:00+00 BC'`,
      `'294276-12-31 23:59:59.999999+00'`,
      `'0001-01-01 00:00:00+00'`,
      `'9999-12-31 23:59:59.999999+00'`,
      'null',
    ],
    took: ['2147483647', '-2147483648', '0', 'null'],
    tags: [`'{}'`, `'{null}'`, `array_fill('x'::text, array[1000])`, 'null'],
    account_id: ['null'],
  };
  // Mixed by a fixed hash, so that the worst values of different columns meet.
  const mix = (row: number, column: number) => Math.imul(row * 31 + column * 17 + 1, 0x9e3779b1) >>> 12;
  const rows = Array.from({ length: 250 }, (_, row) => {
    const values = Object.values(worst).map((list, column) => list[mix(row, column) % list.length]);
    return `(${row}, ${values.join(', ')})`;
  });
  for (const row of rows) await pool.query(`insert into hostile values ${row}`);
});

/** [formula, result in row 1, row 2, row 3 (all null)] as texts in UTC; money as `amount currency`. */
const table: readonly [string, string | null, string | null, string | null][] = [
  // Arithmetic
  ['1 + 2 * 3', '7', '7', '7'],
  ['(1 + 2) * 3', '9', '9', '9'],
  ['7 / 2', '3.5', '3.5', '3.5'],
  ['-2 - -3', '1', '1', '1'],
  ['i / 2', '3.5', '0', null],
  ['n / i', '0.35714285714285714286', null, null],
  ['7 % 4', '3', '3', '3'],
  ['n % 0', null, null, null],
  ['n + null', null, null, null],
  ['2 - 3 - 4', '-5', '-5', '-5'],
  [
    '100000000000000000000000000000 * 1',
    '100000000000000000000000000000',
    '100000000000000000000000000000',
    '100000000000000000000000000000',
  ],
  ['power(10, 29) * 10', null, null, null],
  ['power(2, 0.5) > 1.414', 'true', 'true', 'true'],
  ['power(i, i)', '823543', '1', null],
  ['power(i, -1)', '0.1428571428571429', null, null],
  ['power(n, 0.5)', '1.5811388300841897', null, null],
  ['power(-2, 3)', '-8', '-8', '-8'],
  ['power(10, 1000000000000)', null, null, null],
  ['round(power(1.01, 365), 10)', '37.7834343329', '37.7834343329', '37.7834343329'],
  ['sqrt(n)', '1.581138830084190', null, null],
  ['sqrt(-1)', null, null, null],
  ['ln(0)', null, null, null],
  ['log(i + 93)', '2', '1.9684829485539351', null],
  ['round(n)', '3', '-1', null],
  ['round(-2.345, 2)', '-2.35', '-2.35', '-2.35'],
  ['round(1234, -2)', '1200', '1200', '1200'],
  ['round(1, 1000)', null, null, null],
  ['floor(-1.5)', '-2', '-2', '-2'],
  ['ceil(1.2)', '2', '2', '2'],
  ['abs(n)', '2.5', '1', null],
  ['min(3, n, 2)', '2', '-1', '2'],
  ['max(n, i)', '7', '0', null],
  ['mod(-7, 3)', '-1', '-1', '-1'],
  ['number("12.50")', '12.5', '12.5', '12.5'],
  ['number(c)', null, '12.5', null],
  ['number(amount)', '1000', '1000', null],
  // Money
  ['amount * 0.2', '200 EUR', '200 EUR', null],
  ['2 * amount + 1', '2001 EUR', '2001 EUR', null],
  ['amount - cost', '600 EUR', null, null],
  ['amount / cost', '2.5', null, null],
  ['amount / 0', null, null, null],
  ['amount > cost', 'true', null, null],
  ['amount > 500', 'true', 'true', null],
  ['amount = cost', 'false', null, null],
  ['if(b, amount, 0)', '1000 EUR', '0 EUR', null],
  ['if(b, amount, cost)', '1000 EUR', '400 USD', null],
  ['coalesce(cost, amount)', '400 EUR', '400 USD', null],
  ['coalesce(null, amount)', '1000 EUR', '1000 EUR', null],
  ['max(amount, cost)', '1000 EUR', null, null],
  ['max(amount, 5000)', '5000 EUR', '5000 EUR', null],
  ['case(i, 7, cost, amount)', '400 EUR', '1000 EUR', null],
  ['case(i, 7, cost)', '400 EUR', null, null],
  ['round(amount / 3, 1)', '333.3 EUR', '333.3 EUR', null],
  ['-abs(amount) % 300', '-100 EUR', '-100 EUR', null],
  ['amount * 1000000000000', null, null, null],
  ['text(cost)', '400 EUR', '400 USD', null],
  // Conditions and nulls
  ['b and not b', 'false', 'false', null],
  ['b or n > 0', 'true', 'false', null],
  ['NOT b OR TRUE', 'true', 'true', 'true'],
  ['n = null', 'false', 'false', 'true'],
  ['null != amount', 'true', 'true', 'false'],
  ['account = null', 'false', 'true', 'true'],
  ['isEmpty(account)', 'false', 'true', 'true'],
  ['isEmpty(t)', 'false', 'true', 'true'],
  ['isEmpty(tags)', 'false', 'true', 'true'],
  ['isEmpty(null)', 'true', 'true', 'true'],
  ['if(n > 0, "plus", "minus")', 'plus', 'minus', 'minus'],
  ['if(b, null, 1)', null, '1', '1'],
  ['case(t, "", "empty", "full")', 'full', 'empty', 'full'],
  ['case(d, date(2024,2,29), 1, at, 2, 3)', '1', '2', '3'],
  ['n <> i', 'true', 'true', null],
  ['n == 2.5', 'true', 'false', null],
  ['b = (n > 0)', 'true', 'true', null],
  ['c < "b"', 'true', 'true', null],
  ['t = c or t <= c', 'false', 'true', null],
  // Texts
  ['t & " / " & n & null & b', 'Žalia Ąžuolo g. / 2.5true', ' / -1false', ' / '],
  [
    'concat(t, "-", d, " ", at)',
    'Žalia Ąžuolo g.-2024-02-29 2024-02-29T23:30:15Z',
    '-2023-12-31 2023-12-31T00:00:00Z',
    '- ',
  ],
  [String.raw`'it\'s' & "\\ \"q\" \n"`, 'it\'s\\ "q" \n', 'it\'s\\ "q" \n', 'it\'s\\ "q" \n'],
  ['upper(t)', 'ŽALIA ĄŽUOLO G.', '', null],
  ['lower("ĄŽ")', 'ąž', 'ąž', 'ąž'],
  ['trim("  a b ")', 'a b', 'a b', 'a b'],
  ['length(t)', '15', '0', null],
  ['length(tags)', '2', '0', null],
  ['left(t, 5)', 'Žalia', '', null],
  ['left("abc", -1)', null, null, null],
  ['left("abc", 99999999999)', 'abc', 'abc', 'abc'],
  ['right(c, 2)', 'bc', '.5', null],
  ['mid(c, 2, 1)', 'b', '2', null],
  ['mid("abc", 0, 1)', null, null, null],
  ['mid("abc", 99999999999, 99999999999)', '', '', ''],
  ['replace("a.b.c", ".", "")', 'abc', 'abc', 'abc'],
  ['contains(t, "Ąž")', 'true', 'false', null],
  ['contains(tags, "vip")', 'true', 'false', null],
  ['startsWith(c, "a")', 'true', 'false', null],
  ['endsWith(c, ".5")', 'false', 'true', null],
  [
    'upper(text(n)) & upper(text(b)) & upper(text(d)) & upper(text(amount))',
    '2.5TRUE2024-02-291000 EUR',
    '-1FALSE2023-12-311000 EUR',
    '',
  ],
  ['contains(n & "", text(i)) or lower(null) = lower(text(at))', null, null, null],
  ['text(1.50)', '1.5', '1.5', '1.5'],
  ['text(b)', 'true', 'false', null],
  ['text(took)', '3600', '0', null],
  // Dates
  ['date(2024, 2, 29)', '2024-02-29', '2024-02-29', '2024-02-29'],
  ['date(2023, 2, 29)', null, null, null],
  ['date(2024, 13, 1)', null, null, null],
  ['date(2024, 12, 31)', '2024-12-31', '2024-12-31', '2024-12-31'],
  ['date(0, 1, 1)', null, null, null],
  ['date(null, 1, 1)', null, null, null],
  ['date(2024, null, 1)', null, null, null],
  ['date(2024, 1, null)', null, null, null],
  ['date(at)', '2024-02-29', '2023-12-31', null],
  ['year(d) * 10000 + month(d) * 100 + day(d)', '20240229', '20231231', null],
  ['weekday(at)', '4', '7', null],
  ['addDays(d, 1)', '2024-03-01', '2024-01-01', null],
  ['d - 366', '2023-02-28', '2022-12-30', null],
  ['d + 99999999999', null, null, null],
  ['1 + d', '2024-03-01', '2024-01-01', null],
  ['date(9999, 12, 31) + 1', null, null, null],
  ['date(1, 1, 1) - 1', null, null, null],
  ['date(9999, 12, 30) + 1', '9999-12-31', '9999-12-31', '9999-12-31'],
  ['addMonths(d, 12)', '2025-02-28', '2024-12-31', null],
  ['addMonths(d, -1)', '2024-01-29', '2023-11-30', null],
  ['addMonths(date(1, 1, 31), 119987)', '9999-12-31', '9999-12-31', '9999-12-31'],
  ['addMonths(date(1, 1, 31), 119988)', null, null, null],
  ['addMonths(date(9999, 12, 31), -119987)', '0001-01-31', '0001-01-31', '0001-01-31'],
  ['addMonths(d, -99999)', null, null, null],
  ['addMonths(at, 1)', '2024-03-29T23:30:15Z', '2024-01-31T00:00:00Z', null],
  ['addDays(at, 0.5)', '2024-03-01T11:30:15Z', '2023-12-31T12:00:00Z', null],
  ['at + took', '2024-03-01T00:30:15Z', '2023-12-31T00:00:00Z', null],
  ['took + at', '2024-03-01T00:30:15Z', '2023-12-31T00:00:00Z', null],
  ['at - took * 2', '2024-02-29T21:30:15Z', '2023-12-31T00:00:00Z', null],
  ['at - d', '84615', '0', null],
  ['d - date(2024, 1, 1)', '59', '-1', null],
  ['d < at', 'true', 'false', null],
  ['took > 60', 'true', 'false', null],
  ['took / 60', '60', '0', null],
  ['took / (took + took)', '0.5', null, null],
  ['daysBetween(date(2024, 1, 1), at)', '59', '-1', null],
  ['monthsBetween(date(2022, 3, 1), d)', '23', '21', null],
  ['monthsBetween(d, date(2022, 3, 1))', '-23', '-21', null],
  ['today()', '2024-03-01', '2024-03-01', '2024-03-01'],
  ['daysBetween(d, today())', '1', '61', null],
  ['now() - at', '44985', '5313600', null],
];

/** All or part of each is constant. */
const constantTexts = [
  'upper(if(true, "a", t))',
  'lower(coalesce("a", t)) = "a"',
  'case("b", t, 1, "b", 2)',
  'if(b, "a" = "b", "a" < "b")',
  'min("a", "b") & n',
  'isEmpty(left(t, null))',
  'contains(upper(left(t, null) & "x"), "X")',
  'case(upper(text(1)), "A", n, i)',
  'b and startsWith(upper("a" & 1), number(lower("1")) & "")',
];

test('formulas give these results in PostgreSQL', async (t) => {
  for (const [formula, ...expected] of table) {
    await t.test(formula, async () => {
      const shown = display(compile(formula), checkFormula(formula, scope).type);
      const { rows } = await pool.query(`select ${shown} as value from record order by id`);
      assert.deepEqual(
        rows.map((row) => trimZeros(row.value)),
        expected.map(trimZeros),
      );
    });
  }
});

test('every formula that is not volatile can be a generated column, whatever the rows hold', async (t) => {
  const constants = formulaFunctions.map((known) => `if(b, ${known.example}, ${known.example})`);
  const formulas = [...table.map(([formula]) => formula), ...constants, ...constantTexts];
  const used = new Set<string>();
  for (const formula of formulas) {
    const checked = checkFormula(formula, scope);
    if (checked.volatile) continue;
    for (const [name] of formula.matchAll(/\w+(?=\()/g)) used.add(name);
    await t.test(formula, () => addGenerated('hostile', formula));
  }
  const missing = formulaFunctions.filter(({ name }) => !used.has(name)).map(({ name }) => name);
  assert.deepEqual(missing, ['today', 'now']);
});

test('a generated column computes new rows, under any settings of the session', async () => {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`set local datestyle = 'SQL, DMY'; set local timezone = 'Pacific/Auckland';
      set local intervalstyle = 'sql_standard'; set local search_path = ''; set local extra_float_digits = 0`);
    const sql = (formula: string) => (compile(formula) as { value: string }).value;
    await client.query(`create table public.styled (d date, at timestamptz,
      a text generated always as (${sql('d & " " & at & " " & addMonths(d, 1)')}) stored,
      b date generated always as (${sql('date(year(at), month(at), day(at)) + 1')}) stored,
      c timestamptz generated always as (${sql('addMonths(at + 0.5, -1)')}) stored)`);
    await client.query(`insert into public.styled values ('2024-01-31'::date, '2024-01-31T23:00:00Z'::timestamptz)`);
    const { rows } = await client.query(
      `select a, b = '2024-02-01'::date as b, c = '2024-01-01T11:00:00Z' as c from public.styled`,
    );
    assert.deepEqual(rows, [{ a: '2024-01-31 2024-01-31T23:00:00Z 2024-02-29', b: true, c: true }]);
  } finally {
    await client.query('rollback');
    client.release();
  }
});

test('money is whole or null', async () => {
  const sql = compile('amount * 2') as { amount: string; currency: string };
  const { rows } = await pool.query(
    `select count(*)::int as n from hostile where ((${sql.amount}) is null) <> ((${sql.currency}) is null)`,
  );
  assert.equal(rows[0].n, 0);
});

test('SQL cannot be broken out of', async () => {
  for (const text of [`'; drop table record; --`, `\\`, `\\'`, `''`, `$$`, `/*`, `%s`, `E'`]) {
    const formula = `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}" & ""`;
    for (const setting of ['on', 'off']) {
      const client = await pool.connect();
      try {
        await client.query(`set standard_conforming_strings = ${setting}`);
        const { value } = compile(formula) as { value: string };
        const { rows } = await client.query(`select ${value} as value`);
        assert.equal(rows[0].value, text);
      } finally {
        client.release(true);
      }
    }
  }
});

test('the deepest formulas are still within the stack of PostgreSQL', async () => {
  const nest = (open: string, close: string, inner = 'n', times = 90) =>
    open.repeat(times) + inner + close.repeat(times);
  const deep = [
    nest('(', ')'),
    nest('-', ''),
    nest('round(', ', 2)'),
    nest('1 * (1 + ', ')', 'n', 48),
    nest('if(b, 1, ', ')'),
    nest('replace(', ', "a", "aaaaaaaaaa")', 't'),
    nest('addMonths(', ', 1)', 'd'),
    nest('addDays(', ', 1)', 'at'),
    nest('', ' & t & t', 't', 45),
    Array.from({ length: 99 }, () => 'n').join(' * '),
    Array.from({ length: 99 }, () => 'n').join(' + '),
  ];
  for (const formula of deep) await addGenerated('hostile', formula);
});

test('no formula of any shape makes a row fail', async () => {
  const property = fc.asyncProperty(fc.array(anyFormula(), { minLength: 20, maxLength: 20 }), async (formulas) => {
    const valid = formulas.filter(isValid);
    try {
      await evaluate(valid);
    } catch {
      for (const formula of valid)
        await evaluate([formula]).catch((error) => assert.fail(`${formula}: ${error.message}`));
    }
  });
  await fc.assert(property, {
    numRuns: Number(process.env.FORMULA_RUNS ?? 40),
    endOnFailure: true,
    includeErrorInReport: true,
  });
});

/** Stores the formulas for every hostile row. */
async function evaluate(formulas: readonly string[]): Promise<void> {
  const generated = formulas
    .filter((formula) => !checkFormula(formula, scope).volatile)
    .flatMap(stored)
    .map(([type, value], index) => `, g${index} ${type} generated always as (${value}) stored`);
  const selected = formulas.flatMap(stored).map(([type, value]) => `, (${value})::${type}`);
  const names = Object.values(fields).flatMap((field) => field.columns.map((column) => column.split(' ')[0]!));
  await pool.query(`create temporary table generated (like hostile ${generated.join('')}) on commit drop;
    insert into generated (id, ${names.join(', ')}) select id, ${names.join(', ')} from hostile`);
  await pool.query(`select id ${selected.join('')} from hostile`);
}

function compile(formula: string): FormulaSql {
  return compileFormula(
    checkFormula(formula, scope),
    ([name]) => {
      const [value, currency] = fields[name!]!.columns.map((column) => column.split(' ')[0]!);
      return currency ? { amount: value!, currency } : { value: value! };
    },
    clock,
  );
}

/** The columns that keep a formula's value: type and SQL of each. */
function stored(formula: string): [type: string, value: string][] {
  const { type } = checkFormula(formula, scope);
  const sql = compile(formula);
  if ('value' in sql) return [[storage[type] ?? type, sql.value]];
  return [
    ['numeric(19,4)', sql.amount],
    ['text', sql.currency],
  ];
}

async function addGenerated(name: string, formula: string): Promise<void> {
  for (const [type, value] of stored(formula)) {
    await pool.query(`alter table ${name} add column generated ${type} generated always as (${value}) stored`);
    await pool.query(`alter table ${name} drop column generated`);
  }
}

function display(sql: FormulaSql, type: FormulaType): string {
  if ('amount' in sql) return `(${sql.amount})::text || ' ' || (${sql.currency})`;
  if (type === 'date') return `to_char(${sql.value}, 'YYYY-MM-DD')`;
  if (type === 'datetime') return `to_char(${sql.value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
  return `(${sql.value})::text`;
}

/** `1.500` and `200.0000 EUR` without the zeros that say nothing. */
function trimZeros(value: string | null): string | null {
  return value?.replace(/^(-?\d+)(?:\.0+|(\.\d*?[1-9])0*)?( [A-Z]{3})?$/, '$1$2$3') ?? null;
}

function isValid(formula: string): boolean {
  try {
    checkFormula(formula, scope);
    return true;
  } catch (error) {
    assert.ok(error instanceof FormulaError, `${formula}: ${error}`);
    return false;
  }
}

/** Well-typed formulas of every type, three levels deep. */
function anyFormula(): fc.Arbitrary<string> {
  type Kind = 'number' | 'money' | 'text' | 'boolean' | 'date' | 'datetime' | 'duration' | 'list';
  const leaves: Record<Kind, readonly string[]> = {
    number: [
      'n',
      'i',
      '0',
      '1',
      '-1',
      '0.5',
      '31',
      '1000',
      '999999999999999999999999999999',
      '0.00000000000000000001',
      'null',
    ],
    money: ['amount', 'cost'],
    text: ['t', 'c', "''", "'a'", "'1'", "'\\\\'", 'null'],
    boolean: ['b', 'true', 'false', 'null'],
    date: ['d', 'today()', 'date(9999,12,31)', 'date(1,1,1)'],
    datetime: ['at', 'now()'],
    duration: ['took'],
    list: ['tags'],
  };
  const rules: readonly [Kind, string, ...Kind[]][] = [
    ...['+', '-', '*', '/', '%'].map((sign): [Kind, string, Kind, Kind] => [
      'number',
      `# ${sign} #`,
      'number',
      'number',
    ]),
    ...['power', 'mod', 'round', 'min', 'max'].map((name): [Kind, string, Kind, Kind] => [
      'number',
      `${name}(#, #)`,
      'number',
      'number',
    ]),
    ...['sqrt', 'ln', 'log', 'abs', 'floor', 'ceil'].map((name): [Kind, string, Kind] => [
      'number',
      `${name}(#)`,
      'number',
    ]),
    ...['number', 'length'].map((name): [Kind, string, Kind] => ['number', `${name}(#)`, 'text']),
    ...['year', 'month', 'day', 'weekday'].map((name): [Kind, string, Kind] => ['number', `${name}(#)`, 'date']),
    ...['year', 'month', 'day', 'weekday'].map((name): [Kind, string, Kind] => ['number', `${name}(#)`, 'datetime']),
    ...['daysBetween', 'monthsBetween'].flatMap((name): [Kind, string, Kind, Kind][] => [
      ['number', `${name}(#, #)`, 'date', 'datetime'],
      ['number', `${name}(#, #)`, 'date', 'date'],
    ]),
    ['number', '# - #', 'date', 'date'],
    ['number', '# / #', 'money', 'money'],
    ['number', '# / #', 'duration', 'duration'],
    ['number', 'if(#, #, #)', 'boolean', 'number', 'number'],
    ['number', 'case(#, #, #, #, #, #)', 'text', 'text', 'number', 'text', 'number', 'number'],
    ['number', 'length(#)', 'list'],
    ['money', '# + #', 'money', 'money'],
    ['money', '# - #', 'money', 'number'],
    ['money', '# * #', 'money', 'number'],
    ['money', '# / #', 'money', 'number'],
    ['money', 'if(#, #, #)', 'boolean', 'money', 'money'],
    ['money', 'coalesce(#, #)', 'money', 'number'],
    ['money', 'max(#, #)', 'money', 'money'],
    ['text', '# & #', 'text', 'text'],
    ['text', 'concat(#, #, #)', 'date', 'datetime', 'money'],
    ['text', 'replace(#, #, #)', 'text', 'text', 'text'],
    ...['left', 'right'].map((name): [Kind, string, Kind, Kind] => ['text', `${name}(#, #)`, 'text', 'number']),
    ['text', 'mid(#, #, #)', 'text', 'number', 'number'],
    ...['upper', 'lower', 'trim'].map((name): [Kind, string, Kind] => ['text', `${name}(#)`, 'text']),
    ...(['number', 'money', 'boolean', 'date', 'datetime', 'duration'] as const).map((kind): [Kind, string, Kind] => [
      'text',
      'text(#)',
      kind,
    ]),
    ...['=', '!=', '<', '>='].flatMap((sign) =>
      (['number', 'money', 'text', 'date', 'datetime', 'duration'] as const).map((kind): [Kind, string, Kind, Kind] => [
        'boolean',
        `# ${sign} #`,
        kind,
        kind,
      ]),
    ),
    ...['contains', 'startsWith', 'endsWith'].map((name): [Kind, string, Kind, Kind] => [
      'boolean',
      `${name}(#, #)`,
      'text',
      'text',
    ]),
    ['boolean', 'contains(#, #)', 'list', 'text'],
    ['boolean', '# and not # or #', 'boolean', 'boolean', 'boolean'],
    ...(['number', 'money', 'text', 'date', 'list'] as const).map((kind): [Kind, string, Kind] => [
      'boolean',
      'isEmpty(#)',
      kind,
    ]),
    ['date', 'date(#, #, #)', 'number', 'number', 'number'],
    ['date', 'date(#)', 'datetime'],
    ['date', '# + #', 'date', 'number'],
    ['date', '# - #', 'date', 'number'],
    ['date', 'addDays(#, #)', 'date', 'number'],
    ['date', 'addMonths(#, #)', 'date', 'number'],
    ['date', 'min(#, #)', 'date', 'date'],
    ['datetime', 'addDays(#, #)', 'datetime', 'number'],
    ['datetime', 'addMonths(#, #)', 'datetime', 'number'],
    ['datetime', '# + #', 'datetime', 'duration'],
    ['datetime', '# - #', 'date', 'duration'],
    ['datetime', 'coalesce(#, #)', 'datetime', 'date'],
    ['duration', '# - #', 'datetime', 'datetime'],
    ['duration', '# * #', 'duration', 'number'],
    ['duration', '# / #', 'duration', 'number'],
    ['duration', '# + #', 'duration', 'number'],
  ];
  const build = (kind: Kind, depth: number): fc.Arbitrary<string> => {
    const leaf = fc.constantFrom(...leaves[kind]);
    const fitting = depth === 0 ? [] : rules.filter(([result]) => result === kind);
    if (fitting.length === 0) return leaf;
    const composed = fc.constantFrom(...fitting).chain(([, shape, ...parts]) =>
      fc.tuple(...parts.map((part) => build(part, depth - 1))).map((values) => {
        let next = 0;
        return `(${shape.replaceAll('#', () => values[next++]!)})`;
      }),
    );
    return fc.oneof({ weight: 1, arbitrary: leaf }, { weight: 4, arbitrary: composed });
  };
  const kinds: Kind[] = ['number', 'money', 'text', 'boolean', 'date', 'datetime', 'duration'];
  return fc.constantFrom(...kinds).chain((kind) => build(kind, 3));
}
