import { Type } from 'typebox';
import { type DerivedOptions, derivedOptions, derivedType } from '../derived.ts';

interface FormulaOptions extends DerivedOptions {
  /** In the formula language: `amount * probability / 100`. */
  formula: string;
}

/** Computed from other fields of the record, and of records it refers to, whenever one of them changes. */
export const formula = derivedType<FormulaOptions>(
  'formula',
  Type.Object({ ...derivedOptions, formula: Type.String({ minLength: 1, maxLength: 4000 }) }),
  { formula: 'amount' },
);
