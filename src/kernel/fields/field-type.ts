import type { TSchema } from 'typebox';
import type { Sql } from '../database/sql.ts';
import type { RecordCondition } from '../object/condition.ts';

/**
 * What a field type is: one folder under `kernel/fields`, one line in `registry.ts`. From it follow the columns, the
 * validation, REST, OpenAPI, filters, sorting, search, import and export of every field of that type, in every object,
 * shipped or added at run time. The contract test in `test/fields.contract.test.ts` runs over `samples`.
 *
 * `Value` is the value as it travels in JSON; `Options` are the settings a field of this type may have besides the
 * common ones.
 */
export interface FieldType<Value = unknown, Options extends object = object> {
  readonly name: string;
  /** JSON Schema of the options, for validating an administrator's field and for the OpenAPI document. */
  readonly options: TSchema;
  /**
   * `columns` – one or several columns of the object's own table.
   * `link`    – a table of its own, `<object>__<field>(from_id, to_id, position)`.
   * `derived` – columns that nobody writes: the schema or the door computes them (formula, rollup).
   */
  readonly storage: 'columns' | 'link' | 'derived';
  /** Physical columns. `suffix` is appended to the field's column name; the first one is usually `''`. */
  columns(field: FieldOf<Options>): readonly ColumnShape[];
  /** JSON Schema of a value that is not null: what a client may send, and what it gets. */
  schema(field: FieldOf<Options>): { input: TSchema; output: TSchema };
  /**
   * The value as it is stored, from anything a client sent. The types of lists also take one value for a list of one.
   * Null, or an empty text or list, when cleaning leaves nothing: the door keeps null then.
   * @throws FieldProblem with a code such as `field.not-a-date`
   */
  normalise(input: unknown, field: FieldOf<Options>, env: FieldEnv): Value | null;
  /** When two values are the same for the history; deep equality when left out. */
  same?(a: Value, b: Value): boolean;
  /** One entry per column. Called with normalised values; null becomes all nulls without a call. */
  write(value: Value, field: FieldOf<Options>): readonly unknown[];
  /** The value from its columns as PostgreSQL's text format gives them (see `database/parsers.ts`); null when there is none. */
  read(columns: readonly unknown[], field: FieldOf<Options>): Value | null;
  /**
   * Filter operators by name. `empty` is added by the query compiler (first column `is null`) to all types that do not
   * have their own.
   */
  readonly operators: Readonly<Record<string, Operator<Options>>>;
  /** SQL expressions to sort by: quoted columns, or `foldSql` of them; absent when such a field cannot be sorted. */
  order?(columns: readonly string[], field: FieldOf<Options>): readonly string[];
  /** Which aggregations make sense; absent means none but `count`. `money` sums per currency and in base currency. */
  readonly aggregations?: readonly ('sum' | 'avg' | 'min' | 'max')[];
  /** How to group by it: by its first column, or by a date bucket. Absent: cannot be grouped. */
  readonly groups?: 'value' | 'bucket' | 'each';
  /** Words for the search column of a record (only asked for fields with `search`). */
  words?(value: Value, field: FieldOf<Options>): readonly string[];
  /** For people: export, notifications. Pure and fast. */
  format(value: Value, field: FieldOf<Options>, env: FormatEnv): string;
  /** From the text of a cell or a pasted value to something `normalise` takes. @throws FieldProblem */
  parse(text: string, field: FieldOf<Options>, env: ParseEnv): unknown;
  /** Values that the contract test writes, reads, filters, sorts, exports and imports again. At least three, all different, ascending in sort order. */
  readonly samples: readonly Sample<Value, Options>[];
  /** Inputs that must be refused, with the code. */
  readonly refused: readonly { input: unknown; code: string; field?: Partial<FieldOf<Options>> }[];
}

/** A field as its type sees it: the common settings, its own options, and its name. */
export type FieldOf<Options extends object = object> = CommonOptions & Options & { readonly name: string };

