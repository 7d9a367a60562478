import { countryNamed } from '../../fields/address/countries.ts';
import type { FieldEnv, FieldOf, ParseEnv } from '../../fields/field-type.ts';
import { optionNamed, type SelectOptions } from '../../fields/select/index.ts';
import { type FieldModel, type Model, type ObjectModel, objectOf } from '../../object/model.ts';
import { type FieldError, FieldProblem } from '../../problems/problem.ts';
import { normalValue } from '../../records/draft.ts';
import { withOptionLabels } from '../labels.ts';
import { detectDateOrder, detectNumberStyle, isNull } from '../values.ts';
import type { ImportSettings } from './settings.ts';
import { FULL_NAME, isLabelled, type Target } from './targets.ts';

/** A row on its way to become a record. */
export interface RowInput {
  /** What the door takes, then what it would keep; references are missing until they are resolved. */
  values: Record<string, unknown>;
  /** Texts of references, by column. */
  references: { column: ReferenceColumn; text: string }[];
  errors: CellError[];
}

/** `column` counts from 0 and is missing for constants and what concerns the whole row. */
export interface CellError extends FieldError {
  column?: number;
}

export interface ReferenceColumn {
  readonly field: FieldModel;
  /** Field of the target by which it is found; null for id, title, or a person's e-mail. */
  readonly by: string | null;
  readonly createMissing: boolean;
  readonly column: number | null;
  /** A stage is found among those of the row's pipeline: own field, and the target's, that point to the same record. */
  readonly within: { readonly own: string; readonly far: string } | null;
}

export interface CompiledColumns {
  readonly references: readonly ReferenceColumn[];
  /** Field → first column that feeds it. */
  readonly columnOf: ReadonlyMap<string, number>;
  readonly mapped: ReadonlySet<string>;
  read(cells: readonly string[]): RowInput;
  /** Makes what the cells gave, references too by now, the values that are kept; what a type refuses becomes an error. */
  normalise(row: RowInput, env: FieldEnv): void;
}

type Reader = (text: string, row: RowInput) => void;

/** Texts in which `null` and `-` are values like any other: a person may be called Null. */
const TEXTS = new Set(['text', 'longText', 'richText']);
const EMPTY_TEXTS = new Set(['(null)', '#N/A', '#n/a']);
/** Types with few different cells in a file: each is parsed once. */
const REPEATED = new Set(['select', 'multiSelect', 'tags', 'boolean', 'date', 'percent', 'rating']);
const REMEMBERED = 2_000;

/** Compiles a mapping to one function per column, so that a row costs no look-up. */
export function compileColumns(
  settings: ImportSettings,
  targets: ReadonlyMap<string, Target>,
  model: Model,
  object: ObjectModel,
  headers: readonly string[],
  sample: readonly string[][],
  env: ParseEnv,
): CompiledColumns {
  const references: ReferenceColumn[] = [];
  const columnOf = new Map<string, number>();
  const mapped = new Set<string>();
  const { nullMarks = [], clearEmpty = false } = settings.options;

  const readerOf = (targetText: string, column: number | null, createMissing: boolean, factor = 1): Reader => {
    const target = targets.get(targetText) as Target;
    if (target.field === FULL_NAME) {
      for (const name of ['firstName', 'lastName']) note(name, column);
      return readFullName;
    }
    const field = object.fields.get(target.field) as FieldModel;
    // What is wrong with an entry is wrong with its value, not with its label.
    note(field.name, target.entry?.role === 'label' ? null : column);
    if (field.target !== null && field.name !== 'id') {
      const within = scopeOf(model, object, field, target.part, targets);
      const reference: ReferenceColumn = { field, by: target.part, createMissing, column, within };
      references.push(reference);
      return (text, row) => row.references.push({ column: reference, text });
    }
    const definition = withOptionLabels(field);
    const style = column === null ? env : { ...env, ...styleOf(sample, column, settings, env) };
    const at = column === null ? {} : { column };
    const guarded =
      (work: Reader): Reader =>
      (text, row) => {
        try {
          work(text, row);
        } catch (error) {
          if (!(error instanceof FieldProblem)) throw error;
          row.errors.push({ ...at, field: field.name, code: error.code, params: error.params });
        }
      };
    if (target.part !== null) return readPart(field.name, target.part);
    if (target.entry) return guarded(readEntry(field, target.entry, definition, style));
    const parse = (text: string) => {
      const parsed = multiplied(field.type.parse(text, definition, style), factor);
      return field.name === 'id' ? field.type.normalise(parsed, definition, style) : parsed;
    };
    return guarded(readValue(field, definition, REPEATED.has(field.type.name) ? remembering(parse) : parse));
  };
  const note = (field: string, column: number | null) => {
    mapped.add(field);
    if (column !== null && !columnOf.has(field)) columnOf.set(field, column);
  };

  const columns = Object.entries(settings.columns).map(([index, setting]) => {
    const column = Number(index);
    const target = targets.get(setting.target) as Target;
    const type = object.fields.get(target.field)?.type.name ?? 'text';
    return {
      column,
      read: readerOf(
        setting.target,
        column,
        setting.createMissing ?? settings.options.createMissing ?? false,
        setting.factor,
      ),
      values: setting.values ? valueMap(setting.values) : null,
      isText: TEXTS.has(type),
      clears:
        clearEmpty && target.part === null && target.entry === null && target.field !== FULL_NAME ? target.field : null,
    };
  });
  const constants = Object.entries(settings.constants).map(([target, template]) => ({
    read: readerOf(target, null, settings.options.createMissing ?? false),
    text: compileTemplate(template, headers),
  }));

  const lists = [...mapped].filter((name) => isLabelled(object.fields.get(name) as FieldModel));
  const fields = [...mapped].filter((name) => name !== 'id').map((name) => object.fields.get(name) as FieldModel);
  return {
    references,
    columnOf,
    mapped,
    normalise({ values, errors }, env) {
      for (const field of fields) {
        const { name } = field;
        const value = values[name];
        if (value === undefined) continue;
        try {
          values[name] = normalValue(field, value, env);
        } catch (error) {
          if (!(error instanceof FieldProblem)) throw error;
          const column = columnOf.get(name);
          errors.push({
            ...(column === undefined ? {} : { column }),
            field: name,
            code: error.code,
            params: error.params,
          });
          delete values[name];
        }
      }
    },
    read(cells) {
      const row: RowInput = { values: {}, references: [], errors: [] };
      for (const { column, read, values, isText, clears } of columns) {
        let text: string = cells[column] ?? '';
        if (values !== null) {
          const meant = values.get(text.trim().toLowerCase());
          if (meant !== undefined) text = meant ?? '';
        }
        if (text === '' || (isText ? isEmptyText(text, nullMarks) : isNothing(text, nullMarks))) {
          if (clears !== null && !(clears in row.values)) row.values[clears] = null;
        } else read(text, row);
      }
      for (const { read, text } of constants) {
        const value = text(cells);
        if (value !== '') read(value, row);
      }
      settleEntries(row.values, lists);
      return row;
    },
  };
}

