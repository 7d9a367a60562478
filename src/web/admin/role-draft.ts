import type { FieldLimit, Grant, Operation, Role, Scope } from '#kernel/access/access.ts';
import type { Definition } from '../api/types.ts';

/** In the order in which people think of them. */
export const shownOperations = [
  'read',
  'create',
  'update',
  'delete',
  'reassign',
  'run',
  'bulk',
  'merge',
  'export',
  'import',
] as const satisfies readonly Operation[];

export type Grants = Role['grants'];
export type FieldLimits = Readonly<Record<string, FieldLimit>>;

/** Stands for the objects of which a role says nothing by name. */
export const OTHERS = '*';

/** What holds on an object, and whether the role says so by its name. */
export interface Cell {
  readonly scopes: readonly Exclude<Scope, 'none'>[];
  readonly from: 'object' | 'others' | 'ground';
}

/** As the server reads it: an object that a role names is no longer what every role says of it. */
export function cellOf(grants: Grants, ground: Grants, object: string, operation: Operation): Cell {
  const own = grants[object]?.[operation];
  if (own !== undefined) return { scopes: scopesOf(own), from: 'object' };
  const given = grants[object] ? undefined : ground[object]?.[operation];
  if (given !== undefined) return { scopes: scopesOf(given), from: 'ground' };
  return { scopes: scopesOf(grants[OTHERS]?.[operation] ?? 'none'), from: 'others' };
}

export function scopesOf(grant: Grant): Exclude<Scope, 'none'>[] {
  const scopes: Exclude<Scope, 'none'>[] = [];
  for (const scope of Array.isArray(grant) ? (grant as readonly Scope[]) : [grant as Scope])
    if (scope !== 'none') scopes.push(scope);
  return scopes.includes('all') ? ['all'] : scopes;
}

/** As short as it can be said. */
export function grantOf(scopes: readonly Scope[]): Grant {
  const given = scopesOf(scopes);
  return given.length === 0 ? 'none' : given.length === 1 ? given[0]! : given;
}

/** @param scopes null: what is said of all others holds again */
export function withCell(
  grants: Grants,
  object: string,
  operation: Operation,
  scopes: readonly Scope[] | null,
): Grants {
  const { [operation]: _before, ...rest } = grants[object] ?? {};
  const own = scopes === null ? rest : { ...rest, [operation]: grantOf(scopes) };
  if (Object.keys(own).length > 0) return { ...grants, [object]: own };
  const { [object]: _gone, ...others } = grants;
  return others;
}

/** References through which an object's records may follow another's: who sees the account sees them. What everybody sees decides nothing. */
export function waysThrough(definition: Definition, ground: Grants): { name: string; label: string }[] {
  return definition.fields
    .filter(({ type, options }) => type === 'reference' && typeof options?.to === 'string' && !ground[options.to])
    .map(({ name, label }) => ({ name, label }));
}

/** Do two roles say the same? */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** The order in which something was said does not change it. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, sorted(one)]),
  );
}
