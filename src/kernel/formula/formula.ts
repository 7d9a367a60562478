/**
 * Formulas: a small, typed expression language, compiled to SQL. `checkFormula` says what a formula is or where it is
 * wrong, `compileFormula` makes the SQL, which may stand in a generated column and never raises an error.
 */
import { type FunctionDefinition, functions } from './functions.ts';

export { checkFormula } from './check.ts';
export { compileFormula } from './compile.ts';
export { type Completion, type Completions, completeFormula } from './complete.ts';
export { FormulaError, type FormulaErrorCode } from './error.ts';
export type { CheckedFormula, Expression, FormulaField, FormulaScope, FormulaSql, FormulaType } from './types.ts';

export interface FormulaFunction {
  name: string;
  /** `round(value: T, digits?: number): T`; `T` and `V` stand for any one type, `...` for one or more. */
  signatures: readonly string[];
  /** A whole formula that needs no field. */
  example: string;
  /** Key of the description in the catalogues. */
  description: string;
}

/** All functions, for the reference page and the editor. */
export const formulaFunctions: readonly FormulaFunction[] = Array.from(functions.values(), describe);

function describe({ name, signatures, example }: FunctionDefinition): FormulaFunction {
  return {
    name,
    signatures: signatures.map((signature) => signature.text),
    example,
    description: `formula.function.${name}`,
  };
}
