import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fc } from '#test/property.ts';
import {
  checkFormula,
  completeFormula,
  FormulaError,
  type FormulaField,
  type FormulaScope,
  type FormulaType,
  formulaFunctions,
} from './formula.ts';

const objects: Record<string, Record<string, FormulaField & { to?: string }>> = {
  opportunity: {
    name: { type: 'text' },
    amount: { type: 'money' },
    probability: { type: 'number' },
    closeOn: { type: 'date' },
    createdAt: { type: 'datetime' },
    isWon: { type: 'boolean' },
    tags: { type: 'list' },
    age: { type: 'number', immutable: false },
    account: { type: 'reference', to: 'account' },
    account2: { type: 'reference', to: 'account' },
  },
  account: { name: { type: 'text' }, industry: { type: 'text' }, parent: { type: 'reference', to: 'account' } },
};

function lookUp(path: readonly string[]): (FormulaField & { to?: string }) | undefined {
  let object: string | undefined = 'opportunity';
  let field: (FormulaField & { to?: string }) | undefined;
  for (const name of path) {
    const known: Record<string, FormulaField & { to?: string }> = objects[object ?? ''] ?? {};
    field = Object.hasOwn(known, name) ? known[name] : undefined;
    object = field?.to;
  }
  return field;
}

const scope: FormulaScope = {
  field: lookUp,
  suggest: (path) =>
    Object.keys(objects[path.length < 2 ? 'opportunity' : (lookUp(path.slice(0, -1))?.to ?? '')] ?? {}),
};

test('a formula has a type', () => {
  const types: [string, FormulaType][] = [
    ['amount * probability / 100', 'money'],
    ['amount / amount', 'number'],
    ['if(isWon, amount, 0)', 'money'],
    ['name & 1', 'text'],
    ['closeOn + 30', 'date'],
    ['closeOn - closeOn', 'number'],
    ['createdAt - closeOn', 'duration'],
    ['(createdAt - closeOn) / 2', 'duration'],
    ['coalesce(createdAt, closeOn)', 'datetime'],
    ['min(closeOn, null)', 'date'],
    ['account.parent.parent.name', 'text'],
    ['account != null and not isEmpty(tags)', 'boolean'],
    ['IF(TRUE, 1, NULL)', 'number'],
    ['-amount > 100 or closeOn <> today()', 'boolean'],
  ];
  for (const [formula, type] of types) assert.equal(checkFormula(formula, scope).type, type, formula);
});

test('an expected type is the result or an error', () => {
  assert.equal(checkFormula('null', scope, 'money').type, 'money');
  assert.equal(checkFormula('closeOn', scope, 'datetime').type, 'datetime');
  assert.equal(checkFormula('3600', scope, 'duration').type, 'duration');
  for (const [formula, type] of [
    ['1', 'money'],
    ['amount', 'number'],
    ['1', 'text'],
    ['account', 'reference'],
    ['null', undefined],
    ['tags', undefined],
    ['account', undefined],
  ] as const) {
    assert.equal(errorOf(formula, type)?.code, 'formula.wrong-type', formula);
  }
});

test('what a formula reads, and whether time alone changes it', () => {
  const checked = checkFormula('account.name & account.parent.name & name & account.name', scope);
  assert.deepEqual(checked.reads, [['account', 'name'], ['account', 'parent', 'name'], ['name']]);
  assert.equal(checked.volatile, false);
  for (const formula of ['closeOn < today()', 'createdAt < NOW()', 'age + 1', '1 + 1']) {
    assert.equal(checkFormula(formula, scope).volatile, true, formula);
  }
});