/** Names that are unique within another record are looked up within the one that the same row points to. */
function scopeOf(
  model: Model,
  object: ObjectModel,
  field: FieldModel,
  by: string | null,
  targets: ReadonlyMap<string, Target>,
): ReferenceColumn['within'] {
  const target = objectOf(model, field.target as string);
  const key = by ?? target.title.name;
  const mapped = new Set([...targets.values()].map((one) => one.field));
  for (const names of Object.values(target.definition.unique ?? {})) {
    if (!names.includes(key)) continue;
    for (const far of names) {
      const to = target.fields.get(far)?.target;
      const own =
        to && [...object.fields.values()].find((one) => one.target === to && one !== field && mapped.has(one.name));
      if (own) return { own: own.name, far };
    }
  }
  return null;
}

/** The longest usual mark has six characters; all texts are asked, so the common case is the length alone. */
function isNothing(text: string, marks: readonly string[]): boolean {
  return (text.length <= 8 || marks.length > 0 || text.charCodeAt(0) <= 32) && isNull(text, marks);
}

function isEmptyText(text: string, marks: readonly string[]): boolean {
  if (text.charCodeAt(0) <= 32 || text.length < 7 || marks.length > 0) {
    const plain = text.trim();
    return plain === '' || EMPTY_TEXTS.has(plain) || marks.includes(plain);
  }
  return false;
}

function styleOf(
  sample: readonly string[][],
  column: number,
  settings: ImportSettings,
  env: ParseEnv,
): Pick<ParseEnv, 'decimal' | 'dateOrder'> {
  const cells = sample.map((row) => row[column] ?? '');
  return {
    decimal: settings.options.decimal ?? detectNumberStyle(cells, env.language).style.decimal,
    dateOrder: settings.options.dateOrder ?? detectDateOrder(cells, env.language).style,
  };
}

function multiplied(value: unknown, factor: number): unknown {
  if (factor === 1) return value;
  // Decimals as they are written: 1.1 million is no 1100000.0000000002.
  const times = (number: number) => Number((number * factor).toPrecision(15));
  if (typeof value === 'number') return times(value);
  const money = value as { amount?: unknown } | null;
  return typeof money?.amount === 'number' ? { ...money, amount: times(money.amount) } : value;
}

function valueMap(values: Readonly<Record<string, string | null>>): Map<string, string | null> {
  return new Map(Object.entries(values).map(([from, to]) => [from.trim().toLowerCase(), to]));
}

function remembering(parse: (text: string) => unknown): (text: string) => unknown {
  const known = new Map<string, unknown>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      value = parse(text);
      if (known.size >= REMEMBERED) known.clear();
      // The cell is a view on the piece of the file it came from.
      known.set(Buffer.from(text).toString(), value);
    }
    return value;
  };
}

