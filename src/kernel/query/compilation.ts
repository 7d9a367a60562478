import { isDeepStrictEqual } from 'node:util';
import {
  administratorRole,
  fieldAccess,
  type Operation,
  type Principal,
  type Scope,
  scopesOf,
} from '../access/access.ts';
import { amongKept, and, not, or, raw, type Sql, sql } from '../database/sql.ts';
import { dayIn } from '../fields/calendar.ts';
import { foldSql, foldText } from '../fields/clean.ts';
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
import type { Filter } from './filter.ts';

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
 * @param use what is only shown in part may be shown, but finds, sorts and groups nothing: that would tell the rest
 * @throws Problem `field.unknown`, also for a field that the reader may not know of
 */
export function place(compilation: Compilation, path: string, use: 'show' | 'compare' = 'compare'): Place {
  const names = path.split('.');
  if (names.length > MAX_HOPS + 1) throw new Problem('query.invalid', { reason: 'too-many-references', path });
  let object = compilation.object;
  let alias = compilation.alias;
  for (let index = 0; ; index++) {
    const field = visibleField(compilation.scope, object, names[index]!, use);
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
  const visible = visibility(compilation.scope, object, 'read', joinedAlias, true);
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
 * an OR makes PostgreSQL walk the whole table for somebody who sees little. `[]` means denied.
 *
 * @param areFew the records are at hand, a page of them at most: a share is looked up for each, and not all of them read
 */
export function visibility(
  scope: QueryScope,
  object: ObjectModel,
  operation: Operation,
  alias: string,
  areFew = false,
): 'all' | Sql[] {
  const rights = rightsOf(scope, object, operation, alias, [], areFew);
  if (operation === 'read' || operation === 'create' || rights.length === 0) return rights;
  const given = scopesOf(scope.principal, object.name, operation);
  const read = scopesOf(scope.principal, object.name, 'read');
  // Through a reference each operation follows rights of its own.
  const isRead = (one: Scope) =>
    !(typeof one === 'object' && 'through' in one) && read.some((other) => isDeepStrictEqual(one, other));
  if (read[0] === 'all' || given.every(isRead)) return rights;
  // Nobody does anything with what they do not see.
  const seen = rightsOf(scope, object, 'read', alias, [], areFew);
  if (seen === 'all' || seen.length === 0) return seen === 'all' ? rights : [];
  return rights === 'all' ? seen : rights.map((right) => and([right, or(seen)]));
}

/**
 * Whether all that a filter can find is what one rule lets through: whoever reads what is their own, or their team's, and asks
 * for just that, needs none of the other rules. Each of those would be a branch that may walk a million records to find none:
 * a page of a team's conversations took 20 ms at 20,000 of them, and grew with their number.
 */
export function isWithinRights(scope: QueryScope, object: ObjectModel, filter: Filter | undefined): boolean {
  if (!filter) return false;
  const { principal } = scope;
  const scopes = scopesOf(principal, object.name, 'read');
  const asked = (field: string): unknown => {
    const value = (filter as Record<string, unknown>)[field];
    return typeof value === 'object' && value !== null ? (value as { is?: unknown }).is : value;
  };
  const owner = asked('owner') === 'me' ? principal.userId : asked('owner');
  const byOwner = scopes.filter((rule) => typeof rule === 'string');
  if (typeof owner === 'string' && ownersOf(principal, object.name, byOwner).includes(owner)) return true;
  if (object.fields.get('team')?.target !== 'team' || !scopes.some((rule) => isDeepStrictEqual(rule, ofMyTeams)))
    return false;
  const team = asked('team');
  const isOne = typeof team === 'string' && (principal.teams ?? []).includes(team);
  return isOne || isDeepStrictEqual((filter as Record<string, unknown>).team, ofMyTeams.filter.team);
}

/** The rule that lets each see what a team of theirs has. */
const ofMyTeams = { filter: { team: { in: ['mine'] } } };

/** @param trail objects whose rights are asked for on the way to these: nobody sees a record because they see it */
function rightsOf(
  scope: QueryScope,
  object: ObjectModel,
  operation: Operation,
  alias: string,
  trail: readonly string[],
  areFew = false,
): 'all' | Sql[] {
  const scopes = scopesOf(scope.principal, object.name, operation);
  if (scopes.length === 0) return [];
  if (scopes[0] === 'all') return 'all';
  const byOwner = scopes.filter((rule) => typeof rule === 'string');
  const rights: Sql[] = [];
  // One condition for all that look at the owner: one branch, which walks one index.
  for (const rules of [byOwner, ...scopes.filter((rule) => typeof rule !== 'string').map((rule) => [rule])]) {
    const seen = ruleCondition(scope, object, operation, alias, rules, trail);
    if (seen === 'all') return 'all';
    if (seen) rights.push(seen);
  }
  const given = shared(scope, object, operation, alias, areFew);
  return given ? [...rights, given] : rights;
}

/**
 * What a rule of a role lets through; null when nothing. Several that look at the owner may come together.
 * @param trail objects whose rights are asked for on the way to these
 */
export function ruleCondition(
  scope: QueryScope,
  object: ObjectModel,
  operation: Operation,
  alias: string,
  rules: readonly Scope[],
  trail: readonly string[] = [],
): 'all' | Sql | null {
  const [rule] = rules;
  if (rule === 'all') return 'all';
  if (typeof rule === 'object')
    return 'filter' in rule
      ? found(scope, object, rule.filter, alias)
      : through(scope, object, operation, alias, rule.through, trail);
  const owners = ownersOf(scope.principal, object.name, rules);
  return owners.length > 0 ? amongKept(`${alias}."owner_id"`, owners) : null;
}

/**
 * Fields that decide which records somebody sees, besides shares: owners, and the references that rights come through.
 * Null where something else does: a filter, or what the records belong to.
 */
export function decidingFields({ principal, model }: QueryScope, object: ObjectModel): Set<FieldModel> | null {
  const fields = new Set<FieldModel>();
  const asked = new Set<ObjectModel>();
  const ask = (one: ObjectModel): boolean => {
    // What others of the same object decide cannot be told from a record itself.
    if (asked.has(one)) return one !== object;
    asked.add(one);
    return scopesOf(principal, one.name, 'read').every((rule) => {
      if (rule === 'all') return true;
      if (typeof rule === 'string') return fields.add(one.fields.get('owner')!);
      const reference = 'through' in rule ? one.fields.get(rule.through) : undefined;
      if (!reference?.target || reference.link) return false;
      fields.add(reference);
      return ask(objectOf(model, reference.target));
    });
  };
  return ask(object) ? fields : null;
}

/** Whose records: one's own, of those one stands in for, of one's team, of those who report to one. */
function ownersOf(principal: Principal, object: string, scopes: readonly Scope[]): string[] {
  const { userId, teammates = [], reports = [] } = principal;
  if (userId === null || !scopes.some((scope) => scope === 'own' || scope === 'team' || scope === 'tree')) return [];
  return [
    ...new Set([
      ...standingFor(principal, object),
      ...(scopes.includes('team') ? teammates : []),
      ...(scopes.includes('tree') ? reports : []),
    ]),
  ];
}

/** The person, and whoever they stand in for with these records. */
export function standingFor({ userId, standsInFor = [] }: Principal, object: string): string[] {
  const absent = standsInFor.filter(({ objects }) => objects === 'all' || objects.includes(object));
  return userId === null ? [] : [userId, ...absent.map((one) => one.userId)];
}

/** A rule is the administrators' word: it may look at fields and records that those it is for do not see. */
function found(scope: QueryScope, object: ObjectModel, filter: Filter, alias: string): Sql {
  const inner = begin(
    { ...scope, principal: { ...scope.principal, roles: [administratorRole] } },
    object,
    `v_${alias}`,
  );
  const condition = compileFilter(inner, filter);
  return sql`${raw(`${alias}."id"`)} in (select ${raw(`${inner.alias}."id"`)} from ${from(inner)} where ${condition})`;
}

/** Records whose account (say) may be seen. What may be read there may be added to. */
function through(
  scope: QueryScope,
  object: ObjectModel,
  operation: Operation,
  alias: string,
  name: string,
  trail: readonly string[],
): 'all' | Sql | null {
  if (trail.includes(object.name)) return null;
  const wanted = operation === 'create' ? 'read' : operation;
  const onward = [...trail, object.name];
  if (name === 'target') return ofTarget(scope, object, operation, alias, onward);
  const field = object.fields.get(name);
  const target = field?.target ? scope.model.objects.get(field.target) : undefined;
  // A rule outlives the field it names: it finds nothing then.
  if (!field || !target || field.link) return null;
  const key = `t${onward.length}_${alias}`;
  const rights = rightsOf(scope, target, wanted, key, onward);
  const [column] = columnsOf(field, alias, scope.schema);
  if (rights === 'all') return raw(`${column} is not null`);
  if (rights.length === 0) return null;
  return sql`${raw(column!)} in (select ${raw(`${key}."id" from ${tableOf(scope.schema, target)} ${key}`)} where ${or(rights)})`;
}

/**
 * Records that belong to one of another object, by its name and id: whoever sees that one sees them and adds to them,
 * whoever may change it changes them.
 */
function ofTarget(
  scope: QueryScope,
  object: ObjectModel,
  operation: Operation,
  alias: string,
  trail: readonly string[],
): 'all' | Sql | null {
  const { target } = object.definition;
  if (!target) return null;
  const wanted = ['create', 'read', 'export'].includes(operation) ? 'read' : 'update';
  const column = (name: string) => columnsOf(object.fields.get(name)!, alias, scope.schema)[0]!;
  const open: string[] = [];
  const parts: Sql[] = [];
  // What is itself only part of a record, or somebody's own, has nothing hanging on it.
  const targets = [...scope.model.objects.values()].filter((one) => one.definition.detailOf !== '*');
  for (const one of targets) {
    const key = `t${trail.length}_${alias}`;
    const rights = rightsOf(scope, one, wanted, key, trail);
    if (rights === 'all') open.push(one.name);
    else if (rights.length > 0)
      parts.push(
        sql`(${raw(column(target.object))} = ${raw(`'${one.name}'`)} and ${raw(column(target.id))} in (select ${raw(`${key}."id"::text from ${tableOf(scope.schema, one)} ${key}`)} where ${or(rights)}))`,
      );
  }
  if (open.length === targets.length) return 'all';
  // Written out: for a list among its values PostgreSQL would plan a search of all objects anew each time (25 ms).
  if (open.length > 0) parts.push(raw(`${column(target.object)} in (${open.map((name) => `'${name}'`).join(', ')})`));
  return parts.length > 0 ? or(parts) : null;
}

/** What others shared with the person or a team of theirs: to read, or to change too. */
function shared(
  scope: QueryScope,
  object: ObjectModel,
  operation: Operation,
  alias: string,
  areFew: boolean,
): Sql | null {
  const share = scope.model.objects.get('share');
  const given = share && shareCondition(scope, object, operation, 's');
  if (!given) return null;
  // The offset keeps PostgreSQL from making a join of it, which reads 4,000 shares (1.5 ms) for one record.
  if (areFew) {
    const keys = `${foldSql('s."target_object"')} = '${foldText(object.name)}' and ${foldSql('s."target_id"')} = ${alias}."id"::text`;
    return sql`exists (select 1 from ${raw(`${tableOf(scope.schema, share)} s where ${keys}`)} and ${given} offset 0)`;
  }
  return sql`${raw(`${alias}."id"`)} in (select s.target_id::uuid from ${raw(tableOf(scope.schema, share))} s where ${given})`;
}

/** Which shares give the person this right on records of an object; null when none can. */
export function shareCondition(
  { principal, env }: QueryScope,
  object: ObjectModel,
  operation: Operation,
  alias: string,
): Sql | null {
  const isRead = operation === 'read' || operation === 'export';
  if (principal.userId === null || object.definition.target) return null;
  if (!isRead && operation !== 'update' && operation !== 'run') return null;
  const { teams = [], sharedObjects } = principal;
  if (sharedObjects && !sharedObjects.includes(object.name)) return null;
  const column = (name: string) => raw(`${alias}.${name}`);
  const people = amongKept(`${alias}.user_id`, standingFor(principal, object.name));
  const withWhom = teams.length > 0 ? sql`(${people} or ${amongKept(`${alias}.team_id`, teams)})` : people;
  return sql`${column('target_object')} = ${raw(`'${object.name}'`)} and ${withWhom} and ${column('deleted_at')} is null
    and (${column('until')} is null or ${column('until')} >= (select ${dayIn(env.now, env.timeZone)}::date))${raw(isRead ? '' : ` and ${alias}.level = 'write'`)}`;
}

/** Records outside the trash (or, with `deleted`, also in it). */
export function alive(compilation: Compilation, deleted: boolean | undefined): Sql[] {
  return deleted ? [] : [raw(`${compilation.alias}."deleted_at" is null`)];
}

export function inTrash(compilation: Compilation): Sql {
  return not(raw(`${compilation.alias}."deleted_at" is null`));
}

function visibleField(scope: QueryScope, object: ObjectModel, name: string, use: 'show' | 'compare'): FieldModel {
  const field = object.fields.get(name);
  const access = field && fieldAccess(scope.principal, object.name, name);
  if (!field || access === 'hidden' || (access === 'masked' && use === 'compare')) {
    throw new Problem('field.unknown', { object: object.name, field: name });
  }
  return field;
}

function columnsAt(scope: QueryScope, field: FieldModel, alias: string): string[] {
  if (field.derived?.kind !== 'virtual') return columnsOf(field, alias, scope.schema);
  const now = `'${scope.env.now.toISOString()}'::timestamptz`;
  return formulaSql(scope.model, scope.schema, field, alias, {
    now,
    today: `'${dayIn(scope.env.now, scope.env.timeZone)}'::date`,
  }).map((part) => `(${part})`);
}
