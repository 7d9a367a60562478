import { and, join, raw, type Sql, sql } from '../database/sql.ts';
import { FOLDED_LENGTH, foldSql } from '../fields/clean.ts';
import { Problem } from '../problems/problem.ts';
import { type Compilation, type Place, place } from './compilation.ts';

/** Records that have a value in the leading key, those that do not, or both. */
export type Half = 'any' | 'present' | 'missing';

/** One key of the order. */
export interface SortTerm {
  readonly expression: string;
  /** What a cursor keeps of it, as text. Folding it for every row was a seventh of a page's time: its bound is folded. */
  readonly kept: string;
  readonly descending: boolean;
  readonly nullable: boolean;
  /** The values without the nulls can be walked along an index. */
  readonly indexed: boolean;
  /** The key from what a cursor kept. */
  bound(kept: string): Sql;
}

/** The order of a list; the id at the end makes it total, in the direction of the last key so that one index serves both. */
export function sortTerms(compilation: Compilation, sort: readonly string[] | undefined): SortTerm[] {
  const wanted = sort && sort.length > 0 ? sort : ['-updatedAt'];
  if (wanted.length > 4) throw new Problem('query.invalid', { reason: 'too-many-sorts', path: 'sort' });
  const terms = wanted.flatMap((name) => {
    const descending = name.startsWith('-');
    const at = place(compilation, descending ? name.slice(1) : name);
    const { behaviour: type, definition } = at.field;
    if (!type.order) throw new Problem('query.invalid', { reason: 'not-sortable', path: name });
    return type.order(at.columns, definition).map((expression) => ({
      expression,
      ...cursorPart(at, expression),
      descending,
      nullable: at.alias !== compilation.alias || !isNeverNull(at.field.name, definition.required),
      indexed:
        at.alias === compilation.alias &&
        (definition.index === true ||
          definition.unique === true ||
          at.field === compilation.object.title ||
          at.field.name === 'updatedAt'),
    }));
  });
  const descending = terms.at(-1)!.descending;
  const id = `${compilation.alias}."id"`;
  return [...terms, { expression: id, ...plainPart(id, 'uuid'), descending, nullable: false, indexed: true }];
}

/** A key is a column, or the fold of one (`FieldType.order`). */
function cursorPart({ columns, field }: Place, expression: string): Pick<SortTerm, 'kept' | 'bound'> {
  const own = columns.indexOf(expression);
  if (own >= 0) return plainPart(expression, field.columns[own]!.type);
  const folded = columns.find((column) => foldSql(column) === expression);
  if (folded === undefined)
    throw new Error(`${field.object}.${field.name}: sorted by neither a column nor a fold of one`);
  return {
    kept: `left(${folded}, ${FOLDED_LENGTH})`,
    bound: (kept) => sql`(select platform.fold(${kept}) collate "C")`,
  };
}

/**
 * The bound stands in a subquery so that the server does not know it while planning: it would plan each page anew for its
 * own cursor (0.4 ms), and come to the same plan.
 */
function plainPart(column: string, type: string): Pick<SortTerm, 'kept' | 'bound'> {
  return { kept: `(${column})::text`, bound: (kept) => sql`(select ${kept}${raw(`::${type}`)})` };
}

function isNeverNull(name: string, required: boolean | undefined): boolean {
  return required === true || name === 'createdAt' || name === 'updatedAt' || name === 'version' || name === 'id';
}

export function orderBy(terms: readonly SortTerm[], backward: boolean): string {
  return terms
    .map((term) => {
      const descending = term.descending !== backward;
      // Nulls last going forward, so first going backward. Saying it for a key that is never null would lose its index.
      const nulls = term.nullable ? (backward ? ' nulls first' : ' nulls last') : '';
      return `${term.expression}${descending ? ' desc' : ''}${nulls}`;
    })
    .join(', ');
}

/** Rows behind the cursor in the walking direction; null when no row of this half can be. */
export function keyset(
  terms: readonly SortTerm[],
  values: readonly (string | null)[],
  half: Half,
  backward: boolean,
): Sql | null {
  const leadingIsNull = values[0] === null;
  if (half === 'present' && leadingIsNull) return backward ? raw('true') : null;
  if (half === 'missing' && !leadingIsNull) return backward ? null : raw('true');
  const considered = half === 'missing' ? terms.slice(1) : terms;
  const positions = half === 'missing' ? values.slice(1) : values;
  const directions = new Set(considered.map((term) => term.descending));
  const total = half !== 'any' || !considered[0]!.nullable;
  if (directions.size === 1 && total && considered.slice(1).every((term) => !term.nullable)) {
    const operator = considered[0]!.descending !== backward ? '<' : '>';
    const left = raw(`(${considered.map((term) => term.expression).join(', ')})`);
    const right = join(considered.map((term, index) => term.bound(positions[index]!)));
    return sql`${left} ${raw(operator)} (${right})`;
  }
  const alternatives: Sql[] = [];
  for (let index = 0; index < considered.length; index++) {
    const equal = considered
      .slice(0, index)
      .map((term, at) =>
        positions[at] === null
          ? raw(`${term.expression} is null`)
          : sql`${raw(term.expression)} = ${term.bound(positions[at]!)}`,
      );
    const behind = behindOne(considered[index]!, positions[index]!, backward);
    if (behind) alternatives.push(and([...equal, behind]));
  }
  return alternatives.length === 0 ? null : sql`(${join(alternatives, ' or ')})`;
}

function behindOne(term: SortTerm, value: string | null, backward: boolean): Sql | null {
  const expression = raw(term.expression);
  if (value === null) return backward ? sql`${expression} is not null` : null;
  const operator = raw(term.descending !== backward ? '<' : '>');
  const beyond = sql`${expression} ${operator} ${term.bound(value)}`;
  return term.nullable && !backward ? sql`(${beyond} or ${expression} is null)` : beyond;
}

export function encodeCursor(values: readonly (string | null)[], direction: 'next' | 'previous'): string {
  return Buffer.from(JSON.stringify([direction === 'next' ? 0 : 1, ...values])).toString('base64url');
}

export function decodeCursor(cursor: string): { direction: 'next' | 'previous'; values: (string | null)[] } {
  try {
    const [direction, ...values] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (
      (direction === 0 || direction === 1) &&
      values.length > 1 &&
      values.every((value) => value === null || typeof value === 'string')
    ) {
      const texts = values as (string | null)[];
      if (texts.every((text) => text === null || (!text.includes('\u0000') && text.isWellFormed()))) {
        return { direction: direction === 0 ? 'next' : 'previous', values: texts };
      }
    }
  } catch {
    // Not ours; said below.
  }
  throw new Problem('query.cursor-invalid');
}