function readValue(field: FieldModel, definition: FieldModel['definition'], parse: (text: string) => unknown): Reader {
  const { name } = field;
  if (field.type.name === 'tags' || field.type.name === 'multiSelect') {
    return (text, row) => {
      const entries = listIn(text);
      const isChoice = field.type.name === 'multiSelect';
      const value = entries
        ? entries.map((entry) => (isChoice ? optionNamed(entry, definition as FieldOf<SelectOptions>) : entry))
        : parse(text);
      const list = Array.isArray(value) ? value : [value];
      const had = row.values[name];
      row.values[name] = Array.isArray(had) ? [...had, ...list] : list;
    };
  }
  if (field.type.name === 'longText') {
    return (text, row) => {
      const had = row.values[name];
      row.values[name] = typeof had === 'string' ? `${had}\n${text}` : text;
    };
  }
  return (text, row) => {
    row.values[name] = parse(text);
  };
}

/** A list with separators inside its entries leaves Tendero as JSON. */
function listIn(text: string): string[] | null {
  if (!text.startsWith('["')) return null;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((entry) => typeof entry === 'string') ? list : null;
  } catch {
    return null;
  }
}

function readPart(name: string, part: string): Reader {
  return (text, row) => {
    const address = (row.values[name] as Record<string, string> | undefined) ?? {};
    address[part] = part === 'country' ? (countryNamed(text) ?? text) : text;
    row.values[name] = address;
  };
}

function readEntry(
  field: FieldModel,
  entry: NonNullable<Target['entry']>,
  definition: FieldModel['definition'],
  env: ParseEnv,
): Reader {
  const { name } = field;
  const listOf = (row: RowInput): { value?: unknown; label?: string | null; index: number }[] => {
    row.values[name] ??= [];
    return row.values[name] as { value?: unknown; label?: string | null; index: number }[];
  };
  if (entry.role === 'label') {
    return (text, row) => {
      const list = listOf(row);
      const at = list.find((one) => one.index === entry.index);
      if (at) at.label = text;
      else list.push({ label: text, index: entry.index });
    };
  }
  return (text, row) => {
    const list = listOf(row);
    // One cell may hold several, whatever the column is called.
    const parsed = field.type.parse(text, definition, env) as { value: unknown; label: string | null }[];
    parsed.forEach((one, position) => {
      const at = position === 0 && entry.index > 0 ? list.find((other) => other.index === entry.index) : undefined;
      if (at) at.value = one.value;
      else list.push({ value: one.value, label: one.label ?? entry.label, index: position === 0 ? entry.index : 0 });
    });
  };
}

/** Takes the numbers off the entries and leaves out labels without a value; the door gets what a client would send. */
function settleEntries(values: Record<string, unknown>, lists: readonly string[]): void {
  for (const name of lists) {
    const list = values[name] as { value?: unknown; label?: string | null; index: number }[] | null | undefined;
    if (!list) continue;
    if (list.length === 1 && list[0]!.value !== undefined) {
      values[name] = [{ value: list[0]!.value, label: list[0]!.label ?? null }];
      continue;
    }
    if (list.length > 1) list.sort((a, b) => (a.index || 99) - (b.index || 99));
    const kept = list
      .filter((one) => one.value !== undefined)
      .map(({ value, label }) => ({ value, label: label ?? null }));
    if (kept.length > 0) values[name] = kept;
    else delete values[name];
  }
}

const readFullName: Reader = (text, row) => {
  const [first, last] = divideName(text);
  if (first) row.values.firstName ??= first;
  if (last) row.values.lastName ??= last;
};

/** `Aldona Kazlauskienė`, `Kazlauskienė, Aldona`: what stands last is the surname, unless a comma says otherwise. */
export function divideName(text: string): [first: string, last: string] {
  const name = text.trim().replace(/\s+/g, ' ');
  const [, last, first] = /^([^,]+),\s*([^,]+)$/.exec(name) ?? [];
  if (last !== undefined && first !== undefined) return [first, last];
  const space = name.lastIndexOf(' ');
  return space === -1 ? ['', name] : [name.slice(0, space), name.slice(space + 1)];
}

function compileTemplate(template: string, headers: readonly string[]): (cells: readonly string[]) => string {
  const parts = template.split(/\{\{\s*(.+?)\s*\}\}/);
  if (parts.length === 1) return () => template;
  const pieces = parts.map((part, index) => {
    if (index % 2 === 0) return part;
    const [, name = part, filter] = /^(.*?)(?:\s*\|\s*(slug))?$/.exec(part) ?? [];
    const column = headers.findIndex((header) => header.trim().toLowerCase() === name.toLowerCase());
    return { column, slugs: filter === 'slug' };
  });
  return (cells) => {
    let filled = false;
    const text = pieces
      .map((piece) => {
        if (typeof piece === 'string') return piece;
        const cell = (cells[piece.column] ?? '').trim();
        if (cell !== '') filled = true;
        return piece.slugs ? slug(cell) : cell;
      })
      .join('');
    return filled ? text.trim() : '';
  };
}

function slug(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '.')
    .replace(/^\.+|\.+$/g, '');
}
