import { fieldAccess, type Operation, type Principal, scopesOf } from '../access/access.ts';
import { and, not, or, raw, type Sql, sql } from '../database/sql.ts';
import type { FieldEnv } from '../fields/field-type.ts';
import {
  columnsOf,
  type FieldModel,
  formulaSql,
  type Model,
  type ObjectModel,
  objectOf,
  tableOf,
} from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { compileFilter } from './condition.ts';

/** What one statement is compiled for. */
export interface QueryScope {
  readonly model: Model;
  /** Unquoted name of the workspace's schema. */
  readonly schema: string;
  readonly principal: Principal;
  readonly env: FieldEnv;
}

/** One statement on its way: the object in the middle, and the references it was joined to. */
export interface Compilation {
  readonly scope: QueryScope;
  readonly object: ObjectModel;
  readonly alias: string;
  readonly joins: Map<string, { alias: string; object: ObjectModel; on: Sql }>;
  /** Fields it depends on, each with the alias it was reached at. */
  readonly reads: { readonly alias: string; readonly field: FieldModel }[];
  /** Nothing in it depends on the time, or on who asks beyond the roles: it may be kept for the next one. */
  lasting: boolean;
  /** Its records come along an index in the order that is asked for, until there are enough. */
  walks: boolean;
}

/** A field reached from the object of a statement, and the alias its columns stand behind. */
export interface Place {
  readonly field: FieldModel;
  readonly alias: string;
  /** Quoted columns or expressions, as the field's type wants them. */
  readonly columns: readonly string[];
}

export function begin(scope: QueryScope, object: ObjectModel, alias = 'r'): Compilation {
  return { scope, object, alias, joins: new Map(), reads: [], lasting: true, walks: false };
}

/** More than three references away, a filter is a report. */
const MAX_HOPS = 3;

/**
 * The place of `account.industry`, joining what stands between.
 * @throws Problem `field.unknown`, also for a field that the reader may not know of
 */
export function place(compilation: Compilation, path: string): Place {
  const names = path.split('.');
  if (names.length > MAX_HOPS + 1) throw new Problem('query.invalid', { reason: 'too-many-references', path });
  let object = compilation.object;
  let alias = compilation.alias;
  for (let index = 0; ; index++) {
    const field = visibleField(compilation.scope, object, names[index]!);
    compilation.reads.push({ alias, field });
    if (index === names.length - 1) {
      if (field.derived?.kind === 'virtual') compilation.lasting = false;
      return { field, alias, columns: columnsAt(compilation.scope, field, alias) };
    }
    if (field.target === null || field.link !== null)
      throw new Problem('field.unknown', { object: object.name, field: path });
    const joined = join(compilation, names.slice(0, index + 1).join('.'), field, alias);
    object = joined.object;
    alias = joined.alias;
  }
}

/** Joins the record a reference points to, when the reader may see it. */
export function join(
  compilation: Compilation,
  path: string,
  field: FieldModel,
  alias: string,
): { alias: string; object: ObjectModel } {
  const known = compilation.joins.get(path);
  if (known) return known;
  const object = objectOf(compilation.scope.model, field.target!);
  const joinedAlias = `j${compilation.joins.size + 1}${compilation.alias}`;
  const conditions = [sql`${raw(`${joinedAlias}."id" = ${columnsOf(field, alias, compilation.scope.schema)[0]}`)}`];
  const joined = { alias: joinedAlias, object, on: conditions[0]! };
  compilation.joins.set(path, joined);
  const visible = visibility(compilation.scope, object, 'read', joinedAlias);
  if (visible !== 'all') {
    compilation.lasting = false;
    joined.on = and([...conditions, or(visible)]);
  }
  return joined;
}

/** `from` clause with the joins made so far. @param rows stand in for the object's table */
export function from(compilation: Compilation, rows?: Sql): Sql {
  let clause = rows
    ? sql`${rows} ${raw(compilation.alias)}`
    : raw(`${tableOf(compilation.scope.schema, compilation.object)} ${compilation.alias}`);
  for (const { alias, object, on } of compilation.joins.values()) {
    clause = sql`${clause} left join ${raw(`${tableOf(compilation.scope.schema, object)} ${alias}`)} on ${on}`;
  }
  return clause;
}

/**
 * The rights of the principal as conditions, one per rule: the caller makes a branch of each, because one condition with
 * an OR makes PostgreSQL walk the whole table for somebody who sees little.
 */
export function visibility(scope: QueryScope, object: ObjectModel, operation: Operation, alias: string): 'all' | Sql[] {
  const scopes = scopesOf(scope.principal, object.name, operation);
  if (scopes[0] === 'all') return 'all';
  return scopes.map((rule) => {
    if (rule === 'all') return raw('true');
    if (rule === 'own') return sql`${raw(`${alias}."owner_id"`)} = ${scope.principal.userId}::uuid`;
    const inner = begin(scope, object, `v_${alias}`);
    const condition = compileFilter(inner, rule.filter);
    return sql`${raw(`${alias}."id"`)} in (select ${raw(`${inner.alias}."id"`)} from ${from(inner)} where ${condition})`;
  });
}

/** Records outside the trash (or, with `deleted`, also in it). */
export function alive(compilation: Compilation, deleted: boolean | undefined): Sql[] {
  return deleted ? [] : [raw(`${compilation.alias}."deleted_at" is null`)];
}

export function inTrash(compilation: Compilation): Sql {
  return not(raw(`${compilation.alias}."deleted_at" is null`));
}

function visibleField(scope: QueryScope, object: ObjectModel, name: string): FieldModel {
  const field = object.fields.get(name);
  if (!field || fieldAccess(scope.principal, object.name, name) === 'hidden') {
    throw new Problem('field.unknown', { object: object.name, field: name });
  }
  return field;
}

function columnsAt(scope: QueryScope, field: FieldModel, alias: string): string[] {
  if (field.derived?.kind !== 'virtual') return columnsOf(field, alias, scope.schema);
  const now = `'${scope.env.now.toISOString()}'::timestamptz`;
  return formulaSql(scope.model, scope.schema, field, alias, { now, today: `'${todayOf(scope.env)}'::date` }).map(
    (part) => `(${part})`,
  );
}

/** ISO date of now in the reader's zone. */
export function todayOf(env: Pick<FieldEnv, 'now' | 'timeZone'>): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: env.timeZone }).format(env.now);
}