test('errors point at the character', () => {
  const errors: [formula: string, code: string, marked: string, params?: Record<string, unknown>][] = [
    ['', 'formula.empty', ''],
    ['  ', 'formula.empty', '  '],
    ['1 + ', 'formula.unexpected-end', ''],
    ['(1 + 2', 'formula.unexpected-end', '', { expected: ')', context: 'expected' }],
    ['1 + * 2', 'formula.unexpected-token', '*', { found: '*' }],
    ['1 2', 'formula.unexpected-token', '2'],
    ['1 < 2 < 3', 'formula.unexpected-token', '<'],
    ['if(isWon 1, 2)', 'formula.unexpected-token', '1', { found: '1', expected: ')', context: 'expected' }],
    ['account.', 'formula.unexpected-end', ''],
    ['account.1', 'formula.unexpected-token', '.1'],
    ['and', 'formula.unexpected-token', 'and'],
    ['1 # 2', 'formula.unexpected-character', '#'],
    ['1 + 🙂', 'formula.unexpected-character', '🙂'],
    ["'a\\x'", 'formula.unexpected-character', '\\x'],
    ["'a\0'", 'formula.unexpected-character', '\0'],
    ["'a\ud800'", 'formula.unexpected-character', '\ud800'],
    ["1 & 'abc", 'formula.unterminated-text', "'abc"],
    ["'abc\\'", 'formula.unterminated-text', "'abc\\'"],
    [`1 + ${'9'.repeat(31)}`, 'formula.number-too-long', '9'.repeat(31)],
    ['1 + amuont', 'formula.unknown-field', 'amuont', { name: 'amuont', suggestion: 'amount', context: 'suggestion' }],
    ['1 + whatever', 'formula.unknown-field', 'whatever', { name: 'whatever' }],
    [
      'account.idustry = "x"',
      'formula.unknown-field',
      'idustry',
      { name: 'idustry', suggestion: 'industry', context: 'suggestion' },
    ],
    [
      'acount.industry',
      'formula.unknown-field',
      'acount',
      { name: 'acount', suggestion: 'account', context: 'suggestion' },
    ],
    ['__proto__', 'formula.unknown-field', '__proto__', { name: '__proto__' }],
    ['amount.currency', 'formula.not-a-reference', 'amount', { name: 'amount', type: 'money' }],
    ['account.parent.parent.parent.name', 'formula.too-many-hops', 'name', { limit: 3 }],
    ['1 + rond(2)', 'formula.unknown-function', 'rond', { name: 'rond', suggestion: 'round', context: 'suggestion' }],
    ['constructor(2)', 'formula.unknown-function', 'constructor', { name: 'constructor' }],
    [
      '1 + name',
      'formula.wrong-type',
      'name',
      { expected: 'number | money | duration | date | datetime', actual: 'text' },
    ],
    ['name - 1', 'formula.wrong-type', 'name'],
    ['amount * amount', 'formula.wrong-type', 'amount', { expected: 'number', actual: 'money' }],
    ['if(1, 2, 3)', 'formula.wrong-type', '1', { expected: 'boolean', actual: 'number' }],
    ['if(isWon, 2, "a")', 'formula.wrong-type', '"a"', { expected: 'number', actual: 'text' }],
    ['account = account2', 'formula.wrong-type', 'account'],
    ['upper(left(name, "2"))', 'formula.wrong-type', '"2"', { expected: 'number', actual: 'text' }],
    ['not (1 + 2)', 'formula.wrong-type', '(1 + 2)'],
    ['round()', 'formula.wrong-argument-count', 'round'],
    [
      'round(1, 2, 3)',
      'formula.wrong-argument-count',
      'round',
      { name: 'round', count: 3, signature: 'round(value: T, digits?: number): T' },
    ],
    ['case(1, 2)', 'formula.wrong-argument-count', 'case'],
    ['today(1)', 'formula.wrong-argument-count', 'today'],
    ['min()', 'formula.wrong-argument-count', 'min'],
  ];
  for (const [formula, code, marked, params] of errors) {
    const error = errorOf(formula);
    assert.ok(error, `${formula} is accepted`);
    assert.deepEqual(
      [error.code, formula.slice(error.position, error.position + error.length)],
      [code, marked],
      formula,
    );
    if (params) assert.deepEqual(error.params, params, formula);
  }
});

