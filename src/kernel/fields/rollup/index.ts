import { Type } from 'typebox';
import type { Filter } from '../../query/filter.ts';
import { type DerivedOptions, derivedOptions, derivedType } from '../derived.ts';

interface RollupOptions extends DerivedOptions {
  /** The object of the children. */
  from: string;
  /** Their reference field that points to this record. */
  via: string;
  measure: 'count' | 'sum' | 'min' | 'max' | 'avg';
  /** The children's field that is measured; none for `count`. */
  field?: string;
  /** Which children count; all unless told. */
  where?: Filter;
}

/** Computed over the records that refer to this one, whenever one of them changes. */
export const rollup = derivedType<RollupOptions>(
  'rollup',
  Type.Object({
    ...derivedOptions,
    from: Type.String(),
    via: Type.String(),
    measure: Type.Unsafe<RollupOptions['measure']>({ type: 'string', enum: ['count', 'sum', 'min', 'max', 'avg'] }),
    field: Type.Optional(Type.String()),
    where: Type.Optional(Type.Unsafe<Filter>({ type: 'object' })),
  }),
  { from: 'opportunity', via: 'account', measure: 'max', field: 'amount' },
);
