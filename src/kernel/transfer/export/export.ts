import { fieldAccess, isAllowed, type Principal } from '../../access/access.ts';
import { noteSecurityEvent } from '../../audit/security-events.ts';
import type { FieldOf } from '../../fields/field-type.ts';
import { optionLabel, type SelectOptions } from '../../fields/select/index.ts';
import { type FieldModel, type ObjectModel, objectOf } from '../../object/model.ts';
import { Problem } from '../../problems/problem.ts';
import type { Filter } from '../../query/filter.ts';
import type { Workspace } from '../../records/door.ts';
import { recordsFor } from '../../records/open.ts';
import { type Card, writeCards } from '../formats/vcard.ts';
import { type Cell, csvOptionsFor, writeCsv } from '../formats/write-csv.ts';
import { writeXlsx } from '../formats/write-xlsx.ts';
import { ADDRESS_FIELDS } from '../import/targets.ts';
import { fieldLabel, objectLabel, partLabel, withOptionLabels } from '../labels.ts';

export type ExportFormat = 'csv' | 'xlsx' | 'vcf';

export interface ExportQuery {
  filter?: Filter;
  search?: string;
  sort?: readonly string[];
  /** Own fields, or `account.industry` through references; all that can be written to a cell when left out. */
  fields?: readonly string[];
  /** References as the titles of their records (for people), or as ids (to come back to the same records). */
  references?: 'titles' | 'ids';
}

export const contentTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  vcf: 'text/vcard; charset=utf-8',
};

/** The door gives 500 at most. */
const PAGE = 500;
/** What a sheet of a workbook holds, without its header. */
const XLSX_ROWS = 1_048_575;

type Row = Record<string, unknown>;
/** A column of the file: its header and what stands in it. */
interface Column {
  header: string;
  cell(record: Row): Cell;
}

/**
 * Records as a file, page by page through the door: with the rights of whoever asks, at the pace of whoever reads, in
 * memory that does not grow with their number. What it writes can be imported again without loss.
 *
 * @throws Problem `access.denied`, `query.invalid`, `field.unknown`: before the first piece
 */
export async function exportRecords(
  workspace: Workspace,
  principal: Principal,
  objectName: string,
  format: ExportFormat,
  query: ExportQuery = {},
): Promise<AsyncGenerator<string | Uint8Array>> {
  const object = objectOf(workspace.model, objectName);
  if (!isAllowed(principal, object.name, 'export')) throw new Problem('access.denied');
  const { language } = principal;
  const fields = format === 'vcf' ? cardFields(object, principal) : (query.fields ?? exportedFields(object, principal));
  const expand = query.references === 'ids' && format !== 'vcf' ? [] : referencesIn(object, fields);
  const read = pagesOf(workspace, principal, object, query, fields, expand);
  const pages = noted(workspace, principal, object.name, format, query, read);
  // A wrong filter is refused here, while an answer other than a file can still be given.
  const first = await pages.next();
  const all = (async function* (): AsyncGenerator<Row[]> {
    if (!first.done) yield first.value;
    yield* pages;
  })();
  if (format === 'vcf') return writeCards(cardsOf(object, all));
  // A workbook's numbers are numbers: what stands as text beside them has the same point.
  const decimal = format === 'csv' ? csvOptionsFor(language).decimal : '.';
  const style: Style = { language, currency: workspace.settings.currency, decimal };
  const columns = fields.flatMap((path) =>
    columnsFor(workspace, object, path, { references: query.references ?? 'titles', style }),
  );
  const header = columns.map((column) => column.header);
  const cells = cellsOf(columns, all);
  if (format === 'csv') return writeCsv(header, cells, csvOptionsFor(language));
  return writeXlsx(header, atMost(cells, XLSX_ROWS), { sheet: objectLabel(object, language) });
}

async function* pagesOf(
  workspace: Workspace,
  principal: Principal,
  object: ObjectModel,
  query: ExportQuery,
  fields: readonly string[],
  expand: readonly string[],
): AsyncGenerator<Row[]> {
  const records = recordsFor(workspace, principal, 'export');
  let cursor: string | undefined;
  do {
    const page = await records.list(object.name, {
      ...(query.filter ? { filter: query.filter } : {}),
      ...(query.search ? { search: query.search } : {}),
      // By id a page is found where the one before ended, whatever is changed meanwhile.
      sort: query.sort && query.sort.length > 0 ? query.sort : ['id'],
      fields,
      expand,
      limit: PAGE,
      also: 'export',
      ...(cursor ? { cursor } : {}),
    });
    if (page.items.length > 0) yield page.items;
    cursor = page.next ?? undefined;
  } while (cursor);
}

