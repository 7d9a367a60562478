import type { Model } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { referenceOfKey, uniqueFields } from '../schema/snapshot.ts';

/**
 * Turns what PostgreSQL refuses into the problem it means. The name of the constraint is read from the error's field or,
 * behind a coordinator that leaves it empty, from its message.
 */
export function toProblem(error: unknown, model: Model): unknown {
  if (error instanceof Problem) return error;
  const { code } = error as { code?: string };
  switch (code) {
    case '23505':
      return refusedField(error as PostgresError, model, 'field.not-unique');
    case '23503':
      return refusedField(error as PostgresError, model, 'field.unknown-reference');
    case '23502':
      return refusedField(error as PostgresError, model, 'field.required');
    case '23514':
    case '22001':
    case '22P02':
    case '22007':
    case '22008':
      return refusedField(error as PostgresError, model, 'field.invalid');
    case '22003':
      return refusedField(error as PostgresError, model, 'field.out-of-range');
    case '54000':
      return refusedField(error as PostgresError, model, 'field.too-long');
    case '55P03':
    case '40001':
    case '40P01':
      return new Problem('database.busy');
    default:
      return error;
  }
}

interface PostgresError extends Error {
  constraint?: string;
  column?: string;
  table?: string;
}

function refusedField(error: PostgresError, model: Model, code: string): Problem {
  const fields = fieldsOf(error, model);
  return new Problem(
    'record.invalid',
    {},
    fields.map((field) => ({ field, code, params: {} })),
  );
}

/** Fields behind a constraint or a column; the record as a whole (`''`) where neither is named. */
function fieldsOf(error: PostgresError, model: Model): readonly string[] {
  const constraint = (error.constraint ?? /constraint "([^"]+)"/.exec(error.message)?.[1] ?? '').replace(/_\d{6}$/, '');
  if (constraint.startsWith('pk_')) return ['id'];
  const reference = referenceOfKey(model, constraint);
  if (reference) return [reference.name];
  for (const object of model.objects.values()) {
    const unique = uniqueFields(object).get(constraint);
    if (unique) return unique;
    if (object.table !== error.table || !error.column) continue;
    const found = [...object.fields.values()].find((field) => field.columns.some(({ name }) => name === error.column));
    if (found) return [found.name];
  }
  return [''];
}
