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

/** Until roles are edited, everybody who can sign in works with everything, and only that role says so. */
export const memberRole: Role = {
  name: 'member',
  grants: {
    '*': { create: 'all', read: 'all', update: 'all', delete: 'all', export: 'all', import: 'all', run: 'all' },
  },
};

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
  return { userId: null, roles: [memberRole], language: 'en', timeZone: 'UTC' };
}