/** However it ends, the audit tells who took how much of what. */
async function* noted(
  workspace: Workspace,
  principal: Principal,
  object: string,
  format: ExportFormat,
  { filter, search, fields }: ExportQuery,
  pages: AsyncGenerator<Row[]>,
): AsyncGenerator<Row[]> {
  let rows = 0;
  let isRefused = false;
  try {
    for await (const page of pages) {
      rows += page.length;
      yield page;
    }
  } catch (error) {
    isRefused = rows === 0;
    throw error;
  } finally {
    const details = { format, rows, filter, search, fields: fields?.join(', ') };
    const event = { operation: 'export', object, actor: principal.userId, via: 'export', details } as const;
    if (!isRefused) await noteSecurityEvent(workspace, event);
  }
}

async function* cellsOf(columns: readonly Column[], pages: AsyncIterable<Row[]>): AsyncGenerator<Cell[][]> {
  for await (const page of pages) yield page.map((record) => columns.map((column) => column.cell(record)));
}

/** The fields that a person may see and a cell can hold. */
function exportedFields(object: ObjectModel, principal: Principal): string[] {
  return [...object.fields.values()]
    .filter(
      (field) =>
        field.name !== 'version' &&
        field.name !== 'deletedAt' &&
        fieldAccess(principal, object.name, field.name) !== 'hidden',
    )
    .map((field) => field.name);
}

function referencesIn(object: ObjectModel, fields: readonly string[]): string[] {
  return [...new Set(fields.map((path) => path.split('.')[0] as string))].filter(
    (name) => name !== 'id' && (object.fields.get(name)?.target ?? null) !== null,
  );
}

interface Look {
  references: 'titles' | 'ids';
  style: Style;
}

/** @throws Problem `field.unknown` */
function columnsFor(workspace: Workspace, object: ObjectModel, path: string, look: Look): Column[] {
  const { language } = look.style;
  const [name = '', rest] = path.split(/\.(.*)/s);
  const field = object.fields.get(name);
  if (!field) throw new Problem('field.unknown', { object: object.name, field: path });
  const label = fieldLabel(field, language);
  if (rest !== undefined) {
    const target = objectOf(workspace.model, field.target ?? '');
    const inner = rest.split('.')[0] as string;
    return columnsFor(workspace, target, rest, look).map(({ header, cell }) => ({
      header: `${label}: ${header}`,
      cell: (record) => {
        const expanded = (record.expanded as Record<string, Row | null> | undefined)?.[name];
        return cell({ [inner]: expanded?.[rest] ?? record[path] ?? null });
      },
    }));
  }
  if (field.target !== null && name !== 'id' && look.references === 'titles') {
    return [{ header: label, cell: (record) => titlesIn(record, name) }];
  }
  if (field.type.name === 'address') {
    return ADDRESS_FIELDS.map((part) => ({
      header: `${label}: ${partLabel(part, language)}`,
      cell: (record) => (record[name] as Record<string, string | null> | null)?.[part] ?? null,
    }));
  }
  const definition = withOptionLabels(field);
  return [{ header: label, cell: (record) => cellOf(field, definition, record[name] ?? null, look.style) }];
}

function titlesIn(record: Row, name: string): Cell {
  const expanded = (
    record.expanded as Record<string, { title?: unknown } | { title?: unknown }[] | null> | undefined
  )?.[name];
  if (!expanded) return null;
  const titles = Array.isArray(expanded)
    ? expanded.map(({ title }) => String(title ?? ''))
    : [String(expanded.title ?? '')];
  return titles.join('; ');
}

interface Style {
  language: string;
  /** Of the company. */
  currency: string;
  decimal: '.' | ',';
}

