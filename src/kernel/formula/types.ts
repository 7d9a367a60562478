/** The type of a formula's value. `duration` is seconds, `list` is text[], `reference` is only a way to other fields. */
export type FormulaType =
  | 'number'
  | 'money'
  | 'text'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'duration'
  | 'reference'
  | 'list'
  | 'null';

/** What a formula may read. The caller adapts its objects to it. */
export interface FormulaScope {
  /** The field at a path such as `['account', 'industry']`. */
  field(path: readonly string[]): FormulaField | undefined;
  /** Names that could stand in the last place of the path, whatever stands there now (`''`: nothing yet). */
  suggest(path: readonly string[]): readonly string[];
}

export interface FormulaField {
  type: FormulaType;
  /** `false` when the value changes without a write (itself computed from today): the formula is then volatile too. */
  immutable?: boolean;
}

/** SQL text of one value: two expressions for money, one for every other type. */
export type FormulaSql = { value: string } | { amount: string; currency: string };

/** A place in the source, in UTF-16 code units. */
export interface Span {
  position: number;
  length: number;
}

/** A checked formula: every node knows its type, operators are calls named by their sign, conversions are explicit. */
export type Expression = Span & { type: FormulaType } & (
    | { kind: 'literal'; value: string }
    | { kind: 'field'; path: readonly string[] }
    | { kind: 'call'; name: string; arguments: readonly Expression[] }
    | { kind: 'conversion'; of: Expression }
  );

export interface CheckedFormula {
  type: FormulaType;
  /** Every field path read, each once, in order of appearance. */
  reads: readonly (readonly string[])[];
  /** Changes with time (`today()`, `now()`, or a field that does) or reads no field at all: cannot be stored. */
  volatile: boolean;
  ast: Expression;
}
