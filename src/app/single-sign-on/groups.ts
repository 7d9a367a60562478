import { asSystem } from '#kernel/access/access.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { recordsFor } from '#kernel/records/open.ts';
import type { ScimSettings } from './providers.ts';
import { SignInRefusal } from './refusal.ts';

/**
 * What somebody new begins with. Roles that are gone meanwhile are passed over.
 * @throws SignInRefusal when all of them are: without any, they would do as they like
 */
export async function rolesOfNewcomers(workspace: Workspace, roles: readonly string[]): Promise<string[]> {
  const given = await existing(workspace, 'role', roles);
  if (given.length === 0 && roles.length > 0) throw new SignInRefusal('no-role');
  return given;
}

/**
 * Gives and takes what the groups of a directory stand for. Roles and teams that no group stands for are the
 * administrators' own choice, and stay.
 *
 * @throws SignInRefusal for whom no role is left: without any, they would do as they like
 */
export async function bringGroupsUpToDate(
  workspace: Workspace,
  userId: string,
  groups: readonly string[],
  { groups: mappings, roles }: Pick<ScimSettings, 'groups' | 'roles'>,
): Promise<void> {
  if (mappings.length === 0) return;
  const names = new Set(groups.map(folded));
  const records = directory(workspace);
  const user = await records.read('user', userId, { fields: ['roles', 'teams'] });
  const changes: Record<string, string[]> = {};
  for (const [field, object] of [
    ['roles', 'role'],
    ['teams', 'team'],
  ] as const) {
    const managed = new Set(mappings.flatMap((mapping) => mapping[field]));
    const mapped = mappings.filter(({ group }) => names.has(folded(group))).flatMap((mapping) => mapping[field]);
    const had = (user[field] ?? []) as string[];
    if (managed.size === 0) continue;
    const own = had.filter((id) => !managed.has(id));
    const has = [...new Set([...own, ...(await existing(workspace, object, mapped))])];
    if (field === 'roles' && has.length === 0) has.push(...(await existing(workspace, object, roles)));
    if (field === 'roles' && has.length === 0) throw new SignInRefusal('no-role');
    if (had.length !== has.length || has.some((id) => !had.includes(id))) changes[field] = has;
  }
  if (Object.keys(changes).length > 0) await records.update('user', userId, changes);
}

async function existing(workspace: Workspace, object: 'role' | 'team', ids: readonly string[]): Promise<string[]> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return [];
  const { items } = await directory(workspace).list(object, {
    filter: { id: { in: wanted } },
    fields: ['name'],
    limit: wanted.length,
  });
  return items.map(({ id }) => id);
}

function directory(workspace: Workspace) {
  return recordsFor(workspace, asSystem('what a directory says of its people is the company’s own word'), 'session');
}

function folded(name: string): string {
  return name.trim().toLowerCase();
}
