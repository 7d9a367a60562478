import { among, or, raw, type Sql, sql } from '../database/sql.ts';
import { type Translate, translator } from '../i18n/translate.ts';
import { columnsOf, type ObjectModel, objectOf, tableOf } from '../object/model.ts';
import { Problem } from '../problems/problem.ts';
import { type QueryScope, ruleCondition, shareCondition, standingFor, visibility } from '../query/compilation.ts';
import { connectionOf, type Door, scopeOf } from '../records/door.ts';
import { fieldLabel } from '../transfer/labels.ts';
import {
  administratorRole,
  fieldAccess,
  grantOf,
  ground,
  groundFields,
  isAllowed,
  memberRole,
  type Operation,
  type Principal,
  type Role,
  type Scope,
} from './access.ts';

/** What decided. `limited`: a key does not reach so far; `unseen`: a rule would allow it, on a record that is not seen. */
export type Verdict = 'administrator' | 'allowed' | 'not-granted' | 'not-matched' | 'limited' | 'unseen';

export interface Reason {
  /** What says it, in the reader's words: a role, what everybody has, a share. */
  readonly source: string;
  /** Which records it lets through, in the reader's words. */
  readonly rule: string;
  /** How that is with this record; empty without one, and where there is nothing to say. */
  readonly fact: string;
  /** null where no record is asked about. */
  readonly matches: boolean | null;
  /** The record whose rights these follow. */
  readonly through: { readonly object: string; readonly id: string } | null;
}

export interface Explanation {
  readonly isAllowed: boolean;
  readonly verdict: Verdict;
  readonly title: string | null;
  readonly isDeleted: boolean;
  readonly reasons: readonly Reason[];
}

export interface Question {
  readonly object: string;
  readonly operation: Operation;
  /** Without one, whether there are records at all on which it is allowed. */
  readonly record?: string | undefined;
}

/**
 * Why somebody may do something, or may not: each rule of each of their roles, judged by the very condition that the door
 * puts into its statements.
 * @param door of the person it is about
 * @param language of the reader
 * @throws Problem `object.unknown`, `record.not-found` when nobody has such a record
 */
export async function explain(door: Door, question: Question, language: string): Promise<Explanation> {
  const { principal } = door;
  const scope = scopeOf(door);
  const object = objectOf(scope.model, question.object);
  const words = translator(language);
  const { operation } = question;
  const rules = rulesOf(principal, object.name, operation);
  const record =
    question.record === undefined ? null : await judge(door, scope, object, operation, rules, question.record);
  const isGranted = isAllowed(principal, object.name, operation);
  const names = await namesOf(door, record);
  const reasons = rules.map((rule, index): Reason => {
    const seen = record?.matches[index];
    return {
      source: sourceOf(rule, words),
      rule: ruleWords(rule.scope, object, operation, language),
      fact: record ? factOf(rule.scope, seen!, { principal, object, record, names, words }) : '',
      matches: seen ?? null,
      through: throughOf(rule.scope, record),
    };
  });
  for (const share of record?.shares ?? []) reasons.push(shareReason(share, names, words));
  const isReached = record ? record.isAllowed : isGranted;
  return {
    isAllowed: isReached,
    verdict: verdictOf({ principal, object: object.name, operation, isGranted, record }),
    title: record?.title ?? null,
    isDeleted: record?.isDeleted ?? false,
    reasons,
  };
}

/** One scope of one role. */
export interface Rule {
  readonly role: Role;
  /** The role itself says so, or what every role stands on. */
  readonly from: 'role' | 'ground';
  readonly scope: Scope;
}

/** All that a person's roles say of an operation, also that they allow nothing. */
export function rulesOf(principal: Principal, object: string, operation: Operation): Rule[] {
  return principal.roles.flatMap((role) => {
    const grant = grantOf(role.grants, object, operation);
    const from =
      role !== administratorRole && role.grants[object] === ground[object] && ground[object] ? 'ground' : 'role';
    const scopes = Array.isArray(grant) ? (grant as readonly Scope[]) : [grant as Scope];
    return (scopes.length > 0 ? scopes : (['none'] as const)).map((scope): Rule => ({ role, from, scope }));
  });
}

/** What somebody may do with a field, and which of their roles says so. */
export function fieldRule(
  principal: Principal,
  object: string,
  field: string,
): { access: ReturnType<typeof fieldAccess>; roles: readonly string[]; from: 'role' | 'ground' } {
  const access = fieldAccess(principal, object, field);
  const path = `${object}.${field}`;
  const saying = principal.roles.filter(({ fields }) => (fields?.[path] ?? 'write') === access);
  const from = access === groundFields[path] ? 'ground' : 'role';
  return { access, roles: saying.map(({ name }) => name), from };
}

