import pg from 'pg';
import { isShown } from '../access/access.ts';
import { and, not, or, raw, type Sql, sql } from '../database/sql.ts';
import { foldSql, foldText } from '../fields/clean.ts';
import type { FieldEnv, Operator } from '../fields/field-type.ts';
import type { Expression } from '../formula/types.ts';
import { columnsOf, type FieldModel, type ObjectModel, objectOf } from '../object/model.ts';
import { FieldProblem, Problem } from '../problems/problem.ts';
import { type Compilation, type Place, place, type QueryScope } from './compilation.ts';
import { isFrequent } from './sample.ts';

/** Nesting and size of a filter that a client may send. */
const MAX_DEPTH = 8;
const MAX_CONDITIONS = 200;
const MAX_LIST = 10_000;
/** Records that a list shows at once. */
const PAGE = 50;

/**
 * A filter as a condition on the statement's object.
 * @throws Problem `query.invalid` with `path` and `reason`, `field.unknown`
 */
export function compileFilter(compilation: Compilation, filter: unknown): Sql {
  const budget = { left: MAX_CONDITIONS };
  return tree(compilation, filter, 0, budget);
}

function tree(compilation: Compilation, filter: unknown, depth: number, budget: { left: number }): Sql {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) throw invalid('not-an-object', filter);
  if (depth > MAX_DEPTH) throw invalid('too-deep');
  const conditions = Object.entries(filter).map(([key, value]) => {
    if (--budget.left < 0) throw invalid('too-many-conditions');
    if (key === 'and' || key === 'or') {
      if (!Array.isArray(value)) throw invalid('not-a-list', key);
      const parts = value.map((part) => tree(compilation, part, depth + 1, budget));
      return key === 'and' ? and(parts) : or(parts);
    }
    if (key === 'not') return not(tree(compilation, value, depth + 1, budget));
    if (key === '$search') return searchCondition(compilation, String(value));
    return fieldCondition(compilation, key, value, budget);
  });
  return and(conditions);
}

/** Every word has to be somewhere in the record's search text. */
export function searchCondition(compilation: Compilation, words: string): Sql {
  if (compilation.object.searched.length === 0) return raw('false');
  const terms = searchTerms(words);
  const found = isMetOnTheWay(compilation, compilation.alias, null, terms)
    ? sql`coalesce(${and(terms.map((term) => has(compilation.alias, term)))}, false)`
    : and(terms.map((term) => lookedUp(compilation.alias, term)));
  const shown = shownWords(compilation.scope, compilation.object, compilation.alias, terms);
  return shown ? and([found, shown]) : found;
}

/**
 * The search text has the words of all fields: for whoever does not see them all, each word has to be in one that they
 * see. Null for everybody else.
 */
export function shownWords(
  { principal, schema }: QueryScope,
  object: ObjectModel,
  alias: string,
  words: readonly string[],
): Sql | null {
  const shown = object.searched.filter((field) => isShown(principal, object.name, field.name));
  if (shown.length === object.searched.length) return null;
  const texts = shown.flatMap((field) => columnsOf(field, alias, schema).map((column) => `(${column})::text`));
  if (texts.length === 0) return raw('false');
  const all = raw(`concat_ws(' ', ${texts.join(', ')})`);
  const folded = raw(`concat_ws(' ', ${texts.map((text) => foldSql(text)).join(', ')})`);
  return and(words.map((word) => sql`(${folded} like ${anywhere(word)} or ${all} ilike ${anywhere(word)})`));
}

/** A condition for the trigram index. The word is written into the statement: a plan for any word serves none. */
export function lookedUp(alias: string, word: string): Sql {
  return raw(`${alias}."search_text" like ${pg.escapeLiteral(anywhere(word))}`);
}

/** The same for a plan that serves any word. */
export function has(alias: string, word: string): Sql {
  return sql`${raw(`${alias}."search_text"`)} like ${anywhere(word)}`;
}

function anywhere(word: string): string {
  return `%${word.replace(/[\\%_]/g, '\\$&')}%`;
}