test('hostile input ends soon, with an error', () => {
  const times = 3_000;
  const hostile: [string, string][] = [
    ['('.repeat(times), 'formula.too-deep'],
    ['-'.repeat(times), 'formula.too-deep'],
    ['not '.repeat(2_000), 'formula.too-deep'],
    ['round('.repeat(1_600), 'formula.too-deep'],
    [Array(times).fill('1').join('+'), 'formula.too-deep'],
    ['1'.repeat(10_001), 'formula.too-long'],
    [`${'power('.repeat(60)}age${', age)'.repeat(60)}`, 'formula.too-complex'],
    [
      `concat(${Array(500).fill('createdAt').join(',')}, ${Array(500).fill('closeOn').join(',')})`,
      'formula.too-complex',
    ],
    [`'${'\\'.repeat(9_001)}`, 'formula.unterminated-text'],
    ['a'.repeat(10_000), 'formula.unknown-field'],
  ];
  for (const [formula, code] of hostile) {
    const start = performance.now();
    assert.equal(errorOf(formula)?.code, code, formula.slice(0, 20));
    assert.ok(performance.now() - start < 1_000, formula.slice(0, 20));
  }
});

test('any string either checks or throws a FormulaError inside the source', () => {
  const pieces = fc.constantFrom(
    ...'( ) , . + - * / % & = != < <= > >= and or not true false null 1 2.5 "a" \' \\ name amount closeOn account account.name tags'.split(
      ' ',
    ),
    ...formulaFunctions.map(({ name }) => `${name}(`),
    ' ',
  );
  const source = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(' ')),
    fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(source, fc.nat(200), (formula, offset) => {
      const error = errorOf(formula);
      if (error) assert.ok(error.position >= 0 && error.position + error.length <= formula.length);
      completeFormula(formula, Math.min(offset, formula.length), scope);
    }),
    { numRuns: 5_000 },
  );
});

test('completion knows what can stand at the cursor', () => {
  const complete = (marked: string) => {
    const offset = marked.indexOf('|');
    const source = marked.replace('|', '');
    const { from, to, items } = completeFormula(source, offset, scope);
    return [
      source.slice(from, to),
      items.map((item) => (item.kind === 'field' ? `${item.name}: ${item.type}` : item.name)),
    ];
  };
  assert.deepEqual(complete('1 + am|'), ['am', ['amount: money', 'name: text']]);
  assert.deepEqual(complete('if(is|'), ['is', ['isWon: boolean', 'isEmpty']]);
  assert.deepEqual(complete('account.|'), ['', ['name: text', 'industry: text', 'parent: reference']]);
  assert.deepEqual(complete('account.parent.ind|xyz = 1'), ['indxyz', ['industry: text']]);
  assert.deepEqual(complete('not acc|ount and 1'), ['account', ['account: reference', 'account2: reference']]);
  assert.equal((complete('|')[1] as string[]).length, 10 + formulaFunctions.length);
  for (const marked of ['"am|', 'amount am|', '1 |', ') |', 'amount.|', '1.|'])
    assert.deepEqual(complete(marked)[1], [], marked);
});

test('every error and every function has words in each language', () => {
  const catalogues = ['en', 'es', 'lt'].map(
    (language) =>
      JSON.parse(readFileSync(new URL(`i18n/${language}.json`, import.meta.url), 'utf8')) as Record<string, string>,
  );
  const [english] = catalogues;
  for (const catalogue of catalogues) {
    assert.deepEqual(Object.keys(catalogue), Object.keys(english!));
    for (const [key, text] of Object.entries(catalogue)) {
      assert.deepEqual(text.match(/{{\w+}}/g)?.sort(), english![key]!.match(/{{\w+}}/g)?.sort(), key);
    }
  }
  for (const { description } of formulaFunctions) assert.ok(english![description], description);
  const codes = readFileSync(new URL('error.ts', import.meta.url), 'utf8').match(/(?<=\| ')formula\.[\w-]+/g)!;
  assert.deepEqual(
    codes.filter((code) => !english![code]),
    [],
  );
  const known = new Set([...codes, ...formulaFunctions.map(({ description }) => description)]);
  assert.deepEqual(
    Object.keys(english!).filter((key) => !known.has(key.replace(/_suggestion$|_expected$/, ''))),
    [],
  );
});

function errorOf(formula: string, expected?: FormulaType): FormulaError | undefined {
  try {
    checkFormula(formula, scope, expected);
    return undefined;
  } catch (error) {
    if (error instanceof FormulaError) return error;
    throw error;
  }
}