/** A value as it is read back without loss: numbers as numbers, days in ISO order, lists in one cell. */
function cellOf(field: FieldModel, definition: FieldModel['definition'], value: unknown, style: Style): Cell {
  const { language } = style;
  if (value === null) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  switch ((field.definition as { returns?: string }).returns ?? field.type.name) {
    case 'money': {
      const money = value as { amount: number; currency: string };
      const digits = plainNumber(money.amount);
      // An amount in another currency than the company's says which.
      return money.currency === style.currency
        ? { number: digits }
        : `${digits.replace('.', style.decimal)} ${money.currency}`;
    }
    case 'tags':
    case 'references':
      return listText(value as string[]);
    case 'multiSelect':
      return listText(
        (value as string[]).map((one) => optionLabel(one, definition as FieldOf<SelectOptions>, language)),
      );
    case 'select':
    case 'email':
    case 'phone':
      return typeof value === 'string' && field.type.name === 'phone'
        ? value
        : labelledText(field, definition, value, language);
    case 'json':
    case 'file':
    case 'geo':
      return field.type.name === 'geo'
        ? field.type.format(value, definition, { language: 'en', timeZone: 'UTC' })
        : JSON.stringify(value);
    default:
      return typeof value === 'string' ? value : field.type.format(value, definition, { language, timeZone: 'UTC' });
  }
}

/** Numbers of telephones as they are stored, which any program can dial; options by their labels. */
function labelledText(
  field: FieldModel,
  definition: FieldModel['definition'],
  value: unknown,
  language: string,
): string {
  if (!Array.isArray(value) || typeof value[0] === 'string')
    return field.type.format(value, definition, { language, timeZone: 'UTC' });
  return (value as { value: string; label: string | null }[])
    .map((one) => (one.label ? `${one.value} (${one.label})` : one.value))
    .join('; ');
}

function listText(values: readonly string[]): string {
  return values.some((value) => /[;,|\n]|^\s|\s$|^\["/.test(value)) ? JSON.stringify(values) : values.join('; ');
}

/** 1e21 and 1e-7 are written out. */
function plainNumber(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(4) : text;
}

async function* atMost(rows: AsyncIterable<Cell[][]>, most: number): AsyncGenerator<Cell[][]> {
  let left = most;
  for await (const page of rows) {
    yield page.slice(0, left);
    left -= page.length;
    if (left <= 0) return;
  }
}

/** What of an object a card can hold, by the usual names. */
export function cardFields(object: ObjectModel, principal: Principal): string[] {
  const wanted = [
    'name',
    'firstName',
    'lastName',
    'jobTitle',
    'department',
    'account',
    'emails',
    'phones',
    'website',
    'birthday',
    'address',
    'billingAddress',
    'tags',
    'description',
  ];
  return wanted.filter((name) => object.fields.has(name) && fieldAccess(principal, object.name, name) !== 'hidden');
}

async function* cardsOf(object: ObjectModel, pages: AsyncIterable<Row[]>): AsyncGenerator<Card> {
  const isPerson = object.fields.has('lastName');
  for await (const page of pages) for (const record of page) yield cardOf(object, record, isPerson);
}

/** @param isPerson a contact, else a company */
export function cardOf(object: ObjectModel, record: Row, isPerson: boolean): Card {
  const text = (name: string) => (typeof record[name] === 'string' ? (record[name] as string) : undefined);
  const list = (name: string) =>
    ((record[name] as { value: string; label: string | null }[] | null) ?? []).map(({ value, label }) => ({
      value,
      label: label ?? '',
    }));
  const title = text(object.title.name) ?? '';
  const address = (record.address ?? record.billingAddress ?? null) as Record<string, string | null> | null;
  const account = titlesIn(record, 'account');
  const given: Record<string, unknown> = {
    firstName: text('firstName'),
    lastName: text('lastName'),
    displayName: title,
    organisation: isPerson ? (account ?? undefined) : title,
    department: text('department'),
    title: text('jobTitle'),
    birthday: text('birthday'),
    note: text('description'),
  };
  const card = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    ...card,
    emails: list('emails'),
    phones: list('phones'),
    urls: text('website') ? [{ label: '', value: text('website') as string }] : [],
    addresses: address ? [addressOf(address)] : [],
    categories: (record.tags as string[] | null) ?? [],
  } as Card;
}

function addressOf(address: Record<string, string | null>): Record<string, string> {
  const { postcode, ...parts } = address;
  const kept = Object.fromEntries(
    Object.entries({ ...parts, postalCode: postcode }).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
  return { label: '', ...kept };
}