/** Who or what says a rule, for people. */
export function sourceOf({ role, from }: Pick<Rule, 'role' | 'from'>, words: Translate): string {
  if (role === administratorRole) return words('access.source.administrator');
  if (from === 'ground') return words('access.source.ground');
  if (role === memberRole) return words('access.source.member');
  return words('access.source.role', { role: role.name });
}

/** Which records a scope is about, for people. */
export function ruleWords(scope: Scope, object: ObjectModel, operation: Operation, language: string): string {
  const words = translator(language);
  if (typeof scope === 'string') return words(`access.scope.${scope}`);
  if ('filter' in scope) return words('access.scope.filter');
  if (scope.through === 'target') return words('access.scope.target');
  const field = object.fields.get(scope.through);
  // What may be read there may be added to; everything else follows the same right.
  const isRead = operation === 'read' || operation === 'create';
  return words(isRead ? 'access.scope.through' : 'access.scope.through-same', {
    field: field ? fieldLabel(field, language) : scope.through,
  });
}

interface Judged {
  readonly isAllowed: boolean;
  readonly isSeen: boolean;
  readonly matches: readonly boolean[];
  readonly title: string | null;
  readonly owner: string | null;
  readonly isDeleted: boolean;
  /** Ids that the `through` rules point to, by reference. */
  readonly pointed: Readonly<Record<string, { object: string; id: string } | null>>;
  readonly shares: readonly Share[];
}

interface Share {
  readonly user: string | null;
  readonly team: string | null;
  readonly level: string;
  readonly until: string | null;
  readonly by: string | null;
  readonly holds: boolean;
}

/** Asks the database about one record: the rights as the door has them, and each rule by itself. */
async function judge(
  door: Door,
  scope: QueryScope,
  object: ObjectModel,
  operation: Operation,
  rules: readonly Rule[],
  id: string,
): Promise<Judged> {
  const of = (rights: 'all' | readonly Sql[]) =>
    asBoolean(rights === 'all' ? 'all' : rights.length > 0 ? or(rights) : null);
  const asked = rules.map((rule) => asBoolean(ruleCondition(scope, object, operation, 'r', [rule.scope])));
  const column = (name: string) => {
    const field = object.fields.get(name);
    return raw(field && !field.link ? `${columnsOf(field, 'r', scope.schema)[0]}::text` : 'null');
  };
  const { target } = object.definition;
  const pointing = [
    ...new Set(rules.flatMap(({ scope: one }) => (typeof one === 'object' && 'through' in one ? [one.through] : []))),
  ];
  const select = [
    of(visibility(scope, object, operation, 'r')),
    of(visibility(scope, object, 'read', 'r')),
    column(object.title.name),
    raw('r.owner_id::text'),
    raw('r.deleted_at is not null'),
    target ? column(target.object) : raw('null'),
    ...pointing.map((name) => (name === 'target' ? (target ? column(target.id) : raw('null')) : column(name))),
    ...asked,
  ];
  const list = select.reduce((all, one) => sql`${all}, ${one}`);
  const [row] = await connectionOf(door).run(
    sql`select ${list} from ${raw(tableOf(scope.schema, object))} r where r.id = ${id}::uuid`,
  );
  if (!row) throw new Problem('record.not-found', { object: object.name, id });
  const [isAllowedHere, isSeen, title, owner, isDeleted, targetObject, ...rest] = row;
  const pointed = Object.fromEntries(
    pointing.map((name, index) => {
      const to = name === 'target' ? (targetObject as string | null) : (object.fields.get(name)?.target ?? null);
      return [name, rest[index] && to ? { object: to, id: rest[index] as string } : null];
    }),
  );
  return {
    isAllowed: isAllowedHere === true,
    isSeen: isSeen === true,
    title: title as string | null,
    owner: owner as string | null,
    isDeleted: isDeleted === true,
    pointed,
    matches: rest.slice(pointing.length).map((one) => one === true),
    shares: await sharesOf(door, scope, object, operation, id),
  };
}

