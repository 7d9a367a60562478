import { Problem } from '../problems/problem.ts';
import type { Filter } from '../query/filter.ts';

/** Whoever acts: a person or a program, with the roles that say what they may do. */
export interface Principal {
  /** Id of the `user` record; null for the program itself. */
  readonly userId: string | null;
  readonly roles: readonly Role[];
  readonly language: string;
  /** IANA zone. */
  readonly timeZone: string;
}

export type Operation = 'create' | 'read' | 'update' | 'delete' | 'export' | 'import' | 'run';

/** Which records: none, those one owns, those a filter finds, all. */
export type Scope = 'none' | 'own' | 'all' | { readonly filter: Filter };

/** What a role allows, by object name or `*`. What no role allows is denied. */
export interface Role {
  readonly name: string;
  readonly grants: Readonly<Record<string, Partial<Record<Operation, Scope>>>>;
  /** `object.field` → what may be done with it; everything when left out. */
  readonly fields?: Readonly<Record<string, 'hidden' | 'read'>>;
}

const everything = {
  create: 'all',
  read: 'all',
  update: 'all',
  delete: 'all',
  export: 'all',
  import: 'all',
  run: 'all',
} as const satisfies Record<Operation, Scope>;
const nothing = {
  create: 'none',
  read: 'none',
  update: 'none',
  delete: 'none',
  export: 'none',
  import: 'none',
  run: 'none',
} as const satisfies Record<Operation, Scope>;

/** What concerns the whole company: definitions, settings, who may sign in. Granted like an object. */
const ADMINISTRATION = 'administration';

/** Until roles are edited, everybody who can sign in works with all records, and administrators with the rest too. */
export const memberRole: Role = {
  name: 'member',
  grants: {
    '*': everything,
    // A webhook sends everything outside; who works here is the administrators' matter.
    [ADMINISTRATION]: nothing,
    webhook: nothing,
    user: { create: 'none', update: 'none', delete: 'none', import: 'none' },
    // How the company's home page looks is the administrators' matter; each person may arrange their own.
    homePage: { create: 'none', update: 'none', delete: 'none', import: 'none', run: 'none' },
    // Others see a view when it is for everyone or for a team they are in; only its owner changes it.
    savedView: {
      read: {
        filter: {
          or: [
            { owner: { is: 'me' } },
            { sharing: { is: 'everyone' } },
            { sharing: { is: 'team' }, team: { hasAny: ['me'] } },
          ],
        },
      },
      update: 'own',
      delete: 'own',
    },
  },
  // What opens first opens for everybody.
  fields: { 'savedView.isDefault': 'read' },
};

export const administratorRole: Role = { name: 'administrator', grants: { '*': everything } };

export function isAdministrator(principal: Principal): boolean {
  return isAllowed(principal, ADMINISTRATION, 'update');
}

/** @throws Problem `access.denied` */
export function requireAdministrator(principal: Principal): void {
  if (!isAdministrator(principal)) throw new Problem('access.denied');
}

/** The scopes that apply, without the empty ones; `['all']` as soon as one role says so; `[]` means denied. */
export function scopesOf(
  principal: Principal,
  object: string,
  operation: Operation,
): readonly Exclude<Scope, 'none'>[] {
  const scopes: Exclude<Scope, 'none'>[] = [];
  for (const role of principal.roles) {
    const scope = role.grants[object]?.[operation] ?? role.grants['*']?.[operation] ?? 'none';
    if (scope === 'all') return ['all'];
    if (scope !== 'none') scopes.push(scope);
  }
  return scopes;
}

export function isAllowed(principal: Principal, object: string, operation: Operation): boolean {
  return scopesOf(principal, object, operation).length > 0;
}

/** The widest right that any role gives on a field. */
export function fieldAccess(principal: Principal, object: string, field: string): 'write' | 'read' | 'hidden' {
  let best: 'hidden' | 'read' = 'hidden';
  for (const role of principal.roles) {
    const limit = role.fields?.[`${object}.${field}`];
    if (limit === undefined) return 'write';
    if (limit === 'read') best = 'read';
  }
  return best;
}

/** A record as somebody may see it. */
export function withoutHidden(
  principal: Principal,
  object: string,
  record: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).filter(([name]) => fieldAccess(principal, object, name) !== 'hidden'),
  );
}

/**
 * The program acting for itself, with every right: migrations, readers, imports started by somebody whose rights were
 * checked. Loud on purpose: a test holds the list of places that may say it, each with its reason.
 */
export function asSystem(_reason: string): Principal {
  return { userId: null, roles: [administratorRole], language: 'en', timeZone: 'UTC' };
}