/** Settings that a field of any type may have. */
export interface CommonOptions {
  required?: boolean;
  /** No two records (outside the trash) may hold the same value. */
  unique?: boolean;
  /** An index for filters and sorting: `(column, id)`. */
  index?: boolean;
  /** Its words are found by search; `prefix` also gives the first letters of the value an index of their own. */
  search?: boolean | 'prefix';
  /** Clients cannot write it; rules, actions and the program can. */
  readOnly?: boolean;
  /** Value of a new record when none is given; `'me'`, `'today'` and `'now'` are understood by user, date and datetime. */
  default?: unknown;
  /**
   * Tells something of a natural person: an erasure takes it out. Of a reference: the record is about whom it points to, so
   * that it is theirs, too (see `privacy/belongings.ts`).
   */
  personal?: boolean;
  /** Not kept in the history (derived or noisy). Default true. */
  history?: boolean;
  /** Screens leave it out of records for which this does not hold. Not with `required`: say `requireWhen`. */
  showWhen?: RecordCondition;
  /** Has to be filled in for records for which this holds. */
  requireWhen?: RecordCondition;
  /** Labels of a field that was added at run time; shipped fields have theirs in the language catalogues. */
  label?: Readonly<Record<string, string>>;
  help?: Readonly<Record<string, string>>;
}

export interface ColumnShape {
  suffix: string;
  /** PostgreSQL type, e.g. `text`, `numeric(19,4)`, `uuid`, `text[]`. */
  type: string;
  /** Its filters need this index rather than a btree, when the field has `index`. */
  index?: 'gin';
  /** Repeats a part of another column, for indexes and sorting; a page leaves it out, so `read` must not need it. */
  copy?: true;
}

/** What a normalisation or a filter may depend on besides the value. */
export interface FieldEnv {
  now: Date;
  /** IANA name of the reader's time zone, e.g. `Europe/Vilnius`. */
  timeZone: string;
  language: string;
  /** Two-letter country of the workspace, for phone numbers without a country code. */
  country: string;
  /** Base currency of the workspace (ISO 4217). */
  currency: string;
  /** Units of base currency per unit of `currency` at `date` (ISO date); undefined when no rate is known. */
  rate(currency: string, date: string): number | undefined;
  /** Who asks, for the filter value `'me'`. */
  userId: string | null;
}

export type FormatEnv = Pick<FieldEnv, 'language' | 'timeZone'>;

/** How a column of cells writes its numbers and dates, found over many cells (see `transfer/values.ts`). */
export interface ParseEnv extends FieldEnv {
  decimal?: '.' | ',';
  dateOrder?: 'ymd' | 'dmy' | 'mdy';
}

/**
 * A filter operator.
 * @example `gte: { takes: 'value', sql: ([column], value) => sql`${raw(column)} >= ${value}` }`
 */
export interface Operator<Options extends object = object> {
  /**
   * What stands on the right: one value of the field, a list of them, a text, a period name, a number, an object that
   * `sql` checks itself, or nothing (`true`, or `false` for the opposite).
   */
  takes: 'value' | 'list' | 'text' | 'period' | 'number' | 'object' | 'nothing';
  /**
   * The condition. `columns` are quoted and qualified by the table's alias. `value` was normalised by the type when
   * `takes` is `value` or `list`, and is as the client sent it (its JSON type checked) otherwise.
   * @throws FieldProblem for a period, text or object it cannot take
   */
  sql(columns: readonly string[], value: unknown, field: FieldOf<Options>, env: FieldEnv): Sql;
}

export interface Sample<Value, Options extends object> {
  input: unknown;
  /** What is read back. */
  value: Value;
  /** Its text in an export in English/UTC. */
  text: string;
  field?: Partial<FieldOf<Options>>;
}

/** Keeps the inference of a type's value and options. */
export function defineFieldType<Value, Options extends object>(
  type: FieldType<Value, Options>,
): FieldType<Value, Options> {
  return type;
}
