import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { inferColumns } from './columns.ts';
import { type DuplicateReport, type Place, reportDuplicates } from './report.ts';

const data = new URL('../../../../../shared/data/linkage/', import.meta.url);
const skip = existsSync(data) ? false : 'the linkage data sets are not beside the project (../shared/data/linkage)';

function read(file: string): { header: string[]; rows: string[][] } {
  const all = parse(readFileSync(new URL(file, data)), { bom: true, trim: true }) as string[][];
  const [header = [], ...rows] = all;
  return { header, rows };
}

/** Precision, recall and their harmonic mean against the column that tells which rows are the same. */
function measure(file: string, entityOf: (row: string[]) => string, pairsOf: (report: DuplicateReport) => Place[][]) {
  const { header, rows } = read(file);
  const sizes = new Map<string, number>();
  for (const row of rows) sizes.set(entityOf(row), (sizes.get(entityOf(row)) ?? 0) + 1);
  const truePairs = [...sizes.values()].reduce((total, size) => total + (size * (size - 1)) / 2, 0);
  const found = pairsOf(reportDuplicates(header, rows));
  const right = found.filter(([a, b]) => entityOf(rows[a!.row]!) === entityOf(rows[b!.row]!)).length;
  const [precision, recall] = [right / found.length, right / truePairs];
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall) };
}

const reportedPairs = (report: DuplicateReport) => report.pairs.map(({ a, b }) => [a, b]);
const certainPairs = (report: DuplicateReport) =>
  report.pairs.filter(({ certainty }) => certainty === 'certain').map(({ a, b }) => [a, b]);

const sets: { file: string; entityOf: (row: string[]) => string; precision: number; recall: number; f1: number }[] = [
  // Measured: precision 1, recall .996, F1 .998.
  { file: 'febrl/dataset1.csv', entityOf: (row) => row[0]!.split('-')[1]!, precision: 0.995, recall: 0.99, f1: 0.994 },
  // Measured: precision 1, recall .98, F1 .990.
  { file: 'rldata/RLdata500.csv', entityOf: (row) => row[7]!, precision: 0.98, recall: 0.96, f1: 0.98 },
  // Measured: precision 1, recall .966, F1 .983. Clusters of up to ten, with values scrambled on purpose.
  { file: 'splink_fake_1000.csv', entityOf: (row) => row[6]!, precision: 0.99, recall: 0.95, f1: 0.975 },
];

for (const { file, entityOf, ...floor } of sets) {
  test(`${file}: duplicates found and not invented`, { skip }, () => {
    const { precision, recall, f1 } = measure(file, entityOf, reportedPairs);
    const figures = `precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}, F1 ${f1.toFixed(4)}`;
    assert.ok(precision >= floor.precision && recall >= floor.recall && f1 >= floor.f1, figures);
    assert.equal(measure(file, entityOf, certainPairs).precision, 1, '"certain" is never wrong');
  });
}

test('the columns that tell the answer are not compared', { skip }, () => {
  const answers = {
    'febrl/dataset1.csv': 'rec_id',
    'rldata/RLdata500.csv': 'identity',
    'splink_fake_1000.csv': 'cluster',
  };
  for (const [file, answer] of Object.entries(answers)) {
    const { header, rows } = read(file);
    assert.equal(inferColumns(header, rows).find(({ name }) => name === answer)?.role, 'recordId');
  }
});

const roles = (header: string, ...rows: string[]) =>
  inferColumns(
    header.split('|'),
    rows.map((row) => row.split('|')),
  ).map(({ role }) => role);

test('headers of other systems and languages', () => {
  assert.deepEqual(
    roles('Contact ID|First Name|LastName|E-mail 2 Address|MobilePhone|MailingPostalCode|Email Status'),
    ['recordId', 'givenName', 'familyName', 'email', 'phone', 'postcode', 'ignored'],
  );
  assert.deepEqual(roles('Vardas|Pavardė|Asmens kodas|Gimimo data|El. paštas|Tel. nr.|Gatvė|Miestas|Pašto kodas'), [
    'givenName',
    'familyName',
    'nationalId',
    'birthDate',
    'email',
    'phone',
    'street',
    'city',
    'postcode',
  ]);
  assert.deepEqual(roles('Razón social|CIF|Correo electrónico|Teléfono|Dirección|Población|Código postal|Provincia'), [
    'company',
    'taxNumber',
    'email',
    'phone',
    'street',
    'city',
    'postcode',
    'region',
  ]);
  assert.deepEqual(roles('Birth Year|Birth Month|Birth Day'), ['birthYear', 'birthMonth', 'birthDay']);
});

test('"Name" is a company beside a website and a person beside a birthday', () => {
  assert.deepEqual(roles('Name|Website'), ['company', 'website']);
  assert.deepEqual(roles('Name|Birthdate'), ['fullName', 'birthDate']);
  assert.deepEqual(roles('Name', 'UAB Baltas', 'UAB Juodas', 'Raudonas AB'), ['company']);
});

test('unknown headers are told by their values, and only where the shape is plain', () => {
  const rows = Array.from({ length: 30 }, (_, index) =>
    [
      `p${index}@x.lt`,
      `+370 6${1_000_000 + index}`,
      `${1930 + index * 2}-03-0${1 + (index % 9)}`,
      `X-${index}`,
      `2024-05-1${index % 10}`,
      `${index}.5`,
    ].join('|'),
  );
  assert.deepEqual(roles('A|B|C|D|E|F', ...rows), ['email', 'phone', 'birthDate', 'recordId', 'ignored', 'ignored']);
});

test('the caller decides over roles and exclusions', () => {
  const columns = ['who', 'email', 'Ref'];
  const rows = [
    ['Ona Petraitė', 'x@pastas.lt', 'a'],
    ['Ona Petraite', 'y@pastas.lt', 'b'],
  ];
  const report = reportDuplicates(columns, rows, { roles: { who: 'fullName', Ref: 'recordId' }, exclude: ['email'] });
  assert.deepEqual(
    report.columns.map(({ role }) => role),
    ['fullName', 'ignored', 'recordId'],
  );
});

test('a report names rows, lines and ids, and survives JSON', () => {
  const rows = [
    ['7', 'Ona', 'Petraitė', 'ona@pastas.lt', '+370 612 34567'],
    ['8', 'Jonas', 'Butkus', 'jonas@pastas.lt', '+370 699 88776'],
    ['9', 'Onna', 'Petraite', 'ona@pastas.lt', '8 612 34567', 'one cell too many'],
    ['short'],
    [],
  ];
  const report = reportDuplicates(['id', 'first name', 'last name', 'email', 'phone'], rows);
  assert.equal(report.records, 5);
  assert.deepEqual(report.pairs[0]?.a, { row: 0, line: 2, id: '7' });
  assert.deepEqual(report.pairs[0]?.b, { row: 2, line: 4, id: '9' });
  assert.deepEqual(report.groups, [[report.pairs[0]!.a, report.pairs[0]!.b]]);
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
});

test('a file without a column to compare says so', () => {
  const report = reportDuplicates(
    ['Colour', '__proto__'],
    [
      ['red', 'x'],
      ['red', 'x'],
    ],
  );
  assert.deepEqual(report.pairs, []);
  assert.equal(report.notes[0]?.code, 'duplicates.note.noColumns');
  assert.deepEqual(reportDuplicates([], []).pairs, []);
});