/** What is shared with the person or a team of theirs, also where it is over or not for this. */
async function sharesOf(
  door: Door,
  scope: QueryScope,
  object: ObjectModel,
  operation: Operation,
  id: string,
): Promise<Share[]> {
  const share = scope.model.objects.get('share');
  const condition = shareCondition(scope, object, operation, 's');
  if (!share || !condition) return [];
  const { principal } = scope;
  // A share widens what a role gives; where no role gives anything it is nothing.
  const holds = isAllowed(principal, object.name, operation) ? condition : raw('false');
  const rows = await connectionOf(door).run(sql`
    select s.user_id::text, s.team_id::text, s.level, s.until::text, s.created_by_id::text, coalesce(${holds}, false)
    from ${raw(tableOf(scope.schema, share))} s
    where s.target_object = ${object.name} and s.target_id = ${id} and s.deleted_at is null
      and (${among('s.user_id', standingFor(principal, object.name))} or s.team_id = any(${[...(principal.teams ?? [])]}::uuid[]))
    order by s.id`);
  return rows.map(
    ([user, team, level, until, by, isHeld]) => ({ user, team, level, until, by, holds: isHeld }) as Share,
  );
}

/** Names of the people and teams that the reasons tell of. */
async function namesOf(door: Door, record: Judged | null): Promise<ReadonlyMap<string, string>> {
  if (!record) return new Map();
  const ids = [record.owner, ...record.shares.flatMap(({ user, team, by }) => [user, team, by])].filter(
    (id) => id !== null,
  );
  const { schema, model } = door.workspace;
  const tables = ['user', 'team'].map((name) => raw(tableOf(schema, objectOf(model, name))));
  const rows = await connectionOf(door).run(sql`
    select id::text, name from ${tables[0]!} where id = any(${ids}::uuid[])
    union all select id::text, name from ${tables[1]!} where id = any(${ids}::uuid[])`);
  return new Map(rows as [string, string][]);
}

function asBoolean(condition: 'all' | Sql | null): Sql {
  return condition === null ? raw('false') : condition === 'all' ? raw('true') : sql`coalesce(${condition}, false)`;
}

interface Telling {
  readonly principal: Principal;
  readonly object: ObjectModel;
  readonly record: Judged;
  readonly names: ReadonlyMap<string, string>;
  readonly words: Translate;
}

/** How a scope is with this very record, for people. */
function factOf(scope: Scope, matches: boolean, { principal, object, record, names, words }: Telling): string {
  if (scope === 'none' || scope === 'all') return '';
  if (typeof scope === 'object') {
    if ('filter' in scope) return words(matches ? 'access.fact.found' : 'access.fact.not-found');
    if (record.pointed[scope.through] === null) return words('access.fact.points-nowhere');
    return words(matches ? 'access.fact.may-see' : 'access.fact.may-not-see');
  }
  const owner = record.owner === null ? null : (names.get(record.owner) ?? '—');
  if (owner === null) return words('access.fact.nobody');
  if (record.owner === principal.userId) return words('access.fact.theirs');
  if (standingFor(principal, object.name).includes(record.owner!)) return words('access.fact.stands-in', { owner });
  if (scope === 'own') return words('access.fact.of', { owner });
  return words(`access.fact.${matches ? '' : 'not-'}${scope}`, { owner });
}

function shareReason(share: Share, names: ReadonlyMap<string, string>, words: Translate): Reason {
  const { user, team, level, until, by, holds } = share;
  const params = { name: names.get((user ?? team)!) ?? '—', by: by === null ? '—' : (names.get(by) ?? '—'), until };
  return {
    source: words(by === null ? 'access.source.share' : 'access.source.shared-by', params),
    rule: [
      words(team === null ? 'access.share.person' : 'access.share.team', params),
      words(level === 'write' ? 'access.share.write' : 'access.share.read'),
    ].join(', '),
    fact: until === null ? words('access.share.for-good') : words('access.share.until', params),
    matches: holds,
    through: null,
  };
}

function throughOf(scope: Scope, record: Judged | null): Reason['through'] {
  return record && typeof scope === 'object' && 'through' in scope ? (record.pointed[scope.through] ?? null) : null;
}

function verdictOf({
  principal,
  object,
  operation,
  isGranted,
  record,
}: {
  principal: Principal;
  object: string;
  operation: Operation;
  isGranted: boolean;
  record: Judged | null;
}): Verdict {
  if (principal.limits && grantOf(principal.limits, object, operation) === 'none') return 'limited';
  if (!isGranted) return 'not-granted';
  if (!record || record.isAllowed) return principal.roles.includes(administratorRole) ? 'administrator' : 'allowed';
  return !record.isSeen && record.matches.includes(true) ? 'unseen' : 'not-matched';
}