/** The statement walks along the order of a list, and soon meets a page of records with these words. */
function isMetOnTheWay(
  { scope, object, alias, walks }: Compilation,
  at: string,
  field: FieldModel | null,
  words: readonly string[],
): boolean {
  return walks && at === alias && isFrequent(scope, object, field, words, PAGE, 4);
}

/** At most six folded words; a phone number typed with spaces or signs becomes one word of digits. */
export function searchTerms(words: string): string[] {
  const folded = foldText(words.slice(0, 200).replaceAll('\u0000', '').toWellFormed()).trim();
  if (/^\+?[\d\s().\-/]{6,}$/.test(folded)) return [folded.replace(/\D/g, '')];
  return folded.split(/\s+/).filter(Boolean).slice(0, 6);
}

function fieldCondition(compilation: Compilation, path: string, value: unknown, budget: { left: number }): Sql {
  const at = place(compilation, path);
  if (value === null) return isEmpty(at, compilation.scope.env);
  if (typeof value !== 'object' || Array.isArray(value)) {
    return operatorCondition(compilation, at, path, Array.isArray(value) ? 'in' : 'is', value);
  }
  return and(
    Object.entries(value).map(([operator, operand]) => {
      if (--budget.left < 0) throw invalid('too-many-conditions');
      return operatorCondition(compilation, at, path, operator, operand);
    }),
  );
}

function operatorCondition(compilation: Compilation, at: Place, path: string, name: string, operand: unknown): Sql {
  const { field } = at;
  const { env } = compilation.scope;
  if (name === 'empty') {
    if (typeof operand !== 'boolean') throw invalid('not-a-boolean', path);
    return operand ? isEmpty(at, env) : not(isEmpty(at, env));
  }
  const { operators } = field.behaviour;
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!operator) throw invalid('unknown-operator', `${path}.${name}`);
  if (operand === null && (name === 'is' || name === 'isNot'))
    return name === 'is' ? isEmpty(at, env) : not(isEmpty(at, env));
  const value = operandOf(operator, at, path, operand, compilation.scope);
  const condition = refusing(path, () => operator.sql(at.columns, value, field.definition, env));
  return narrowed(compilation, at, name, value, condition);
}

/**
 * With a condition that an index answers, true wherever this one is: what contains a text also has it in its search text,
 * and what equals one folds to the same key.
 */
function narrowed(compilation: Compilation, at: Place, operator: string, operand: unknown, condition: Sql): Sql {
  const { type, derived } = at.field;
  if ((operator === 'is' || operator === 'in') && (type.name === 'text' || type.name === 'url') && derived === null) {
    // Without an index nothing is known of its folds: the planner would take one value in two hundred for any.
    if (!isKey(objectOf(compilation.scope.model, at.field.object), at.field)) return condition;
    const folds =
      operator === 'is'
        ? sql`platform.fold(${operand})`
        : sql`any(array(select platform.fold(v) from unnest(${operand}::text[]) v))`;
    return sql`(${raw(foldSql(at.columns[0]!))} = ${folds} and coalesce(${condition}, false))`;
  }
  if (typeof operand !== 'string') return condition;
  if (!['contains', 'startsWith', 'endsWith'].includes(operator)) return condition;
  // Fewer letters than a trigram have no index to go by.
  const words = searchedWords(objectOf(compilation.scope.model, at.field.object), at.field, operand);
  const long = words.filter((word) => word.length >= 3);
  if (long.length === 0) return condition;
  if (isMetOnTheWay(compilation, at.alias, at.field, long))
    return sql`coalesce(${and(long.map((word) => has(at.alias, word)))} and ${condition}, false)`;
  // Said twice, it must not look twice as rare to the planner: of a `coalesce` that knows nothing.
  return sql`(${and(long.map((word) => lookedUp(at.alias, word)))} and coalesce(${condition}, false))`;
}

