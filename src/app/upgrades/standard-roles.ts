import { isDeepStrictEqual } from 'node:util';
import { asSystem, type Grant, grantOf, type Operation, operations, type Role, roleOf } from '#kernel/access/access.ts';
import type { Connection } from '#kernel/database/connection.ts';
import { identifier, raw, sql } from '#kernel/database/sql.ts';
import { languages, translator } from '#kernel/i18n/translate.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { inTransaction, recordsFor } from '#kernel/records/open.ts';
import type { Records } from '#kernel/records/records.ts';
import { type StandardRole, standardGrants } from '../standard-roles.ts';

type Grants = Role['grants'];

/** A role that the program made, and what it was shipped with. */
interface Shipped {
  readonly id: string;
  readonly kind: StandardRole;
  readonly grants: Grants;
}

/**
 * The roles that a company began with get what the program ships with them by now. What an administrator changed stays:
 * of each right it is known what was shipped, as of each table what its definition was. In one transaction with that
 * knowledge, so that a program that is killed here does it again from the beginning, or never.
 *
 * @returns names of those that were changed
 */
export async function bringStandardRoles(
  workspace: Workspace,
  shipping: Readonly<Record<StandardRole, Grants>> = standardGrants,
): Promise<string[]> {
  const known = await knownRoles(workspace);
  const found = await unknownRoles(workspace, new Set(known.map(({ id }) => id)));
  const outdated = known.filter(({ kind, grants }) => shipping[kind] && !isDeepStrictEqual(grants, shipping[kind]));
  if (found.length === 0 && outdated.length === 0) return [];
  const { settings } = workspace;
  const program = { ...asSystem('what ships with a role, it has'), language: settings.language };
  const note = translator(settings.language)('upgrade.roles');
  const bring = async (records: Records, connection: Connection) => {
    const changed: string[] = [];
    for (const { id, kind, grants } of [...found, ...outdated]) {
      const role = await records.find('role', { id });
      const merged = role && mergeGrants(grants, role.grants as Grants, shipping[kind]);
      if (merged && !isDeepStrictEqual(merged, role.grants)) {
        await records.update('role', id, { grants: merged });
        changed.push(role.name as string);
      }
      await connection.run(sql`
        insert into platform.standard_role (workspace_id, role_id, kind, grants)
        values (${workspace.id}::uuid, ${id}::uuid, ${kind}, ${JSON.stringify(shipping[kind])}::jsonb)
        on conflict (workspace_id, role_id) do update set grants = excluded.grants`);
    }
    return changed;
  };
  return inTransaction(workspace, program, 'upgrade', bring, { note });
}

/**
 * What is shipped by now, right by right, where the role said of it what it was shipped with. That is asked of what holds in
 * the end: whoever took something away from all objects meant also those that were not there yet.
 */
export function mergeGrants(shipped: Grants, own: Grants, shipping: Grants): Grants {
  const [was, is] = [roleOf({ name: '', grants: shipped }).grants, roleOf({ name: '', grants: own }).grants];
  const merged: Record<string, Partial<Record<Operation, Grant>>> = { ...own };
  for (const object of new Set([...Object.keys(shipped), ...Object.keys(shipping)])) {
    const rights = { ...own[object] };
    for (const operation of operations) {
      const wanted = shipping[object]?.[operation];
      if (isDeepStrictEqual(shipped[object]?.[operation], wanted)) continue;
      if (!isDeepStrictEqual(grantOf(was, object, operation), grantOf(is, object, operation))) continue;
      if (wanted === undefined) delete rights[operation];
      else rights[operation] = wanted;
    }
    if (Object.keys(rights).length > 0 || (own[object] && shipping[object])) merged[object] = rights;
    else delete merged[object];
  }
  return merged;
}

async function knownRoles({ database, id }: Workspace): Promise<Shipped[]> {
  const rows = await database.run(sql`
    select role_id::text, kind, grants from platform.standard_role where workspace_id = ${id}::uuid order by role_id`);
  return rows.map(([id, kind, grants]) => ({ id, kind, grants }) as Shipped);
}

/**
 * Those that were made before anybody noted what they were shipped with: by the program, under a name that it gives. Their
 * first change says what they were before; where it has lost its words with age, nobody can tell, and they stay as they are.
 */
async function unknownRoles(workspace: Workspace, known: ReadonlySet<string>): Promise<Shipped[]> {
  const records = recordsFor(workspace, asSystem('what ships with a role, it has'), 'upgrade');
  const { items } = await records.list('role', { filter: { createdBy: null }, fields: ['name', 'grants'], limit: 500 });
  const found: Shipped[] = [];
  for (const { id, name, grants } of items) {
    if (known.has(id)) continue;
    const changes = await changesOf(workspace, id);
    if (changes.some((change) => change === null)) continue;
    const first = <Value>(field: string, now: Value) =>
      (changes.find((change) => change && Object.hasOwn(change, field))?.[field]?.[0] as Value) ?? now;
    const kind = kindsByName.get(first('name', name as string));
    if (kind) found.push({ id, kind, grants: first('grants', grants as Grants) });
  }
  return found;
}

/** Field → before and after, the oldest change first. */
async function changesOf({ database, schema }: Workspace, id: string) {
  const rows = await database.run(sql`
    select e.changes from ${raw(identifier(schema))}.event e
    where e.record_id = ${id}::uuid and e.object = 'role' and e.operation = 'update' order by e.position`);
  return rows.map(([changes]) => changes as Readonly<Record<string, readonly [unknown, unknown]>> | null);
}

const kindsByName: ReadonlyMap<string, StandardRole> = new Map(
  (Object.keys(standardGrants) as StandardRole[]).flatMap((kind) =>
    languages.map((language) => [translator(language)(`access.standard.${kind}.name`), kind] as const),
  ),
);