/** Whether the field stands in an index of its object. */
function isKey(object: ObjectModel, field: FieldModel): boolean {
  const { index, unique, search } = field.definition;
  const { indexes, unique: together } = object.definition;
  const isNamed = [...Object.values(indexes ?? {}), ...Object.values(together ?? {})].some((fields) =>
    fields.some((name) => name.replace(/^-/, '') === field.name),
  );
  return Boolean(index || unique) || search === 'prefix' || field === object.title || isNamed;
}

/** Words that the search text of a record has when the field contains the text. */
function searchedWords(object: ObjectModel, { type, definition, derived }: FieldModel, text: string): string[] {
  const folded = foldText(text).trim();
  if (definition.search && ['text', 'email', 'url'].includes(type.name)) return [folded];
  if (definition.search && type.name === 'phone') return folded.replace(/[^\d+x]/g, '').split(/[+x]/);
  if (derived?.kind === 'generated' && isJoined(object, derived.checked.ast)) return folded.split(/\s+/);
  return [];
}

/** A text made of searched texts with blanks between them, as a person's name is: each word of it is in the search text. */
function isJoined(object: ObjectModel, expression: Expression): boolean {
  const parts = partsOf(expression);
  return (
    parts?.every((part, index) => {
      if (part.kind === 'literal') return part.value.trim() === '';
      const field: FieldModel | undefined = part.kind === 'field' ? object.fields.get(part.path.join('.')) : undefined;
      const before = parts[index - 1];
      const isApart = before === undefined || (before.kind === 'literal' && before.value !== '');
      return field?.type.name === 'text' && Boolean(field.definition.search) && isApart;
    }) ?? false
  );
}

function partsOf(expression: Expression): Expression[] | null {
  if (expression.kind !== 'call') return [expression];
  if (!['trim', 'concat', '&'].includes(expression.name)) return null;
  const parts = expression.arguments.map(partsOf);
  return parts.includes(null) ? null : (parts as Expression[][]).flat();
}

function operandOf(
  operator: Operator,
  at: Place,
  path: string,
  operand: unknown,
  { env, principal }: QueryScope,
): unknown {
  const { behaviour: type, definition } = at.field;
  const one = (value: unknown) => {
    // Filters on people, teams and days understand words that depend on who asks and when.
    const isMe = (word: unknown) => word === 'me' && at.field.target === 'user';
    if (isMe(value)) return env.userId;
    const known = Array.isArray(value) ? value.map((word) => (isMe(word) ? env.userId : word)) : value;
    return refusing(path, () => type.normalise(known, definition, env));
  };
  switch (operator.takes) {
    case 'value':
      return one(operand);
    case 'list': {
      if (!Array.isArray(operand) || operand.length > MAX_LIST) throw invalid('not-a-list', path);
      return operand.flatMap((value) =>
        value === 'mine' && at.field.target === 'team'
          ? [...(principal.teams ?? [])]
          : one(type.storage === 'link' || isListType(type.name) ? [value] : value),
      ) as unknown[];
    }
    case 'text':
      if (typeof operand !== 'string' || operand.length > 1_000 || operand.includes('\u0000'))
        throw invalid('not-a-text', path);
      return operand.toWellFormed();
    case 'number':
      if (typeof operand !== 'number' || !Number.isFinite(operand)) throw invalid('not-a-number', path);
      return operand;
    default:
      return operand;
  }
}

/** What a field's type refuses in a filter is the request's fault. */
function refusing<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof FieldProblem)) throw error;
    throw new Problem('query.invalid', { reason: error.code, path }, [
      { field: path, code: error.code, params: error.params },
    ]);
  }
}

function isListType(name: string): boolean {
  return name === 'tags' || name === 'multiSelect';
}

/** Types of several columns say themselves when there is no value. */
function isEmpty(at: Place, env: FieldEnv): Sql {
  const own = at.field.behaviour.operators.empty;
  return own ? own.sql(at.columns, true, at.field.definition, env) : raw(`${at.columns[0]} is null`);
}

function invalid(reason: string, path: unknown = ''): Problem {
  return new Problem('query.invalid', { reason, path: typeof path === 'string' ? path : '' });
}
